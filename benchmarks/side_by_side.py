"""Time several programs on the same work in one run, interleaved, by CPU time."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version


def medians(work: Mapping[str, Callable[[], object]], repeats: int = 5) -> dict[str, float]:
    """Median CPU seconds of each program, after one warm-up, repeats interleaved."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for run in work.values():
        run()
    for _ in range(repeats):
        for name, run in work.items():
            begin = time.process_time()
            run()
            taken[name].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in taken.items()}


def versions(*names: str) -> str:
    """Versions of what was compared."""

    def one(name: str) -> str:
        """Name and version of one package."""
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"{name} not installed"

    return ", ".join([f"Python {sys.version.split()[0]}", *map(one, names)])


def table(rows: Mapping[str, float], *, ours: str, unit_s: float, unit: str) -> None:
    """Print CPU time per unit of work and the ratio to ours."""
    for name, seconds in rows.items():
        print(f"  {name:28} {1e6 * seconds / unit_s:12.1f} µs/{unit} {seconds / rows[ours]:9.1f}×")
