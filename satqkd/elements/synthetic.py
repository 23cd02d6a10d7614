"""Orbits for design: elements made from what an orbit should be.

Nobody flies on them. Each carries a catalogue number no real object can have and says
``synthetic`` where real elements name their file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final, NamedTuple, NewType, Protocol

from satqkd.constants import WGS84_RADIUS_M
from satqkd.elements.mean_elements import MeanElements, circular, satrec_of
from satqkd.elements.satellite import SYNTHETIC_FROM, SYNTHETIC_MARK, ElementSet, Satellite
from satqkd.elements.sun_synchronous import (
    node_at_local_time_deg,
    sun_synchronous_inclination_deg,
)
from satqkd.errors import NonPhysicalError, require_between

LOWEST_M: Final = 100e3
"""No orbit goes below this. [m]"""
HIGHEST_M: Final = 100_000e3
"""Far above, SGP4's account of Sun and Moon no longer holds. [m]"""

MOST_SATELLITES: Final = 10_000
"""A larger constellation is taken for a slip."""

LocalTime = NewType("LocalTime", float)
"""Local mean solar time. [h]"""


class WalkerPattern(NamedTuple):
    """Walker's ``i:t/p/f``."""

    inclination_deg: float
    satellites: int
    """All of them, in all planes."""
    planes: int
    phasing: int
    """How far the next plane is ahead, in 1/t of a turn."""

    def __str__(self) -> str:
        return f"{self.inclination_deg:g}:{self.satellites}/{self.planes}/{self.phasing}"


class Orbit(Protocol):
    """A design of one or more satellites."""

    @property
    def epoch(self) -> datetime | None:
        """When the satellites are where the design says; None for the mission's start."""

    def members(self, epoch: datetime) -> list[MeanElements]:
        """Return the elements of each satellite."""

    def describe(self) -> str:
        """Return the design in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularOrbit:
    """One satellite on a circular orbit."""

    altitude_m: float
    """Mean semi-major axis less the Earth's equatorial radius. [m]"""
    inclination_deg: float
    """Against the equator; above 90° it runs backwards. [°]"""
    raan_deg: float = 0.0
    """Right ascension of the ascending node. [°]"""
    phase_deg: float = 0.0
    """Mean angle from the ascending node along the orbit. [°]"""
    epoch: datetime | None = None
    """When it is where the design says; None for the mission's start."""

    def __post_init__(self) -> None:
        _require_altitude(self.altitude_m)
        require_between("inclination_deg", self.inclination_deg, 0.0, 180.0)

    def members(self, epoch: datetime) -> list[MeanElements]:
        """Return the elements of the satellite."""
        del epoch
        return [circular(self.altitude_m, self.inclination_deg, self.raan_deg, self.phase_deg)]

    def describe(self) -> str:
        """Return the design in words."""
        return (
            f"circular, altitude {self.altitude_m / 1e3:g} km, "
            f"inclination {self.inclination_deg:g} deg, RAAN {self.raan_deg:g} deg, "
            f"phase {self.phase_deg:g} deg"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeplerianOrbit:
    """One satellite on an elliptical orbit."""

    altitude_m: float
    """Mean semi-major axis less the Earth's equatorial radius. [m]"""
    eccentricity: float
    """0 for a circle; the perigee must stay above the air."""
    inclination_deg: float
    """Against the equator; above 90° it runs backwards. [°]"""
    raan_deg: float = 0.0
    """Right ascension of the ascending node. [°]"""
    argument_of_perigee_deg: float = 0.0
    """From the ascending node along the orbit. [°]"""
    mean_anomaly_deg: float = 0.0
    """From the perigee along the orbit. [°]"""
    epoch: datetime | None = None
    """When it is where the design says; None for the mission's start."""

    def __post_init__(self) -> None:
        _require_altitude(self.altitude_m)
        require_between("eccentricity", self.eccentricity, 0.0, 0.95)
        require_between("inclination_deg", self.inclination_deg, 0.0, 180.0)
        axis_m = WGS84_RADIUS_M + self.altitude_m
        perigee_m = axis_m * (1.0 - self.eccentricity) - WGS84_RADIUS_M
        if perigee_m < LOWEST_M:
            raise NonPhysicalError(
                "eccentricity",
                f"puts the perigee at {perigee_m / 1e3:.0f} km; nothing stays in orbit below "
                f"{LOWEST_M / 1e3:g} km",
            )

    def members(self, epoch: datetime) -> list[MeanElements]:
        """Return the elements of the satellite."""
        del epoch
        return [
            MeanElements(
                semi_major_axis_m=WGS84_RADIUS_M + self.altitude_m,
                eccentricity=self.eccentricity,
                inclination_deg=self.inclination_deg,
                raan_deg=self.raan_deg,
                argument_of_perigee_deg=self.argument_of_perigee_deg,
                mean_anomaly_deg=self.mean_anomaly_deg,
            )
        ]

    def describe(self) -> str:
        """Return the design in words."""
        return (
            f"elliptical, altitude {self.altitude_m / 1e3:g} km (mean semi-major axis), "
            f"eccentricity {self.eccentricity:g}, inclination {self.inclination_deg:g} deg, RAAN "
            f"{self.raan_deg:g} deg, argument of perigee {self.argument_of_perigee_deg:g} deg, "
            f"mean anomaly {self.mean_anomaly_deg:g} deg"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SunSynchronousOrbit:
    """One satellite on a circular orbit whose node keeps its local mean solar time."""

    altitude_m: float
    """Mean semi-major axis less the Earth's equatorial radius. [m]"""
    ascending_node_time: LocalTime | None = None
    """Local mean solar time at the ascending node."""
    descending_node_time: LocalTime | None = None
    """Local mean solar time at the descending node, instead."""
    phase_deg: float = 0.0
    """Mean angle from the ascending node along the orbit. [°]"""
    epoch: datetime | None = None
    """When it is where the design says; None for the mission's start."""

    def __post_init__(self) -> None:
        _require_altitude(self.altitude_m)
        if (self.ascending_node_time is None) == (self.descending_node_time is None):
            raise NonPhysicalError(
                "ascending_node_time", "or descending_node_time must be given, and not both"
            )
        for field in ("ascending_node_time", "descending_node_time"):
            require_between(field, getattr(self, field) or 0.0, 0.0, 24.0)
        sun_synchronous_inclination_deg(self.altitude_m)

    @property
    def _node(self) -> tuple[str, float]:
        """Which node is meant, and its local time [h]."""
        if self.ascending_node_time is not None:
            return "ascending", self.ascending_node_time
        return "descending", self.descending_node_time or 0.0

    def members(self, epoch: datetime) -> list[MeanElements]:
        """Return the elements of the satellite."""
        node, time_h = self._node
        return [
            circular(
                self.altitude_m,
                sun_synchronous_inclination_deg(self.altitude_m),
                node_at_local_time_deg(time_h + (12.0 if node == "descending" else 0.0), epoch),
                self.phase_deg,
            )
        ]

    def describe(self) -> str:
        """Return the design in words."""
        node, time_h = self._node
        minutes = round(60.0 * time_h)
        return (
            f"sun-synchronous, altitude {self.altitude_m / 1e3:g} km, inclination "
            f"{sun_synchronous_inclination_deg(self.altitude_m):.4f} deg, {node} node at "
            f"{minutes // 60:02d}:{minutes % 60:02d} local mean solar time, phase "
            f"{self.phase_deg:g} deg"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkerOrbit:
    """A constellation of circular orbits whose nodes go all around the equator (delta)."""

    altitude_m: float
    """Mean semi-major axis less the Earth's equatorial radius. [m]"""
    pattern: WalkerPattern
    """Walker's notation: inclination in degrees, satellites/planes/phasing."""
    raan_deg: float = 0.0
    """Of the first plane. [°]"""
    phase_deg: float = 0.0
    """Of the first satellite of the first plane: mean angle from the ascending node. [°]"""
    epoch: datetime | None = None
    """When they are where the design says; None for the mission's start."""

    NODES_OVER_DEG: ClassVar[float] = 360.0
    KIND: ClassVar[str] = "delta"

    def __post_init__(self) -> None:
        _require_altitude(self.altitude_m)
        inclination_deg, satellites, planes, phasing = self.pattern
        require_between("pattern", inclination_deg, 0.0, 180.0)
        if not 1 <= satellites <= MOST_SATELLITES:
            message = f"must hold 1 to {MOST_SATELLITES} satellites, got {satellites}"
        elif planes < 1 or satellites % planes:
            message = f"cannot spread {satellites} satellites evenly over {planes} planes"
        elif not 0 <= phasing < planes:
            message = f"must have a phasing of 0 to {planes - 1}, got {phasing}"
        else:
            return
        raise NonPhysicalError("pattern", message)

    def members(self, epoch: datetime) -> list[MeanElements]:
        """Return the elements of each satellite, plane after plane."""
        del epoch
        pattern = self.pattern
        return [
            circular(
                self.altitude_m,
                pattern.inclination_deg,
                self.raan_deg + self.NODES_OVER_DEG * plane / pattern.planes,
                self.phase_deg
                + 360.0 * slot * pattern.planes / pattern.satellites
                + 360.0 * plane * pattern.phasing / pattern.satellites,
            )
            for plane in range(pattern.planes)
            for slot in range(pattern.satellites // pattern.planes)
        ]

    def describe(self) -> str:
        """Return the design in words."""
        return (
            f"Walker {self.KIND} {self.pattern}, altitude {self.altitude_m / 1e3:g} km, first RAAN "
            f"{self.raan_deg:g} deg, first phase {self.phase_deg:g} deg"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkerStarOrbit(WalkerOrbit):
    """A constellation of circular orbits whose ascending nodes fill half the equator (star)."""

    NODES_OVER_DEG: ClassVar[float] = 180.0
    KIND: ClassVar[str] = "star"


def synthetic_satellites(
    orbit: Orbit, *, name: str, epoch: datetime, first: int = 1
) -> tuple[Satellite, ...]:
    """Make the satellites of a design.

    Parameters
    ----------
    orbit
        The design.
    name
        Of the satellite; of a constellation, whose members are then numbered from 1.
    epoch
        When the satellites are where the design says, if that does not say itself; UTC.
    first
        Which synthetic number comes first: a mission numbers all of its satellites.

    Returns
    -------
    tuple of Satellite
        Called ``NAME (synthetic)``, with catalogue numbers above :data:`SYNTHETIC_FROM`, without
        drag.

    Raises
    ------
    NonPhysicalError
        If SGP4 refuses the elements.

    Examples
    --------
    >>> shell = WalkerOrbit(altitude_m=600e3, pattern=WalkerPattern(97.6, 12, 3, 1))
    >>> last = synthetic_satellites(shell, name="Shell", epoch=datetime(2026, 1, 1, tzinfo=UTC))[-1]
    >>> last.name, last.norad_id, last.element_sets[0].source
    ('Shell-12 (synthetic)', 1000000012, 'synthetic: Walker delta 97.6:12/3/1, altitude 600 km, \
first RAAN 0 deg, first phase 0 deg; no drag; satellite 12 of 12')
    """
    epoch = (orbit.epoch or epoch).astimezone(UTC)
    members = orbit.members(epoch)
    source = f"synthetic: {orbit.describe()}; no drag"
    satellites = []
    for number, elements in enumerate(members, start=1):
        several = len(members) > 1
        called = (f"{name}-{number}" if several else name) + SYNTHETIC_MARK
        norad_id = SYNTHETIC_FROM + first - 1 + number
        element_set = ElementSet(
            name=called,
            norad_id=norad_id,
            cospar_id="",
            epoch=epoch,
            source=f"{source}; satellite {number} of {len(members)}" if several else source,
            satrec=satrec_of(elements, epoch),
        )
        satellites.append(Satellite(name=called, norad_id=norad_id, element_sets=(element_set,)))
    return tuple(satellites)


def design_name(satellite: Satellite) -> str:
    """Return the name the mission gives a design: that of the constellation, for a member of one.

    Examples
    --------
    >>> shell = WalkerOrbit(altitude_m=600e3, pattern=WalkerPattern(97.6, 12, 3, 1))
    >>> epoch = datetime(2026, 1, 1, tzinfo=UTC)
    >>> design_name(synthetic_satellites(shell, name="Shell", epoch=epoch)[-1])
    'Shell'
    """
    name = satellite.name.removesuffix(SYNTHETIC_MARK)
    member = re.search(r"; satellite (\d+) of \d+$", satellite.sources[0].source)
    return name if member is None else name.removesuffix(f"-{member[1]}")


def _require_altitude(altitude_m: float) -> None:
    if not LOWEST_M <= altitude_m <= HIGHEST_M:
        raise NonPhysicalError(
            "altitude_m",
            f"must lie between {LOWEST_M / 1e3:g} and {HIGHEST_M / 1e3:g} km, got "
            f"{altitude_m / 1e3:g} km",
        )
