"""The segmenter's dictionary in a process of its own: the same words, and no trace of it afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rjieba

QUESTION = "谁主持了大会"
LONG = "全省粮食安全生产工作会议在怀瑾厅召开"
TEXTS = [QUESTION, LONG, LONG * 500, "", "abc 5G+", "沈怀瑾\n强调", "\x00🈶"]
START = "segmenter.load_beside()\n"
# From here on the number of the other process is printed when it begins.
WATCH = """
fork = os.fork
def forked():
    global child
    child = fork()
    if child:
        print(child, flush=True)
    return child
os.fork = forked
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")


def _told(script: str, status: int = 0) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import json, os, sys\nfrom retrieval import segmenter\n{script}"],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (status, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("beside", [START, START * 2, ""])
def test_words_are_those_of_the_library(beside: str) -> None:
    found, here = _told(f"""{beside}
ask = (segmenter.cut, segmenter.cut_for_search, segmenter.frequency)
print(json.dumps([[each(text) for each in ask] for text in {TEXTS!r}]))
print('rjieba' in sys.modules)
""")
    expected = [[rjieba.cut(t), rjieba.cut_for_search(t), rjieba.suggest_freq(t)] for t in TEXTS]
    assert (json.loads(found), here) == (expected, str(not beside))


def test_where_the_other_process_dies_this_one_goes_on() -> None:
    _, *found = _told(f"""{WATCH}{START}
print(segmenter.cut({QUESTION!r}))
os.kill(child, 9)
os.waitpid(child, 0)
print(segmenter.cut({QUESTION!r}))
print('rjieba' in sys.modules)
""")
    assert found == [str(rjieba.cut(QUESTION))] * 2 + ["True"]


@pytest.mark.parametrize(
    "hindrance",
    [
        "def fork(): raise BlockingIOError(11, 'too many')\nos.fork = fork",
        "import threading; stop = threading.Event(); threading.Thread(target=stop.wait).start()",
        "del os.fork",
    ],
)
def test_where_there_can_be_no_other_process_this_one_does_it(hindrance: str) -> None:
    found = _told(f"{hindrance}\n{START}print(segmenter.cut({QUESTION!r}))\n'stop' in vars() and stop.set()")
    assert found == [str(rjieba.cut(QUESTION))]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a system without /proc")
@pytest.mark.parametrize(
    ("end", "status"), [("os._exit(0)", 0), ("sys.exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)]
)
@pytest.mark.parametrize("asked", ["", "segmenter.cut('会议')"])
def test_the_other_process_ends_with_this_one(end: str, status: int, asked: str) -> None:
    (child,) = _told(f"{WATCH}{START}{asked}\n{end}", status)
    stat = Path(f"/proc/{child}/stat")
    until = time.monotonic() + 30
    while stat.exists() and stat.read_text().rpartition(") ")[2][0] != "Z":  # ended, but nobody asks how
        assert time.monotonic() < until
        time.sleep(0.01)
