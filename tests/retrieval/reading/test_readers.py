"""Real files in real folders, good and bad."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from retrieval.errors import UnreadableError
from retrieval.model import Article
from retrieval.reading import article_id, find_files, read_articles, same_text

_SAMPLES = Path(__file__).parents[3] / "samples"


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _records(path: Path, *records: object) -> Path:
    lines = [
        record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records
    ]
    return _write(path, "\n".join(lines) + "\n")


def _refusal(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_articles(path, path.name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_samples_read_in_full() -> None:
    articles: list[Article] = []
    for path in find_files(_SAMPLES):
        reading = read_articles(path, path.name)
        assert reading.problems == ()
        articles += reading.articles
    assert len(articles) == len({article.id for article in articles}) == 7
    assert all(article.title and article.date and article.date.year for article in articles)
    safety = articles[0]
    assert str(safety.date) == "2024-06-03"
    assert safety.date is not None and safety.date.origin == "inferred"
    assert safety.source == "2024-06-04-safety-warning-conference.txt"
    assert "沈怀瑾主持大会" in safety.paragraphs[0]


def test_gb18030_page_reads_as_the_same_article(tmp_path: Path) -> None:
    text = (_SAMPLES / "2024-06-04-safety-warning-conference.txt").read_text(encoding="utf-8")
    plain = read_articles(_write(tmp_path / "a.txt", text), "a.txt").articles
    for encoding in ("gb18030", "utf-16", "utf-8-sig", "utf-16-le"):
        assert read_articles(_write(tmp_path / "a.txt", text.encode(encoding)), "a.txt").articles == plain


def test_the_same_text_is_told_whatever_its_look() -> None:
    def article(title: str, *paragraphs: str) -> Article:
        return Article("x", title, "", paragraphs, None, "")

    one = article("警钟长鸣 举一反三", "会议，召开ABC", "行动。")
    assert same_text(one, article("警钟长鸣举一反三", "会议召开ａｂｃ。行动"))
    assert not same_text(one, article("警钟长鸣 举一反三", "会议，召开ABC"))
    assert not same_text(one, article("警钟长鸣", "会议，召开ABC", "行动。"))


def test_ids_outlive_moves_renames_and_corrections(tmp_path: Path) -> None:
    text = (_SAMPLES / "2024-06-04-safety-warning-conference.txt").read_text(encoding="utf-8")
    (first,) = read_articles(_write(tmp_path / "a.txt", text), "a.txt").articles
    corrected = text.replace("3.\n6万人", "3.\n7万人")
    assert corrected != text
    (second,) = read_articles(_write(tmp_path / "sub/2024.txt", corrected), "sub/2024.txt").articles
    assert first.id == second.id
    assert len(first.id) == 12 and int(first.id, 16) >= 0


def test_the_masthead_gives_the_year(tmp_path: Path) -> None:
    page = (
        "云泊日报\n2024年6月4日 星期二\n第3版\n\n"
        + "本报讯 6月3日，云泊市召开会议，\n部署工作。"
        + "\n\n责任编辑：甲乙\n"
    )
    (article,) = read_articles(_write(tmp_path / "a.txt", page.replace("\n", "\r\n")), "a.txt").articles
    assert article.paragraphs == ("本报讯6月3日，云泊市召开会议，部署工作。",)
    assert str(article.date) == "2024-06-03"


def test_id_ignores_spacing_width_and_punctuation() -> None:
    assert article_id("警钟长鸣 举一反三", ["会议，召开ABC"]) == article_id(
        "警钟长鸣举一反三", ["会议召开ａｂｃ"]
    )
    assert article_id("", ["甲"]) != article_id("", ["乙"])


def test_records_keep_what_they_say(tmp_path: Path) -> None:
    path = _records(
        tmp_path / "2019.jsonl",
        {
            "id": 7,
            "title": "标题",
            "date": "2019-11-20",
            "text": "第一段。\n第二段。",
            "source": "云泊日报",
            "url": "https://e.x/1",
        },
        {
            "id": "b",
            "kicker": "肩题",
            "paragraphs": ["11月21日，会议召开。", " ", "会议闭幕。"],
            "extra": [1],
        },
    )
    first, second = read_articles(path, "2019.jsonl").articles
    assert (first.id, first.title, str(first.date), first.source, first.url) == (
        "7", "标题", "2019-11-20", "云泊日报", "https://e.x/1",
    )  # fmt: skip
    assert first.paragraphs == ("第一段。", "第二段。")
    assert (second.kicker, second.source, str(second.date)) == ("肩题", "2019.jsonl", "2019-11-21")
    assert second.paragraphs == ("11月21日，会议召开。", "会议闭幕。")


def test_a_record_is_one_article_and_its_title_wins(tmp_path: Path) -> None:
    page = (_SAMPLES / "2024-09-11-teachers-and-old-towns.txt").read_text(encoding="utf-8")
    path = _records(tmp_path / "a.jsonl", {"id": "1", "title": "教师与古镇", "text": page})
    (article,) = read_articles(path, "a.jsonl").articles
    assert article.title == "教师与古镇"
    assert "论坛由渡口镇政府和省建筑学会共同主办，下一届论坛将于2026年在盐埠镇举行。" in article.paragraphs


def test_bad_records_are_named_and_the_rest_kept(tmp_path: Path) -> None:
    path = _records(
        tmp_path / "a.jsonl",
        {"id": "1", "text": "会议召开。"},
        "{not json",
        "[1, 2]",
        {"text": "没有编号。"},
        {"id": "2"},
        {"id": "3", "paragraphs": "不是列表"},
        {"id": "1", "text": "重复的编号。"},
        {"id": "4", "text": "   "},
        {"id": "5", "text": 5.5, "title": ["x"]},
        "[" * 100_000,
        "",
        {"id": "6", "date": "昨天", "text": "日期不对。"},
    )
    reading = read_articles(path, "a.jsonl")
    assert [article.id for article in reading.articles] == ["1", "6"]
    assert [problem.split(":")[0] for problem in reading.problems] == [
        f"line {n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
    ]
    assert "line 1" in reading.problems[5]
    assert all("\n" not in problem for problem in reading.problems)


def test_unreadable_files_say_why(tmp_path: Path) -> None:
    assert "empty" in _refusal(_write(tmp_path / "empty.txt", ""))
    assert "no text" in _refusal(_write(tmp_path / "blank.txt", " \n\u3000\n"))
    assert "no text" in _refusal(_write(tmp_path / "blank.jsonl", "\n\n"))
    assert "binary" in _refusal(_write(tmp_path / "binary.txt", bytes(range(256)) * 40))
    assert "PDF" in _refusal(_write(tmp_path / "page.txt", b"%PDF-1.4\n"))
    assert ".zip" in _refusal(_write(tmp_path / "papers.zip", b"PK\x03\x04"))
    assert "folder" in _refusal((_write(tmp_path / "folder.txt/x", "x")).parent)
    assert "no such file" in _refusal(tmp_path / "missing.txt")
    link = tmp_path / "dangling.txt"
    link.symlink_to(tmp_path / "gone.txt")
    assert "gone.txt" in _refusal(link)
    os.mkfifo(tmp_path / "pipe.txt")
    assert "pipe" in _refusal(tmp_path / "pipe.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_missing_permission_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "secret.txt", "会议召开。")
    path.chmod(0)
    assert "permission" in _refusal(path)


def test_a_huge_line_is_refused_at_once(tmp_path: Path) -> None:
    path = _write(tmp_path / "line.txt", "会议召开，".encode() * 3_500_000)
    started = time.perf_counter()
    assert _refusal(path) == "a line of 52 MB: not a newspaper text; split it"
    assert time.perf_counter() - started < 5


def test_a_huge_record_is_one_problem(tmp_path: Path) -> None:
    path = _records(
        tmp_path / "a.jsonl", {"id": "1", "text": "会" * 6_000_000}, {"id": "2", "text": "会议召开。"}
    )
    reading = read_articles(path, "a.jsonl")
    assert [article.id for article in reading.articles] == ["2"]
    assert len(reading.problems) == 1


def test_folders_are_walked_once_and_in_order(tmp_path: Path) -> None:
    for name in (
        "b/2.txt",
        "a/1.txt",
        "a/.hidden.txt",
        ".git/x.txt",
        "a/~$word.txt",
        "a/1.txt~",
        "a/1.txt.swp",
        "c.zip",
    ):
        _write(tmp_path / name, "x")
    (tmp_path / "b/loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    names = [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path)]
    assert names == ["a/1.txt", "b/2.txt", "c.zip", "gone.txt"]
    assert find_files(tmp_path / "c.zip") == [tmp_path / "c.zip"]
    assert find_files(tmp_path / "not there") == [tmp_path / "not there"]
