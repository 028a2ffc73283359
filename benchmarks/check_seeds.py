"""Plays `faultpath demo --check` for a run of seeds, one after the other, and counts what was wrong.

    python -m benchmarks.check_seeds [--first 1] [--seeds 10] [--graph URL]

Used by `make check-seeds` (ten seeds) and `make soak` (thirty).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time

LAST_LINE = re.compile(r"^(\d+) checks, (\d+) wrong$", re.MULTILINE)
LONGEST_S = 900


def main() -> int:
    """Returns 0 if every seed closed with nothing wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("--failures", type=int, default=8)
    parser.add_argument("--graph")
    args = parser.parse_args()
    bad = 0
    for seed in range(args.first, args.first + args.seeds):
        bad += _play(seed, args)
    print(f"{args.seeds - bad} passed, {bad} failed")
    return 1 if bad else 0


def _play(seed: int, args: argparse.Namespace) -> bool:
    command = [
        sys.executable, "-m", "faultpath.cli.main", "demo", "--check",
        "--seed", str(seed), "--size", str(args.size), "--failures", str(args.failures),
    ]  # fmt: skip
    if args.graph:
        command += ["--graph", args.graph]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    closing = LAST_LINE.search(done.stdout)
    told = closing.group(0) if closing else f"no closing line, status {done.returncode}"
    print(f"seed {seed}: {told} in {time.monotonic() - began:.0f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout[-20_000:], done.stderr[-4_000:], sep="\n", flush=True)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
