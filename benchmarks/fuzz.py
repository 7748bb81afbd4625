"""Damaged and hostile input, new every time, until the minutes are over: the tests of tests/sources/test_safety.py that
take made-up input, with other random input each round.

    python benchmarks/fuzz.py [--minutes 60] [--examples 2000]

Exit status 1 at the first input that no reader may answer with anything but documents or a SourceError; hypothesis then
prints the smallest such input it finds.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests" / "sources" / "test_safety.py"
WHICH = "any_damage or each_reader or any_json_ld"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--examples", type=int, default=2000, help="inputs that each test is given in a round")
    arguments = parser.parse_args()
    began = time.monotonic()
    rounds = 0
    while time.monotonic() - began < arguments.minutes * 60:
        seed = random.SystemRandom().randrange(10**9)
        command = [sys.executable, "-m", "pytest", "-q", "-k", WHICH, f"--hypothesis-seed={seed}", "--timeout=3600",
                   "-p", "no:cacheprovider", str(TESTS)]  # fmt: skip
        done = subprocess.run(command, env=os.environ | {"ONRECORD_FUZZ": str(arguments.examples)})
        if done.returncode:
            print(f"round {rounds + 1} failed, with seed {seed}")
            return 1
        rounds += 1
        print(f"{rounds} rounds, {(time.monotonic() - began) / 60:.0f} min", flush=True)
    print(
        f"survived {rounds} rounds of {arguments.examples:,} inputs a test in {(time.monotonic() - began) / 60:.0f} min"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
