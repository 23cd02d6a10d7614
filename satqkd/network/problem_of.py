"""The planner's problem, written from forecasts: contacts, blocks, demands and rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from satqkd.elements.synthetic import design_name
from satqkd.forecast.contact_id import revolutions
from satqkd.forecast.forecast import Forecast
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.mission.rules import Plannable
from satqkd.network.deadlines import distilling_s
from satqkd.network.milestones import milestones_of
from satqkd.network.pins import require_together
from satqkd.network.pooled_keys import Collected, PooledKeys, key_by_itself
from satqkd.passes.timebase import Timebase
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.demand import Demand as Asked
from satqkd.schedule.demand import Milestone
from satqkd.schedule.problem import Blocks, Problem
from satqkd.schedule.rules import Rule
from satqkd.units import FloatArray, IntArray


def plannable_of(
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


def with_rules(
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


def problem_of(
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
    key_bits = np.zeros(kind.size)
    for number, one in enumerate(forecasts):
        mine = np.flatnonzero(kind == number)
        key_bits[mine] = key_by_itself(one.yields, rows=row[mine], alone=alone[block[mine]])
    collected = tuple(Collected.of(one.yields) for one in forecasts)
    keys = PooledKeys(collected=collected, kind=kind, row=row, bits=key_bits)
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
