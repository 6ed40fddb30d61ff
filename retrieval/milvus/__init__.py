"""The second store: a Milvus server, for archives and readers beyond one machine.

The writer keeps its embedded index and copies it. A segment becomes a stratum: rows in the collections that
carry its number and never change. What readers serve is told by a head, one row (of several parts where it
is long) in a collection of heads; each publication adds one with the next number and the highest counts. So
a reader sees all of a publication or nothing of it, going back is one more head, an arrival copies its new
segment alone, and whatever a killed writer left is in no head: the next run writes it again or sweeps it.
An alias switched between collections would need a whole copy at every arrival. Articles of a segment that
are gone are listed in the head and left out by each search.

    huiwen_heads              what serves, by writer and number
    huiwen_1a2b3c4d_passages  vectors and texts of passages, to be found by both
    huiwen_1a2b3c4d_sentences vectors of sentences
    huiwen_1a2b3c4d_articles  words of whole articles, their dates and headlines
    huiwen_1a2b3c4d_terms     vectors of the words themselves
    huiwen_1a2b3c4d_records   by key: what scoring reads of passages and articles, counts of terms, texts

The digits stand for the encoder and the form of the rows: another encoder has collections of its own.
"""
