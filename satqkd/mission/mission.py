"""A whole mission as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from typing import Protocol

from satqkd.clicks.detector import Detector
from satqkd.clicks.source import SettableSource
from satqkd.elements.element_files import PassedOver
from satqkd.elements.satellite import Satellite
from satqkd.errors import (
    NonPhysicalError,
    SatqkdError,
    WrongTypeError,
    require_between,
    require_not_negative,
    require_positive,
)
from satqkd.key.result import KeyEstimator
from satqkd.link.air.atmosphere import Air
from satqkd.link.background.satellite_body import Body
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.budget import Link
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.profile import Turbulence
from satqkd.link.way import STATION_WAYS, Direction, StationWay
from satqkd.mission.avoid import AvoidWindow
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.bus import Bus
from satqkd.mission.calibration import Calibration
from satqkd.mission.clocks import ClockUse
from satqkd.mission.demand import Demand, Fairness
from satqkd.mission.distillation import Distillation
from satqkd.mission.links import FixedLink
from satqkd.mission.opening import OpeningCounts
from satqkd.mission.rules import PlanRule
from satqkd.mission.stock import Stock
from satqkd.mission.together import Together, TogetherLinks
from satqkd.passes.mount import Mount
from satqkd.passes.station import Outage, Station
from satqkd.schedule.effort import Effort
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast

FREEZE_S = 7_200.0
"""Time to command a satellite where none is given: an assumption of satqkd's. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What flies: a telescope with a source, with detectors, or with both."""

    slew_s: float
    """Time to turn from one station to the next and acquire. [s]"""
    transmitter: Transmitter | None = None
    """Telescope that sends, for downlinks and between satellites."""
    source: SettableSource | None = None
    """What the transmitter sends."""
    receiver: Receiver | None = None
    """Telescope that receives, for uplinks and between satellites."""
    detector: Detector | None = None
    """What stands behind the receiver."""
    atmosphere: Air | None = None
    """Air the payload's published link was measured through; used where a station gives none."""
    body: Body = field(default_factory=Body)
    """What sunlight finds of the satellite that carries it."""
    distillation: Distillation | None = None
    """When its clicks become key; None if not given."""

    def __post_init__(self) -> None:
        require_not_negative("slew_s", self.slew_s)
        self._check_ends()

    def _check_ends(self) -> None:
        check_ends(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What stands on the ground: a telescope with detectors, with a source, or with both."""

    setup_s: float
    """Time to prepare for the next satellite. [s]"""
    receiver: Receiver | None = None
    """Telescope that receives, for downlinks."""
    detector: Detector | None = None
    """What stands behind the receiver."""
    transmitter: Transmitter | None = None
    """Telescope that sends, for uplinks."""
    source: SettableSource | None = None
    """What the transmitter sends."""
    mount: Mount | None = None
    """What turns the telescope; None for one that follows everything at once."""
    sun_exclusion_deg: float | None = None
    """The telescope keeps this far from the Sun while that is up; None for no limit. [°]"""
    moon_exclusion_deg: float | None = None
    """The same for the Moon. [°]"""

    def __post_init__(self) -> None:
        require_not_negative("setup_s", self.setup_s)
        self._check_ends()
        for name in ("sun_exclusion_deg", "moon_exclusion_deg"):
            if getattr(self, name) is not None:
                require_between(name, getattr(self, name), 0.0, 180.0)

    def _check_ends(self) -> None:
        check_ends(self)

    @property
    def gap_s(self) -> float:
        """Time between the last usable second of a pass and the first of the next.

        Set-up, then the mount turns back, then it acquires: the three follow each other. A turn
        that depends on the angle comes on top. [s]
        """
        if self.mount is None:
            return self.setup_s
        return self.setup_s + self.mount.turnaround_s + self.mount.acquisition_s

    @property
    def longest_gap_s(self) -> float:
        """The same with the longest turn of a mount whose turn depends on the angle. [s]"""
        return self.gap_s + (0.0 if self.mount is None else self.mount.longest_turn_s)


def check_ends(end: Payload | Terminal) -> None:
    """Raise :class:`NonPhysicalError` unless an end can send or receive, each with both parts."""
    for one, other in (("transmitter", "source"), ("receiver", "detector")):
        if (getattr(end, one) is None) != (getattr(end, other) is None):
            there, missing = (one, other) if getattr(end, one) else (other, one)
            raise NonPhysicalError(missing, f"is missing beside the {there}")
    if end.transmitter is None and end.receiver is None:
        raise NonPhysicalError("transmitter", "is missing, and so is 'receiver': one is needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacecraft:
    """A satellite in its orbit with its payload."""

    satellite: Satellite
    payload: Payload
    payload_name: str
    """Preset or ``inline``."""
    direction: Direction = "downlink"
    """Which way the light of its passes goes."""
    outages: tuple[Outage, ...] = ()
    """When it does not work."""
    bus: Bus | None = None
    """What feeds its payload; None for as much energy as it wants."""
    key_store_bits: float | None = None
    """Most key that it can hold which it has not relayed yet; None for any. [bit]"""
    freeze_s: float = FREEZE_S
    """So long before a contact rises it has to be commanded, and stays in a plan made anew. [s]"""

    def __post_init__(self) -> None:
        require_not_negative("freeze_s", self.freeze_s)

    @property
    def way(self) -> StationWay:
        """What follows from it."""
        return STATION_WAYS[self.direction]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundStation:
    """A place with its terminal and its sky."""

    site: Station
    terminal: Terminal
    terminal_name: str
    """Preset or ``inline``."""
    atmosphere: Air | None
    """Clear air over the station; None takes the payload's."""
    sky: SkyLight = field(default_factory=SkyLight)
    """Stray light over it."""
    turbulence: Turbulence | None = field(default_factory=Turbulence)
    """How the air over it moves; None for calm air."""
    climate: Climate | None = None
    """How often the sky is clear; None if not given."""
    clouds: CloudForecast | None = None
    """Forecast cloud cover."""

    @property
    def moving_air(self) -> Turbulence | None:
        """Its turbulence; None where it has no strength at any height."""
        return None if self.turbulence is None or self.turbulence.calm else self.turbulence


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a sample of a pass may carry key."""

    min_elevation_deg: float = 0.0
    """No key is sent below this; a pass that stays below is listed as too low. [°]"""
    max_sun_elevation_deg: float = -12.0
    """The station is dark enough while the Sun is below this. [°]"""
    max_range_m: float | None = None
    """No key is sent beyond this range; None for no limit. [m]"""
    max_element_age_s: float = 14 * 86_400.0
    """Older elements are warned about. [s]"""

    def __post_init__(self) -> None:
        require_between("min_elevation_deg", self.min_elevation_deg, 0.0, 89.0)
        require_between("max_sun_elevation_deg", self.max_sun_elevation_deg, -90.0, 90.0)
        if self.max_range_m is not None:
            require_positive("max_range_m", self.max_range_m)
        require_positive("max_element_age_s", self.max_element_age_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """An assumed value: chosen by a preset, or a default that no file overrides."""

    where: str
    """Which value, such as ``micius-2017: transmitter.pointing.loss``."""
    value: str
    """The value as written."""
    why: str
    """Why this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that shaped the mission."""

    path: str
    """As the user gave it, or ``preset:NAME``."""
    sha256: str
    """Hash of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """A value set beside the files."""

    path: str
    """Its path in the files, such as ``satellites[0].payload.slew``."""
    value: str
    """As it would be written there."""
    by: str = "set"
    """What set it, such as ``--set``: findings about it name that as their place."""
    typed: str = ""
    """What was typed, such as ``--avoid windows.csv``; empty where that is path and value."""

    def __str__(self) -> str:
        return self.typed or f"{self.by} {self.path}={self.value}"


class Origin(Protocol):
    """What a mission was read from."""

    def replaced(self, path: str, value: object) -> Mission:
        """Return the mission that the same files give with one value replaced."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What one spacecraft and one station do together."""

    link: Link
    sky: SkyLight
    """Stray light at the ground end."""
    source: SettableSource
    detector: Detector


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """Satellites, stations, window and demands."""

    name: str
    start: datetime
    """Beginning of the window, UTC."""
    duration_s: float
    """Length of the window. [s]"""
    step_s: float
    """Spacing of the series. [s]"""
    spacecraft: tuple[Spacecraft, ...]
    stations: tuple[GroundStation, ...]
    limits: Limits
    protocol: KeyEstimator
    protocol_name: str
    """Key of ``ESTIMATORS``."""
    demands: tuple[Demand, ...]
    """Pairs of stations, by index into ``stations``."""
    spare_weight: float
    """Worth of a bit that stays in a pool, against 1 for a delivered one."""
    assumptions: tuple[Assumption, ...]
    inputs: tuple[InputFile, ...]
    links: tuple[FixedLink, ...] = ()
    """Terrestrial links, apart from the satellites'."""
    together: tuple[Together, ...] = ()
    """Pairs of stations that make key with a satellite between them at once."""
    together_links: tuple[TogetherLinks, ...] = ()
    """Pairs of terrestrial links that make key with the node between them."""
    clocks: tuple[ClockUse, ...] = ()
    """Clocks that are compared along the passes."""
    calibration: Calibration | None = None
    """Constants fitted to flown passes; :meth:`ends` applies them."""
    distillation: Distillation | None = None
    """When clicks become key, in place of what the payloads say."""
    blocks: BlockSpan | None = None
    """How long contacts are gathered for a key block of a plan; None for a week, but for one pass
    where a satellite distils in real time."""
    avoid: tuple[AvoidWindow, ...] = ()
    """Windows in which others ask that no light be sent between satellites and stations."""
    counted_from: datetime | None = None
    """From when the nights, days and weeks of key blocks and floors are counted; None for the
    beginning of the window. A plan that is made again each day begins its window later, not its
    weeks."""
    opening: tuple[OpeningCounts, ...] = ()
    """Counts of contacts flown before the window, for key blocks of a plan that are open."""
    rules: tuple[PlanRule, ...] = ()
    """What keeps contacts out of a plan beside clashes."""
    pinned: tuple[str, ...] = ()
    """Contacts that a plan schedules in any case, by contact key."""
    banned: tuple[str, ...] = ()
    """Contacts that it never schedules, by contact key."""
    in_part: bool = True
    """Whether a contact may be flown in part where it clashes with another."""
    fairness: Fairness = "none"
    """What comes between amounts and weights."""
    solver: Effort = field(default_factory=Effort)
    """How long the planner tries."""
    stock: tuple[Stock, ...] = ()
    """Key that satellites hold when the window begins, of each pool once."""
    ledger: str | None = None
    """File of what was planned, flown, made and spent, as the mission file names it, relative to
    that; None if not given."""
    set_values: tuple[SetValue, ...] = ()
    """Values set beside the files."""
    passed_over: tuple[PassedOver, ...] = ()
    """Files of the folder of elements that were not read."""
    origin: Origin | None = field(default=None, init=False, compare=False, repr=False)
    """What it was read from; None where it was not, or was changed in code since."""

    def __post_init__(self) -> None:
        require_positive("duration_s", self.duration_s)
        require_positive("step_s", self.step_s)
        require_not_negative("spare_weight", self.spare_weight)
        pools = {(one.spacecraft, one.station) for one in self.stock}
        if len(pools) < len(self.stock):
            raise NonPhysicalError("stock", "must not name a pool twice")
        if self.start.utcoffset() is None:
            raise NonPhysicalError("start", "must name its time zone")

    def replace(self, path: str, value: object) -> Mission:
        """Return the mission with one value replaced, checked as if it stood in the files.

        Parameters
        ----------
        path
            That of the files: ``satellites[0].payload.transmitter.aperture``,
            ``stations.Graz.height``. A preset or file that the mission names is looked into.
        value
            As in the files, with its unit: ``"80 mm"``; numbers may be numbers.

        Raises
        ------
        InputError
            If the value cannot stand there.
        SatqkdError
            If the mission was not read from files, or was changed in code since.
        """
        if self.origin is None:
            raise SatqkdError(
                "the mission was not read from files, or was changed in code since\n"
                "  fix: replace values first, or use dataclasses.replace"
            )
        return self.origin.replaced(path, value)

    def wavelength_m(self, spacecraft: int) -> float:
        """Wavelength of a spacecraft's passes; on an uplink, of the first transmitter. [m]"""
        craft = self.spacecraft[spacecraft]
        flying = [craft.payload.transmitter]
        standing = [ground.terminal.transmitter for ground in self.stations]
        stations, _ = craft.way.roles(flying, standing)
        return next(one.wavelength_m for one in stations if one is not None)

    def distilled(self, spacecraft: int) -> Distillation | None:
        """Return when clicks with a spacecraft become key; None if not given."""
        return self.distillation or self.spacecraft[spacecraft].payload.distillation

    def block_period(self, spacecraft: int, stations: frozenset[int] = frozenset()) -> BlockSpan:
        """Return how long contacts are gathered for a key block of a plan.

        Parameters
        ----------
        spacecraft
            Index of the satellite.
        stations
            Indices of the one or two stations; none for what holds unless a demand says otherwise.

        Raises
        ------
        SatqkdError
            If two demands of a station want it otherwise.
        """
        own = [
            one.blocks
            for one in self.demands
            if stations and one.blocks is not None and one.concerns(stations)
        ]
        if len(set(own)) > 1:
            names = " and ".join(self.stations[one].site.name for one in sorted(stations))
            raise SatqkdError(
                f"demands: blocks of {names} are gathered '{own[0]}' and "
                f"'{next(one for one in own if one != own[0])}'\n"
                "  fix: write the same, or remove one of the two"
            )
        if own:
            return own[0]
        if self.blocks is not None:
            return self.blocks
        how = self.distilled(spacecraft)
        return "pass" if how is not None and (how.during_pass or how.divides) else "week"

    def ends(self, spacecraft: int, station: int) -> Ends:
        """Return what sends, what receives and the link between them, by index.

        Constants fitted to flown passes replace the stated ones.

        Raises
        ------
        NonPhysicalError
            If an end has nothing for the direction, or no atmosphere is given.
        """
        craft, ground = self.spacecraft[spacecraft], self.stations[station]
        payload, terminal = craft.payload, ground.terminal
        ends: tuple[Payload | Terminal, Payload | Terminal] = (payload, terminal)
        sending, receiving = craft.way.roles(*ends)
        air = ground.atmosphere or payload.atmosphere
        if air is None:
            raise NonPhysicalError(
                "atmosphere", f"is given neither for {ground.site.name} nor by the payload"
            )
        if sending.transmitter is None or sending.source is None:
            raise NonPhysicalError("transmitter", f"is missing, which the {craft.direction} needs")
        if receiving.receiver is None or receiving.detector is None:
            raise NonPhysicalError("receiver", f"is missing, which the {craft.direction} needs")
        link = Link(
            direction=craft.direction,
            transmitter=sending.transmitter,
            receiver=receiving.receiver,
            atmosphere=air,
            turbulence=ground.moving_air,
        )
        sky, source = ground.sky, sending.source
        flown = self.calibration and self.calibration.of(craft.satellite.name, ground.site.name)
        if flown:
            link, sky, source = flown.corrected(link, sky, source)
        return Ends(link=link, sky=sky, source=source, detector=receiving.detector)


def require_mission(given: object, *, by: str) -> None:
    """Raise :class:`~satqkd.errors.WrongTypeError` if a function is given anything else.

    Parameters
    ----------
    given
        What stands in place of a mission; often the path of its file.
    by
        What takes it.
    """
    if isinstance(given, Mission):
        return
    path = repr(str(given)) if isinstance(given, str | PathLike) else "path"
    raise WrongTypeError(
        f"{by} takes a mission, not a {type(given).__name__}\n"
        f"  fix: read it first: satqkd.load_mission({path})"
    )
