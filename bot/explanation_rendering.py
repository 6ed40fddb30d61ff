"""Why an answer is what it is, as text for a terminal, in Chinese and English side by side. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from bot.styled_text import StyledText
from retrieval.explanation import HitExplanation, QuestionExplanation, Share, Term

_DIM = "dim"
_MOST_TERMS = 12  # of one kind; the rest hardly count

# In the order of `retrieval.fusion.FEATURES`, which tells more of each.
_FEATURES = {
    "units": "最近的句子 / nearest sentence",
    "paragraph": "整段意义 / meaning of the whole",
    "words": "相同的词 / words in common",
    "bigrams": "相同的字对 / character pairs in common",
    "bridge": "近义的词 / words of near meaning",
    "names": "拼音人名 / names by pinyin",
    "headings": "标题中的词 / words of the headline",
    "article": "全篇相关 / the article as a whole",
    "lacks": "全篇所缺 / what the article lacks",
    "length": "篇幅 / length",
    "kind": "答案类型 / kind of answer",
    "time": "所问时间 / the time that is asked for",
}
_KINDS = {"duration": "时长 / length of time", "date": "日期 / date", "quantity": "数量 / quantity"}


def render_question_explanation(explanation: QuestionExplanation, *, answered: bool) -> StyledText:
    """Return what the question was understood as and what decided whether it is answered."""
    language = "中文 / Chinese" if explanation.chinese else "其他语言 / another language"
    rows = [("问题 / question", language), ("词 / words", _weights(explanation.words))]
    if explanation.chinese:  # of another language the articles have hardly a word
        rows += [("文中没有 / not in the articles", " · ".join(explanation.unknown[:_MOST_TERMS]))]
    rows += [(f"“{near.word}”", _similarities(near.terms)) for near in explanation.near]
    rows += [("人名 / names", " · ".join(explanation.names[:_MOST_TERMS]))]
    rows += [("所问 / asks for", _KINDS.get(explanation.kind, explanation.kind))]
    sign, outcome = ("≥", "回答 / answered") if answered else ("<", "不回答 / withheld")
    rows += [
        (
            "把握 / confidence",
            f"{explanation.confidence:.4f} {sign} {explanation.threshold:g} (search.threshold): {outcome}",
        )
    ]
    text = StyledText()
    for name, value in rows:
        if value:
            text.append(f"{name}: {value}\n", _DIM)
    text.append("\n")
    return text


def render_hit_explanation(explanation: HitExplanation) -> StyledText:
    """Return what each feature adds to the score of a hit, the most first; what adds nothing is left out."""
    text = StyledText()
    if explanation.reranker is not None:
        text.append(
            f"   重排 / reranker {explanation.reranker:.4f}"
            f" (原第 {explanation.rank_before} 位 / was number {explanation.rank_before})\n",
            _DIM,
        )
    text.append(f"   得分 / fusion {explanation.fusion:.4f}\n", _DIM)
    shares = [share for share in explanation.shares if share.contribution]
    labels = [_FEATURES.get(share.feature, "") for share in shares]
    width = max((cell_len(label) for label in labels), default=0)
    for share, label in zip(shares, labels, strict=True):
        padding = " " * (width - cell_len(label))
        text.append(f"   {share.contribution:+8.4f}  {label}{padding}  {_product(share)}\n", _DIM)
    return text


def _product(share: Share) -> str:
    return f"{share.feature} {share.value:.4f} × {share.weight:g}"


def _weights(terms: tuple[Term, ...]) -> str:
    """Return terms with how rare they are."""
    return " · ".join(f"{term.term} {term.idf:.2f}" for term in terms[:_MOST_TERMS])


def _similarities(terms: tuple[Term, ...]) -> str:
    """Return terms with how near they are to what was asked."""
    return " · ".join(f"{term.term} {term.similarity:.2f}" for term in terms[:_MOST_TERMS])
