"""What a decoy analysis finds out about a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from satqkd.clicks.counts import Counts
from satqkd.key.statistics.concentration import Interval
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """Bounds on numbers of events by photon number; arrays of shape (blocks,), none negative."""

    vacuum: FloatArray
    """Lower bound on key-basis clicks of empty pulses."""
    single_photons: FloatArray
    """Lower bound on key-basis clicks of single photons."""
    check_single_photons: FloatArray
    """Lower bound on check-basis clicks of single photons."""
    check_single_photon_errors: FloatArray
    """Upper bound on errors among check-basis clicks of single photons, at most the errors
    seen."""


class DecoyAnalysis(Protocol):
    """A way to bound events by photon number."""

    def __call__(self, counts: Counts, *, interval: Interval, log_term: float) -> Events:
        """Return the bounds of every block."""
        ...
