"""The one flow: contacts, limits, light, key, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.light import Light
from satqkd.forecast.arms import Arm, nodes_of, usable_of, usable_span, why_unusable
from satqkd.forecast.ensemble import Drawn, Outlook, clear_of_all, distribution, draw
from satqkd.forecast.light import END_SCENARIOS, Losses, Part, PartArm, ends_of, parts
from satqkd.forecast.obstacles import Shortfall
from satqkd.forecast.systems import Systems
from satqkd.forecast.yields import LightMeans, Made, Yields, light_means
from satqkd.key.real_time import Divided, end_shares, in_blocks
from satqkd.key.result import KeyResult
from satqkd.key.system import System
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import Contacts
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """What is known of contacts before any light is followed; arrays of shape (n,)."""

    usable_s: FloatArray
    start_s: FloatArray
    end_s: FloatArray
    clear_probability: FloatArray
    obstacle: Sequence[Shortfall | None]

    def take(self, rows: IntArray) -> _Known:
        """Return some of the contacts."""
        return _Known(
            usable_s=self.usable_s[rows],
            start_s=self.start_s[rows],
            end_s=self.end_s[rows],
            clear_probability=self.clear_probability[rows],
            obstacle=[self.obstacle[row] for row in rows.tolist()],
        )


def yields_of(
    mission: Mission,
    timebase: Timebase,
    contacts: Contacts,
    arms: Sequence[Arm],
    *,
    systems: Systems,
    draws: Draws | None = None,
    distil: bool = True,
    ranges: bool = True,
) -> Yields:
    """Follow contacts from what of them is usable to key, part by part.

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
    distil
        Whether to work out the key in the blocks that a satellite distils in flight too.
    ranges
        Whether to follow the worst and best end of stated ranges too; otherwise low and high are
        the key of what is stated, told as without a range.

    Returns
    -------
    yields
        One block a contact; every node is followed once a scenario. Low and high take every
        stated range at its worst and best end at once: limits of what is known, not a standard
        deviation.
    """
    links, missing = ends_of(mission, contacts.satellite, arms)
    pairs = [tuple((craft, station) for station in own) for craft, *own in _ends(contacts)]
    linked = np.array([all(pair in links for pair in own) for own in pairs], dtype=np.bool_)
    usable, cells = usable_of(arms), arms[0].cells
    free_s = cells.seconds(usable)
    usable &= np.repeat(linked, np.diff(cells.starts))
    usable_s = np.where(linked, free_s, 0.0)
    start_s, end_s = usable_span(contacts, cells, usable)
    no_link = ["; ".join(missing[pair] for pair in own if pair in missing) for own in pairs]
    known = _Known(
        usable_s=usable_s,
        start_s=start_s,
        end_s=end_s,
        clear_probability=clear_of_all(mission, arms),
        obstacle=[
            Shortfall(name="link", sentence=text) if text else why
            for text, why in zip(
                no_link, why_unusable(mission, timebase, arms, free_s), strict=True
            )
        ],
    )
    panels, sides = nodes_of(arms, usable)
    found = [
        _of_part(
            mission,
            contacts,
            part,
            known,
            systems=systems,
            draws=draws,
            distil=distil,
            ranges=ranges,
        )
        for part in parts(mission, contacts.satellite, sides, wanted=usable_s > 0.0, panels=panels)
    ]
    found += [
        (rest, _without_light(contacts, rest, known, systems=systems, draws=draws))
        for rest in _same_ends(contacts, np.flatnonzero(usable_s <= 0.0))
    ]
    if not found:
        return _none(len(arms), systems, draws)
    order = np.concatenate([rows for rows, _ in found])
    return Yields.join([own for _, own in found]).take(np.argsort(order))


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
    part: Part[PartArm],
    known: _Known,
    *,
    systems: Systems,
    draws: Draws | None,
    distil: bool,
    ranges: bool,
) -> tuple[IntArray, Yields]:
    """Follow the nodes of a part, once a scenario."""
    rows, first = part.contacts, int(part.contacts[0])
    own = known.take(rows)
    system = systems(int(contacts.satellite[first]), [int(own[first]) for own in contacts.stations])
    nominal = part.losses()
    light = part.light(nominal)
    found = _clear(part, own, system, nominal=nominal, light=light, ranges=ranges)
    drawn = None if draws is None else draw(mission, part, nominal, draws)
    figures = None if drawn is None else distribution(system, light, drawn)
    return rows, replace(
        found,
        distilled=(
            _made(mission, contacts, part, found, light, drawn=drawn, figures=figures)
            if distil
            else None
        ),
        outlook=_outlook(draws, own.clear_probability, figures),
    )


def _clear(
    part: Part[Any],
    known: _Known,
    system: System,
    *,
    nominal: Sequence[Losses],
    light: Light,
    ranges: bool = True,
) -> Yields:
    """Yields of a part under a clear sky, each contact as one block."""
    ranged = ranges and any(part.differs(scenario) for scenario in END_SCENARIOS)
    collected = system.collect(light)
    key = system.key_of(collected)
    worst, best = (
        system.collect(part.light(part.losses(scenario)))
        if ranged and part.differs(scenario)
        else collected
        for scenario in END_SCENARIOS
    )
    low, high = (key if end is collected else system.key_of(end) for end in (worst, best))
    size = part.contacts.size
    return Yields(
        systems=(system,),
        system=np.zeros(size, dtype=np.int64),
        usable_s=known.usable_s,
        usable_start_s=known.start_s,
        usable_end_s=known.end_s,
        light=light_means(nominal, light),
        collected=collected,
        collected_ends=(worst, best) if ranged else None,
        keys=key,
        keys_low=low,
        keys_high=high,
        ranged=np.full(size, ranged),
        distilled=None,
        obstacle=tuple(known.obstacle),
        clear_probability=known.clear_probability,
        outlook=None,
    )


def terrestrial_yields(contacts: Contacts, part: Part[Any], system: System) -> Yields:
    """Follow all sessions of a terrestrial link to key: nothing but their length limits them."""
    length_s, none = contacts.end_s - contacts.start_s, (None,) * len(contacts)
    known = _Known(
        usable_s=length_s,
        start_s=contacts.start_s,
        end_s=contacts.end_s,
        clear_probability=np.full(length_s.size, np.nan),
        obstacle=none,
    )
    nominal = part.losses()
    return _clear(part, known, system, nominal=nominal, light=part.light(nominal))


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
    own = known.take(rows)
    return _dark(count, own, (system,), collected=collected, key=key, draws=draws)


def _none(arms: int, systems: Systems, draws: Draws | None) -> Yields:
    """Yields of no contact at all."""
    nothing = np.zeros(0)
    known = _Known(
        usable_s=nothing, start_s=nothing, end_s=nothing, clear_probability=nothing, obstacle=()
    )
    key = KeyResult.join([])
    return _dark(arms, known, (), collected=systems.nothing(), key=key, draws=draws)


def _dark(
    arms: int,
    known: _Known,
    systems: tuple[System, ...],
    *,
    collected: Counts | Light,
    key: KeyResult,
    draws: Draws | None,
) -> Yields:
    """Yields of contacts without light: no key of any of them, whatever the scenario."""
    size = known.usable_s.size
    none, infinite_db = np.zeros(size, dtype=np.int64), np.full((arms, size), np.inf)
    return Yields(
        systems=systems,
        system=none,
        usable_s=known.usable_s,
        usable_start_s=known.start_s,
        usable_end_s=known.end_s,
        light=LightMeans(
            loss_min_db=infinite_db, loss_mean_db=infinite_db,
            variance=np.zeros((arms, size)), stray_hz=np.zeros((arms, size)),
            plob_s=np.zeros(size), plob_channel_s=np.zeros(size),
        ),
        collected=collected,
        collected_ends=None,
        keys=key,
        keys_low=key,
        keys_high=key,
        ranged=none.astype(np.bool_),
        distilled=Made(
            bits=none, blocks=none, low_bits=none, high_bits=none,
            expected_bits=None if draws is None else none,
        ),
        obstacle=tuple(known.obstacle),
        clear_probability=known.clear_probability,
        outlook=_outlook(draws, known.clear_probability, np.zeros((4, size))),
    )  # fmt: skip


def _outlook(draws: Draws | None, clear: FloatArray, figures: FloatArray | None) -> Outlook | None:
    if draws is None or figures is None:
        return None
    names = ("expected_bits", "low_bits", "median_bits", "high_bits")
    means = dict(zip(names, figures, strict=True))
    return Outlook(draws=draws, clear_probability=clear, **means)


def _made(
    mission: Mission,
    contacts: Contacts,
    part: Part[PartArm],
    found: Yields,
    light: Light,
    *,
    drawn: Drawn | None,
    figures: FloatArray | None,
) -> Made:
    """Key of the contacts of a part as their satellites distil it.

    Several blocks mostly leave less than one of them all; where key making stops before the
    satellite sets, a poor contact can leave more.
    """
    keys = (found.keys, found.keys_low, found.keys_high)
    nominal, low, high = (key.secure_bits.copy() for key in keys)
    blocks = (nominal > 0).astype(np.int64)
    expected = None if figures is None else np.floor(figures[0]).astype(np.int64)
    ends = end_shares(keys[1].sifted_bits, keys[0].sifted_bits, keys[2].sifted_bits)
    hows = [mission.distilled(craft) for craft in contacts.satellite[part.contacts].tolist()]
    own = [(place, how) for place, how in enumerate(hows) if how is not None and how.divides]
    if own:
        places = np.array([place for place, _ in own], dtype=np.int64)
        stop_s = np.array([how.stop_before_set_s for _, how in own])
        divided = in_blocks(
            found.systems[0],
            light.take(places),
            Divided(
                panels=part.panels.take(places),
                until_s=contacts.end_s[part.contacts[places]] - stop_s,
                size=[how.block_sifted_bits for _, how in own],
                sifted_bits=keys[0].sifted_bits[places],
                ends=ends[:, places],
                drawn=None if drawn is None else [drawn.of_contact(p) for p in places.tolist()],
            ),
        )
        nominal[places], blocks[places] = [o.bits for o in divided], [o.blocks for o in divided]
        low[places], high[places] = [o.low_bits for o in divided], [o.high_bits for o in divided]
        if expected is not None:
            expected[places] = [o.expected_bits or 0 for o in divided]
    return Made(bits=nominal, blocks=blocks, low_bits=low, high_bits=high, expected_bits=expected)
