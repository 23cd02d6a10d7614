"""CPU time from times of clicks to both ends' records, beside the time the clicks took.

    python benchmarks/clock_recovery.py

Passes are simulated; those of 20 s have two clouds of 4 s. CPU time of one process, the median of
three; the machine may be shared. "searched" is how many offsets were possible for the first
stretch.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from tagged_pass import TaggedPass

from satqkd.distil.recovered import Recovered, recovered

CLOUDY = (1.0, 0.0, 1.0, 0.0, 1.0)
PASSES = (
    TaggedPass(clicks_hz=1e4, seconds=20.0, shape=CLOUDY, background_hz=1e4),
    TaggedPass(clicks_hz=1e5, seconds=20.0, shape=CLOUDY, background_hz=1e4),
    TaggedPass(clicks_hz=1e6, seconds=5.0, background_hz=1e5),
    TaggedPass(
        rate_hz=6.25e8,
        clicks_hz=1e5,
        seconds=20.0,
        shape=CLOUDY,
        background_hz=1e4,
        jitter_s=150e-12,
        gate_s=8e-10,
    ),
    TaggedPass(
        rate_hz=1.25e9,
        clicks_hz=1e4,
        seconds=20.0,
        shape=CLOUDY,
        background_hz=1e4,
        jitter_s=80e-12,
        gate_s=4e-10,
    ),
)
REPEATS = 3


def main() -> None:
    """Print a line a pass."""
    print("  MHz  clicks/s    s    clicks  stretches   searched  CPU s  ns/click  kept/light")
    for own in PASSES:
        made, tags = own.flown()
        log = own.log(made, tags)
        took = []
        for _ in range(REPEATS):
            begin = process_time()
            got = recovered(
                log, detector=own.detector, source=own.source, nature=np.random.default_rng(1)
            )
            took.append(process_time() - begin)
        print(_line(own, got, median(took), light=int(np.count_nonzero(tags.place >= 0))))


def _line(own: TaggedPass, got: Recovered, cpu_s: float, *, light: int) -> str:
    clock = got.seen.clock
    if clock is None:
        return ""
    tried = max(one.offset.tried for one in clock.stretches if one.offset is not None)
    clicks = got.seen.clicks
    return (
        f"{own.rate_hz / 1e6:5.0f} {own.clicks_hz:9.0f} {own.seconds:4.0f} {clicks:9d} "
        f"{len(clock.stretches):10d} {tried:10d} {cpu_s:6.2f} {1e9 * cpu_s / clicks:9.0f} "
        f"{got.seen.kept / light:11.4f}"
    )


if __name__ == "__main__":
    main()
