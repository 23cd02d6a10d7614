"""From contacts to light: losses and stray light of every arm, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, Generic, Literal, Protocol, Self, TypeVar

import numpy as np

from satqkd.clicks.light import ArmLight, Light
from satqkd.errors import NonPhysicalError
from satqkd.forecast.arms import Along, Arm
from satqkd.forecast.conditions import scene_of
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.stray_light import stray_rates_hz
from satqkd.link.budget import Budget, Link, budget
from satqkd.link.scene import Scene
from satqkd.mission.mission import Ends, GroundStation, Mission
from satqkd.passes.quadrature import Panels
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance

SAMPLES_AT_ONCE: Final = 1 << 15
"""Samples worked on together, so that what lies between stays in the cache."""

SOURCES: Final = {
    "night_sky": "night sky",
    "moon": "moonlight",
    "twilight": "twilight",
    "daylight": "sunlit sky",
    "satellite": "sunlit satellite",
    "airglow": "airglow",
    "earthshine": "sunlit Earth",
    "moonlit_earth": "moonlit Earth",
    "city": "city lamps",
}
"""Where stray light can come from, in words:
:data:`satqkd.link.background.stray_light.DOWNLINK_SOURCES`, then
:data:`satqkd.link.background.stray_light.UPLINK_SOURCES`."""

Scenario = Literal["nominal", "worst", "best"]
"""Stated values, or every stated range at its worst or best end at once."""

END_SCENARIOS: Final[tuple[Scenario, Scenario]] = ("worst", "best")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Losses:
    """Where the light of one arm goes, and what comes in beside it."""

    budget: Budget
    stray_hz: Mapping[str, FloatArray]
    """Stray photons before the detectors, by source. [Hz]"""

    def light(self) -> ArmLight:
        """What is left for the detectors."""
        shape = self.budget.total_db.shape
        return ArmLight(
            transmittance=transmittance(self.budget.total_db),
            variance=np.broadcast_to(self.budget.variance, shape),
            stray_hz=np.broadcast_to(sum_of(list(self.stray_hz.values())), shape),
        )


def losses_of(
    scene: Scene,
    link: Link,
    sky: SkyLight,
    *,
    stray_hz: Mapping[str, FloatArray] | None = None,
) -> Losses:
    """Follow the light of one arm along a scene; ``stray_hz`` where it is known already."""
    known = (
        stray_hz
        if stray_hz is not None
        else stray_rates_hz(
            scene,
            sky=sky,
            receiver=link.receiver,
            wavelength_m=link.transmitter.wavelength_m,
            direction=link.direction,
        )
    )
    return Losses(budget=budget(scene, link), stray_hz=known)


class Side(Protocol):
    """One arm of some contacts, whose light can be followed."""

    def at(self, scenario: Scenario) -> object:
        """Return what takes light in a scenario."""
        ...

    def losses(self, scenario: Scenario = "nominal", *, stated: Losses | None = None) -> Losses:
        """Follow the light along the samples; ``stated`` is that of the nominal scenario."""
        ...

    def take(self, samples: IntArray) -> Self:
        """Return some of the samples."""
        ...


Own = TypeVar("Own", bound=Side)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartArm:
    """One arm of contacts that share their ends."""

    ends: Ends
    ground: GroundStation
    station: int
    passes: PassTable
    """The pass behind each contact, cut to it."""
    month: IntArray
    """Month of each culmination, 1…12, UTC."""
    scene: Scene

    def at(self, scenario: Scenario) -> tuple[Link, SkyLight]:
        """Return link and sky of a scenario."""
        link, sky = self.ends.link, self.ends.sky
        if scenario == "nominal":
            return link, sky
        return getattr(link, scenario)(), getattr(sky, scenario)()

    def losses(self, scenario: Scenario = "nominal", *, stated: Losses | None = None) -> Losses:
        """Follow the light along the samples; ``stated`` is that of the nominal scenario."""
        link, sky = self.at(scenario)
        known = None
        if stated is not None and sky == self.ends.sky and link.sees_as(self.ends.link):
            known = stated.stray_hz
        return losses_of(self.scene, link, sky, stray_hz=known)

    def take(self, samples: IntArray) -> PartArm:
        """Return some of the samples."""
        return replace(self, scene=self.scene.take(samples))

    def loss_db(self, link: Link) -> FloatArray:
        """Losses along the samples over another link. [dB]"""
        return budget(self.scene, link).total_db


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part(Generic[Own]):
    """Some contacts that share the ends of every arm, few enough to fit the cache."""

    contacts: IntArray
    """Their indices."""
    samples: IntArray | slice
    """Where their samples are in the series of all contacts."""
    starts: IntArray
    """Offsets of the contacts in the series of the part."""
    time_s: FloatArray
    """Instants of the samples. [s]"""
    weight_s: FloatArray
    """Seconds a sample stands for; 0 where it may not carry key. [s]"""
    panels: Panels
    """How the samples make integrals; none where they are a series."""
    arms: tuple[Own, ...]

    def losses(
        self, scenario: Scenario = "nominal", *, stated: Sequence[Losses] | None = None
    ) -> tuple[Losses, ...]:
        """Follow the light of every arm; ``stated`` is that of the nominal scenario."""
        known = (None,) * len(self.arms) if stated is None else stated
        return tuple(
            arm.losses(scenario, stated=one) for arm, one in zip(self.arms, known, strict=True)
        )

    def light(self, losses: Sequence[Losses]) -> Light:
        """Put what is left over every arm together."""
        return Light(
            arms=tuple(one.light() for one in losses),
            weight_s=self.weight_s,
            starts=self.starts,
        )

    def differs(self, scenario: Scenario) -> bool:
        """Whether a range is stated that the scenario takes at another value."""
        return any(arm.at(scenario) != arm.at("nominal") for arm in self.arms)


def sum_of(series: Sequence[FloatArray]) -> FloatArray:
    """Add series up, sample by sample."""
    return np.asarray(reduce(np.add, series) if series else np.zeros(1), dtype=np.float64)


def ends_of(
    mission: Mission, satellite: IntArray, arms: Sequence[Arm | Along]
) -> tuple[Mapping[tuple[int, int], Ends], Mapping[tuple[int, int], str]]:
    """Ends of each satellite and station of some contacts, and why others have no link."""
    found: dict[tuple[int, int], Ends] = {}
    missing: dict[tuple[int, int], str] = {}
    for arm in arms:
        pairs = np.unique(np.stack([satellite, arm.passes.station]), axis=1)
        for craft, station in pairs.T.tolist():
            try:
                found[craft, station] = mission.ends(craft, station)
            except NonPhysicalError as error:
                names = (
                    mission.spacecraft[craft].satellite.name,
                    mission.stations[station].site.name,
                )
                missing[craft, station] = f"{', '.join(names)}: {error}"
    return found, missing


def parts(
    mission: Mission,
    satellite: IntArray,
    arms: Sequence[Along],
    *,
    wanted: BoolArray,
    usable: BoolArray | None = None,
    panels: Panels | None = None,
    most: int | None = None,
) -> Iterator[Part[PartArm]]:
    """Yield the contacts wanted, those of like ends together, in parts that fit the cache.

    Parameters
    ----------
    mission
        Holds the ends.
    satellite
        Of each contact, shape (n,).
    arms
        Their sides.
    wanted
        Which contacts; their satellites and stations have a link.
    usable
        Samples that may carry key; None for all.
    panels
        How the samples make integrals; None where they are a series.
    most
        Contacts of a part; None for as many as fit the cache.
    """
    tracks = arms[0].tracks
    length = np.diff(tracks.starts)
    for alike in _alike(mission, satellite, arms, np.flatnonzero(wanted)):
        craft = int(satellite[alike[0]])
        stations = [int(arm.passes.station[alike[0]]) for arm in arms]
        ends = [mission.ends(craft, station) for station in stations]
        for own in _cut(alike, length[alike], most):
            samples, taken = _samples(tracks, own), [arm.tracks.take(own) for arm in arms]
            yield Part(
                contacts=own,
                samples=samples,
                starts=taken[0].starts,
                time_s=taken[0].time_s,
                weight_s=(
                    taken[0].weight_s
                    if usable is None
                    else np.where(usable[samples], taken[0].weight_s, 0.0)
                ),
                panels=Panels.none() if panels is None else panels.take(own),
                arms=tuple(
                    PartArm(
                        ends=end,
                        ground=mission.stations[station],
                        station=station,
                        passes=arm.passes.take(own),
                        month=arm.facts.month[own],
                        scene=scene_of(
                            track,
                            arm.facts.take(own),
                            site_height_m=mission.stations[station].site.height_m,
                            turning=end.link.turning,
                            body=mission.spacecraft[craft].payload.body,
                        ),
                    )
                    for end, station, arm, track in zip(ends, stations, arms, taken, strict=True)
                ),
            )


def _alike(
    mission: Mission, satellite: IntArray, arms: Sequence[Along], among: IntArray
) -> Iterator[IntArray]:
    """Yield contacts that share payload, direction and stations, as indices that grow."""
    if among.size == 0:
        return
    calibrated = (
        {one.satellite for one in mission.calibration.corrections} if mission.calibration else ()
    )
    every = [
        (
            id(craft.payload),
            craft.direction,
            name if (name := craft.satellite.name) in calibrated else "",
        )
        for craft in mission.spacecraft
    ]
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(every))}
    group = np.array([numbers[one] for one in every], dtype=np.int64)[satellite[among]]
    for arm in arms:
        group = group * len(mission.stations) + arm.passes.station[among]
    order = np.argsort(group, kind="stable")
    yield from np.split(among[order], np.flatnonzero(np.diff(group[order])) + 1)


def _cut(contacts: IntArray, samples: IntArray, most: int | None) -> Iterator[IntArray]:
    """Cut a list of contacts after :data:`SAMPLES_AT_ONCE` samples, or ``most`` contacts."""
    block = (np.cumsum(samples) - samples) // SAMPLES_AT_ONCE
    for own in np.split(contacts, np.flatnonzero(np.diff(block)) + 1):
        at_once = most or own.size
        yield from (own[begin : begin + at_once] for begin in range(0, own.size, at_once))


def _samples(tracks: Tracks, contacts: IntArray) -> IntArray | slice:
    """Where the samples of some contacts are; a slice if the contacts are neighbours."""
    begin, end = int(contacts[0]), int(contacts[-1]) + 1
    if end - begin == contacts.size:
        return slice(int(tracks.starts[begin]), int(tracks.starts[end]))
    return samples_of(tracks.starts, contacts)
