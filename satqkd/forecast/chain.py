"""The chain from passes to keys, as one function to read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, TypedDict

import numpy as np

from satqkd.clicks.count import Rates, click_rates, integrate_counts, sifted
from satqkd.clicks.counts import Counts
from satqkd.forecast.gather import Gathered
from satqkd.forecast.scene import Circumstances, scene_of
from satqkd.key.result import KeyResult
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.stray_light import stray_rates_hz
from satqkd.link.budget import LINES, Budget, Link, budget
from satqkd.link.scene import Scene
from satqkd.mission.mission import Ends, GroundStation, Mission
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance

SAMPLES_AT_ONCE = 1 << 15
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
"""Where stray light can come from: :data:`satqkd.link.background.stray_light.DOWNLINK_SOURCES`,
then
:data:`satqkd.link.background.stray_light.UPLINK_SOURCES`, in words."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """Series and blocks of all passes."""

    budget: Budget
    stray_hz: Mapping[str, FloatArray]
    """Stray photons before the detectors, for each of :data:`SOURCES`. [Hz]"""
    signal_rate_hz: FloatArray
    background_rate_hz: FloatArray
    qber: FloatArray
    counts: Counts
    keys: KeyResult
    keys_low: KeyResult
    keys_high: KeyResult
    ranged: BoolArray
    """Whether anybody stated a range that ``keys_low`` and ``keys_high`` could walk; per pass."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Some passes that share both ends."""

    ends: Ends
    ground: GroundStation
    passes: IntArray
    """Their indices."""
    samples: IntArray | slice
    """Where their samples are in the series of all passes; empty where only some are left."""
    starts: IntArray
    """Offsets of the passes in the series of the piece."""
    scene: Scene
    weight_s: FloatArray
    """Seconds a sample stands for; 0 where it may not carry key. [s]"""

    def usable_only(self) -> Piece:
        """Return the piece without the samples that may not carry key."""
        samples = np.flatnonzero(self.weight_s > 0.0)
        return replace(
            self,
            samples=np.zeros(0, dtype=np.int64),
            starts=np.searchsorted(samples, self.starts),
            scene=self.scene.take(samples),
            weight_s=self.weight_s[samples],
        )

    def rates(self, losses_db: FloatArray, *, stray_hz: FloatArray, variance: FloatArray) -> Rates:
        """Clicks along the series for some losses, stray light and flicker."""
        detector = self.ends.detector
        return click_rates(
            transmittance(losses_db),
            background_rate_hz=stray_hz * (detector.efficiency / detector.detectors),
            source=self.ends.source,
            detector=detector,
            variance=variance,
        )

    def counts(self, rates: Rates) -> Counts:
        """Clicks of each pass."""
        return integrate_counts(
            rates,
            weight_s=self.weight_s,
            starts=self.starts,
            source=self.ends.source,
            detector=self.ends.detector,
        )

    def stray_hz(self, link: Link, sky: SkyLight) -> Mapping[str, FloatArray]:
        """Stray photons before the detectors, by source. [Hz]"""
        return stray_rates_hz(
            self.scene,
            sky=sky,
            receiver=link.receiver,
            wavelength_m=link.transmitter.wavelength_m,
            direction=link.direction,
        )


def follow_links(
    mission: Mission,
    *,
    passes: PassTable,
    tracks: Tracks,
    facts: Circumstances,
    usable: BoolArray,
    every: bool = False,
) -> Followed:
    """Follow passes from geometry to key.

    Parameters
    ----------
    mission
        Holds the ends and the protocol.
    passes, tracks, facts
        The passes, their series and circumstances.
    usable
        Samples that may carry key.
    every
        Whether to follow passes as well that no sample of may carry key; what their series
        hold means nothing otherwise.

    Returns
    -------
    Followed
        In the order of the passes. ``keys_low`` and ``keys_high`` take every stated range at its
        worst and best end at once: limits of what is known, not a standard deviation.
    """
    size = tracks.time_s.size
    series = {name: Gathered(size) for name in (*LINES, *SOURCES, *_SERIES)}
    ranged = np.zeros(len(passes), dtype=np.bool_)
    wanted = np.full(len(passes), every) | usable_passes(tracks, usable)
    blocks: list[tuple[Counts, KeyResult, KeyResult, KeyResult]] = []
    order: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    given: PieceGiven = {"passes": passes, "tracks": tracks, "facts": facts, "usable": usable}
    for piece in pieces(mission, wanted=wanted, **given):
        ends, own = piece.ends, piece.usable_only()
        nominal = _followed(piece, ends.link, ends.sky)
        for name, values in nominal.series().items():
            series[name].put(piece.samples, values)
        key = mission.protocol.key(nominal.counts)
        keys = []
        for link, sky in (
            (ends.link.worst(), ends.sky.worst()),
            (ends.link.best(), ends.sky.best()),
        ):
            if link == ends.link and sky == ends.sky:
                keys.append(key)
                continue
            ranged[piece.passes] = True
            keys.append(mission.protocol.key(_followed(own, link, sky).counts))
        blocks.append((nominal.counts, key, keys[0], keys[1]))
        order.append(piece.passes)
    for rest in _alike(mission, passes, np.flatnonzero(~wanted)):
        nothing = _nothing(mission, passes, rest)
        none = mission.protocol.key(nothing)
        blocks.append((nothing, none, none, none))
        order.append(rest)
    back = np.argsort(np.concatenate(order))
    return Followed(
        budget=Budget(
            lines_db={name: series[name].values for name in LINES},
            total_db=series["total_db"].values,
            variance=series["variance"].values,
            pointing_spread=series["pointing_spread"].values,
        ),
        stray_hz={name: series[name].values for name in SOURCES},
        signal_rate_hz=series["signal_rate_hz"].values,
        background_rate_hz=series["background_rate_hz"].values,
        qber=series["qber"].values,
        counts=Counts.join([each[0] for each in blocks]).take(back),
        keys=KeyResult.join([each[1] for each in blocks]).take(back),
        keys_low=KeyResult.join([each[2] for each in blocks]).take(back),
        keys_high=KeyResult.join([each[3] for each in blocks]).take(back),
        ranged=ranged,
    )


def _nothing(mission: Mission, passes: PassTable, rest: IntArray) -> Counts:
    """Counts of passes that no sample of may carry key."""
    ends = mission.ends(int(passes.satellite[rest[0]]), int(passes.station[rest[0]]))
    none = np.zeros((len(ends.source.intensities), rest.size))
    return sifted(
        none, none, sent_s=np.zeros(rest.size), source=ends.source, detector=ends.detector
    )


_SERIES = (
    "total_db",
    "variance",
    "pointing_spread",
    "signal_rate_hz",
    "background_rate_hz",
    "qber",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """A piece followed with some values of what is not known."""

    budget: Budget
    stray_hz: Mapping[str, FloatArray]
    rates: Rates
    counts: Counts

    def series(self) -> dict[str, FloatArray]:
        """Everything that has a value a sample."""
        background_hz = self.rates.background_rate_hz
        return {
            **self.budget.lines_db,
            **self.stray_hz,
            "total_db": self.budget.total_db,
            "variance": self.budget.variance,
            "pointing_spread": self.budget.pointing_spread,
            "signal_rate_hz": self.rates.click_rate_hz - background_hz,
            "background_rate_hz": background_hz,
            "qber": self.rates.qber,
        }


def _followed(piece: Piece, link: Link, sky: SkyLight) -> _Case:
    losses, stray_hz = budget(piece.scene, link), piece.stray_hz(link, sky)
    rates = piece.rates(
        losses.total_db, stray_hz=sum_of(stray_hz.values()), variance=losses.variance
    )
    return _Case(budget=losses, stray_hz=stray_hz, rates=rates, counts=piece.counts(rates))


def usable_passes(tracks: Tracks, usable: BoolArray) -> BoolArray:
    """Passes with any time that may carry key."""
    return np.asarray(tracks.per_pass(np.where(usable, tracks.weight_s, 0.0)) > 0.0)


def sum_of(series: Iterable[FloatArray]) -> FloatArray:
    """Add series up, sample by sample."""
    return np.asarray(reduce(np.add, series), dtype=np.float64)


class PieceGiven(TypedDict):
    """What a walk along the links is told."""

    passes: PassTable
    tracks: Tracks
    facts: Circumstances
    usable: BoolArray


def pieces(
    mission: Mission,
    *,
    wanted: BoolArray,
    passes: PassTable,
    tracks: Tracks,
    facts: Circumstances,
    usable: BoolArray,
) -> Iterator[Piece]:
    """Yield the passes wanted, those of like links together, in pieces that fit the cache."""
    for chosen in _alike(mission, passes, np.flatnonzero(wanted)):
        spacecraft, station = int(passes.satellite[chosen[0]]), int(passes.station[chosen[0]])
        ends, ground = mission.ends(spacecraft, station), mission.stations[station]
        for own in _cut(chosen, np.diff(tracks.starts)[chosen]):
            samples, taken = _samples(tracks, own), tracks.take(own)
            yield Piece(
                ends=ends,
                ground=ground,
                passes=own,
                samples=samples,
                starts=taken.starts,
                scene=scene_of(
                    taken,
                    facts.take(own),
                    site_height_m=ground.site.height_m,
                    turning=ends.link.turning,
                    body=mission.spacecraft[spacecraft].payload.body,
                ),
                weight_s=np.where(usable[samples], taken.weight_s, 0.0),
            )


def _alike(mission: Mission, passes: PassTable, among: IntArray) -> Iterator[IntArray]:
    """Yield the passes that share payload, direction and station, as indices that grow."""
    if among.size == 0:
        return
    flown = (
        {one.satellite for one in mission.calibration.corrections} if mission.calibration else ()
    )
    every = [
        (
            id(craft.payload),
            craft.direction,
            name if (name := craft.satellite.name) in flown else "",
        )
        for craft in mission.spacecraft
    ]
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(every))}
    kind = np.array([numbers[one] for one in every], dtype=np.int64)
    group = kind[passes.satellite[among]] * len(mission.stations) + passes.station[among]
    order = np.argsort(group, kind="stable")
    yield from np.split(among[order], np.flatnonzero(np.diff(group[order])) + 1)


def _cut(passes: IntArray, samples: IntArray) -> Iterator[IntArray]:
    """Cut a list of passes where their samples come to :data:`SAMPLES_AT_ONCE`."""
    block = (np.cumsum(samples) - samples) // SAMPLES_AT_ONCE
    yield from np.split(passes, np.flatnonzero(np.diff(block)) + 1)


def _samples(tracks: Tracks, passes: IntArray) -> IntArray | slice:
    """Where the samples of some passes are; a slice if the passes are neighbours."""
    begin, end = int(passes[0]), int(passes[-1]) + 1
    if end - begin == passes.size:
        return slice(int(tracks.starts[begin]), int(tracks.starts[end]))
    return samples_of(tracks.starts, passes)
