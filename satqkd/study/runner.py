"""Where work is done: in this process, or by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from satqkd.study.units import Division
from satqkd.study.work import Job, Shared, Told, finished, tallied, worked

KILLS: Final = 3
"""So many workers a point may kill before it is left out."""
KILLED: Final = (
    f"{KILLS} workers died over it: it may need more memory than a worker has, or crash a library"
)


class Runner(Protocol):
    """Does jobs, in whichever order."""

    @property
    def workers(self) -> int:
        """How many work side by side."""
        ...

    def results(
        self, shared: Shared, division: Division, jobs: Sequence[Job]
    ) -> Iterator[tuple[Told, ...]]:
        """Yield what came of the jobs, some at a time, as it comes."""
        ...

    def close(self) -> None:
        """End all that was begun."""
        ...


class InProcess:
    """Works in this process, one job after the other: needs no other, and survives no crash."""

    workers = 1

    def results(
        self, shared: Shared, division: Division, jobs: Sequence[Job]
    ) -> Iterator[tuple[Told, ...]]:
        """Yield what came of the jobs, in their order."""
        for job in jobs:
            units = division.units(job)
            if units:
                yield (finished(shared, job, [tallied(shared, job, one) for one in units]),)
            else:
                yield tuple(worked(shared, [job]))

    def close(self) -> None:
        """Do nothing: nothing was begun."""
