"""`ask --context`, `ask --explain` and the reranker, as users meet them: the real console script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.test_cli import ENVIRONMENT, SAMPLES, huiwen
from tests.embeddings.tiny import save_tiny_reranker

# The library that a reranker needs takes many seconds to import.
_TOGETHER = """
import contextlib, io, json, sys
from bot.cli import run
done = []
for arguments, text in json.load(sys.stdin):
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8")
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as out:
        status = run(arguments)
        out.flush()
        done.append((status, out.buffer.getvalue().decode()))
print(json.dumps(done))
"""

_WHO = "谁主持了警示教育大会？"
_HOW_LONG = "How long will the warehouse safety campaign last?"


def _together(home: Path, *commands: tuple[list[str], str]) -> list[tuple[int, str]]:
    """Return exit status and output of commands, each with its input, run in one process with a reranker."""
    own = {"HUIWEN_SEARCH__RERANKER": "sentence-transformers:./reranker", "HUIWEN_SEARCH__RERANK_TOP": "3"}
    listed = [([*arguments, "--data-dir", "data"], text) for arguments, text in commands]
    process = subprocess.run(
        [sys.executable, "-c", _TOGETHER],
        cwd=home, env=ENVIRONMENT | own, input=json.dumps(listed), capture_output=True, encoding="utf-8",
        timeout=120, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (0, "")
    return [(status, text) for status, text in json.loads(process.stdout)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    done = huiwen("index", SAMPLES, "--data-dir", "data", cwd=folder)
    assert done.returncode == 0, done.stderr
    save_tiny_reranker(folder)
    return folder


def test_plain_json_says_nothing_of_what_was_not_asked(home: Path) -> None:
    answer = json.loads(huiwen("ask", _WHO, "--json", "--data-dir", "data", cwd=home).stdout)
    assert list(answer) == ["question", "answered", "confidence", "generation", "took_ms", "hits"]
    for hit in answer["hits"]:
        assert list(hit) == ["rank", "score", "article", "paragraph", "text", "highlight"]


def test_neighbours_as_json_and_as_text(home: Path) -> None:
    flags = ("--context", "1", "-k", "1", "--data-dir", "data")
    hit = json.loads(huiwen("ask", _WHO, *flags, "--json", cwd=home).stdout)["hits"][0]
    shown = json.loads(huiwen("show", hit["article"]["id"], "--json", "--data-dir", "data", cwd=home).stdout)
    number = hit["paragraph"] - 1
    assert hit["before"] == shown["paragraphs"][max(number - 1, 0) : number]
    assert hit["after"] == shown["paragraphs"][number + 1 : number + 2]
    plain = huiwen("ask", _WHO, *flags, cwd=home).stdout
    assert [line.removeprefix("   ┊ ") for line in plain.splitlines() if "┊" in line] == [
        *hit["before"],
        *hit["after"],
    ]


def test_the_answer_is_explained_as_json(home: Path) -> None:
    answer = json.loads(huiwen("ask", _WHO, "--explain", "--json", "--data-dir", "data", cwd=home).stdout)
    explained = answer["explanation"]
    assert explained["chinese"] is True
    assert {"term": "主持", "idf": explained["words"][2]["idf"]} in explained["words"]
    assert explained["confidence"] == answer["confidence"]
    assert explained["threshold"] == 0.3
    assert "near" not in explained and "kind" not in explained
    for hit in answer["hits"]:
        assert sorted(hit["explanation"]) == ["fusion", "shares"]
        shares = hit["explanation"]["shares"]
        assert set(shares[0]) == {"feature", "value", "weight", "contribution"}
        assert sum(share["contribution"] for share in shares) == pytest.approx(hit["score"], abs=2e-3)


def test_a_batch_is_explained_line_by_line(home: Path) -> None:
    lines = f'{{"id": 1, "text": "{_HOW_LONG}"}}\n{{"id": 2, "text": " "}}\n{{"id": 3, "text": "{_WHO}"}}\n'
    flags = ("--batch", "-", "--explain", "--context", "2", "--json", "--data-dir", "data")
    done = huiwen("ask", *flags, cwd=home, stdin=lines)
    first, bad, last = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 2 and "error" in bad
    assert first["explanation"]["kind"] == "duration"
    assert "campaign" in {near["word"] for near in first["explanation"]["near"]}
    assert last["id"] == 3 and all(len(hit["after"]) <= 2 for hit in last["hits"])


def test_the_answer_is_explained_as_text(home: Path) -> None:
    done = huiwen("ask", _HOW_LONG, "--explain", "-k", "1", "--data-dir", "data", cwd=home)
    assert done.returncode == 0
    assert "length of time" in done.stdout and "“campaign”" in done.stdout
    assert "answered" in done.stdout and "nearest sentence" in done.stdout
    assert "\x1b" not in done.stdout
    withheld = huiwen("ask", "巴黎奥运会谁得了金牌？", "--explain", "--data-dir", "data", cwd=home)
    assert withheld.returncode == 1
    assert "< 0.3" in withheld.stdout and "奥运会" in withheld.stdout and "fusion" in withheld.stdout


def test_the_reranker_orders_and_is_explained(home: Path) -> None:
    flags = ["--explain", "-k", "5"]
    listed, shown, asked = _together(
        home,
        (["ask", _WHO, *flags, "--json"], ""),
        (["ask", _WHO, *flags], ""),
        (["chat"], f"{_WHO}\n"),
    )
    assert listed[0] == shown[0] == asked[0] == 0
    hits = json.loads(listed[1])["hits"]
    told = [hit["explanation"] for hit in hits if "reranker" in hit["explanation"]]
    assert [explained["reranker"] for explained in told] == [hit["score"] for hit in hits[: len(told)]]
    assert 1 <= len(told) <= 3
    assert "reranker" in shown[1]
    assert asked[1].count("1. ") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bge-reranker", "unknown search.reranker 'bge-reranker'"),
        ("sentence-transformers:./absent", "there is no folder './absent'"),
    ],
)
def test_a_reranker_that_cannot_be_had_is_one_line(home: Path, name: str, said: str) -> None:
    for command in (("ask", _WHO), ("chat",)):
        done = huiwen(*command, "--data-dir", "data", cwd=home, stdin=_WHO, HUIWEN_SEARCH__RERANKER=name)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1 and said in done.stderr
    doctor = huiwen("doctor", "--json", "--data-dir", "data", cwd=home, HUIWEN_SEARCH__RERANKER=name)
    check = next(check for check in json.loads(doctor.stdout)["checks"] if check["name"] == "reranker")
    assert doctor.returncode == 1
    assert check["state"] == "wrong" and said in check["detail"]


def test_eval_and_doctor_measure_the_reranker(home: Path) -> None:
    folder = home / "set"
    folder.mkdir()
    for name, records in (
        (
            "corpus",
            [{"id": "a", "text": "大会由顾清野主持。"}, {"id": "b", "text": "新的大桥将于八月通车。"}],
        ),
        ("queries", [{"id": "1", "lang": "zh", "text": "谁主持了大会？", "relevant": ["a"]}]),
    ):
        text = "".join(json.dumps(item) + "\n" for item in records)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    measured, doctor = _together(
        home, (["eval", str(folder), "--rerank", "--json"], ""), (["doctor", "--json"], "")
    )
    assert measured[0] == 0
    report = json.loads(measured[1])
    assert report["scores_without_reranker"]["zh"]["R@1"] == 1
    assert report["scores"]["zh"]["ms"] > 0
    without = huiwen("eval", folder, "--rerank", "--data-dir", "data", cwd=home)
    assert (without.returncode, without.stdout) == (2, "")
    assert "search.reranker" in without.stderr
    check = next(check for check in json.loads(doctor[1])["checks"] if check["name"] == "reranker")
    assert check["state"] == "ok" and "3 passages in" in check["detail"]


@pytest.mark.parametrize("context", ["-1", "101", "two"])
def test_a_wrong_number_of_neighbours_is_one_line(home: Path, context: str) -> None:
    done = huiwen("ask", _WHO, "--context", context, "--data-dir", "data", cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
