"""What a study will take, before it starts: numbers counted, time and memory measured."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from time import perf_counter
from typing import Final

from satqkd.study.store import Asked
from satqkd.study.units import Division
from satqkd.study.work import Job, Shared, Told, tallied, worked

START_S: Final = 4.0
"""What workers of this machine take to start, assumed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a study will take."""

    points: int
    """In the order of the study, equal ones each."""
    rows: int
    """Points times repetitions, equal ones once."""
    done: int
    """Of them worked out already."""
    units: int
    """Units of work of what is left: more than rows where large points are divided."""
    divided: int
    """Points that are divided."""
    row_s: float | None
    """How long a row takes, as measured; None where nothing is left. [s]"""
    measured: int
    """On how many rows."""
    memory_bytes: int | None
    """Most that this process held meanwhile; None where the system does not tell. [B]"""
    workers: int
    failed: str
    """Why one of the measured rows failed; empty where none did."""

    @property
    def left(self) -> int:
        """Rows to work out."""
        return self.rows - self.done

    @property
    def seconds(self) -> float:
        """How long the rest takes, start included. [s]"""
        return 0.0 if self.row_s is None else START_S + self.row_s * self.left / self.workers


def explain(asked: Asked, done: Sequence[str], *, workers: int, most: int = 2) -> Explained:
    """Count what a study asks for, and measure what some of its points take.

    Parameters
    ----------
    asked
        What it asks for.
    done
        Keys of rows that are worked out already.
    workers
        How many will work side by side.
    most
        On how many rows to measure: the first and the last, then those between.
    """
    once = asked.once
    left = [job for key, job in once.items() if key not in set(done)]
    shared = Shared.of(asked.study)
    division = Division(shared, asked.study.variables)
    units = [len(division.units(job)) for job in left]
    times: list[float] = []
    failed = ""
    for job in _spread(left, most):
        seconds, why = _measured(shared, division, job)
        times.append(seconds)
        failed = failed or why
    return Explained(
        points=len(asked.jobs) // asked.study.repeat,
        rows=len(once),
        done=len(once) - len(left),
        units=sum(max(count, 1) for count in units),
        divided=sum(count > 0 for count in units),
        row_s=mean(times) if times else None,
        measured=len(times),
        memory_bytes=peak_bytes(),
        workers=workers,
        failed=failed,
    )


def _spread(left: Sequence[Job], most: int) -> list[Job]:
    """Return the first and the last, then some between; no more than there are."""
    count = min(most, len(left))
    places = {round(step * (len(left) - 1) / max(count - 1, 1)) for step in range(count)}
    return [left[place] for place in sorted(places)]


def _measured(shared: Shared, division: Division, job: Job) -> tuple[float, str]:
    """Return how long a row takes, of a divided one by its first unit; and why it failed."""
    units = division.units(job)
    begin_s = perf_counter()
    if units:
        tallied(shared, job, units[0])
        return (perf_counter() - begin_s) * len(units), ""
    told: list[Told] = worked(shared, [job])
    return perf_counter() - begin_s, told[0].row.reason


def peak_bytes() -> int | None:
    """Return the largest resident memory of this process; None where the system does not tell."""
    try:
        from resource import RUSAGE_SELF, getrusage  # noqa: PLC0415 -- not everywhere
    except ImportError:
        return None
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
