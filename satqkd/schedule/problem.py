"""The scheduling problem and its answer, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Two stations that are to share keys."""

    station_a: int
    """Index of one station."""
    station_b: int
    """Index of the other."""
    weight: float = 1.0
    """Worth of a delivered bit."""
    trusted_relay: bool = True
    """Whether key relayed by a satellite, which then holds a copy, is accepted."""

    def __post_init__(self) -> None:
        require_positive("weight", self.weight)
        if self.station_a == self.station_b:
            raise NonPhysicalError("between", "must name two different stations")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Contacts that could be scheduled, and what their keys are worth.

    A contact of a satellite and one station fills their pool. A joint contact of a satellite and
    two stations gives these a key at once of which the satellite holds no copy.

    A contact occupies its satellite from ``start_s`` up to, not including, ``end_s`` plus that
    satellite's gap, and each of its stations likewise; two contacts of one resource clash when
    these intervals overlap. Touching is no clash. A contact without length still occupies its
    start.
    """

    satellite: IntArray
    """Index of the satellite of each contact."""
    station: IntArray
    """Index of the station of each contact; of the first one of a joint contact."""
    start_s: FloatArray
    """First usable second. [s]"""
    end_s: FloatArray
    """Last usable second. [s]"""
    key_bits: FloatArray
    """Key the contact puts into the pool of its satellite and station, or shares between its
    two stations. [bit]"""
    satellite_gap_s: FloatArray
    """Slew time each satellite needs between contacts. [s]"""
    station_gap_s: FloatArray
    """Set-up time each station needs between contacts. [s]"""
    demands: tuple[Demand, ...]
    """Pairs of stations, none twice."""
    spare_weight: float
    """Worth of a bit that stays in a pool, against 1 for a delivered bit of weight 1."""
    partner: IntArray
    """Index of the second station of each joint contact, -1 for the others."""

    def __post_init__(self) -> None:
        require_not_negative("spare_weight", self.spare_weight)
        columns = ("satellite", "station", "start_s", "end_s", "key_bits", "partner")
        if len({getattr(self, name).shape for name in columns}) != 1:
            raise NonPhysicalError("start_s", f"must be as long as each of {', '.join(columns)}")
        for name in ("start_s", "end_s", "key_bits", "satellite_gap_s", "station_gap_s"):
            if not np.all(np.isfinite(getattr(self, name))):
                raise NonPhysicalError(name, "must hold finite numbers only")
        for name in ("key_bits", "satellite_gap_s", "station_gap_s"):
            if np.any(getattr(self, name) < 0):
                raise NonPhysicalError(name, "must not be negative")
        if np.any(self.end_s < self.start_s):
            raise NonPhysicalError("end_s", "must not lie before start_s")
        self._check_indices()

    def _check_indices(self) -> None:
        stations = self.station_gap_s.size
        for name, index, size in (
            ("satellite", self.satellite, self.satellite_gap_s.size),
            ("station", self.station, stations),
        ):
            if np.any((index < 0) | (index >= size)):
                raise NonPhysicalError(name, f"must hold indices below {size}")
        if np.any((self.partner < -1) | (self.partner >= stations)):
            raise NonPhysicalError("partner", f"must hold -1 or indices below {stations}")
        if np.any(self.partner == self.station):
            raise NonPhysicalError("partner", "must be another station than the first")
        pairs = [frozenset((demand.station_a, demand.station_b)) for demand in self.demands]
        if any(not 0 <= station < stations for pair in pairs for station in pair):
            raise NonPhysicalError("demands", f"must name stations by indices below {stations}")
        if len(set(pairs)) < len(pairs):
            raise NonPhysicalError("demands", "must not name a pair of stations twice")

    def __len__(self) -> int:
        return int(self.start_s.size)

    @property
    def joint(self) -> BoolArray:
        """Which contacts are joint ones."""
        return np.asarray(self.partner >= 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Key that one satellite relays between two stations: the XOR of two pools."""

    satellite: int
    """Index of the relaying satellite."""
    demand: int
    """Index of the demand served."""
    bits: int
    """Bits both stations end up sharing; taken from either pool. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Contacts chosen and keys routed, with how near to the best that is."""

    chosen: BoolArray
    """Which contacts are scheduled."""
    deliveries: tuple[Delivery, ...]
    """Keys delivered, largest first, none of 0 bits."""
    objective: float
    """Weighted bits of this solution, recomputed from ``chosen`` and ``deliveries``. [bit]"""
    bound: float
    """No solution can be worth more, also when bits could be split. [bit]"""
    status: str
    """``optimal``, ``time limit``, ``not proven`` or ``nothing to schedule``.

    ``optimal`` means the required gap is reached, apart from the fractions of a bit that whole
    bits cost. ``not proven`` is a plan of a method that proves nothing about its distance to
    the best.
    """

    @property
    def gap(self) -> float:
        """Relative distance to the bound: (bound − objective) / max(bound, 1)."""
        return max(0.0, self.bound - self.objective) / max(self.bound, 1.0)
