"""Fifty people and two thousand questions: the bot as a process, on the loopback Bot API of the tests.

    python scripts/load_test.py [--people 50] [--questions 2000] [--think 3] [--rate 15] [--seed N]

Half of the questions come from people who read an answer, think for about --think seconds and ask again,
half at a steady --rate a second. Prints, of each half, percentiles of the milliseconds from an update
handed over to its sendMessage, the questions a second, the bot's CPU time a question and its resident
memory. Telegram takes 30 messages a second from a bot and the bot keeps to that: beyond, answers queue. The
status is 1 where an answer is missing, doubled or that of another question, where a line of the log warns,
or where memory grows by more than a tenth from the first quarter to the last. Needs Linux. On the same
machine runs the loopback server, which checks every request and takes about as much as the bot.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path
from statistics import mean

from tests.bot.bot_process import running
from tests.bot.loading import Phase, closed_loop, index_samples, open_loop

_TARGET_MS = 150.0
_GROWTH = 1.1


def main() -> int:
    """Ask, print figures and faults."""
    parser = argparse.ArgumentParser(description="Many people ask the bot at once.")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--think", type=float, default=3.0, help="seconds")
    parser.add_argument("--rate", type=float, default=15.0, help="questions a second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    wanted = parser.parse_args()
    half = max(wanted.questions // 2, 1)
    print(f"seed {wanted.seed}")
    with tempfile.TemporaryDirectory() as place:
        index_samples(Path(place))
        with running(Path(place), HUIWEN_LOG__LEVEL="INFO") as bot:
            print(warm := closed_loop(bot, 1, 20, 0.01, wanted.seed))
            phases = [
                closed_loop(bot, wanted.people, half, wanted.think, wanted.seed + 1),
                open_loop(bot, wanted.people, half, wanted.rate, wanted.seed + 2),
            ]
            log = bot.output
    for phase in phases:
        print(f"{phase}{'' if phase.percentile(0.95) < _TARGET_MS else f' (p95 aims at {_TARGET_MS:.0f})'}")
    faults = _faults([warm, *phases], log)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _faults(phases: list[Phase], log: str) -> list[str]:
    faults = [f"not as it should be: {phase}" for phase in phases if phase.faults]
    faults += [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line]
    sizes = [size for phase in phases[1:] for size in phase.rss]
    quarter = len(sizes) // 4
    if quarter and mean(sizes[-quarter:]) > _GROWTH * mean(sizes[:quarter]):
        faults.append(
            f"memory grows: {mean(sizes[:quarter]) / 1e6:.0f} to {mean(sizes[-quarter:]) / 1e6:.0f} MB"
        )
    return faults


if __name__ == "__main__":
    sys.exit(main())
