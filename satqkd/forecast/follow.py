"""The one flow: contacts, limits, light, key, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.light import Light
from satqkd.forecast.arms import Arm, usable_of, why_unusable
from satqkd.forecast.ensemble import Drawn, Outlook, clear_of_all, distribution, draw
from satqkd.forecast.light import END_SCENARIOS, Losses, Part, ends_of, parts, sum_of
from satqkd.forecast.systems import Systems
from satqkd.forecast.yields import LightMeans, Made, Yields
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.real_time import Divided, end_shares, in_blocks
from satqkd.key.result import KeyResult
from satqkd.key.system import System
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import Contacts
from satqkd.passes.table import Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray, loss_db, share_of, transmittance
from satqkd.weather.clear_sky import Draws

_RECEIVING: Final = ("rx_optics", "coupling")
"""Losses of a receiver that a bound of the channel alone leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """What is known of contacts before any light is followed; arrays of shape (n,)."""

    usable_s: FloatArray
    start_s: FloatArray
    end_s: FloatArray
    clear_probability: FloatArray
    obstacle: Sequence[str | None]


def yields_of(
    mission: Mission,
    timebase: Timebase,
    contacts: Contacts,
    arms: Sequence[Arm],
    *,
    systems: Systems,
    draws: Draws | None = None,
) -> Yields:
    """Follow contacts from their usable samples to key, part by part.

    Parameters
    ----------
    mission, timebase
        Holds the ends; second 0 is the beginning of its window.
    contacts, arms
        What to follow, as seen from each station.
    systems
        Makes the key.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.

    Returns
    -------
    yields
        One block a contact; every sample is followed once a scenario. Low and high take every
        stated range at its worst and best end at once: limits of what is known, not a standard
        deviation.
    """
    tracks = arms[0].tracks
    links, missing = ends_of(mission, contacts.satellite, arms)
    pairs = [tuple((craft, station) for station in own) for craft, *own in _ends(contacts)]
    linked = np.array([all(pair in links for pair in own) for own in pairs], dtype=np.bool_)
    usable = usable_of(arms)
    free_s = tracks.per_pass(np.where(usable, tracks.weight_s, 0.0))
    usable &= np.repeat(linked, np.diff(tracks.starts))
    usable_s = np.where(linked, free_s, 0.0)
    start_s, end_s = _usable_span(contacts, tracks, usable)
    no_link = ["; ".join(missing[pair] for pair in own if pair in missing) for own in pairs]
    known = _Known(
        usable_s=usable_s,
        start_s=start_s,
        end_s=end_s,
        clear_probability=clear_of_all(mission, arms),
        obstacle=[
            text or why
            for text, why in zip(
                no_link, why_unusable(mission, timebase, arms, free_s), strict=True
            )
        ],
    )
    found = [
        _of_part(mission, contacts, part.usable_only(), known, systems=systems, draws=draws)
        for part in parts(mission, contacts.satellite, arms, usable=usable, wanted=usable_s > 0.0)
    ]
    found += [
        (rest, _without_light(contacts, rest, known, systems=systems, draws=draws))
        for rest in _same_ends(contacts, np.flatnonzero(usable_s <= 0.0))
    ]
    if not found:
        return _none(len(arms), systems, draws)
    order = np.concatenate([rows for rows, _ in found])
    return Yields.join([own for _, own in found]).take(np.argsort(order))


def _none(arms: int, systems: Systems, draws: Draws | None) -> Yields:
    """Yields of no contact at all."""
    nothing, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
    empty, key = np.zeros((arms, 0)), KeyResult.join([])
    return Yields(
        systems=(),
        system=whole,
        usable_s=nothing,
        usable_start_s=nothing,
        usable_end_s=nothing,
        light=LightMeans(
            loss_min_db=empty, loss_mean_db=empty, variance=empty, stray_hz=empty,
            plob_s=nothing, plob_channel_s=nothing,
        ),
        collected=systems.nothing(),
        keys=key,
        keys_low=key,
        keys_high=key,
        ranged=whole.astype(np.bool_),
        made=Made(
            bits=whole, blocks=whole, low_bits=whole, high_bits=whole,
            expected_bits=None if draws is None else whole,
        ),
        obstacle=(),
        clear_probability=nothing,
        outlook=_outlook(draws, nothing, np.zeros((4, 0))),
    )  # fmt: skip


def _ends(contacts: Contacts) -> Iterator[tuple[int, ...]]:
    """Yield satellite and stations of each contact."""
    columns = (contacts.satellite, *contacts.stations)
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _same_ends(contacts: Contacts, among: IntArray) -> Iterator[IntArray]:
    """Yield contacts of the same satellite and stations."""
    if among.size == 0:
        return
    keys = np.stack([contacts.satellite, *contacts.stations])[:, among]
    _, group = np.unique(keys, axis=1, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    yield from np.split(among[order], np.flatnonzero(np.diff(group.ravel()[order])) + 1)


def _of_part(
    mission: Mission,
    contacts: Contacts,
    part: Part,
    known: _Known,
    *,
    systems: Systems,
    draws: Draws | None,
) -> tuple[IntArray, Yields]:
    """Follow the usable samples of a part, once a scenario."""
    rows, first = part.contacts, int(part.contacts[0])
    system = systems(int(contacts.satellite[first]), [int(own[first]) for own in contacts.stations])
    nominal = part.losses()
    light = part.light(nominal)
    collected = system.collect(light)
    key = system.key_of(collected)
    low, high = (
        system.key(part.light(part.losses(scenario))) if part.differs(scenario) else key
        for scenario in END_SCENARIOS
    )
    drawn = None if draws is None else draw(mission, part, nominal, draws)
    figures = None if drawn is None else distribution(system, light, drawn)
    return rows, Yields(
        systems=(system,),
        system=np.zeros(rows.size, dtype=np.int64),
        usable_s=known.usable_s[rows],
        usable_start_s=known.start_s[rows],
        usable_end_s=known.end_s[rows],
        light=_means(nominal, light),
        collected=collected,
        keys=key,
        keys_low=low,
        keys_high=high,
        ranged=np.full(rows.size, any(part.differs(scenario) for scenario in END_SCENARIOS)),
        made=_made(
            mission, contacts, part, system, light,
            keys=(key, low, high), drawn=drawn, figures=figures,
        ),
        obstacle=tuple(known.obstacle[row] for row in rows.tolist()),
        clear_probability=known.clear_probability[rows],
        outlook=_outlook(draws, known.clear_probability[rows], figures),
    )  # fmt: skip


def _without_light(
    contacts: Contacts,
    rows: IntArray,
    known: _Known,
    *,
    systems: Systems,
    draws: Draws | None,
) -> Yields:
    """Yields of contacts of the same ends of which nothing is usable."""
    first, count = int(rows[0]), len(contacts.arms)
    system = systems(int(contacts.satellite[first]), [int(own[first]) for own in contacts.stations])
    collected = system.collect(Light.none(count, rows.size))
    key = system.key_of(collected)
    none = np.zeros(rows.size, dtype=np.int64)
    figures = None if draws is None else np.zeros((4, rows.size))
    shape = (count, rows.size)
    return Yields(
        systems=(system,),
        system=none,
        usable_s=known.usable_s[rows],
        usable_start_s=known.start_s[rows],
        usable_end_s=known.end_s[rows],
        light=LightMeans(
            loss_min_db=np.full(shape, np.inf),
            loss_mean_db=np.full(shape, np.inf),
            variance=np.zeros(shape),
            stray_hz=np.zeros(shape),
            plob_s=np.zeros(rows.size),
            plob_channel_s=np.zeros(rows.size),
        ),
        collected=collected,
        keys=key,
        keys_low=key,
        keys_high=key,
        ranged=np.zeros(rows.size, dtype=np.bool_),
        made=Made(
            bits=key.secure_bits, blocks=none, low_bits=none, high_bits=none,
            expected_bits=None if draws is None else none,
        ),
        obstacle=tuple(known.obstacle[row] for row in rows.tolist()),
        clear_probability=known.clear_probability[rows],
        outlook=_outlook(draws, known.clear_probability[rows], figures),
    )  # fmt: skip


def _outlook(draws: Draws | None, clear: FloatArray, figures: FloatArray | None) -> Outlook | None:
    if draws is None or figures is None:
        return None
    mean, low, median, high = figures
    return Outlook(
        draws=draws,
        clear_probability=clear,
        expected_bits=mean,
        low_bits=low,
        median_bits=median,
        high_bits=high,
    )


def _means(losses: Sequence[Losses], light: Light) -> LightMeans:
    """Means of the received light of each contact."""
    weight_s, starts, seconds = light.weight_s, light.starts, light.seconds

    def mean(values: FloatArray) -> FloatArray:
        return share_of(per_interval(values * weight_s, starts), seconds)

    def bound(optics_db: FloatArray) -> FloatArray:
        channel = reduce(np.multiply, (arm.transmittance for arm in light.arms))
        bits = plob_bound(np.minimum(channel / transmittance(optics_db), 1.0 - 1e-12))
        return per_interval(bits * weight_s, starts)

    optics_db = sum_of([one.budget.lines_db[line] for one in losses for line in _RECEIVING])
    smallest = np.finfo(np.float64).tiny
    return LightMeans(
        loss_min_db=np.stack(
            [np.minimum.reduceat(one.budget.total_db, starts[:-1]) for one in losses]
        ),
        loss_mean_db=np.stack(
            [loss_db(np.maximum(mean(arm.transmittance), smallest)) for arm in light.arms]
        ),
        variance=np.stack([mean(arm.variance) for arm in light.arms]),
        stray_hz=np.stack([mean(arm.stray_hz) for arm in light.arms]),
        plob_s=bound(np.zeros(1)),
        plob_channel_s=bound(optics_db),
    )


def _made(
    mission: Mission,
    contacts: Contacts,
    part: Part,
    system: System,
    light: Light,
    *,
    keys: tuple[KeyResult, KeyResult, KeyResult],
    drawn: Drawn | None,
    figures: FloatArray | None,
) -> Made:
    """Key of the contacts of a part as their satellites distil it.

    Several blocks mostly leave less than one of them all; where key making stops before the
    satellite sets, a poor contact can leave more.
    """
    nominal, low, high = (key.secure_bits.copy() for key in keys)
    blocks = (nominal > 0).astype(np.int64)
    expected = None if figures is None else np.floor(figures[0]).astype(np.int64)
    ends = end_shares(keys[1].sifted_bits, keys[0].sifted_bits, keys[2].sifted_bits)
    hows = [mission.distilled(craft) for craft in contacts.satellite[part.contacts].tolist()]
    own = [(place, how) for place, how in enumerate(hows) if how is not None and how.divides]
    if own:
        places = np.array([place for place, _ in own], dtype=np.int64)
        stop_s = np.array([how.stop_before_set_s for _, how in own])
        found = in_blocks(
            system,
            light.take(places),
            Divided(
                until=_until(part, places, contacts.end_s[part.contacts[places]] - stop_s),
                size=[how.block_sifted_bits for _, how in own],
                sifted_bits=keys[0].sifted_bits[places],
                ends=ends[:, places],
                drawn=None if drawn is None else [drawn.of_contact(p) for p in places.tolist()],
            ),
        )
        nominal[places], blocks[places] = [o.bits for o in found], [o.blocks for o in found]
        low[places], high[places] = [o.low_bits for o in found], [o.high_bits for o in found]
        if expected is not None:
            expected[places] = [o.expected_bits or 0 for o in found]
    return Made(bits=nominal, blocks=blocks, low_bits=low, high_bits=high, expected_bits=expected)


def _until(part: Part, places: IntArray, last_s: FloatArray) -> IntArray:
    """Count the samples of contacts up to an instant of each."""
    spans = zip(part.starts[places].tolist(), part.starts[places + 1].tolist(), strict=True)
    return np.array(
        [
            np.count_nonzero(part.time_s[begin:end] <= last)
            for (begin, end), last in zip(spans, last_s.tolist(), strict=True)
        ],
        dtype=np.int64,
    )


def _usable_span(
    contacts: Contacts, tracks: Tracks, usable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Begin of the first and end of the last usable step of each contact; its start where none.

    A sample stands for the time up to half the way to its neighbours. [s]
    """
    if len(contacts) == 0:
        return np.zeros(0), np.zeros(0)
    starts, time_s = tracks.starts, tracks.time_s
    middles = 0.5 * (time_s[1:] + time_s[:-1])
    begin = np.concatenate([[0.0], middles])
    end = np.concatenate([middles, [0.0]])
    begin[starts[:-1]], end[starts[1:] - 1] = contacts.start_s, contacts.end_s
    first = np.minimum.reduceat(np.where(usable, begin, np.inf), starts[:-1])
    last = np.maximum.reduceat(np.where(usable, end, -np.inf), starts[:-1])
    none = ~np.isfinite(first)
    return np.where(none, contacts.start_s, first), np.where(none, contacts.start_s, last)
