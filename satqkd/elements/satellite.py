"""A satellite and the element sets that say where it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.trajectory import Trajectory
from satqkd.units import FloatArray, IntArray

if TYPE_CHECKING:
    from datetime import datetime

    from sgp4.api import Satrec

REV_DAY_PER_RAD_MIN: Final = 1440.0 / (2.0 * math.pi)
"""Divides revolutions per day into radians per minute, as SGP4's reader of TLEs does."""

RAD_PER_DEG: Final = math.pi / 180.0
"""Radians in a degree. [rad/°]"""

SYNTHETIC_FROM: Final = 1_000_000_000
"""Catalogue numbers of synthetic orbits lie above this: ten digits, while catalogues and messages
have nine at most."""

SYNTHETIC_MARK: Final = " (synthetic)"
"""What the name of a satellite on a synthetic orbit ends in."""


_DESIGNATOR: Final = re.compile(r"([0-9]{4}-[0-9]{3})-?([A-Z]{1,3})")


def plain_designator(text: str) -> str:
    """Return an international designator without the hyphen some write before the piece.

    Examples
    --------
    >>> plain_designator("2016-051-A"), plain_designator("QSS-2 PFM")
    ('2016-051A', 'QSS-2 PFM')
    """
    found = _DESIGNATOR.fullmatch(text)
    return found[1] + found[2] if found else text


def catalogue_number(norad_id: int) -> int | None:
    """Return a catalogue number for a report: None for 0, which stands for an unknown one."""
    return norad_id or None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSet:
    """Mean elements of one object at one epoch."""

    name: str
    """Name given beside the elements, or the catalogue number as text."""
    norad_id: int
    """Catalogue number; 0 when unknown."""
    cospar_id: str
    """International designator such as ``2016-051A``; empty when unknown."""
    epoch: datetime
    """Epoch of the elements, UTC."""
    source: str
    """Where they were read, ``file:line``; or from what they were made, ``synthetic: …``."""
    satrec: Satrec = field(repr=False, compare=False)
    """The ``sgp4`` package's propagator, initialised with these elements."""

    @property
    def period_s(self) -> float:
        """Orbital period of the mean motion. [s]"""
        return 2.0 * math.pi * 60.0 / float(self.satrec.no_kozai)

    @property
    def eccentricity(self) -> float:
        """Mean eccentricity."""
        return float(self.satrec.ecco)

    def revolution(self, age_s: FloatArray, *, ahead: FloatArray) -> IntArray:
        """Number of the revolution some time after the epoch.

        Parameters
        ----------
        age_s
            Time since the epoch, negative before. [s]
        ahead
            So many turns before the ascending node a revolution begins, negative after it.

        Notes
        -----
        Counted from the number stated at the epoch (0 of a design) with the mean latitude argument
        and its secular rates of SGP4, drag left out: some hundredths of a revolution in two weeks.
        """
        satrec = self.satrec
        rate = (float(satrec.mdot) + float(satrec.argpdot)) / (2.0 * math.pi * 60.0)
        begun = (float(satrec.argpo) + float(satrec.mo)) / (2.0 * math.pi) % 1.0
        turns = np.floor(begun + rate * np.asarray(age_s, dtype=np.float64) + ahead)
        return np.asarray(int(satrec.revnum) + turns, dtype=np.int64)

    @property
    def synthetic(self) -> bool:
        """Whether no real object flies on these elements."""
        return self.norad_id > SYNTHETIC_FROM

    @property
    def ages(self) -> bool:
        """Whether the elements become worse with time: a design's do not."""
        return not self.synthetic

    @property
    def aging_orbit(self) -> tuple[float, float]:
        """Period [s] and eccentricity of a real object; NaN and 0 of a design."""
        return (self.period_s, self.eccentricity) if self.ages else (math.nan, 0.0)

    @property
    def motion(self) -> str:
        """How the positions come about."""
        return "SGP4, synthetic elements" if self.synthetic else "SGP4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Satellite:
    """One object with all that says where it is."""

    name: str
    """Name as read, or as the mission calls it."""
    norad_id: int
    """Catalogue number; 0 when unknown."""
    element_sets: tuple[ElementSet, ...]
    """Element sets, ordered by epoch, no epoch twice."""
    trajectories: tuple[Trajectory, ...] = ()
    """Tables of states, the newest last; at least one where there is no element set."""
    manoeuvres: tuple[Manoeuvre, ...] = ()
    """Declared ones, ordered by time: nothing is predicted across them."""

    @property
    def sources(self) -> tuple[ElementSet | Trajectory, ...]:
        """Element sets, then trajectories: passes name the one behind them by its index."""
        return (*self.element_sets, *self.trajectories)

    @property
    def cospar_id(self) -> str:
        """International designator; empty when unknown."""
        return self.sources[-1].cospar_id

    @property
    def number_or_designator(self) -> str:
        """Catalogue number as text, or the designator of a satellite without one."""
        return str(self.norad_id) if self.norad_id else self.cospar_id
