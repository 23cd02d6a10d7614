"""What contacts may give: key over weather, air, pointing and elements, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.forecast.arms import Arm
from satqkd.forecast.light import Losses, Part, PartArm
from satqkd.key.system import System
from satqkd.link.beam.tracking import along_track_rad
from satqkd.link.budget import Link
from satqkd.mission.mission import GroundStation, Mission
from satqkd.passes.table import PassTable
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance
from satqkd.weather.clear_sky import Draws, clear_probability, memory_of
from satqkd.weather.drawn import StationNumbers, clear_in
from satqkd.weather.joint_sky import both_clear
from satqkd.weather.skies import sky_correlation

END_OF_RANGE: Final = 1.6449
"""Standard deviations at the ends of a stated range: it is taken to hold nine cases of ten."""

AIR_MEMORY_S: Final = 86_400.0
"""How long the clearness of the air over a station lasts; a day is assumed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """The key of each contact as a distribution; shape (n,)."""

    draws: Draws
    clear_probability: FloatArray
    """Probability of a clear sky over every station; NaN where no weather is given."""
    expected_bits: FloatArray
    """Mean key of all realisations. [bit]"""
    low_bits: FloatArray
    """10th percentile, cloudy realisations included. [bit]"""
    median_bits: FloatArray
    high_bits: FloatArray
    """90th percentile. [bit]"""

    def take(self, index: IntArray) -> Outlook:
        """Return some of the contacts."""
        columns = {f.name: getattr(self, f.name)[index] for f in fields(self) if f.name != "draws"}
        return Outlook(draws=self.draws, **columns)

    @staticmethod
    def join(parts: Sequence[Outlook]) -> Outlook:
        """Put contacts below each other; at least one part is needed."""
        columns = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Outlook)
            if f.name != "draws"
        }
        return Outlook(draws=parts[0].draws, **columns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """Realisations of some contacts, shape (realisations, contacts)."""

    seen: BoolArray
    """Whether every sky is clear, and the satellite is found where its elements have it."""
    light: FloatArray
    """Received light over that expected, shape (arms, realisations, contacts)."""

    @property
    def together(self) -> FloatArray:
        """Light over all arms together, 0 where a contact is not seen; (contacts, realisations)."""
        light = self.light.prod(axis=0) ** (1.0 / len(self.light))
        return np.where(self.seen, light, 0.0).T


def station_numbers(mission: Mission, draws: Draws) -> StationNumbers:
    """Numbers that every contact of a mission takes what is drawn of its stations from."""
    skies = [
        memory_of(ground.climate)
        for ground in mission.stations
        if ground.climate is not None or ground.clouds is not None
    ]
    return StationNumbers(
        draws,
        memories_s=[*skies, *[AIR_MEMORY_S] * len(mission.stations)],
        end_s=mission.duration_s,
    )


def draw(
    mission: Mission, part: Part[PartArm], nominal: Sequence[Losses], numbers: StationNumbers
) -> Drawn:
    """Draw weather, air, pointing and elements for the contacts of a part.

    Parameters
    ----------
    mission
        Holds what is known of the weather.
    part
        Its usable samples.
    nominal
        Its losses as expected.
    numbers
        What is drawn of the stations, how often, and from which seed.

    Notes
    -----
    A realisation keeps the air and the clouds of a station for as long as their memory lasts, and
    the pointing of a satellite throughout: its stated range is something not known, not something
    that changes. What the satellite's pointing takes it takes of all arms at once. Ranges are
    normal in decibels on either side of the nominal value, with their ends at 5 % and 95 %. A
    cloudy sky gives nothing, and neither does a satellite that old elements put outside the field
    searched for it (``tracking.acquisition_field``; where none is stated it is always found).
    """
    draws = numbers.draws
    seen = np.ones((draws.samples, part.contacts.size), dtype=np.bool_)
    light = np.ones((len(part.arms), *seen.shape))
    for number, (arm, losses) in enumerate(zip(part.arms, nominal, strict=True)):
        first = part.arms[0] if number else None
        seen &= _clear(arm, start=mission.start, numbers=numbers, first=first)
        seen &= _found(arm, part, draws)
        light[number] = _light(arm, part, losses.budget.total_db, numbers)
    return Drawn(seen=seen, light=light)


def realised_bits(system: System, light: Light, drawn: Drawn) -> FloatArray:
    """Key of each interval in every realisation, shape (realisations, intervals). [bit]"""
    return np.where(drawn.seen, system.key_over_light(light, drawn.light, drawn.seen), 0.0)


def distribution(system: System, light: Light, drawn: Drawn) -> FloatArray:
    """Mean and percentiles of the key of each interval, shape (4, intervals). [bit]

    Left out: the statistics of the clicks themselves, some per mille of a key.
    """
    bits = realised_bits(system, light, drawn)
    return np.concatenate([[bits.mean(axis=0)], np.percentile(bits, (10.0, 50.0, 90.0), axis=0)])


def clear_of_all(mission: Mission, arms: Sequence[Arm]) -> FloatArray:
    """Probability that the skies over all stations are clear; NaN where no weather is given.

    Two skies are correlated by their distance, as those that a plan is judged by; where one station
    of two has no weather, it counts as clear.
    """
    chances = [_of_arm(mission, arm) for arm in arms]
    if len(arms) == 1:
        return chances[0][0]
    (first, one), (second, other) = chances
    known = np.isfinite(first), np.isfinite(second)
    found = np.where(known[0], first, second)
    stations = np.stack([arm.passes.station for arm in arms])
    for pair in np.unique(stations[:, known[0] & known[1]], axis=1).T:
        mine = (stations == pair[:, np.newaxis]).all(axis=0) & known[0] & known[1]
        rho = _correlation(*(mission.stations[index] for index in pair.tolist()))
        found[mine] = both_clear(first[mine], second[mine], (one[mine], other[mine]), rho)
    return found


def _correlation(one: GroundStation, other: GroundStation) -> float:
    """Correlation of the skies of two stations."""
    sites = one.site, other.site
    latitude_deg = np.array([site.latitude_deg for site in sites])
    longitude_deg = np.array([site.longitude_deg for site in sites])
    return float(sky_correlation(latitude_deg, longitude_deg)[0, 1])


def _of_arm(mission: Mission, arm: Arm) -> tuple[FloatArray, FloatArray]:
    """Probability of a clear sky over the station of an arm, and its half range."""
    probability, spread = np.full(len(arm.passes), np.nan), np.zeros(len(arm.passes))
    for station, ground in enumerate(mission.stations):
        mine = np.flatnonzero(arm.passes.station == station)
        seconds, month = arm.passes.culmination_s[mine], arm.facts.month[mine]
        probability[mine], spread[mine] = clear_probability(
            ground.climate, ground.clouds, seconds, start=mission.start, month=month
        )
    return probability, spread


def _clear(
    arm: PartArm, *, start: datetime, numbers: StationNumbers, first: PartArm | None = None
) -> BoolArray:
    """Whether the sky over a station is clear when each contact comes.

    ``first`` is the arm of a station that it neighbours: its sky is the same as if it were alone.
    """
    return clear_in(
        arm.ground.climate,
        arm.ground.clouds,
        arm.passes.culmination_s,
        start=start,
        month=arm.month,
        station=arm.station,
        numbers=numbers,
        beside=None if first is None else (first.station, _correlation(first.ground, arm.ground)),
    )


def _found(arm: PartArm, part: Part[PartArm], draws: Draws) -> BoolArray:
    """Whether the transmitter finds the satellite where its elements have it."""
    field_rad = arm.ends.link.transmitter.tracking.acquisition_field_rad
    if field_rad is None:
        return np.ones((draws.samples, part.contacts.size), dtype=np.bool_)
    off_rad = np.maximum.reduceat(along_track_rad(arm.scene), part.starts[:-1])
    late = _of_satellites("elements", arm.passes, draws)
    return np.asarray(np.abs(late) * off_rad < 0.5 * field_rad)


def _of_satellites(what: str, mine: PassTable, draws: Draws) -> FloatArray:
    """Standard normal numbers that belong to a satellite throughout."""
    own = {
        number: draws.generator(what, number).standard_normal(draws.samples)
        for number in np.unique(mine.satellite).tolist()
    }
    return np.stack([own[number] for number in mine.satellite.tolist()], axis=1)


def _light(
    arm: PartArm, part: Part[PartArm], nominal_db: FloatArray, numbers: StationNumbers
) -> FloatArray:
    """Light of each realisation over the nominal."""
    link, here = arm.ends.link, _sums(part, nominal_db)
    logs = np.zeros((numbers.draws.samples, len(arm.passes)))

    def ranged(drawn: Callable[[], FloatArray], ends: tuple[Link, Link]) -> None:
        """Add what lies between both ends of a range; nothing is drawn where there is none."""
        if ends != (link, link):
            low, high = (_ratio(_sums(part, arm.loss_db(end)), here) for end in ends)
            number = drawn()
            logs[...] += np.where(number > 0.0, number * high, -number * low) / END_OF_RANGE

    ranged(
        lambda: numbers.along("air", arm.station, arm.passes.culmination_s, memory_s=AIR_MEMORY_S),
        link.air_ends(),
    )
    ranged(lambda: _of_satellites("pointing", arm.passes, numbers.draws), link.pointing_ends())
    return np.asarray(np.exp(logs))


def _sums(part: Part[PartArm], losses_db: FloatArray) -> FloatArray:
    """Seconds of full light that would reach the detectors as much, one a contact. [s]"""
    return np.asarray(np.add.reduceat(part.weight_s * transmittance(losses_db), part.starts[:-1]))


def _ratio(sums: FloatArray, nominal: FloatArray) -> FloatArray:
    """Logarithm of light over nominal light; 0 where there is none."""
    some = (sums > 0.0) & (nominal > 0.0)
    return np.asarray(np.log(np.divide(sums, nominal, out=np.ones_like(sums), where=some)))
