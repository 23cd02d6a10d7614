"""Key of a whole window in each realisation of the skies: sums first, percentiles then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from satqkd.mission.mission import Mission
from satqkd.study.block_bits import block_bits
from satqkd.study.tally import Tally
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws
from satqkd.weather.skies import SkyOver, clear_together

_BYTES_AT_ONCE = 1 << 27
"""Numerical: skies of contacts times realisations that are held at once. [B]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowSums:
    """Key of a window; the first axis counts realisations, of which clear skies are one."""

    total_bits: FloatArray
    """Of all contacts, shape (realisations,). [bit]"""
    station_bits: FloatArray
    """At each station, shape (realisations, stations); of a joint contact at both. [bit]"""
    pair_bits: FloatArray
    """For each pair of the demands, shape (realisations, pairs): what satellites could relay were
    no other pair to spend it, and what joint contacts make. [bit]"""
    month_bits: Mapping[int, float]
    """Mean by calendar month; a block counts in that of its last contact. [bit]"""


def clear_sums(mission: Mission, tally: Tally) -> WindowSums:
    """Return the key of a window under clear skies."""
    return _sums(mission, tally, [np.ones((1, len(tally)), dtype=np.bool_)], [tally], samples=1)


def drawn_sums(mission: Mission, tally: Tally, draws: Draws) -> WindowSums:
    """Return the key of a window in each realisation of the skies.

    Clear or cloudy is all that is drawn, as for plans: a sky is that of a station and an instant,
    alike for all satellites, and correlated with those near by. A joint contact needs both. The
    key of a block is that of its contacts with a clear sky.
    """
    parts = [tally.part(rows) for rows in _groups(tally, draws.samples)]
    skies = (_clear(mission, part, draws) for part in parts)
    return _sums(mission, tally, skies, parts, samples=draws.samples)


def _groups(tally: Tally, samples: int) -> list[slice]:
    """Divide contacts between satellites, so that the skies of each part fit into memory."""
    most = max(1, _BYTES_AT_ONCE // max(1, samples))
    ends = np.append(np.flatnonzero(np.diff(tally.satellite)) + 1, len(tally))
    found, begin = [], 0
    for end, following in zip(ends, np.append(ends[1:], np.iinfo(np.int64).max), strict=True):
        if following - begin > most:
            found.append(slice(begin, int(end)))
            begin = int(end)
    return found or [slice(None)]


def _clear(mission: Mission, tally: Tally, draws: Draws) -> BoolArray:
    """Under which realisations contacts have clear skies."""
    station, partner = tally.station, tally.partner
    seconds, other_s, month = tally.at_s, tally.partner_at_s, tally.month % 12 + 1
    looks = [
        (np.flatnonzero(station == number), np.flatnonzero(partner == number))
        for number in range(len(mission.stations))
    ]
    skies = [
        SkyOver(
            latitude_deg=ground.site.latitude_deg,
            longitude_deg=ground.site.longitude_deg,
            climate=ground.climate,
            clouds=ground.clouds,
            seconds=np.concatenate([seconds[own], other_s[second]]),
            month=np.concatenate([month[own], month[second]]),
        )
        for ground, (own, second) in zip(mission.stations, looks, strict=True)
    ]
    clear = np.ones((draws.samples, station.size), dtype=np.bool_, order="F")
    drawn = clear_together(skies, start=mission.start, draws=draws)
    for (own, second), sky in zip(looks, drawn, strict=True):
        clear[:, own] &= sky[:, : own.size]
        clear[:, second] &= sky[:, own.size :]
    return clear


def _sums(
    mission: Mission,
    tally: Tally,
    skies: Iterable[BoolArray],
    parts: Sequence[Tally],
    *,
    samples: int,
) -> WindowSums:
    """Add up whole bits, of which sums are exact in whatever order."""
    pairs = [(one.station_a, one.station_b) for one in mission.demands]
    total = np.zeros(samples)
    station = np.zeros((samples, len(mission.stations)))
    pair = np.zeros((samples, len(pairs)))
    months = np.unique(tally.month)
    by_month = np.zeros(months.size)
    for part, clear in zip(parts, skies, strict=True):
        for rows in _satellites(part):
            own = part.part(rows)
            made = block_bits(own, clear[:, rows])
            total += made.bits.sum(axis=1)
            place = np.searchsorted(months, own.month[made.last])
            by_month += np.bincount(place, made.bits.sum(axis=0), minlength=months.size)
            ends = own.station[made.last], own.partner[made.last]
            _add_satellite(made.bits, ends, pairs, station_bits=station, pair_bits=pair)
    return WindowSums(
        total_bits=total,
        station_bits=station,
        pair_bits=pair,
        month_bits=dict(zip(months.tolist(), (by_month / samples).tolist(), strict=True)),
    )


def _satellites(tally: Tally) -> list[slice]:
    """Rows of each satellite."""
    bounds = [0, *(np.flatnonzero(np.diff(tally.satellite)) + 1).tolist(), len(tally)]
    return [slice(begin, end) for begin, end in pairwise(bounds)]


def _add_satellite(
    bits: FloatArray,
    ends: tuple[IntArray, IntArray],
    pairs: Sequence[tuple[int, int]],
    *,
    station_bits: FloatArray,
    pair_bits: FloatArray,
) -> None:
    """Add the blocks of one satellite, each realisation a row, to what stations and pairs have.

    ``ends`` are their stations, the second of them −1 for a pass.
    """
    station, partner = ends
    alone = partner < 0
    held = np.zeros(station_bits.shape)
    for number in np.unique(station[alone]).tolist():
        held[:, number] = bits[:, alone & (station == number)].sum(axis=1)
    station_bits += held
    for place in np.flatnonzero(~alone).tolist():
        station_bits[:, station[place]] += bits[:, place]
        station_bits[:, partner[place]] += bits[:, place]
    for number, (one, other) in enumerate(pairs):
        pair_bits[:, number] += np.minimum(held[:, one], held[:, other])
        both = (station == one) & (partner == other) | (station == other) & (partner == one)
        pair_bits[:, number] += bits[:, both].sum(axis=1)
