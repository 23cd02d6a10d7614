"""The chain from passes to keys, as one function to read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.count import Rates, click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.forecast.gather import Gathered
from satqkd.forecast.scene import Circumstances, scene_of
from satqkd.key.result import KeyResult
from satqkd.link.budget import LINES, Budget, Link, budget
from satqkd.link.night_sky import sky_photon_rate_hz
from satqkd.mission.mission import GroundStation, Mission
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance

SAMPLES_AT_ONCE = 1 << 15
"""Samples worked on together, so that what lies between stays in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """Series and blocks of all passes."""

    budget: Budget
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
class _Part:
    """Some passes that share both ends."""

    passes: IntArray
    budget: Budget
    rates: Rates
    counts: Counts
    counts_low: Counts
    counts_high: Counts
    ranged: bool


def follow_links(
    mission: Mission,
    *,
    passes: PassTable,
    tracks: Tracks,
    facts: Circumstances,
    usable: BoolArray,
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

    Returns
    -------
    Followed
        In the order of the passes. ``keys_low`` and ``keys_high`` take every stated range at its
        worst and best end at once: limits of what is known, not a standard deviation.
    """
    size = tracks.time_s.size
    lines = {name: Gathered(size) for name in LINES}
    total, variance = Gathered(size), Gathered(size)
    signal, background, qber = Gathered(size), Gathered(size), Gathered(size)
    ranged = np.zeros(len(passes), dtype=np.bool_)
    keys: list[tuple[KeyResult, ...]] = []
    counts: list[Counts] = []
    order: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    for part, samples in _parts(mission, passes, tracks, facts, usable):
        for name, line in lines.items():
            line.put(samples, part.budget.lines_db[name])
        total.put(samples, part.budget.total_db)
        variance.put(samples, part.budget.variance)
        signal.put(samples, part.rates.click_rate_hz - part.rates.background_rate_hz)
        background.put(samples, part.rates.background_rate_hz)
        qber.put(samples, part.rates.qber)
        ranged[part.passes] = part.ranged
        counts.append(part.counts)
        order.append(part.passes)
        keys.append(
            tuple(
                mission.protocol.key(each)
                for each in (part.counts, part.counts_low, part.counts_high)
            )
        )
    back = np.argsort(np.concatenate(order))
    return Followed(
        budget=Budget(
            lines_db={name: line.values for name, line in lines.items()},
            total_db=total.values,
            variance=variance.values,
        ),
        signal_rate_hz=signal.values,
        background_rate_hz=background.values,
        qber=qber.values,
        counts=Counts.join(counts).take(back),
        keys=KeyResult.join([three[0] for three in keys]).take(back),
        keys_low=KeyResult.join([three[1] for three in keys]).take(back),
        keys_high=KeyResult.join([three[2] for three in keys]).take(back),
        ranged=ranged,
    )


def _parts(
    mission: Mission, passes: PassTable, tracks: Tracks, facts: Circumstances, usable: BoolArray
) -> Iterator[tuple[_Part, IntArray | slice]]:
    """Yield the passes of like links together, in pieces that fit the cache, and their samples."""
    for chosen in _alike(mission, passes):
        spacecraft, station = int(passes.satellite[chosen[0]]), int(passes.station[chosen[0]])
        for piece in _pieces(chosen, np.diff(tracks.starts)[chosen]):
            samples = _samples(tracks, piece)
            part = _follow(
                mission,
                spacecraft,
                station,
                passes=piece,
                tracks=tracks.take(piece),
                facts=facts.take(piece),
                usable=usable[samples],
            )
            yield part, samples


def _alike(mission: Mission, passes: PassTable) -> Iterator[IntArray]:
    """Yield the passes that share payload, direction and station, as indices that grow."""
    if len(passes) == 0:
        return
    kinds = {(id(craft.payload), craft.direction): 0 for craft in mission.spacecraft}
    numbered = {kind: number for number, kind in enumerate(kinds)}
    kind = np.array(
        [numbered[id(craft.payload), craft.direction] for craft in mission.spacecraft],
        dtype=np.int64,
    )
    group = kind[passes.satellite] * len(mission.stations) + passes.station
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    yield from np.split(order, edges)


def _pieces(passes: IntArray, samples: IntArray) -> Iterator[IntArray]:
    """Cut a list of passes where their samples come to :data:`SAMPLES_AT_ONCE`."""
    block = (np.cumsum(samples) - samples) // SAMPLES_AT_ONCE
    yield from np.split(passes, np.flatnonzero(np.diff(block)) + 1)


def _samples(tracks: Tracks, passes: IntArray) -> IntArray | slice:
    """Where the samples of some passes are; a slice if the passes are neighbours."""
    begin, end = int(passes[0]), int(passes[-1]) + 1
    if end - begin == passes.size:
        return slice(int(tracks.starts[begin]), int(tracks.starts[end]))
    length = np.diff(tracks.starts)[passes]
    offset = np.repeat(tracks.starts[passes] - np.cumsum(length) + length, length)
    return np.asarray(np.arange(int(length.sum())) + offset, dtype=np.int64)


def _follow(
    mission: Mission,
    spacecraft: int,
    station: int,
    *,
    passes: IntArray,
    tracks: Tracks,
    facts: Circumstances,
    usable: BoolArray,
) -> _Part:
    """Follow passes that share both ends up to their counts."""
    ends, ground = mission.ends(spacecraft, station), mission.stations[station]
    source, detector = ends.source, ends.detector
    scene = scene_of(tracks, facts, site_height_m=ground.site.height_m, turning=False)
    stray_hz = _stray_hz(ground, ends.link)
    background_hz = np.full(len(scene), stray_hz * detector.efficiency / detector.detectors)
    weight_s = np.where(usable, tracks.weight_s, 0.0)

    def rates(losses: Budget) -> Rates:
        return click_rates(
            transmittance(losses.total_db),
            background_rate_hz=background_hz,
            source=source,
            detector=detector,
        )

    def counted(clicks: Rates) -> Counts:
        return integrate_counts(
            clicks, weight_s=weight_s, starts=tracks.starts, source=source, detector=detector
        )

    losses = budget(scene, ends.link)
    nominal = rates(losses)
    counts = counted(nominal)
    worst, best = ends.link.worst(), ends.link.best()
    ranged = worst != best
    return _Part(
        passes=passes,
        budget=losses,
        rates=nominal,
        counts=counts,
        counts_low=counted(rates(budget(scene, worst))) if ranged else counts,
        counts_high=counted(rates(budget(scene, best))) if ranged else counts,
        ranged=ranged,
    )


def _stray_hz(ground: GroundStation, link: Link) -> float:
    return sky_photon_rate_hz(
        ground.night_radiance_w_m2_sr_m,
        receiver=link.receiver,
        wavelength_m=link.transmitter.wavelength_m,
    )
