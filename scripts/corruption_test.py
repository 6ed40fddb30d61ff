"""Damage each file of an index in turn, and tell what readers, the writer and the doctor make of it.

    python scripts/corruption_test.py [--each 11] [--most 1000] [--seed N] [--doctor]

Files are cut, emptied, zeroed, lengthened, deleted and more, and bits in them flipped. With --doctor they are
shown to `huiwen doctor`, which takes longer. The status is 1 where anything is not as it should be.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.retrieval.corrupting import corrupt, diagnose
from tests.retrieval.damaging import DAMAGES


def main() -> int:
    """Run, print figures and faults."""
    parser = argparse.ArgumentParser(description="Damage each file of an index in turn.")
    parser.add_argument("--each", type=int, default=len(DAMAGES))
    parser.add_argument("--most", type=int, default=1000, help="files")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--doctor", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        findings = (diagnose if wanted.doctor else corrupt)(
            Path(place), wanted.each, wanted.most, wanted.seed
        )
    print(f"seed {wanted.seed}: {findings}")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
