"""Start-up: CPU time until the help, and until the first pass table, is there.

    python benchmarks/start_up.py

Goals: ``satqkd --help`` 0.3 s, ``satqkd passes`` for one station and one day 1 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from side_by_side import versions

ROOT = Path(__file__).parents[1]


def cpu_s(*words: str) -> float:
    """User and system time of one run of the command."""
    before = os.times()
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "satqkd", *words],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


if __name__ == "__main__":
    print(versions("typer", "numpy", "skyfield"))
    for words, goal in (
        (("--help",), 0.3),
        (("passes", "--station", "Xinglong", "--days", "1"), 1.0),
    ):
        taken = [cpu_s(*words) for _ in range(5)]
        print(f"  satqkd {' '.join(words):44} {statistics.median(taken):.2f} s (goal {goal} s)")
