"""What the files look like: one dataclass a file or entry.

Keys are the field names without their units, see :mod:`satqkd.config.structure`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from satqkd.config.structure import ZoneName
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.synthetic import Orbit
from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.key.result import KeyEstimator, TwoArmEstimator
from satqkd.link.air.atmosphere import Air
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.turbulence.profile import Turbulence
from satqkd.link.way import Direction
from satqkd.mission.bus import Bus
from satqkd.mission.clocks import Clock
from satqkd.mission.demand import Fairness, Floor
from satqkd.mission.distillation import Distillation
from satqkd.mission.links import FixedLink
from satqkd.mission.mission import FREEZE_S, Limits, Payload, Terminal
from satqkd.mission.rules import PlanRule
from satqkd.passes.station import Outage, Period, Station, check_horizon
from satqkd.schedule.effort import Effort
from satqkd.weather.climate import Climate


@dataclass(frozen=True, slots=True, kw_only=True)
class SatelliteOutage(Outage):
    """An interval of time in which a satellite does not work, or all of a constellation."""

    satellite: str | None = None
    """Which of a constellation; all of them if not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SatelliteEntry:
    """One satellite of ``mission.yaml``, or a constellation that is yet to fly."""

    name: str
    """What tables and files call it; of a constellation, what its satellites' names begin with."""
    payload: Payload | str
    """Written out, the name of a preset, or the path of a file such as a preset's."""
    norad_id: int | None = None
    """Whose elements and ephemerides to use."""
    object_id: str | None = None
    """``OBJECT_ID`` of its ephemerides, where that says more than the catalogue number."""
    orbit: Orbit | None = None
    """A design instead of elements."""
    direction: Direction = "downlink"
    """Which way the light goes: ``downlink`` or ``uplink``."""
    outages: tuple[SatelliteOutage, ...] = ()
    """When it does not work, each with its reason."""
    manoeuvres: tuple[Manoeuvre, ...] = ()
    """When it is moved to another orbit: instants or intervals, perhaps with the change of
    velocity. Elements and ephemerides of one side are not used on the other."""
    bus: Bus | None = None
    """Power and battery, which contacts must not overdraw; not given, energy limits nothing."""
    key_store_bit: float | None = None
    """Most key that it can hold which it has not relayed yet, of all stations together: what finds
    no room is lost; each of a constellation has as much. Not given, there is room for any. [bit]"""
    freeze_s: float = FREEZE_S
    """So long before it rises what a contact needs has to be commanded; later it stays as it is in
    a plan made anew. [s]"""

    def __post_init__(self) -> None:
        self._check_manoeuvres()

    def _check_manoeuvres(self) -> None:
        if self.manoeuvres and self.orbit is not None:
            raise NonPhysicalError("manoeuvres", "means nothing of a design, which has no elements")
        for one, other in pairwise(sorted(self.manoeuvres, key=lambda one: one.from_)):
            if other.from_ < one.to or other.from_ == one.from_:
                raise NonPhysicalError("manoeuvres", f"overlap: {one} and {other}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandEntry:
    """One pair of stations of ``mission.yaml``."""

    between: tuple[str, str]
    """Names of the stations."""
    weight: float = 1.0
    """Worth of a delivered bit."""
    trusted_relay: bool = True
    """Whether key relayed by a satellite, which then holds a copy, is accepted; else only key made
    with both stations together is."""
    at_least_bit: float = 0.0
    """Key that the pair asks for: served before anything else. [bit]"""
    floor: Floor | None = None
    """Key that it asks for each night (noon to noon of local mean solar time half-way between the
    two stations, whose midnight lies in the window), each d (24 h from the beginning of the window)
    or each week; what comes earlier counts for later ones. What is held does not count."""
    use_bit_s: float = 0.0
    """What the pair spends: at the end of each day of the window, and of the window, it asks to
    have got that much, less what it holds. [bit/s]"""
    reserve_s: float = 0.0
    """How long what it spends has to last then, were no more key to come. [s]"""
    held_bit: float = 0.0
    """Key that it holds when the window begins, and that counts for ``at_least`` and ``use``.
    [bit]"""
    by: datetime | None = None
    """Until when it wants its key: later key is worth nothing to it; not given for any time."""
    blocks: str | None = None
    """How long contacts with its stations are gathered for one key, in place of the mission's
    ``blocks``; pairs that share a station say the same, or one of them nothing."""
    priority: int = 1
    """What is asked for with a higher one comes first; up to three different ones."""
    max_age_s: float | None = None
    """How old relayed key may be when the pair gets it, from when the first of the two keys that it
    is made of was distilled; not given, key may wait on board however long. [s]"""

    def __post_init__(self) -> None:
        require_positive("weight", self.weight)
        self._check_amount()
        self._check_use()
        self._check_asks()

    def _check_amount(self) -> None:
        if self.held_bit and not (self.at_least_bit or self.use_bit_s):
            raise NonPhysicalError(
                "held", "means nothing without at_least or use: it counts for these"
            )

        if self.max_age_s is not None:
            require_positive("max_age", self.max_age_s)
            if not self.trusted_relay:
                raise NonPhysicalError(
                    "max_age", "means nothing without trusted_relay: other key does not wait"
                )

    def _check_use(self) -> None:
        if self.reserve_s > 0 and not self.use_bit_s:
            raise NonPhysicalError("reserve", "means nothing without use, what the pair spends")

    def _check_asks(self) -> None:
        if self.priority > 1 and not (self.at_least_bit or self.floor or self.use_bit_s):
            raise NonPhysicalError(
                "priority", "means nothing without at_least, floor or use: bits have a weight"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StockEntry:
    """Key of ``mission.yaml`` that a satellite holds when the window begins."""

    satellite: str
    """Name of the satellite; of one of a constellation with its number, such as Shell-12."""
    station: str
    """Name of the station that holds the same key."""
    key_bit: float
    """How much, made before and not relayed yet. [bit]"""

    def __post_init__(self) -> None:
        require_not_negative("key", self.key_bit)


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherEntry:
    """Two ends of ``mission.yaml`` that make key with a node between them.

    Either two stations and satellites, or two terrestrial links.
    """

    protocol: TwoArmEstimator | str
    """Written out, the name of a preset, or the path of a file such as a preset's."""
    stations: tuple[str, str] | None = None
    """Names of two stations; the node is a satellite."""
    satellite: str | None = None
    """Name of the satellite or constellation; without it, all whose light goes the right way."""
    links: tuple[str, str] | None = None
    """Names of two of the mission's ``links``, instead of stations."""
    name: str | None = None
    """What two links are called together; without it, by both their names."""
    duration_s: float | None = None
    """Length of the block of two links; an hour if not given. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEntry:
    """Two clocks of ``mission.yaml`` that are compared along passes."""

    clock: Clock | str
    """Written out, the name of a preset, or the path of a file such as a preset's."""
    name: str | None = None
    """That of the preset where nothing is written."""
    satellite: str | None = None
    """Which satellite carries one; every satellite if not given."""
    station: str | None = None
    """Which station has the other; every station if not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionFile:
    """The whole of ``mission.yaml``."""

    name: str
    """Name of the mission, for people."""
    start: datetime
    """Beginning of the window."""
    duration_s: float
    """Length of the window. [s]"""
    satellites: tuple[SatelliteEntry, ...] = ()
    """Satellites; only a mission of terrestrial ``links`` needs none."""
    protocol: KeyEstimator
    """How key is made of clicks, for all links but those under ``together``."""
    elements: str | None = None
    """File or folder of element sets and ephemerides, relative to the mission file; only
    satellites on synthetic orbits need none."""
    calibration: str | None = None
    """What 'satqkd calibrate' wrote, relative to the mission file; it takes the place of stated
    constants."""
    ledger: str | None = None
    """Where satqkd keeps what was planned, flown, made and spent: a file that it makes itself,
    relative to the mission file; not given, ``ledger.sqlite`` if that is there."""
    step_s: float = 1.0
    """Spacing of the samples along a pass. [s]"""
    limits: Limits = field(default_factory=Limits)
    """When a sample of a pass may carry key."""
    links: tuple[FixedLink, ...] = ()
    """Terrestrial links, apart from the satellites'."""
    together: tuple[TogetherEntry, ...] = ()
    """Pairs of stations, or of terrestrial links, that make key with a node between them."""
    clocks: tuple[ClockEntry, ...] = ()
    """Clocks that are compared along the passes."""
    distillation: Distillation | None = None
    """When clicks become key, in place of what the payloads say."""
    demands: tuple[DemandEntry, ...] = ()
    """Pairs of stations that want to share key."""
    stock: tuple[StockEntry, ...] = ()
    """Key that satellites hold when the window begins."""
    spare_weight: float = 0.01
    """Worth of a bit that stays in a pool, against 1 for a delivered one."""
    blocks: str | None = None
    """How long contacts of a satellite and a station are gathered for one key: ``pass``, ``night``,
    ``week``, some days, such as ``3 d``, or until all of them together make so much, such as
    ``until 1 Mbit``; not given for ``week``, but ``pass`` where the satellite distils in real
    time."""
    opening_counts: str | None = None
    """Table of counts of contacts flown before the window, relative to the mission file, with the
    columns of 'satqkd forecast --counts --csv': members of the key blocks that are open when it
    begins."""
    avoid: str | None = None
    """Table of windows in which no light may be sent, relative to the mission file."""
    rules: tuple[PlanRule, ...] = ()
    """What keeps contacts out of a plan beside clashes."""
    pinned: tuple[str, ...] = ()
    """Contacts that a plan schedules in any case, by the ``contact_key`` of passes.csv."""
    banned: tuple[str, ...] = ()
    """Contacts that it never schedules."""
    in_part: bool = True
    """Whether a contact may be flown in part where it clashes with another."""
    fairness: Fairness = "none"
    """What comes between amounts and weights: nothing, or ``max-min``, as many pairs served as can
    be and then the smallest key per unit of weight."""
    solver: Effort = field(default_factory=Effort)
    """How long the planner tries."""
    assumed: dict[str, str] = field(default_factory=dict)
    """For each assumed value, why this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationEntry:
    """One station of ``stations.yaml``, which is a list of them."""

    name: str
    """What tables and files call it."""
    latitude_deg: float
    """Geodetic (WGS84), north positive, or with its letter; sixtieths are read with letter or signs
    (``28°18'3" N``). [°]"""
    longitude_deg: float
    """East positive, or with its letter. [°]"""
    height_m: float
    """Above the WGS84 ellipsoid. [m]"""
    terminal: Terminal | str
    """Written out, the name of a preset, or the path of a file such as a preset's."""
    min_elevation_deg: float = 10.0
    """Passes begin and end at this geometric elevation. [°]"""
    timezone: ZoneName | None = None
    """Of local times in tables, a name of the IANA database; not given, they are in UTC, with
    ``--local`` on the clock of the computer."""
    atmosphere: Air | None = None
    """Clear air over the station; not given, that of the payload."""
    sky: SkyLight = field(default_factory=SkyLight)
    """Stray light over the station."""
    turbulence: Turbulence | None = field(default_factory=Turbulence)
    """``none`` for calm air."""
    horizon_deg: tuple[tuple[float, float], ...] = ()
    """Pairs of azimuth and elevation; the higher of it and ``min_elevation`` counts."""
    available: Period | None = None
    """When the station stands here; not given, always."""
    outages: tuple[Outage, ...] = ()
    """When it does not work, each with its reason."""
    climate: Climate | None = None
    """How often the sky is clear; without it a forecast is that of a clear sky."""
    clouds: str | None = None
    """Table of forecast cloud cover, relative to the stations file."""
    assumed: dict[str, str] = field(default_factory=dict)
    """For each assumed value, why this one."""

    def __post_init__(self) -> None:
        self.site()

    def _check_horizon(self) -> None:
        check_horizon(self.horizon_deg)

    def site(self) -> Station:
        """Return the place itself."""
        return Station(
            name=self.name,
            latitude_deg=self.latitude_deg,
            longitude_deg=self.longitude_deg,
            height_m=self.height_m,
            min_elevation_deg=self.min_elevation_deg,
            timezone=self.timezone,
            horizon_deg=self.horizon_deg,
            available=self.available,
            outages=self.outages,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetFile:
    """A preset or a file like one: what it holds, and where its values come from."""

    kind: Literal["payload", "terminal", "protocol", "clock"]
    """What the file holds: the key of the same name."""
    title: str
    """One line, as ``satqkd preset list`` shows it."""
    cite: tuple[str, ...]
    """Papers and pages the values come from."""
    sources: dict[str, str]
    """For each printed value, where in the paper."""
    assumed: dict[str, str]
    """For each assumed value, why this one."""
    payload: Payload | None = None
    """Of ``kind: payload``."""
    terminal: Terminal | None = None
    """Of ``kind: terminal``."""
    protocol: TwoArmEstimator | None = None
    """Of ``kind: protocol``: key over two links at once."""
    clock: Clock | None = None
    """Of ``kind: clock``."""

    def __post_init__(self) -> None:
        if getattr(self, self.kind) is None:
            raise NonPhysicalError("kind", f"is {self.kind}, but there is no '{self.kind}'")

    @property
    def value(self) -> Any:
        """What the preset holds."""
        return getattr(self, self.kind)
