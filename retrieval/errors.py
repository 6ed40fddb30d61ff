"""What can go wrong with articles and the index, each with a line that says how to mend it."""


class RetrievalError(Exception):
    """Base of all errors of this package; its text is one line fit for a user."""


class UnreadableError(RetrievalError):
    """A file or record that cannot become articles; the rest of the folder is not affected."""


class NoIndexError(RetrievalError):
    """There is no published generation yet."""


class BrokenIndexError(RetrievalError):
    """A generation on disk is damaged or was written for another version."""


class EncoderMismatchError(RetrievalError):
    """The index was built with another model than the one configured."""


class NothingToIndexError(RetrievalError):
    """Not one article could be read."""


class BadQueryError(RetrievalError):
    """A question, date or number that cannot be searched with."""


class StoreError(RetrievalError):
    """The server of a store is away, refuses us, or does not have what it should."""


class ReplacedError(StoreError):
    """What was being searched has been replaced and removed meanwhile."""


class BusyError(RetrievalError):
    """Another process is writing the index."""
