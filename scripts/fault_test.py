"""Let every file operation of the writer of an index fail in turn, and tell what it makes of it.

    python scripts/fault_test.py [--scene first|arrival|full]... [--most N] [--operation N]

Needs Linux and a C compiler. Each operation fails with ENOSPC, EIO and EACCES, which takes an hour; with
--most only so many do, evenly spread from one that the seed tells on, with one of the three in turn. The
status is 1 where anything is not as it should be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.retrieval.faulting import SCENES, inject, report
from tests.retrieval.preloading import Faults, missing, run_again_preloaded


def main() -> int:
    """Run all scenes, print figures and faults."""
    parser = argparse.ArgumentParser(description="Let every file operation of the writer fail in turn.")
    parser.add_argument("--scene", action="append", choices=SCENES)
    parser.add_argument("--most", type=int, default=0, help="operations of a scene")
    parser.add_argument("--operation", type=int, help="only this one")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    if lack := missing():
        parser.error(lack)
    faults = Faults.loaded()
    if faults is None:
        return run_again_preloaded()
    findings = []
    for scene in wanted.scene or SCENES:
        with tempfile.TemporaryDirectory() as place:
            findings.append(inject(Path(place), faults, scene, wanted.most, wanted.operation, wanted.seed))
    print(f"seed {wanted.seed}\n{report(findings)}")
    return 1 if any(found.faults for found in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
