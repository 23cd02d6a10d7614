"""What runs in a worker of a cluster: it has what the points have in common from the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distributed import WorkerPlugin

from satqkd.study.tally import Tally
from satqkd.study.work import Job, Shared, Told, finished, tallied, worked

_SHARED: dict[str, Shared] = {}
"""In a worker: what the points of a study have in common."""


class Give(WorkerPlugin):
    """Gives each worker, also one that comes later, what the points have in common."""

    def __init__(self, key: str, shared: Shared) -> None:
        self.name = f"satqkd-{key}"
        self.key, self.shared = key, shared

    def setup(self, worker: Any) -> None:
        """Take it in, in the process of the worker."""
        del worker
        _SHARED[self.key] = self.shared

    def teardown(self, worker: Any) -> None:
        """Let it go when the study is done."""
        del worker
        _SHARED.pop(self.key, None)


def batch(key: str, jobs: Sequence[Job]) -> tuple[Told, ...]:
    """Work out some points, one after the other."""
    return tuple(worked(_SHARED[key], jobs))


def unit(key: str, job: Job, satellites: range) -> tuple[Tally, tuple[str, ...]]:
    """Count the contacts of some satellites of a large point."""
    return tallied(_SHARED[key], job, satellites)


def whole(key: str, job: Job, parts: Sequence[tuple[Tally, tuple[str, ...]]]) -> tuple[Told, ...]:
    """Work out a large point of which all units were counted."""
    return (finished(_SHARED[key], job, parts),)
