"""What a plan chooses from: contacts with the blocks they can be distilled in, as one problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.elements.synthetic import design_name
from satqkd.forecast.contact_id import revolutions
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import divided, same_ends
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.mission.rules import Plannable
from satqkd.network.contact_parts import Parts, no_parts, parts_between
from satqkd.network.deadlines import deadlines_of, distilling_s, dividing
from satqkd.network.energy import energy_rules, supplies_of
from satqkd.network.energy_cuts import parts_for_energy
from satqkd.network.keeping import Keeping, with_parts_in_force
from satqkd.network.milestones import milestones_of
from satqkd.network.opening import (
    KIND,
    Opening,
    cut_open,
    flown_at,
    opening_of,
    pooled_keys,
    require_open,
    with_opening,
)
from satqkd.network.pins import named, require_candidates, require_together
from satqkd.network.pooled_keys import PooledKeys
from satqkd.network.turns import turn_rules
from satqkd.passes.sunlight import Sunlight
from satqkd.passes.timebase import Timebase
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.demand import Demand as Asked
from satqkd.schedule.demand import Milestone
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Blocks, Problem
from satqkd.schedule.rules import Rule
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Contacts that could be scheduled; arrays of shape (n,)."""

    forecasts: tuple[Forecast, ...]
    """Passes, then the joint contacts of each pair; behind those of each, parts of them."""
    kind: IntArray
    """Which of the forecasts each is in."""
    row: IntArray
    """Which of its contacts, or parts of them, it is."""
    contacts: IntArray
    """For each its row among the contacts of all forecasts behind each other, without parts; for
    a part that of its contact."""
    in_part: BoolArray
    """Which of them are parts of a contact."""
    clashes_left: int
    """Clashes at which no contact is cut: there are too many."""
    block: IntArray
    """Its block, counted from 0."""
    gathers: tuple[BlockSpan, ...]
    """How long each block gathers, one a block."""
    divided_for: tuple[tuple[frozenset[int], ...], ...]
    """Pairs of stations at whose deadlines what would be one block is divided, into each block and
    others; none for a block that is whole."""
    opening: Opening | None
    """Contacts flown before the window, which stand behind all others; None for none."""
    in_force: BoolArray | None
    """Which are flown as in the plan in force; None without one."""
    problem: Problem
    """What the planner sees."""
    plannable: Plannable
    """The same contacts as rules see them."""
    supplies: Mapping[int, Sunlight]
    """Sunlight of the satellites whose bus is given."""

    @property
    def moment_s(self) -> FloatArray:
        """When the satellite stands highest at one station; when a joint contact begins. [s]"""
        found = self.problem.start_s.copy()
        for number, forecast in enumerate(self.forecasts):
            mine = (self.kind == number) & (self.problem.partner < 0)
            found[mine] = forecast.contacts.listed_s[self.row[mine]]
        return found

    @property
    def clear_probability(self) -> FloatArray:
        """Chance of a clear sky of each; 1 where no weather is given."""
        found = np.ones(self.kind.size)
        for number, forecast in enumerate(self.forecasts):
            mine = self.kind == number
            found[mine] = forecast.yields.clear_probability[self.row[mine]]
        return np.where(np.isfinite(found), found, 1.0)

    def tempered(self, exponent: float) -> Problem:
        """Return the problem with clicks worth less where it is often cloudy.

        What is collected, or the key of a contact that is a block by itself, counts the chance of a
        clear sky to the power of ``exponent``.
        """
        share = self.clear_probability**exponent
        bits = self.problem.key_bits * share
        if self.problem.blocks is None:
            return replace(self.problem, key_bits=bits)
        forecasts = []
        for number, forecast in enumerate(self.forecasts):
            mine, own = self.kind == number, np.ones(len(forecast))
            own[self.row[mine]] = share[mine]
            weighted = forecast.yields.collected.weighted(own)
            yields = replace(forecast.yields, collected=weighted)
            forecasts.append(replace(forecast, yields=yields))
        keys = pooled_keys(forecasts, self.kind, self.row, bits, self.opening)
        several = np.array([gathers != "pass" for gathers in self.gathers], dtype=np.bool_)
        pooled = np.flatnonzero(several[self.block])
        bits[pooled] = keys.together(Groups.by(np.arange(pooled.size), pooled))
        return replace(
            self.problem, key_bits=bits, blocks=replace(self.problem.blocks, key_of=keys)
        )


def candidates_of(  # noqa: PLR0915
    forecasts: Sequence[Forecast],
    *,
    period: BlockSpan | None = None,
    undivided: Collection[frozenset[int]] = (),
    keeping: Keeping | None = None,
    sooner: Mapping[frozenset[int], float] | None = None,
) -> Candidates:
    """Gather the contacts that could make key, alone or with others of their block.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    period
        How long blocks gather, in place of what the mission says.
    undivided
        Pairs of stations whose deadlines divide no block.
    keeping
        What is kept of the plan in force; None without one.
    sooner
        Pairs whose deadlines divide blocks at another instant, and no later; None for none. [s]
    """
    keeping = Keeping() if keeping is None else keeping
    mission = forecasts[0].mission
    deadlines = [
        replace(one, by_s=min(one.by_s, (sooner or {}).get(one.stations, one.by_s)))
        for one in deadlines_of(forecasts[0])
        if one.stations not in undivided
    ]
    banned = named(forecasts, mission.banned, what="banned")
    pinned = named(forecasts, mission.pinned, what="pinned")
    for number, rule in enumerate(mission.rules):
        named(forecasts, rule.contact_keys, what=f"rules[{number}].contacts")
    possible = [
        (one.yields.usable_s > 0.0) & ~out & ~keeping.too_late(one)
        for one, out in zip(forecasts, banned, strict=True)
    ]
    require_candidates(forecasts, pinned, possible)
    kinds, rows, blocks = [], [], []
    gathers: list[BlockSpan] = []
    divided_for: list[tuple[frozenset[int], ...]] = []
    opening = opening_of(forecasts[0])
    keyed = forecasts[0] if opening is None else opening.behind(forecasts[0])
    opened = np.full(0 if opening is None else len(opening), -1)
    for number, forecast in enumerate(forecasts):
        bits = forecast.yields.made.bits
        for own in same_ends(forecast, np.flatnonzero(possible[number])):
            craft = int(forecast.contacts.satellite[own[0]])
            stations = frozenset(int(ends[own[0]]) for ends in forecast.contacts.stations)
            gathered = period or mission.block_period(craft, stations)
            alone = (bits[own] > 0) | pinned[number][own]
            kept = own[alone] if gathered == "pass" else own
            before = flown_at(opening, craft, stations) if kept.size else opened[:0]
            require_open(mission, opening, before, gathered)
            own_keyed = keyed if number == 0 else forecast
            groups = (
                divided(own_keyed, kept, gathered, before=len(forecast) + before)[0]
                if kept.size
                else []
            )
            for group in groups:
                pairs = dividing(
                    deadlines, forecast, group, np.zeros(0) if opening is None else opening.ready_s
                )
                for members, early in cut_open(deadlines, forecast, [group], opening):
                    if not members.size:
                        continue
                    kinds.append(np.full(members.size, number))
                    rows.append(members)
                    blocks.append(np.full(members.size, len(gathers)))
                    opened[early] = len(gathers)
                    gathers.append(gathered)
                    divided_for.append(pairs)
    nothing = np.zeros(0, dtype=np.int64)
    kind, row, block = (np.concatenate([nothing, *part]) for part in (kinds, rows, blocks))
    order = np.lexsort((row, kind))
    kind, row, block = kind[order], row[order], block[order]
    forced = np.zeros(kind.size, dtype=np.bool_)
    for number, wanted in enumerate(pinned):
        forced[kind == number] = wanted[row[kind == number]]
    whole = replace(_problem(forecasts, (kind, row, block), gathers), pinned=forced)
    longest_s = np.array([ground.terminal.longest_gap_s for ground in mission.stations])
    whole = replace(whole, station_gap_s=longest_s)
    supplies = supplies_of(forecasts[0])
    parts = _parts(forecasts, (kind, row), whole, supplies)
    parts, held = with_parts_in_force(parts, kind, row, keeping)
    of, begins = parts.of, np.cumsum([0, *(len(one) for one in forecasts)])
    every = np.concatenate((np.arange(kind.size), of))
    places = (kind[every], np.concatenate((row, parts.row)), block[every])
    problem = _problem(parts.forecasts, places, gathers, part_of=every if of.size else None)
    plannable = _plannable(parts.forecasts, places[:2], problem)
    found = Candidates(
        forecasts=parts.forecasts,
        kind=places[0],
        row=places[1],
        contacts=(begins[kind] + row)[every],
        in_part=np.arange(every.size) >= kind.size,
        clashes_left=parts.clashes_left,
        block=places[2],
        gathers=tuple(gathers),
        divided_for=tuple(divided_for),
        opening=opening,
        in_force=held.exact if keeping.contacts else None,
        problem=_with_rules(
            mission,
            replace(
                problem.with_few_deadlines(),
                pinned=held.pinned(forced[every] & (np.arange(every.size) < kind.size), every),
                kept_bits=held.worth_bits if held.worth_bits.any() else None,
            ),
            plannable,
            (
                *turn_rules(parts.forecasts, places[:2], plannable),
                *energy_rules(mission, supplies, plannable),
            ),
        ),
        plannable=plannable,
        supplies=supplies,
    )
    return found if opening is None else _opened(found, opening, opened, period)


def _parts(
    forecasts: Sequence[Forecast],
    places: tuple[IntArray, IntArray],
    whole: Problem,
    supplies: Mapping[int, Sunlight],
) -> Parts:
    """Cut candidates, whose forecast and row are given, where they clash or energy is short."""
    if not forecasts[0].mission.in_part:
        return no_parts(forecasts)
    listed = _plannable(forecasts, places, whole)
    saving = parts_for_energy(forecasts, places, whole, listed, supplies)
    return parts_between(forecasts, *places, whole, saving)


def _opened(
    found: Candidates, opening: Opening, block: IntArray, period: BlockSpan | None
) -> Candidates:
    """Put contacts flown before behind the others.

    Parameters
    ----------
    found
        Contacts of the window.
    opening
        Those before.
    block
        Block of each of these; -1 where no contact of the window is in it.
    period
        How long blocks gather, in place of what the mission says.
    """
    mission, count = found.forecasts[0].mission, len(opening)
    gathers, alone = list(found.gathers), dict[tuple[int, int], int]()
    for number in np.flatnonzero(block < 0).tolist():
        flown = opening.contacts[number]
        gathered = period or mission.block_period(flown.satellite, frozenset((flown.station,)))
        require_open(mission, opening, np.array([number]), gathered)
        place = flown.satellite, flown.station
        if place not in alone:
            alone[place] = len(gathers)
            gathers.append(gathered)
        block[number] = alone[place]
    places = found.kind, found.row
    total = sum(len(one) for one in found.forecasts) - int(np.count_nonzero(found.in_part))
    return replace(
        found,
        kind=np.append(found.kind, np.full(count, KIND)),
        row=np.append(found.row, np.arange(count)),
        contacts=np.append(found.contacts, total + np.arange(count)),
        in_part=np.append(found.in_part, np.zeros(count, dtype=np.bool_)),
        block=np.append(found.block, block),
        in_force=None
        if found.in_force is None
        else np.append(found.in_force, np.zeros(count, dtype=np.bool_)),
        gathers=tuple(gathers),
        divided_for=(*found.divided_for, *[()] * (len(gathers) - len(found.gathers))),
        problem=with_opening(
            found.problem, found.forecasts, places, opening, block
        ).with_few_deadlines(),
    )


def _plannable(
    forecasts: Sequence[Forecast], places: tuple[IntArray, IntArray], problem: Problem
) -> Plannable:
    """Describe contacts, whose forecast and row are given, as rules see them."""
    mission, timebase = forecasts[0].mission, forecasts[0].timebase
    at = list(zip(*(own.tolist() for own in places), strict=True))
    ends = zip(problem.station.tolist(), problem.partner.tolist(), strict=True)
    begin_s = timebase.seconds(mission.start)
    flown = [mission.spacecraft[one].satellite for one in problem.satellite.tolist()]
    numbers = [revolutions(mission, one.contacts.arms[0]) for one in forecasts]
    return Plannable(
        satellite=tuple(one.name for one in flown),
        design=tuple(design_name(one) for one in flown),
        revolution=np.array([numbers[kind][row] for kind, row in at], dtype=np.int64),
        stations=tuple(
            tuple(mission.stations[one].site.name for one in own if one >= 0) for own in ends
        ),
        contact_key=tuple(forecasts[kind].contact_key[row] for kind, row in at),
        start_s=problem.start_s - begin_s,
        end_s=problem.end_s - begin_s,
        sifted_bits=np.array(
            [forecasts[kind].yields.keys.sifted_bits[row] for kind, row in at], dtype=np.float64
        ),
    )


def _with_rules(
    mission: Mission,
    problem: Problem,
    contacts: Plannable,
    more: Iterable[Rule],
) -> Problem:
    """Add the mission's rules and more, and refuse pins that break them or clash."""
    asked = (rule for one in mission.rules for rule in one.rules(contacts))
    ruled = replace(problem, rules=(*asked, *more))
    if ruled.in_any_case.any():
        require_together(ruled, clash_cliques(ruled), contacts.contact_key)
    return ruled


def _problem(
    forecasts: Sequence[Forecast],
    places: tuple[IntArray, IntArray, IntArray],
    gathers: Sequence[BlockSpan],
    *,
    part_of: IntArray | None = None,
) -> Problem:
    """Write the problem of the contacts, whose forecast, row and block are given.

    With parts a block holds a contact that is a block by itself, and the parts of it.
    """
    kind, row, block = places
    mission, timebase = forecasts[0].mission, forecasts[0].timebase

    def column(get: Callable[[Forecast], np.ndarray]) -> np.ndarray:
        columns = [get(one) for one in forecasts]
        found = np.zeros(kind.size, dtype=columns[0].dtype)
        for number, values in enumerate(columns):
            mine = kind == number
            found[mine] = values[row[mine]]
        return found

    several = any(gathered != "pass" for gathered in gathers)
    alone = np.array([gathered == "pass" for gathered in gathers], dtype=np.bool_)
    made = column(lambda one: one.yields.made.bits).astype(np.float64)
    own = column(lambda one: one.yields.keys.secure_bits).astype(np.float64)
    key_bits = np.where(alone[block], made, own) if several else made
    keys = PooledKeys(forecasts=tuple(forecasts), kind=kind, row=row, bits=key_bits)
    satellite = column(lambda one: one.contacts.satellite)
    end_s = column(lambda one: one.yields.usable_end_s)
    return Problem(
        satellite=satellite,
        station=column(lambda one: one.contacts.stations[0]),
        partner=column(lambda one: one.contacts.partner),
        start_s=column(lambda one: one.yields.usable_start_s),
        end_s=end_s,
        key_bits=key_bits,
        satellite_gap_s=np.array([craft.payload.slew_s for craft in mission.spacecraft]),
        station_gap_s=np.array([ground.terminal.gap_s for ground in mission.stations]),
        demands=tuple(
            _asked(demand, own, timebase)
            for demand, own in zip(mission.demands, milestones_of(mission, timebase), strict=True)
        ),
        ready_s=end_s + distilling_s(mission)[satellite],
        spare_weight=mission.spare_weight,
        blocks=Blocks(number=block, key_of=keys, dear=keys.dear(block) & several)
        if several or part_of is not None
        else None,
        part_of=part_of,
        stock_bits=_stock_bits(mission),
        memory_bits=np.array([craft.key_store_bits or math.inf for craft in mission.spacecraft]),
        window_s=_window_s(mission, timebase),
    )


def _window_s(mission: Mission, timebase: Timebase) -> tuple[float, float]:
    """Beginning and end of the window. [s]"""
    begin_s = timebase.seconds(mission.start)
    return begin_s, begin_s + mission.duration_s


def _stock_bits(mission: Mission) -> FloatArray | None:
    """Key that each pool holds at the beginning, at satellite · stations + station. [bit]"""
    if not mission.stock:
        return None
    held = np.zeros((len(mission.spacecraft), len(mission.stations)))
    for one in mission.stock:
        held[one.spacecraft, one.station] = one.bits
    return held.ravel()


def _asked(demand: Demand, milestones: tuple[Milestone, ...], timebase: Timebase) -> Asked:
    """Return a demand as the planner sees it."""
    return Asked(
        station_a=demand.station_a,
        station_b=demand.station_b,
        weight=demand.weight,
        trusted_relay=demand.trusted_relay,
        milestones=milestones,
        priority=demand.priority,
        by_s=math.inf if demand.by is None else timebase.seconds(demand.by),
        max_age_s=math.inf if demand.max_age_s is None else demand.max_age_s,
    )
