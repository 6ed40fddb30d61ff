"""`huiwen rollback`, `export`, `import`, `index --wait` and `index --retry`, as users meet them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.indexing import plan_of
from config import EmbeddingSettings, Settings
from embeddings import open_encoder
from retrieval.builder import build
from retrieval.generation import point_to
from retrieval.serving import find_serving
from retrieval.writer_lock import writing
from tests.retrieval.building import put, record

_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("HUIWEN_")} | {"COLUMNS": "100"}
_HARBOUR = "5月8日，滨海市召开港口安全工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
_FOREST = "9月3日，林业厅召开防火会议。厅长赵青山强调，要在全省增设二百个瞭望塔。"
_BAD = "{" + " " * 400
_QUESTION = "要建几座防波堤？"


def _start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=_ENVIRONMENT,
    )


def _run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run a command; return its status, what it said and what it said on stderr."""
    with _start(*arguments) as process:
        out, err = process.communicate(timeout=100)
    assert "Traceback" not in err
    return process.returncode, out, err


def _done(*arguments: str | Path) -> dict[str, Any]:
    """Run a command that is to succeed; return what it says as JSON."""
    status, out, err = _run(*arguments, "--json")
    assert status in (0, 1), err
    found: dict[str, Any] = json.loads(out)
    return found


def _answer(data: Path) -> dict[str, Any]:
    answer = _done("ask", _QUESTION, "--data-dir", data)
    return {name: answer[name] for name in ("answered", "confidence", "hits")}


def _ids(data: Path) -> list[str]:
    """Return the ids of the articles that serve."""
    serving = find_serving(data)
    with closing(serving.lease), closing(serving.open_catalog()) as catalog:
        return sorted(article.id for article in catalog.articles())


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `articles` and `data`, an index of two generations; the first knows of no harbour."""
    home = tmp_path_factory.mktemp("grown")
    encoder, plan = open_encoder(EmbeddingSettings()), plan_of(Settings(data_dir=home / "data"))
    put(home / "articles", "forest.jsonl", record("forest", _FOREST))
    build(plan, [home / "articles"], encoder)
    put(home / "articles", "harbour.jsonl", record("harbour", _HARBOUR))
    put(home / "articles", "bad.jsonl", _BAD)
    report = build(plan, [], encoder)
    assert (report.generation, report.added, report.failed) == (2, 1, 1)
    return home


@pytest.fixture
def home(grown: Path, tmp_path: Path) -> Path:
    """The same once more, to be changed, over the same articles."""
    shutil.copytree(grown / "data", tmp_path / "data")
    return tmp_path


def test_an_earlier_generation_serves_again_until_the_next_run(home: Path) -> None:
    data = home / "data"
    assert _ids(data) == ["forest", "harbour"]
    status, out, err = _run("rollback", "--data-dir", data)
    assert (status, err) == (0, "")
    assert out.startswith("generation 1 serves again (1 articles, 1 passages, made 20")
    assert _ids(data) == ["forest"]
    record = _done("rollback", "2", "--data-dir", data)
    assert {"generation": 2, "articles": 2, "passages": 2}.items() <= record.items()
    assert _ids(data) == ["forest", "harbour"]
    point_to(data, 1)
    report = _done("index", "--data-dir", data)
    assert (report["generation"], report["added"], report["articles"]) == (3, 1, 2)
    assert _ids(data) == ["forest", "harbour"]


def test_what_cannot_be_gone_back_to_is_one_line(home: Path) -> None:
    data = home / "data"
    assert _run("rollback", "7", "--data-dir", data) == (
        2,
        "",
        "huiwen: generation 7 is not on disk; there are 1, 2\n",
    )
    (data / "generations" / "00000001" / "articles.npy").write_bytes(b"")
    status, out, err = _run("rollback", "1", "--data-dir", data)
    assert (status, out) == (2, "")
    assert err.startswith("huiwen: generation 00000001 is damaged: ")
    assert err.count("\n") == 1
    status, out, err = _run("rollback", "--data-dir", home / "nothing")
    assert (status, out) == (3, "")
    assert err.startswith("huiwen: no index yet in ")


def test_an_index_moves_in_one_file(home: Path) -> None:
    data, file, there = home / "data", home / "索引.tar.gz", home / "there"
    status, out, err = _run("export", file, "--data-dir", data)
    assert (status, err) == (0, "")
    assert out.startswith(f"generation 2 written to {file} (2 articles, 2 passages, made 20")
    status, out, err = _run("import", file, "--data-dir", there)
    assert (status, err) == (0, "")
    assert out.startswith(f"generation 1 serves, from {file} (2 articles, 2 passages, made 20")
    assert _answer(there) == _answer(data)
    assert _done("export", file, "--data-dir", there)["generation"] == 1
    assert _done("import", file, "--data-dir", data)["generation"] == 3


def test_what_is_no_index_is_one_line(home: Path) -> None:
    data, file = home / "data", home / "file.tar"
    file.write_text("nonsense", encoding="utf-8")
    status, out, err = _run("import", file, "--data-dir", data)
    assert (status, out) == (2, "")
    why = "not an index that `huiwen export` wrote: it is no tar archive; nothing was changed"
    assert err == f"huiwen: {file}: {why}\n"
    for command, name in (("import", home / "missing.tar"), ("export", home / "missing" / "file.tar")):
        status, out, err = _run(command, name, "--data-dir", data)
        assert (status, out) == (2, "")
        assert err == f"huiwen: {name}: No such file or directory; mend that and try again\n"
    assert file.read_text(encoding="utf-8") == "nonsense"


def test_a_second_writer_is_told_of_the_first_or_waits_for_it(home: Path) -> None:
    data = home / "data"
    with writing(data, wait=False):
        status, out, err = _run("index", "--data-dir", data)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"huiwen: another huiwen (process {os.getpid()}, since 20")
        assert "wait for it with --wait" in err
        waiting = _start("index", "--wait", "--json", "--data-dir", data)
        time.sleep(2)
        assert waiting.poll() is None
    out, err = waiting.communicate(timeout=100)
    assert waiting.returncode == 0, err
    assert json.loads(out)["published"] is False


def test_what_failed_is_told_every_time_and_read_again_where_that_is_asked(home: Path, grown: Path) -> None:
    articles, data = home / "articles", home / "other"
    shutil.copytree(grown / "articles", articles)
    told = "bad.jsonl: line 1: not JSON"
    bad = articles / "bad.jsonl"
    status, _, err = _run("index", articles, "--data-dir", data)
    assert status == 0
    assert told in err
    # Mended so that nothing shows it from outside: who reads the file finds an article.
    before = bad.stat()
    mended = record("mended", "修好的报道。")
    bad.write_bytes(mended.encode().ljust(before.st_size - 1) + b"\n")
    os.utime(bad, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert bad.stat().st_size == before.st_size
    status, out, err = _run("index", "--data-dir", data)
    assert (status, out.startswith("nothing new; generation 1 serves on")) == (0, True)
    assert told in err
    status, out, err = _run("index", "--retry", "--data-dir", data)
    assert (status, err) == (0, "")
    assert out.startswith("generation 2 published")
    assert "3 articles" in out
