"""What a plan would gain if one thing were different: the mission changed, and planned again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from satqkd.errors import NonPhysicalError, SatqkdError, SatqkdWarning, SolverError
from satqkd.mission.mission import Mission
from satqkd.network.changes import MOST_STATIONS, Change, changes_of, without_deadlines
from satqkd.network.one_more_pass import one_more_pass
from satqkd.network.plan import Plan, plan, plan_of
from satqkd.network.second_terminal import contested, with_second_terminal
from satqkd.network.served import served
from satqkd.network.setting import Setting
from satqkd.network.settings_of_plan import settings_of, with_settings
from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.delivery import delivered_bits, reached_bits
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a changed mission gives, planned as the mission itself was."""

    change: Change
    """With the values that the files took."""
    passes_with_key: int
    """Passes that make key by themselves."""
    scheduled: int
    """Contacts scheduled."""
    made_bits: int
    """Key of all blocks. [bit]"""
    delivered_bits: int
    """Key delivered to pairs that asked for it. [bit]"""
    gain_bits: float
    """Worth beyond that of the plan as it is, as the planner counts. [bit]"""
    amounts_met: int | None
    """Amounts that are there in time, each night or day one; None where none is asked for."""


def what_if(
    as_it_is: Plan, *, progress: Callable[[int, int], None] | None = None
) -> tuple[WhatIf, ...]:
    """Plan every changed mission under a clear sky, best first.

    Parameters
    ----------
    as_it_is
        The plan of the mission itself.
    progress
        Called with the number of missions planned, and of all.

    Returns
    -------
    tuple[WhatIf, ...]
        One for each change that the files can take. What cannot be planned is left out, and Ctrl-C
        leaves out the rest; a warning says so.

    Raises
    ------
    SatqkdError
        If the mission was not read from files.
    """
    mission = as_it_is.mission
    if mission.origin is None:
        raise SatqkdError(
            "what a plan would gain is asked of missions read from files\n"
            "  fix: load the mission with load_mission"
        )
    if as_it_is.value != "clear":
        as_it_is = plan_of(as_it_is.forecasts, stakes=False)
        _go_on(as_it_is.solution)
    settings = _settings(as_it_is)
    changes = tuple(changes_of(mission))
    stations = np.unique(as_it_is.problem.station[~as_it_is.problem.joint]).tolist()
    late = sum(1 for _ in without_deadlines(mission))
    scarce = contested(as_it_is.problem)[:MOST_STATIONS]
    total = len(changes) + late + len(stations) + len(scarce) + bool(settings)
    found: list[WhatIf] = []

    asked = _each(as_it_is, changes, stations, scarce, settings)
    for done, (change, made) in enumerate(asked):
        try:
            one = made()
        except KeyboardInterrupt:
            _warn(f"is stopped by Ctrl-C after {done} of {total} changes")
            break
        except SolverError:
            raise
        except SatqkdError as error:
            why = str(error).partition("\n")[0]
            _warn(f"leaves out {change.what}, {change.after}: {why}")
            one = None
        found.extend(() if one is None else (one,))
        if progress is not None:
            progress(done + 1, total)
    return tuple(sorted(found, key=lambda one: (-(one.amounts_met or 0), -one.gain_bits)))


def _each(
    as_it_is: Plan,
    changes: tuple[Change, ...],
    stations: list[int],
    scarce: list[int],
    settings: tuple[Setting, ...],
) -> Iterator[tuple[Change, Callable[[], WhatIf | None]]]:
    """Yield each change, and what plans with it."""
    mission, worth = as_it_is.mission, as_it_is.solution.objective
    for change in changes:
        yield change, partial(_planned, mission, change, worth)
    for change, changed in without_deadlines(mission):
        yield change, partial(_judged, change, changed, worth)
    for station in stations:
        name = mission.stations[station].site.name
        change = Change(what=f"one more pass over {name}", before="none", after="one")
        yield change, partial(_with_one_more, as_it_is, station)
    for station in scarce:
        name = mission.stations[station].site.name
        change = Change(
            what=f"terminals at {name}", before="1", after="2, for two satellites at once"
        )
        yield change, partial(_with_second_terminal, as_it_is, change, station)
    if settings:
        change = Change(what="what is sent", before="as stated", after="best for the blocks")
        yield change, partial(_judged, change, with_settings(mission, settings), worth)


def _warn(text: str) -> None:
    warnings.warn(f"--what-if {text}", SatqkdWarning, stacklevel=3)


def _settings(as_it_is: Plan) -> tuple[Setting, ...]:
    """Return what sources could be set to; nothing where that cannot be sought, or is no better."""
    try:
        found = as_it_is.settings or settings_of(as_it_is)
    except NonPhysicalError:
        return ()
    return found if any(one.best_bits > one.stated_bits for one in found) else ()


def _with_one_more(as_it_is: Plan, station: int) -> WhatIf | None:
    """Plan with one pass more over a station; None where no pass of it could bring key."""
    pooled = as_it_is.blocks.pooled
    found = one_more_pass(as_it_is.problem, pooled, station, as_it_is.mission.solver)
    if found is None:
        return None
    problem, solution, like = found
    row = int(as_it_is.candidate_rows[like])
    name = as_it_is.mission.stations[station].site.name
    change = Change(
        what=f"one more pass over {name}",
        before="none",
        after=f"like {as_it_is.forecast.contact_key[row]}",
    )
    more = int(as_it_is.passes.made.bits[row] > 0)
    return _of_problem(as_it_is, change, problem, solution, more_with_key=more)


def _with_second_terminal(as_it_is: Plan, change: Change, station: int) -> WhatIf:
    """Plan with two terminals at a station."""
    name = as_it_is.mission.stations[station].site.name
    problem = with_second_terminal(as_it_is.problem, station, name)
    return _of_problem(as_it_is, change, problem, solve(problem, as_it_is.mission.solver))


def _of_problem(
    as_it_is: Plan, change: Change, problem: Problem, solution: Solution, *, more_with_key: int = 0
) -> WhatIf:
    """Say what another problem than that of a plan gives."""
    _go_on(solution)
    violations = verify(problem, solution)
    if violations:
        raise SolverError("what-if does not pass its own check: " + "; ".join(violations))
    keys = problem.block_bits(solution.chosen)
    delivered = delivered_bits(problem, keys, solution.deliveries)
    amounts = amounts_of(problem, 0.0)
    met = None
    if amounts is not None:
        reached = reached_bits(problem, amounts, keys, solution.deliveries)
        met = int(np.count_nonzero(reached >= amounts.needed_bits))
    with_key = int(np.count_nonzero(as_it_is.passes.made.bits > 0))
    return WhatIf(
        change=change,
        passes_with_key=with_key + more_with_key,
        scheduled=int(solution.chosen.sum()),
        made_bits=int(keys.sum()),
        delivered_bits=int(delivered.sum()),
        gain_bits=solution.objective - as_it_is.solution.objective,
        amounts_met=met,
    )


def _go_on(solution: Solution) -> None:
    """Pass Ctrl-C on that ended a search: a plan cut short is no answer to what would be."""
    if solution.status == "stopped":
        raise KeyboardInterrupt


def _changed(mission: Mission, change: Change) -> tuple[Mission, Change] | None:
    """Return the mission with a change, and what of that its files took; None for nothing."""
    taken = []
    for path, value in change.values:
        try:
            mission = mission.replace(path, value)
        except (SatqkdError, NonPhysicalError):
            continue
        taken.append((path, value))
    return (mission, replace(change, values=tuple(taken))) if taken else None


def _planned(mission: Mission, change: Change, worth: float) -> WhatIf | None:
    """Plan with a change; None where the files have no place for it."""
    found = _changed(mission, change)
    if found is None:
        return None
    changed, taken = found
    return _judged(taken, changed, worth)


def _judged(change: Change, mission: Mission, worth: float) -> WhatIf:
    made = plan(mission, stakes=False)
    _go_on(made.solution)
    return WhatIf(
        change=change,
        passes_with_key=int(np.count_nonzero(made.passes.made.bits > 0)),
        scheduled=int(made.solution.chosen.sum()),
        made_bits=int(made.blocks.bits.sum()),
        delivered_bits=sum(one.bits for one in made.solution.deliveries)
        + int(made.windows.planned_bits[made.windows.scheduled].sum()),
        gain_bits=made.solution.objective - worth,
        amounts_met=sum(one.amounts_met for one in served(made))
        if any(demand.asks for demand in made.mission.demands)
        else None,
    )
