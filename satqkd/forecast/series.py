"""Series of contacts, sample by sample: kept only where they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.arms import Arm, Sky, samples_along, usable_of
from satqkd.forecast.constraints import Usage
from satqkd.forecast.light import SOURCES, Part, PartArm, ends_of, parts
from satqkd.forecast.systems import Systems
from satqkd.link.budget import LINES, Budget
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import Contacts
from satqkd.passes.table import Tracks
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmSeries:
    """One arm of some contacts along their samples."""

    tracks: Tracks
    usage: Usage
    budget: Budget
    """Loss lines of every sample; 0 in contacts that were not followed."""
    stray_hz: Mapping[str, FloatArray]
    """Stray photons before the detectors, for each of :data:`satqkd.forecast.light.SOURCES`.
    [Hz]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """All arms of some contacts at the same instants."""

    arms: tuple[ArmSeries, ...]
    usable: BoolArray
    """Samples that may carry key: no limit of mission, station or mount takes them."""
    usable_s: FloatArray
    """Of the time that each stands for, what may: limits begin and end between samples. [s]"""
    rates: Mapping[str, FloatArray]
    """What the system makes of the light, by column name."""
    sky: Sky
    """Ephemerides behind them."""

    @property
    def tracks(self) -> Tracks:
        """Series seen from the first station."""
        return self.arms[0].tracks


def series_of(
    mission: Mission,
    contacts: Contacts,
    arms: Sequence[Arm],
    sky: Sky,
    *,
    systems: Systems | None,
    every: bool = False,
) -> Series:
    """Follow the light along all samples of contacts.

    Parameters
    ----------
    mission
        Holds the ends.
    contacts, arms
        What to follow, as seen from each station.
    sky
        Where everything is.
    systems
        Makes clicks of the light; None for the light alone.
    every
        Whether to follow contacts as well that no sample of may carry key; what their series
        hold means nothing otherwise.
    """
    some = arms[0].cells.seconds(usable_of(arms)) > 0.0
    sampled = samples_along(arms, step_s=mission.step_s)
    usable = np.logical_and.reduce([one.usage.usable for one in sampled])
    sides = [one.side for one in sampled]
    size = sides[0].tracks.time_s.size
    lines = [{name: _Gathered(size) for name in (*LINES, *_OF_BUDGET)} for _ in arms]
    stray = [{name: _Gathered(size) for name in SOURCES} for _ in arms]
    rates: dict[str, _Gathered] = {}
    links, _ = ends_of(mission, contacts.satellite, arms)
    linked = np.ones(len(contacts), dtype=np.bool_)
    for arm in arms:
        pairs = zip(contacts.satellite.tolist(), arm.passes.station.tolist(), strict=True)
        linked &= np.array([pair in links for pair in pairs], dtype=np.bool_)
    wanted = linked & (np.full(len(contacts), every) | some)
    for part in parts(mission, contacts.satellite, sides, wanted=wanted, usable=usable):
        losses = part.losses()
        for number, one in enumerate(losses):
            for name, values in one.budget.lines_db.items():
                lines[number][name].put(part.samples, values)
            for name in _OF_BUDGET:
                lines[number][name].put(part.samples, getattr(one.budget, name))
            for name, values in one.stray_hz.items():
                stray[number][name].put(part.samples, values)
        if systems is None:
            continue
        first = int(part.contacts[0])
        system = systems(
            int(contacts.satellite[first]), [int(own[first]) for own in contacts.stations]
        )
        for name, values in system.series(part.light(losses)).items():
            rates.setdefault(name, _Gathered(size)).put(part.samples, values)
    return Series(
        arms=tuple(
            ArmSeries(
                tracks=one.side.tracks,
                usage=one.usage,
                budget=Budget(
                    lines_db={name: own[name].values for name in LINES},
                    **{name: own[name].values for name in _OF_BUDGET},
                ),
                stray_hz={name: gathered.values for name, gathered in light.items()},
            )
            for one, own, light in zip(sampled, lines, stray, strict=True)
        ),
        usable=usable,
        usable_s=sampled[0].usable_s,
        rates={
            name: rates[name].values if name in rates else _Gathered(size).values for name in RATES
        },
        sky=sky,
    )


def sampled_parts(
    mission: Mission, contacts: Contacts, arms: Sequence[Arm]
) -> Iterator[Part[PartArm]]:
    """Yield contacts along all samples; a sample weighs what of its time may carry key."""
    sampled = samples_along(arms, step_s=mission.step_s)
    seconds = np.minimum.reduce([one.usable_s for one in sampled])
    sides = [one.side for one in sampled]
    every = np.ones(len(contacts), dtype=np.bool_)
    for part in parts(mission, contacts.satellite, sides, wanted=every, usable=seconds > 0.0):
        yield replace(part, weight_s=seconds[part.samples])


RATES = ("signal_rate_hz", "background_rate_hz", "qber")
"""What a system may make of the light along the samples; 0 where it does not."""

_OF_BUDGET = ("total_db", "variance", "pointing_spread")


class _Gathered:
    """Grows from pieces; one number in disguise as long as all pieces are the same number.

    Samples that no piece writes are 0 once the pieces differ; they cost no memory.

    Examples
    --------
    >>> series = _Gathered(4)
    >>> series.put(slice(0, 2), np.broadcast_to(1.5, (2,)))
    >>> series.put(slice(2, 4), np.broadcast_to(1.5, (2,)))
    >>> series.values, series.values.strides
    (array([1.5, 1.5, 1.5, 1.5]), (0,))
    """

    __slots__ = ("_number", "_series", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._number: float | None = None
        self._series: FloatArray | None = None

    def put(self, where: IntArray | slice, piece: FloatArray) -> None:
        """Write a piece to its samples; each sample is written once."""
        if self._series is None:
            if piece.size == 0:
                return
            if piece.strides == (0,) and self._number in {None, float(piece[0])}:
                self._number = float(piece[0])
                return
            self._series = self._begun()
        self._series[where] = piece

    def _begun(self) -> FloatArray:
        if self._number is None or self._number == 0.0:
            return np.zeros(self._size)
        return np.full(self._size, self._number)

    @property
    def values(self) -> FloatArray:
        """The whole series."""
        if self._series is not None:
            return self._series
        return np.broadcast_to(np.float64(self._number or 0.0), (self._size,))
