"""From a forecast to a schedule and the keys it delivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.errors import SolverError
from satqkd.forecast.forecast import Forecast
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solvers import SOLVERS
from satqkd.schedule.verify import verify
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A schedule with the forecast it rests on."""

    forecast: Forecast
    contact: IntArray
    """Index of the pass behind each contact of ``problem``."""
    problem: Problem
    solution: Solution
    status: tuple[str, ...]
    """For every pass: ``scheduled``, ``candidate`` (could be flown, was not) or ``rejected``."""
    reason: tuple[str, ...]
    """For every pass not scheduled, why; empty for scheduled ones."""


def plan(forecast: Forecast, *, solver: str = "milp") -> Plan:
    """Choose the passes to fly and route their keys.

    Parameters
    ----------
    forecast
        Every pass with its key.
    solver
        Key of :data:`satqkd.schedule.solvers.SOLVERS`.

    Returns
    -------
    Plan
        Verified by a check that shares no code with the solver.

    Raises
    ------
    SolverError
        If the solver fails, or its answer does not pass the check.
    """
    contact = np.flatnonzero([reason is None for reason in forecast.reject_reason])
    problem = _problem(forecast, contact)
    solution = SOLVERS[solver](problem)
    violations = verify(problem, solution)
    if violations:
        raise SolverError("the plan does not pass its own check: " + "; ".join(violations))
    chosen = np.zeros(len(forecast.passes), dtype=np.bool_)
    chosen[contact[solution.chosen]] = True
    status, reason = [], []
    for index, obstacle in enumerate(forecast.reject_reason):
        if obstacle is not None:
            status.append("rejected")
            reason.append(obstacle)
        elif chosen[index]:
            status.append("scheduled")
            reason.append("")
        else:
            status.append("candidate")
            reason.append(_why_not(forecast, chosen, index))
    return Plan(
        forecast=forecast,
        contact=contact,
        problem=problem,
        solution=solution,
        status=tuple(status),
        reason=tuple(reason),
    )


def _problem(forecast: Forecast, contact: IntArray) -> Problem:
    """Contacts, gaps and demands of a mission."""
    mission = forecast.mission
    return Problem(
        satellite=forecast.passes.satellite[contact],
        station=forecast.passes.station[contact],
        start_s=forecast.usable_start_s[contact],
        end_s=forecast.usable_end_s[contact],
        key_bits=forecast.keys.secure_bits[contact].astype(np.float64),
        satellite_gap_s=np.array([craft.payload.slew_s for craft in mission.spacecraft]),
        station_gap_s=np.array([ground.terminal.gap_s for ground in mission.stations]),
        demands=mission.demands,
        spare_weight=mission.spare_weight,
        partner=np.full(contact.size, -1),
    )


def _why_not(forecast: Forecast, chosen: np.ndarray, index: int) -> str:
    """Say which scheduled pass stands in the way of a candidate, or that nothing asks for it."""
    mission, passes = forecast.mission, forecast.passes
    start, end = forecast.usable_start_s, forecast.usable_end_s
    slew_s = mission.spacecraft[passes.satellite[index]].payload.slew_s
    setup_s = mission.stations[passes.station[index]].terminal.gap_s
    for gap_s, resource, what in (
        (slew_s, passes.satellite, "satellite"),
        (setup_s, passes.station, "station"),
    ):
        near = (start < end[index] + gap_s) & (start[index] < end + gap_s)
        busy = np.flatnonzero(chosen & near & (resource == resource[index]))
        if busy.size:
            other = int(busy[0])
            with_whom = (
                mission.stations[passes.station[other]].site.name
                if what == "satellite"
                else mission.spacecraft[passes.satellite[other]].satellite.name
            )
            return f"clash: {what} serves {with_whom} at {_when(forecast, other, index)}"
    return "not needed: no demand is better served by it"


def _when(forecast: Forecast, other: int, index: int) -> str:
    """Return when ``other`` stands highest, with the date only if ``index`` has another one."""
    both = forecast.passes.culmination_s[[other, index]]
    (day, _, clock), (own_day, _, _) = (
        instant.partition("T") for instant in forecast.timebase.iso(both, digits=0)
    )
    return clock if day == own_day else f"{day}T{clock}"
