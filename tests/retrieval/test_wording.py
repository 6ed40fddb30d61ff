"""Words are cut in a process beside, and whoever cuts them, the same comes of it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.names import name_readings
from retrieval.terms import bigrams, usual_share, words
from retrieval.wording import Documents, Told, Wordings

from .waiting import other_process, tell

_TEXTS = [
    "12月6日，全省警示教育大会召开，省委书记娄勤俭讲话。",
    "港口 harbour 1,234 件",
    "",
    "😀\ud800\n",
    "ประชุมใหญ่",
    "为民" * 500,
]
_HEADINGS = ["全省\n警示教育大会召开", "\n"]


def _said(told: Told) -> list[list[str]]:
    """Return the terms of each document."""
    ends = np.cumsum(np.frombuffer(told.lengths, np.int32))
    numbers = np.frombuffer(told.said, np.int32).tolist()
    return [
        [told.terms[number] for number in numbers[start:end]]
        for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False)
    ]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wordings]:
    """One that has a process of its own."""
    monkeypatch.delitem(sys.modules, "rjieba")
    with closing(Wordings()) as wordings:
        assert wordings.process is not None
        yield wordings


@pytest.fixture
def here() -> Iterator[Wordings]:
    """One that does it itself."""
    with closing(Wordings()) as wordings:
        assert wordings.process is None
        yield wordings


def test_both_say_what_the_functions_say(here: Wordings, beside: Wordings) -> None:
    told = beside.begin(_TEXTS, _HEADINGS).result()
    assert told == here.begin(_TEXTS, _HEADINGS).result()
    assert _said(told.words) == [words(text) for text in _TEXTS]
    assert _said(told.bigrams) == [bigrams(text) for text in _TEXTS]
    assert _said(told.headings) == [words(heading) for heading in _HEADINGS]
    named = [name_readings(text, words(text)) for text in _TEXTS]
    assert _said(told.names) == [list(dict.fromkeys(reading for _, reading in own)) for own in named]
    assert set(told.named) == {pair for own in named for pair in own}
    usual = np.frombuffer(told.words.usual, np.float32)
    assert np.array_equal(usual, np.asarray([usual_share(term) for term in told.words.terms], np.float32))


def test_one_segment_knows_nothing_of_the_one_before(beside: Wordings) -> None:
    first = beside.begin(["港口建设"], ["港口"]).result()
    assert beside.begin(_TEXTS, _HEADINGS).result() != first
    assert beside.begin(["港口建设"], ["港口"]).result() == first
    nothing = beside.begin([], []).result()
    assert nothing.words == Told([], b"", b"", b"") and nothing.named == []


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=5))
def test_documents_are_taken_down_as_they_are(texts: list[list[str]]) -> None:
    documents = Documents()
    for text in texts:
        documents.add(text)
    assert _said(documents.told()) == texts
    assert documents.told().terms == list(dict.fromkeys(term for text in texts for term in text))


@pytest.mark.parametrize("when", ["before", "meanwhile", "after"])
def test_a_process_that_is_killed_is_done_without(
    when: str, here: Wordings, beside: Wordings, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [f"{text}{number}" for number in range(400) for text in _TEXTS]
    assert beside.process is not None
    if when == "after":
        beside.begin(_TEXTS, _HEADINGS).result()
    if when != "meanwhile":
        beside.process.kill()
        beside.process.wait()
    told = beside.begin(texts, _HEADINGS)
    if when == "meanwhile":
        time.sleep(0.5)
        beside.process.kill()
    assert told.result() == here.begin(texts, _HEADINGS).result()
    assert "takes longer" in caplog.text


def test_where_no_process_can_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "rjieba")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with closing(Wordings()) as wordings:
        assert wordings.process is None
        assert _said(wordings.begin(["港口"], []).result().words) == [["港口"]]


@pytest.mark.parametrize("owner", ["beside", "here"])
def test_who_closes_does_not_wait_for_what_is_not_done(owner: str, request: pytest.FixtureRequest) -> None:
    wordings: Wordings = request.getfixturevalue(owner)
    told = wordings.begin([f"{text}{number}" for number in range(100_000) for text in _TEXTS], [])
    closed = threading.Thread(target=wordings.close)
    closed.start()
    closed.join(30)
    assert not closed.is_alive()
    assert told.cancelled() or told.exception() is not None
    if wordings.process is not None:
        assert wordings.process.returncode is not None


_OWNER = """
import sys
from retrieval.wording import Wordings
wordings = Wordings()
wordings.begin(["港口"], []).result()
print("ready", flush=True)
for line in sys.stdin:
    print(wordings.process.pid, flush=True)
"""


def test_it_ends_with_who_started_it() -> None:
    with other_process(_OWNER) as owner:
        number = int(tell(owner, "number"))
        assert _runs(number)
    deadline = time.monotonic() + 60
    while _runs(number):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
