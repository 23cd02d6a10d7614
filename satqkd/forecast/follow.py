"""The one flow: contacts, limits, light, key, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.light import Light
from satqkd.forecast.arms import Arm, nodes_of, usable_of, usable_span, why_unusable
from satqkd.forecast.ensemble import Outlook, clear_of_all, distribution, draw
from satqkd.forecast.light import END_SCENARIOS, Losses, Part, PartArm, ends_of, parts
from satqkd.forecast.obstacles import Shortfall
from satqkd.forecast.systems import Systems
from satqkd.forecast.yields import LightMeans, Made, Yields, light_means
from satqkd.key.real_time import Divided, end_shares, in_blocks
from satqkd.key.result import KeyResult
from satqkd.key.system import System
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import Contacts
from satqkd.passes.quadrature import Panels
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws
from satqkd.weather.drawn import StationNumbers

NUMBERS_AT_ONCE: Final = 1 << 22
"""Numerical: realisations times contacts worked on together, some 35 MB of each thing drawn."""


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
    numbers: StationNumbers | None = None,
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
    numbers
        What is drawn of the stations, and how often; None leaves the outlook out.
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
    draws = None if numbers is None else numbers.draws
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
    lit = [
        _lit(
            mission, contacts, part, systems=systems, numbers=numbers, distil=distil, ranges=ranges
        )
        for part in parts(
            mission,
            contacts.satellite,
            sides,
            wanted=usable_s > 0.0,
            panels=panels,
            most=None if draws is None else max(1, NUMBERS_AT_ONCE // draws.samples),
        )
    ]
    found = [
        _of_system(mission, contacts, own, known, draws=draws, distil=distil)
        for own in _alike(lit, [one.system for one in lit])
    ]
    dark = list(_same_ends(contacts, np.flatnonzero(usable_s <= 0.0)))
    found += [
        _without_light(contacts, np.concatenate(own), known, systems=systems, draws=draws)
        for own in _alike(dark, [_system_of(contacts, rows, systems) for rows in dark])
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


def _system_of(contacts: Contacts, rows: IntArray, systems: Systems) -> System:
    """System of contacts of like ends."""
    first = int(rows[0])
    return systems(int(contacts.satellite[first]), [int(own[first]) for own in contacts.stations])


_Any = TypeVar("_Any")


def _alike(every: Sequence[_Any], systems: Sequence[System]) -> list[list[_Any]]:
    """Put together what has the same system, so that all its keys are worked out at once."""
    kinds: list[System] = []
    found: list[list[_Any]] = []
    for one, system in zip(every, systems, strict=True):
        if system not in kinds:
            kinds.append(system)
            found.append([])
        found[kinds.index(system)].append(one)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lit:
    """The light of a part."""

    contacts: IntArray
    system: System
    light: Light
    ends: tuple[Light, Light]
    """With every stated range at its worst end, and at its best."""
    ranged: bool
    """Whether any is stated."""
    means: LightMeans
    panels: Panels
    drawn: FloatArray | None
    """Light of each realisation over that expected, shape (contacts, realisations); None where it
    is not wanted."""
    figures: FloatArray | None
    """Of the key over all realisations; None where not drawn."""


def _lit(
    mission: Mission,
    contacts: Contacts,
    part: Part[PartArm],
    *,
    systems: Systems,
    numbers: StationNumbers | None,
    distil: bool,
    ranges: bool,
) -> _Lit:
    """Follow the nodes of a part, once a scenario."""
    system, nominal = _system_of(contacts, part.contacts, systems), part.losses()
    lit = _in_scenarios(part, system, nominal, ranges=ranges)
    if numbers is None:
        return lit
    drawn = draw(mission, part, nominal, numbers)
    figures = distribution(system, lit.light, drawn)
    return replace(lit, figures=figures, drawn=drawn.together if distil else None)


def _in_scenarios(
    part: Part[Any], system: System, nominal: Sequence[Losses], *, ranges: bool
) -> _Lit:
    """Light of a part with every stated range at its nominal value, its worst end and its best."""
    light = part.light(nominal)
    differs = [ranges and part.differs(scenario) for scenario in END_SCENARIOS]
    worst, best = (
        part.light(part.losses(scenario, stated=nominal)) if other else light
        for scenario, other in zip(END_SCENARIOS, differs, strict=True)
    )
    return _Lit(
        contacts=part.contacts,
        system=system,
        light=light,
        ends=(worst, best),
        ranged=any(differs),
        means=light_means(nominal, light),
        panels=part.panels,
        drawn=None,
        figures=None,
    )


def _of_system(
    mission: Mission,
    contacts: Contacts,
    lit: Sequence[_Lit],
    known: _Known,
    *,
    draws: Draws | None,
    distil: bool,
) -> tuple[IntArray, Yields]:
    """Follow the light of parts with the same system to key."""
    rows = np.concatenate([one.contacts for one in lit])
    own, light = known.take(rows), _behind([one.light for one in lit])
    found = _clear(lit, own, light)
    figures = (
        None
        if draws is None
        else np.concatenate([one.figures for one in lit if one.figures is not None], axis=1)
    )
    return rows, replace(
        found,
        distilled=(
            _made(mission, contacts, rows, lit=lit, found=found, light=light, figures=figures)
            if distil
            else None
        ),
        outlook=_outlook(draws, own.clear_probability, figures),
    )


def _behind(lights: Sequence[Light]) -> Light:
    """Put the light of parts behind each other."""
    return lights[0] if len(lights) == 1 else Light.join(lights)


def _clear(lit: Sequence[_Lit], known: _Known, light: Light) -> Yields:
    """Yields of parts under a clear sky, each contact as one block."""
    system = lit[0].system
    collected = system.collect(light)
    key = system.key_of(collected)
    worst, best = (
        collected
        if all(one.ends[end] is one.light for one in lit)
        else system.collect(_behind([one.ends[end] for one in lit]))
        for end in (0, 1)
    )
    low, high = (key if end is collected else system.key_of(end) for end in (worst, best))
    ranged = np.repeat([one.ranged for one in lit], [one.contacts.size for one in lit])
    return Yields(
        systems=(system,),
        system=np.zeros(ranged.size, dtype=np.int64),
        usable_s=known.usable_s,
        usable_start_s=known.start_s,
        usable_end_s=known.end_s,
        light=LightMeans.join([one.means for one in lit]),
        collected=collected,
        collected_ends=(worst, best) if ranged.any() else None,
        keys=key,
        keys_low=low,
        keys_high=high,
        ranged=ranged,
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
    lit = _in_scenarios(part, system, part.losses(), ranges=True)
    return _clear([lit], known, lit.light)


def _without_light(
    contacts: Contacts,
    rows: IntArray,
    known: _Known,
    *,
    systems: Systems,
    draws: Draws | None,
) -> tuple[IntArray, Yields]:
    """Yields of contacts of the same system of which nothing is usable."""
    system, count = _system_of(contacts, rows, systems), len(contacts.arms)
    collected = system.collect(Light.none(count, rows.size))
    key = system.key_of(collected)
    own = known.take(rows)
    return rows, _dark(count, own, (system,), collected=collected, key=key, draws=draws)


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
    rows: IntArray,
    *,
    lit: Sequence[_Lit],
    found: Yields,
    light: Light,
    figures: FloatArray | None,
) -> Made:
    """Key of contacts as their satellites distil it.

    Several blocks mostly leave less than one of them all; where key making stops before the
    satellite sets, a poor contact can leave more.
    """
    keys = (found.keys, found.keys_low, found.keys_high)
    nominal, low, high = (key.secure_bits.copy() for key in keys)
    blocks = (nominal > 0).astype(np.int64)
    expected = None if figures is None else np.floor(figures[0]).astype(np.int64)
    ends = end_shares(keys[1].sifted_bits, keys[0].sifted_bits, keys[2].sifted_bits)
    hows = [mission.distilled(craft) for craft in contacts.satellite[rows].tolist()]
    own = [(place, how) for place, how in enumerate(hows) if how is not None and how.divides]
    if own:
        places = np.array([place for place, _ in own], dtype=np.int64)
        stop_s = np.array([how.stop_before_set_s for _, how in own])
        drawn = [one.drawn for one in lit if one.drawn is not None]
        divided = in_blocks(
            found.systems[0],
            light.take(places),
            Divided(
                panels=Panels.join([one.panels for one in lit]).take(places),
                until_s=contacts.end_s[rows[places]] - stop_s,
                size=[how.block_sifted_bits for _, how in own],
                sifted_bits=keys[0].sifted_bits[places],
                ends=ends[:, places],
                drawn=np.concatenate(drawn)[places] if drawn else None,
            ),
        )
        nominal[places], blocks[places] = divided.bits, divided.blocks
        low[places], high[places] = divided.low_bits, divided.high_bits
        if expected is not None and divided.expected_bits is not None:
            expected[places] = divided.expected_bits
    return Made(bits=nominal, blocks=blocks, low_bits=low, high_bits=high, expected_bits=expected)
