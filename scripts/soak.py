"""Two writers and ten readers at one index, while articles change beneath them.

    python scripts/soak.py [--minutes 5] [--writers 2] [--readers 10] [--seed N]

Prints one line of figures, and what was not as it should be: an error of anybody (a writer that finds
another at work apart), two answers of one generation to one question, a reader whose memory or open files
grow, an end that differs from a full rebuild. The status is then 1. Needs Linux.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.retrieval.soaking import soak


def main() -> int:
    """Run for so long, print figures and faults."""
    parser = argparse.ArgumentParser(description="Two writers and ten readers at one index.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--readers", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        soaked = soak(Path(place), 60 * wanted.minutes, wanted.writers, wanted.readers, wanted.seed)
    print(f"seed {wanted.seed}: {soaked}")
    for fault in soaked.faults:
        print(fault)
    return 1 if soaked.faults else 0


if __name__ == "__main__":
    sys.exit(main())
