"""What a plan chooses from: contacts with the blocks they can be distilled in, as one problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.rules import Plannable
from satqkd.network.contact_parts import Parts, no_parts, parts_between
from satqkd.network.deadlines import deadlines_of
from satqkd.network.energy import energy_rules, supplies_of
from satqkd.network.energy_cuts import parts_for_energy
from satqkd.network.grouped import Grouped, grouped_in_blocks
from satqkd.network.keeping import Keeping, with_parts_in_force
from satqkd.network.opening import (
    KIND,
    Opening,
    opening_of,
    pooled_keys,
    require_open,
    with_opening,
)
from satqkd.network.pins import named, require_candidates
from satqkd.network.poor_ends import parts_without_poor_ends, without_poor_ends
from satqkd.network.problem_of import plannable_of, problem_of, with_rules
from satqkd.network.turns import turn_rules
from satqkd.passes.sunlight import Sunlight
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
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


def candidates_of(
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
    mission, opening = forecasts[0].mission, opening_of(forecasts[0])
    banned = named(forecasts, mission.banned, what="banned")
    pinned = named(forecasts, mission.pinned, what="pinned")
    for number, rule in enumerate(mission.rules):
        named(forecasts, rule.contact_keys, what=f"rules[{number}].contacts")
    possible = [
        (one.yields.usable_s > 0.0) & ~out & ~keeping.too_late(one)
        for one, out in zip(forecasts, banned, strict=True)
    ]
    require_candidates(forecasts, pinned, possible)
    grouped = grouped_in_blocks(
        forecasts,
        possible,
        pinned,
        opening,
        period=period,
        deadlines=deadlines_of(forecasts[0], undivided=undivided, sooner=sooner),
    )
    found = _with_parts(forecasts, grouped, pinned, opening, keeping)
    return found if opening is None else _opened(found, opening, grouped.opened, period)


def _with_parts(
    forecasts: Sequence[Forecast],
    grouped: Grouped,
    pinned: Sequence[BoolArray],
    opening: Opening | None,
    keeping: Keeping,
) -> Candidates:
    """Add the parts in which contacts can be flown beside others, and write the problem of all."""
    mission = forecasts[0].mission
    kind, row, block = grouped.kind, grouped.row, grouped.block
    forced = np.zeros(kind.size, dtype=np.bool_)
    for number, wanted in enumerate(pinned):
        forced[kind == number] = wanted[row[kind == number]]
    whole = problem_of(forecasts, (kind, row, block), grouped.gathers)
    longest_s = np.array([ground.terminal.longest_gap_s for ground in mission.stations])
    whole = replace(whole, pinned=forced, station_gap_s=longest_s)
    supplies = supplies_of(forecasts[0])
    parts = _parts(forecasts, (kind, row), whole, supplies)
    parts, held = with_parts_in_force(parts, kind, row, keeping)
    of, begins = parts.of, np.cumsum([0, *(len(one) for one in forecasts)])
    every = np.concatenate((np.arange(kind.size), of))
    in_part = np.arange(every.size) >= kind.size
    places = (kind[every], np.concatenate((row, parts.row)), block[every])
    problem = problem_of(
        parts.forecasts, places, grouped.gathers, part_of=every if of.size else None
    )
    plannable = plannable_of(parts.forecasts, places[:2], problem)
    return Candidates(
        forecasts=parts.forecasts,
        kind=places[0],
        row=places[1],
        contacts=(begins[kind] + row)[every],
        in_part=in_part,
        clashes_left=parts.clashes_left,
        block=places[2],
        gathers=grouped.gathers,
        divided_for=grouped.divided_for,
        opening=opening,
        in_force=held.exact if keeping.contacts else None,
        problem=with_rules(
            mission,
            replace(
                problem.with_few_deadlines(),
                pinned=held.pinned(forced[every] & ~in_part, every),
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


def _parts(
    forecasts: Sequence[Forecast],
    places: tuple[IntArray, IntArray],
    whole: Problem,
    supplies: Mapping[int, Sunlight],
) -> Parts:
    """Cut candidates, of these forecasts and rows, where they are poor, clash or lack energy."""
    if not forecasts[0].mission.in_part:
        return no_parts(forecasts)
    listed = plannable_of(forecasts, places, whole)
    saving = parts_for_energy(forecasts, places, whole, listed, supplies)
    good = parts_without_poor_ends(forecasts, places, whole)
    return parts_between(forecasts, *places, without_poor_ends(whole, good), good.beside(saving))


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
    mission, count, block = found.forecasts[0].mission, len(opening), block.copy()
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
