"""Columns set by a small typesetter, and the real and realistic pages of the shared folder."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retrieval.reading.decoding import decode
from retrieval.reading.furniture import is_furniture
from retrieval.reading.reflow import Draft, reflow
from retrieval.reading.typography import first_token_width

from .typesetting import Setting, set_page, set_paragraph

_SAMPLES = Path(__file__).parents[3] / "samples"


def _is_determined(page: str) -> bool:
    """Return whether no sentence fills its line to the end: there the page leaves its paragraphs open."""
    return re.search(r"。\n(?!\n|$)", page) is None


_WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "会议 强调 安全 生产 工作 各级 部门 要 深入 推进 专项 整治 行动 企业 责任 落实 到位 群众 生活 "
        "全市 县区 道路 桥梁 学校 教师 医院 港口 货物 水库 堤防 村庄 3号线 2024年 17个 APP",
    )
)
_CLAUSES = st.lists(_WORDS, min_size=3, max_size=9).map("".join)
_SENTENCES = st.lists(_CLAUSES, min_size=1, max_size=4).map("，".join).map(lambda text: text + "。")
_PARAGRAPHS = st.lists(_SENTENCES, min_size=2, max_size=4).map("".join)
_PAGES = st.lists(_PARAGRAPHS, min_size=2, max_size=6)


@settings(max_examples=100, deadline=None)
@given(_PAGES, st.integers(10, 24), st.integers(0, 2**16), st.booleans())
def test_paragraphs_set_at_any_width_come_back(
    paragraphs: list[str], width: int, seed: int, printed: bool
) -> None:
    page = set_page(paragraphs, [], Setting(width=width, indents_printed=printed), seed)
    assume(printed or _is_determined(page))
    drafts = reflow(page)
    assert [paragraph for draft in drafts for paragraph in draft.paragraphs] == paragraphs


@settings(max_examples=80, deadline=None)
@given(_PAGES, st.integers(12, 22), st.integers(0, 2**16), st.booleans())
def test_headline_and_kicker_are_told_from_the_text(
    paragraphs: list[str], width: int, seed: int, on_top: bool
) -> None:
    head = ["云泊市召开安全生产警示教育大会", "", "警钟长鸣 举一反三", "以严实作风推进仓储安全专项整治"]
    page = set_page(paragraphs, head, Setting(width=width, head_on_top=on_top), seed)
    assume(_is_determined(page))
    assert reflow(page) == [
        Draft(
            "警钟长鸣 举一反三 以严实作风推进仓储安全专项整治",
            "云泊市召开安全生产警示教育大会",
            tuple(paragraphs),
        )
    ]


@settings(max_examples=100, deadline=None)
@given(_PAGES, st.sampled_from(["\n", "\n\n", "\n\n\n\n\n", "\r\n", "\n　　", "\u2028", "\x85", "\f"]))
def test_text_with_a_paragraph_a_line_is_unchanged(paragraphs: list[str], separator: str) -> None:
    long = tuple(paragraph * 3 for paragraph in paragraphs)
    assert reflow(separator.join(long)) == [Draft("", "", long)]


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_letter_is_lost_or_invented(text: str) -> None:
    if any(is_furniture(line.strip()) for line in text.splitlines()):
        return
    assert all(draft.paragraphs for draft in reflow(text))
    parts = [part for draft in reflow(text) for part in (draft.kicker, draft.title, *draft.paragraphs)]
    assert sorted(filter(str.isalnum, "".join(parts))) == sorted(filter(str.isalnum, text))


@given(st.text(alphabet=" \t\n\r\f\v\u3000\u2028\x85\ufeff"))
def test_blank_text_has_no_article(text: str) -> None:
    assert reflow(text) == []


def test_single_line_is_one_paragraph() -> None:
    assert reflow("会议以视频会议形式召开，各市设分会场。") == [
        Draft("", "", ("会议以视频会议形式召开，各市设分会场。",))
    ]


@pytest.mark.parametrize(
    ("page", "paragraph"),
    [
        (
            "本报讯 11 月 20日，省委、省\n政府召开全省仓储安全大会，通\n报情况。\n",
            "本报讯11月20日，省委、省政府召开全省仓储安全大会，通报情况。",
        ),
        (
            "市民可以通过云泊地铁 APP 查\n询围挡信息，也可以拨打热线电\n话。\n",
            "市民可以通过云泊地铁APP查询围挡信息，也可以拨打热线电话。",
        ),
        (
            "The provincial govern-\nment held a meeting on\n"
            "safety and a campaign of\neight months was opened.\n",
            "The provincial government held a meeting on safety and a campaign of eight months was opened.",
        ),
    ],
)
def test_spaces_and_words_across_lines(page: str, paragraph: str) -> None:
    assert [part for draft in reflow(page) for part in draft.paragraphs] == [paragraph]


def test_column_break_in_a_word_or_quote_is_no_paragraph() -> None:
    text = (
        "葛望舒强调，要按照《基层学校三年建设规划》抓好落实，让“最美的青春写在大山深处”成为风尚，"
        "努力办好人民满意的教育。"
    )
    lines = set_paragraph(text, Setting(squeeze=0), random.Random(1))
    other = set_paragraph(
        "会议还研究了其他事项，有关部门和各乡镇负责人参加了会议。", Setting(squeeze=0), random.Random(1)
    )
    for cut in range(1, len(lines)):
        page = [*lines[:cut], "", *lines[cut:], "", *other]
        assert len([part for draft in reflow("\n".join(page)) for part in draft.paragraphs]) == 2


@pytest.mark.parametrize(
    "line",
    [
        "第3版", "A03", "A03 要闻", "- 3 -", "责任编辑：张三 美编：李四", "2024年6月4日 星期二", "云泊日报",
        "下载 打印 字号：大 中 小", "上一版 下一版", "[打印] [关闭]", "版权所有 云泊日报社 未经授权不得转载",
    ],
)  # fmt: skip
def test_furniture_goes(line: str) -> None:
    assert is_furniture(line)
    text = "会议强调，要深入推进仓储安全专\n项整治行动，落实企业责任，建立\n台账。\n"
    page = f"{line}\n\n{text}\n{line}\n"
    assert reflow(page) == reflow(text)


@pytest.mark.parametrize(
    "line", ["会议以视频会议形式召开。", "大会", "云泊日报记者走基层", "2024年6月4日，会议召开。", "中"]
)
def test_sentences_and_headlines_are_no_furniture(line: str) -> None:
    assert not is_furniture(line)


def test_two_articles_on_a_page() -> None:
    first, second = reflow(decode((_SAMPLES / "2024-09-11-teachers-and-old-towns.txt").read_bytes()))
    assert (first.kicker, first.title) == ("栖霞岭县召开乡村教师座谈会", "把最美的青春写在大山深处")
    assert second.title == "第三届澜江古镇保护论坛举行 与会代表发布《渡口倡议》"
    assert (len(first.paragraphs), len(second.paragraphs)) == (3, 4)


def test_articles_of_a_page_may_have_different_columns() -> None:
    first = "云泊市召开仓储安全会议，部署专项整治，要求各县区压实企业责任，逐库建档、逐项销号，守牢底线。"
    second = "渡口镇举办古镇保护论坛，来自各地的建筑师和居民代表围绕老街的保护展开讨论，并发布《渡口倡议》。"
    page = "\n\n".join(
        set_page([text, *[text * 2] * 3], [f"第{number}号会议在云泊市顺利召开"], Setting(width=width))
        for number, text, width in ((1, first, 14), (2, second, 21))
    )
    assert [(draft.title, draft.paragraphs) for draft in reflow(page)] == [
        ("第1号会议在云泊市顺利召开", (first, first * 2, first * 2, first * 2)),
        ("第2号会议在云泊市顺利召开", (second, second * 2, second * 2, second * 2)),
    ]


def test_headline_lines_join_at_phrases_and_not_inside_words() -> None:
    body = "会议强调，要深入推进仓储安全专\n项整治行动，落实企业责任，建立\n台账。\n\n"
    (phrases,) = reflow(body + "加快构建新发展格局\n增强发展的安全性主动权\n")
    assert phrases.title == "加快构建新发展格局 增强发展的安全性主动权"
    (word,) = reflow(body + "云泊市安全生产委员会第三次全体会\n议召开部署仓储安全专项整治行动\n")
    assert word.title == "云泊市安全生产委员会第三次全体会议召开部署仓储安全专项整治行动"
    (quote,) = reflow(body + "云泊市人民政府印发《关于加强\n仓储安全工作的意见》\n")
    assert quote.title == "云泊市人民政府印发《关于加强仓储安全工作的意见》"


def test_samples_have_headlines_and_whole_sentences() -> None:
    for path in sorted(_SAMPLES.glob("*.txt")):
        for draft in reflow(decode(path.read_bytes())):
            assert draft.title, path.name
            assert len(draft.paragraphs) > 2
            assert all(paragraph.endswith("。") for paragraph in draft.paragraphs), path.name


def test_long_lines_take_linear_time() -> None:
    started = time.perf_counter()
    for text in (
        "会" * 1_000_000,
        "“" * 200_000,
        "a " * 500_000,
        "\n" * 1_000_000,
        "会议。\n" * 100_000,
        " " * 1_000_000 + "会",
    ):
        reflow(text)
    assert time.perf_counter() - started < 20


def test_first_token_is_what_must_stay_together() -> None:
    assert first_token_width("会议") == 1
    assert first_token_width("会，议") == 1.5
    assert first_token_width("2024年") == 2
    assert first_token_width("“会议") == 2


# The shared folder: a real page, and real articles set in columns with the true paragraphs.


@pytest.fixture(scope="module")
def shared() -> Path:
    folder = os.environ.get("HUIWEN_SHARED")
    if not folder:
        pytest.skip("HUIWEN_SHARED does not name the folder of articles and evaluation sets")
    return Path(folder)


@pytest.mark.shared
def test_the_real_page(shared: Path) -> None:
    page = decode((shared / "articles/xiangshui-warning-conference.txt").read_bytes())
    (draft,) = reflow(page)
    *body, kicker, first, second = [line.strip() for line in page.splitlines() if line.strip()]
    assert (draft.kicker, draft.title) == (kicker, f"{first} {second}")
    assert "".join(draft.paragraphs) == "".join("".join(body).split())
    assert [len(paragraph) for paragraph in draft.paragraphs] == [289, 420, 310, 214, 232, 538, 41, 30]
    assert all(paragraph.endswith("。") for paragraph in draft.paragraphs)


def _scorer(shared: Path) -> Callable[..., tuple[int, int, int, int, int, int, bool]]:
    spec = importlib.util.spec_from_file_location("wrapped_score", shared / "wrapped/score.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    score: Callable[..., tuple[int, int, int, int, int, int, bool]] = module.score
    return score


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "boundary_floor", "paragraph_floor", "perfect_floor", "headline_floor"),
    [
        ("seedlike", 0.99, 0.985, 100, 0.98),
        ("varied", 0.985, 0.985, 47, 0.95),
        ("page", 0.985, 0.98, 18, 0.95),
    ],
)
def test_realistic_columns(
    shared: Path,
    name: str,
    boundary_floor: float,
    paragraph_floor: float,
    perfect_floor: int,
    headline_floor: float,
) -> None:
    score = _scorer(shared)
    totals = [0] * 6
    perfect = headlines = articles = 0
    for path in sorted((shared / "wrapped/dev" / name).glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        drafts = reflow(decode(path.with_suffix(".txt").read_bytes()))
        blocks = [part for draft in drafts for part in (*draft.paragraphs, draft.kicker, draft.title) if part]
        *counts, intact = score(gold, blocks)
        assert intact, path.name
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        perfect += counts[0] == counts[1] == counts[2]
        true_heads = ["".join(article["headline"]) for article in gold.get("articles", [gold])]
        found_heads = [draft.kicker + draft.title for draft in drafts]
        articles += len(true_heads)
        headlines += sum(
            "".join(true.split()) == "".join(found.split())
            for true, found in zip(true_heads, found_heads, strict=False)
        )
    hits, true, found, exact, true_paragraphs, found_paragraphs = totals
    assert 2 * hits / (true + found) >= boundary_floor
    assert 2 * exact / (true_paragraphs + found_paragraphs) >= paragraph_floor
    assert perfect >= perfect_floor
    assert headlines >= headline_floor * articles


@pytest.mark.shared
def test_real_prose_is_unchanged(shared: Path) -> None:
    with (shared / "eval/crud_news/corpus.jsonl").open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file][:600]
    changed = [
        record["id"]
        for record in records
        if reflow(record["text"]) != [Draft("", "", (record["text"].strip(),))]
    ]
    assert changed == []


@pytest.mark.shared
def test_pages_take_a_few_milliseconds(shared: Path) -> None:
    page = (shared / "articles/xiangshui-warning-conference.txt").read_text(encoding="utf-8")
    reflow(page)
    started = time.process_time()
    for _ in range(50):
        reflow(page)
    assert (time.process_time() - started) / 50 < 0.012  # 10,000 pages in 60 s on 2 cores
