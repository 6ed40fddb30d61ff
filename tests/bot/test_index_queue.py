from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.index_queue import IndexQueue
from bot.index_run import IndexRun, Outcome

# Tells how many runs have begun, and ends when there is a file to let it.
_RUN = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
number = len(list(folder.glob("begun*"))) + 1
(folder / f"begun{number}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
print(json.dumps({"number": number}))
"""


def _runs(folder: Path) -> IndexRun:
    return IndexRun([sys.executable, "-c", _RUN, str(folder)], {})


async def _appears(path: Path) -> None:
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.005)


def _numbers(outcomes: list[Outcome]) -> list[int]:
    return [int(json.loads(json.dumps(dict(each.report)))["number"]) for each in outcomes]


def test_who_comes_during_a_run_shares_the_next(tmp_path: Path) -> None:
    async def main() -> list[int]:
        queue = IndexQueue(_runs(tmp_path))
        first = [asyncio.create_task(queue.indexed()) for _ in range(3)]
        await _appears(tmp_path / "begun1")
        later = [asyncio.create_task(queue.indexed()) for _ in range(3)]
        await asyncio.sleep(0)
        (tmp_path / "go").touch()
        return _numbers(await asyncio.gather(*first, *later))

    assert asyncio.run(main()) == [1, 1, 1, 2, 2, 2]


def test_a_run_that_somebody_else_has_begun_does_not_count(tmp_path: Path) -> None:
    async def main() -> list[int]:
        runs = _runs(tmp_path)
        queue, other = IndexQueue(runs), runs.start()
        await _appears(tmp_path / "begun1")
        asked = asyncio.create_task(queue.indexed())
        await asyncio.sleep(0)
        (tmp_path / "go").touch()
        return _numbers([await other, await asked])

    assert asyncio.run(main()) == [1, 2]


def test_a_run_waits_for_what_is_coming(tmp_path: Path) -> None:
    async def main() -> list[int]:
        (tmp_path / "go").touch()
        queue = IndexQueue(_runs(tmp_path))
        queue.hold()
        queue.hold()
        first = asyncio.create_task(queue.indexed())
        await asyncio.sleep(0.05)
        queue.release()
        assert not list(tmp_path.glob("begun*"))
        second = asyncio.create_task(queue.indexed())
        await asyncio.sleep(0)
        queue.release()
        return _numbers([await first, await second])

    assert asyncio.run(main()) == [1, 1]


def test_who_gives_up_does_not_end_the_run_of_the_others(tmp_path: Path) -> None:
    async def main() -> list[int]:
        queue = IndexQueue(_runs(tmp_path))
        one, other = (asyncio.create_task(queue.indexed()) for _ in range(2))
        await _appears(tmp_path / "begun1")
        one.cancel()
        (tmp_path / "go").touch()
        return _numbers([await other])

    assert asyncio.run(main()) == [1]
