"""What all questions have in common, so that it can be taken away.

Vectors of questions share a direction ("this is a question") that says nothing about the answer and draws
every question towards the same few passages. It is estimated from questions that anyone might ask about
anything, in several languages, once for each index.
"""

from __future__ import annotations

import re

import numpy as np

from embeddings import Encoder, Vectors

_SHARE = 0.5  # of the common direction that is taken away; more begins to cost on the dev sets
_SMALLEST = 1e-6  # length of what is nothing but the common direction
_QUESTION = re.compile("[^?？؟]+[?？؟]")
_QUESTIONS = (
    "谁主持了会议？ 会议什么时候召开？ 会议在哪里举行？ 会议讨论了什么？"
    "有多少人参加？ 为什么要这样做？ 采取了哪些措施？"
    "活动持续多长时间？ 下一步怎么做？ 结果是什么？ 有什么要求？"
    "花费多少钱？ 谁是负责人？ 他说了什么？ 第一个是什么？"
    "哪一年成立的？",
    "Who chaired the meeting? When was the meeting held? Where did it take place? What was discussed? "
    "How many people took part? Why was this done? What measures were taken? How long will it last? "
    "What comes next? What was the result? What is required? How much does it cost? Who is responsible? "
    "What did he say? Which was the first? In what year was it founded?",
    "Кто вёл совещание? Когда прошло совещание? Где это произошло? Что обсуждалось? Сколько человек "
    "участвовало? Почему это было сделано? Какие меры были приняты? Как долго это продлится? Что он сказал?",
    "¿Quién presidió la reunión? ¿Cuándo se celebró la reunión? ¿Dónde tuvo lugar? ¿Qué se discutió? "
    "¿Cuántas personas participaron? ¿Por qué se hizo? ¿Qué medidas se tomaron? ¿Cuánto durará? ¿Qué dijo?",
    "من ترأس الاجتماع؟ متى عقد الاجتماع؟ أين حدث ذلك؟ ماذا ناقشوا؟ كم شخصا شارك؟ لماذا تم ذلك؟ كم سيستمر؟",
    "Wer leitete die Sitzung? Wann fand die Sitzung statt? Wo fand es statt? Was wurde besprochen? "
    "Wie viele Menschen nahmen teil? Warum wurde das getan? Wie lange wird es dauern? Was hat er gesagt?",
    "会議の議長は誰ですか？ 会議はいつ開かれましたか？ どこで行われましたか？ 何が議論されましたか？"
    "何人が参加しましたか？ "
    "どのくらい続きますか？ 彼は何と言いましたか？",
    "Toplantıya kim başkanlık etti? Toplantı ne zaman yapıldı? Nerede gerçekleşti? Ne konuşuldu? "
    "Kaç kişi katıldı? Neden yapıldı? Ne kadar sürecek? Ne dedi?",
)


def usual_questions(encoder: Encoder) -> Vectors:
    """Return the vectors of questions that anyone might ask, float32 (n, dim)."""
    return encoder.encode_queries([q.strip() for line in _QUESTIONS for q in _QUESTION.findall(line)])


def common_direction(questions: Vectors) -> Vectors:
    """Return what to take away from a question's vector, float32 (dim,), given those of usual ones."""
    mean: Vectors = questions.mean(axis=0)
    return np.float32(_SHARE) * mean


def centred(vectors: Vectors, direction: Vectors) -> Vectors:
    """Return unit vectors (n, dim) without `direction` (dim,)."""
    rest = vectors - direction
    length = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.asarray(np.where(length > _SMALLEST, rest / np.maximum(length, _SMALLEST), vectors), np.float32)
