"""What a study costs beside the work of its points, and what a second worker brings.

    python benchmarks/study.py --points 10000 --workers 2
    python benchmarks/study.py --speed-up

Overhead of a point: CPU of a run of very small points, less that of starting and ending one, less
what the same points take in one process without any of it. A busy machine is told by its load.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

PRESET = Path(__file__).parents[1] / "satqkd" / "presets" / "jinan-1-constellation"
SMALL = """\
name: Overhead
set: {duration: 10 min, step: 60 s}
vary:
  - {name: a, path: limits.min_elevation, range: {from: 15 deg, to: 60 deg, steps: POINTS}}
  - {name: n, keep: satellites, values: [1]}
measure: [key_day_clear, station_hours]
realisations: 0
"""
LARGE = """\
name: Speed-up
set: {duration: 7 d}
vary:
  - {name: a, path: limits.min_elevation, range: {from: 15 deg, to: 30 deg, steps: 24}}
measure: [key_day_p50, station_hours]
realisations: 200
"""


def cpu_s() -> float:
    """CPU of this process and of those that it has waited for."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def prepared(folder: Path, text: str) -> Path:
    """Write a study beside a mission's files; return its path."""
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(PRESET / name, folder)
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(path: Path, to: Path, workers: int) -> tuple[float, float]:
    """Wall and CPU time of a run, start and end of its workers included."""
    from satqkd.study.engine import study

    begin_s, begin_cpu_s = time.perf_counter(), cpu_s()
    found = study(path, to=to, workers=workers)
    if not found.done.all():
        raise RuntimeError(found.reason)
    return time.perf_counter() - begin_s, cpu_s() - begin_cpu_s


def alone(path: Path, count: int) -> float:
    """CPU of the same work in one process, a point on average, measured on some."""
    from satqkd.study.read_study import load_study
    from satqkd.study.store import Asked
    from satqkd.study.work import Shared, worked

    asked = Asked.of(load_study(path))
    jobs = asked.jobs[:: max(1, len(asked.jobs) // count)]
    shared = Shared.of(asked.study)
    worked(shared, jobs[:2])
    begin_s = cpu_s()
    worked(shared, jobs)
    return (cpu_s() - begin_s) / len(jobs)


def overhead(points: int, workers: int) -> None:
    """Measure and print what a point costs beside its own work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = prepared(folder, SMALL.replace("POINTS", str(points)))
        own_s = alone(path, 200)
        few = folder / "few"
        few.mkdir()
        start_s, start_cpu_s = run(
            prepared(few, SMALL.replace("POINTS", "2")), few / "out", workers
        )
        wall_s, used_s = run(path, folder / "out", workers)
        again_s, again_cpu_s = run(path, folder / "out", workers)
    each_ms = 1e3 * (used_s - start_cpu_s) / points
    print(
        f"{points:,} points, {workers} workers: {wall_s:.1f} s wall, {used_s:.1f} s CPU, of which "
        f"start and end {start_s:.1f} s and {start_cpu_s:.1f} s; a point {each_ms:.1f} ms of CPU, "
        f"its own work {1e3 * own_s:.1f} ms: overhead {each_ms - 1e3 * own_s:.1f} ms; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"again, nothing left to do: {again_s:.1f} s wall, {again_cpu_s:.1f} s CPU")


def speed_up() -> None:
    """Time a study with one worker and with two, in turn, and print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = prepared(folder, LARGE)
        found = {}
        for pair in range(2):
            for workers in (1, 2):
                found[workers, pair] = run(path, folder / f"{workers}-{pair}", workers)
                wall_s, used_s = found[workers, pair]
                print(f"{workers} workers: {wall_s:.1f} s wall, {used_s:.1f} s CPU")
        ratios = [found[1, pair][0] / found[2, pair][0] for pair in range(2)]
        told = " and ".join(f"{one:.2f}" for one in ratios)
        print(f"two workers {told} times one; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--points", type=int, default=10_000)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--speed-up", action="store_true")
    told = asked.parse_args()
    if told.speed_up:
        speed_up()
    else:
        overhead(told.points, told.workers)


if __name__ == "__main__":
    main()
