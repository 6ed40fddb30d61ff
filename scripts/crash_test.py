"""Kill the writer of an index at random moments while readers ask, and tell whether anybody noticed.

    python scripts/crash_test.py [--kills 200] [--seed N]

Articles are added, changed, moved and withdrawn before each run; the run is killed (SIGKILL) at a moment
drawn over as long as it usually takes. Each answer is compared with what a full rebuild says. The status is 1
where anything is not as it should be; the seed repeats the articles and the moments, though not the machine's
speed.
"""

from __future__ import annotations

import argparse
import random
import sys

from tests.retrieval.crashing import crash


def main() -> int:
    """Run, print one line of figures and the faults."""
    parser = argparse.ArgumentParser(description="Kill the writer of an index at random moments.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    wanted = parser.parse_args()
    outcome = crash(wanted.kills, wanted.seed)
    print(f"seed {wanted.seed}: {outcome}")
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
