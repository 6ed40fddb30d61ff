"""A crowd asks the bot as a process: none lost, none doubled, each answered with what it asked."""

from __future__ import annotations

from pathlib import Path

from tests.bot.bot_process import running
from tests.bot.loading import closed_loop, index_samples, open_loop


def test_a_crowd_is_answered(tmp_path: Path) -> None:
    index_samples(tmp_path)
    with running(tmp_path, HUIWEN_LOG__LEVEL="INFO") as bot:
        for phase in (closed_loop(bot, 10, 40, 0.1, seed=1), open_loop(bot, 10, 20, 100.0, seed=2)):
            assert phase.faults == 0, phase
            assert len(phase.latencies) == phase.asked
        assert " WARNING " not in bot.output and " ERROR " not in bot.output
