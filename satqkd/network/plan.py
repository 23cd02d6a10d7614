"""From contacts and their yields to a schedule and the keys it delivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from satqkd.errors import SatqkdError, SolverError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.forecast.yields import Made
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.bus import EnergyUse
from satqkd.mission.mission import Mission, require_mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.candidates import Candidates, candidates_of
from satqkd.network.decided import Decided
from satqkd.network.energy import energy_used
from satqkd.network.for_weather import Judged, planned_for_weather
from satqkd.network.keeping import Keeping
from satqkd.network.missed import Missed, missed_of
from satqkd.network.outlook import REALISATIONS, PlanOutlook, drawn_weather
from satqkd.network.planned_blocks import PlannedBlocks, planned_blocks
from satqkd.network.setting import Setting
from satqkd.network.undivided import chosen_from
from satqkd.network.why_not import WhyNot
from satqkd.passes.find import Progress
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.effort import Effort
from satqkd.schedule.fair import Fair, solve_fair
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.verify import verify
from satqkd.units import IntArray
from satqkd.weather.clear_sky import Draws

Value = Literal["clear", "expected"]
"""What a plan is best for: a clear sky, or the mean over the weather."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A schedule with the forecasts it rests on."""

    forecasts: tuple[Forecast, ...]
    """Passes, then the joint contacts of each pair; without series."""
    value: Value
    """What it is best for."""
    problem: Problem
    """With the key of a clear sky."""
    solution: Solution
    outlook: PlanOutlook | None
    """What the weather makes of it; None where nothing was drawn."""
    judged: Judged | None
    """What it was chosen from; None for a plan for a clear sky."""
    fair: Fair | None
    """How fair it is; None where the mission does not ask for that."""
    blocks: PlannedBlocks
    """What is distilled together."""
    opening: tuple[OpeningCounts, ...]
    """Contacts flown before the window, which stand behind all others of the problem."""
    candidate_rows: IntArray
    """For each contact of the problem its row among all contacts: passes, then joint ones, then
    those flown before; for a part that of its contact."""
    clashes_left: int
    """Clashes at which no contact could be flown in part: there are too many."""
    passes: Decided
    """What is decided about passes, in the order of ``forecast``."""
    windows: Decided
    """What is decided about joint contacts, in the order of ``joint``."""
    missed: tuple[Missed, ...]
    """What stands in the way of each pass, and what that costs; then of each joint contact."""
    energy: tuple[EnergyUse, ...]
    """What it takes of the energy of each satellite whose bus is given."""
    scheduled_key: Mapping[int, int]
    """Passes scheduled, alone or as one arm of a joint contact, and the key of each. [bit]"""
    settings: tuple[Setting, ...] = ()
    """What sources could be set to, or are; empty where that was not sought."""
    optimised: bool = False
    """Whether it is the plan of the best of :attr:`settings`, not of what the mission states."""

    @property
    def mission(self) -> Mission:
        """What is planned."""
        return self.forecast.mission

    @property
    def forecast(self) -> Forecast:
        """The passes."""
        return self.forecasts[0]

    @property
    def joint(self) -> tuple[Forecast, ...]:
        """The joint contacts of each pair."""
        return self.forecasts[1:]

    @property
    def empty(self) -> bool:
        """Whether nothing is scheduled, nor delivered of stock."""
        return not self.solution.chosen.any() and not self.solution.deliveries

    @property
    def scheduled_keys(self) -> frozenset[str]:
        """Contact keys of what it schedules, whole or in part."""
        keys = [key for forecast in self.forecasts for key in forecast.contact_key]
        rows = self.candidate_rows[self.solution.chosen].tolist()
        return frozenset(keys[row] for row in rows if row < len(keys))

    def of_joint(self, values: np.ndarray) -> list[np.ndarray]:
        """Divide values of all joint contacts among :attr:`joint`."""
        ends = np.cumsum([len(one) for one in self.joint])
        return np.split(values, ends[:-1]) if self.joint else []


def _scheduled_key(forecast: Forecast, own: Decided, windows: Decided) -> dict[int, int]:
    """Passes scheduled, alone or as one arm of a joint contact, and their key. [bit]"""
    passes = forecast.passes
    found = {
        index: int(own.planned_bits[index]) for index in np.flatnonzero(own.scheduled).tolist()
    }
    for window in np.flatnonzero(windows.scheduled).tolist():
        for station in (windows.station[window], windows.partner[window]):
            sides = (
                (passes.satellite == windows.satellite[window])
                & (passes.station == station)
                & (passes.rise_s <= windows.start_s[window])
                & (passes.set_s >= windows.end_s[window])
            )
            for index in np.flatnonzero(sides).tolist():
                found[index] = found.get(index, 0) + int(windows.planned_bits[window])
    return found


def plan(
    mission: Mission,
    *,
    value: Value = "clear",
    draws: Draws | None = None,
    period: BlockSpan | None = None,
    effort: Effort | None = None,
    keeping: Keeping | None = None,
    stakes: bool = True,
    progress: Progress | None = None,
    told: Told | None = None,
    jobs: int = 1,
) -> Plan:
    """Choose the contacts of a mission to schedule, and route the keys.

    Parameters
    ----------
    mission
        Satellites, stations, window and demands.
    value
        Whether to plan for a clear sky or for the mean over the weather.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    period
        How long contacts are gathered for a key block, in place of what the mission says.
    effort
        How long the planner tries; None for what the mission says.
    keeping
        What is kept of the plan in force; None without one.
    stakes
        Whether to work out what limits cost the contacts that they hide, and what would free them.
    progress
        Called with the number of satellites searched.
    told
        Called with the worth of the plan so far and the bound. [bit]
    jobs
        Processes that share the forecast; the plan is the same for any number.

    Returns
    -------
    Plan
        Searched once, followed in chunks; yields are kept, series are not.

    Raises
    ------
    SatqkdError
        For the mean over the weather where nothing is drawn.
    WrongTypeError
        If it is given no mission, but its path.
    SolverError
        If the solver fails, or its answer does not pass the check.
    """
    require_mission(mission, by="plan")
    forecasts = forecasts_of(mission, draws=draws, progress=progress, jobs=jobs)
    return plan_of(
        forecasts,
        value=value,
        period=period,
        effort=effort,
        keeping=keeping,
        stakes=stakes,
        told=told,
    )


def forecasts_of(
    mission: Mission,
    *,
    draws: Draws | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
) -> list[Forecast]:
    """Forecast all that a plan chooses from: passes, then joint contacts pair by pair."""
    every = Chosen.all_of(mission)
    chunks = list(stream(mission, every, draws=draws, progress=progress, jobs=jobs))
    kinds = (None, *mission.together)
    passes, *joint = (
        Forecast.join([chunk for chunk in chunks if chunk.pair is pair]) for pair in kinds
    )
    return [passes.in_order(), *joint]


def plan_of(
    forecasts: Sequence[Forecast],
    *,
    value: Value = "clear",
    period: BlockSpan | None = None,
    effort: Effort | None = None,
    keeping: Keeping | None = None,
    stakes: bool = True,
    told: Told | None = None,
) -> Plan:
    """Choose among contacts that were forecast: passes, then joint contacts pair by pair.

    The rest is as for :func:`plan`; the answer is verified by a check that shares no code with
    the solver.
    """
    if value not in get_args(Value):
        raise SatqkdError(
            f"no plan counts on {value!r} key\n  fix: write one of {', '.join(get_args(Value))}"
        )
    if value == "expected" and any(one.yields.made.expected_bits is None for one in forecasts):
        raise SatqkdError("a plan of expected key needs realisations, but none were drawn")
    known = Keeping() if keeping is None else keeping
    decided = Decided.join([Decided.of(one, late=known.too_late(one)) for one in forecasts])
    effort = effort or forecasts[0].mission.solver
    draws = _draws_of(forecasts)
    fair, judged, outlook = None, None, None
    if forecasts[0].mission.fairness == "max-min":
        if value == "expected":
            raise SatqkdError(
                "a plan for the mean over the weather knows no fairness\n"
                "  fix: leave out --expected, or fairness"
            )
        if effort.method == "greedy":
            raise SatqkdError(
                "a greedy plan does not choose for fairness\n"
                "  fix: leave out solver.method: greedy, or fairness (--fair)"
            )
        candidates = candidates_of(forecasts, period=period, keeping=keeping)
        fair = solve_fair(candidates.problem, effort, told=told)
        solution = fair.solution
    else:
        candidates, solution = chosen_from(
            forecasts, effort, period=period, keeping=keeping, told=told
        )
    if value == "expected" and draws is not None:
        judged = planned_for_weather(candidates, solution, effort, draws, told=told)
        solution, outlook = judged.solution, judged.outlook
    elif draws is not None:
        shared = candidates if fair is None else replace(candidates, problem=fair.asked)
        outlook = _outlook(shared, solution, draws)
    violations = verify(candidates.problem, solution)
    if violations:
        raise SolverError("the plan does not pass its own check: " + "; ".join(violations))
    blocks = planned_blocks(candidates, solution)
    whole = _decide(decided, candidates, solution, blocks)
    passes = whole.part(slice(0, len(forecasts[0])))
    windows = whole.part(slice(len(forecasts[0]), None))
    return Plan(
        forecasts=tuple(forecasts),
        value=value,
        problem=candidates.problem,
        solution=solution,
        outlook=outlook,
        judged=judged,
        fair=fair,
        blocks=blocks,
        opening=() if candidates.opening is None else candidates.opening.contacts,
        candidate_rows=candidates.contacts,
        clashes_left=candidates.clashes_left,
        passes=passes,
        windows=windows,
        missed=missed_of(forecasts, whole, known, stakes=stakes and solution.status != "stopped"),
        energy=energy_used(
            forecasts[0].mission,
            candidates.supplies,
            candidates.plannable,
            solution.chosen[: len(candidates.plannable)],
        ),
        scheduled_key=_scheduled_key(forecasts[0], passes, windows),
    )


def _outlook(candidates: Candidates, solution: Solution, draws: Draws) -> PlanOutlook:
    """Say what the weather makes of a plan; what was drawn is let go."""
    weather = drawn_weather(candidates, solution.chosen, draws)
    realised = weather.of(candidates, solution.chosen)
    return PlanOutlook.of(candidates.problem, realised, weather, solution.chosen)


def _draws_of(forecasts: Sequence[Forecast]) -> Draws | None:
    """How to draw the weather of a plan: as its forecasts did, but often enough for a chance."""
    drawn = [one.yields.outlook.draws for one in forecasts if one.yields.outlook is not None]
    if not drawn:
        return None
    return replace(drawn[0], samples=max(REALISATIONS, drawn[0].samples))


def _decide(
    decided: Decided, candidates: Candidates, solution: Solution, blocks: PlannedBlocks
) -> Decided:
    """Say of each candidate whether it is scheduled, and why not; and what the plan counts on."""
    forecasts, at = candidates.forecasts, candidates.contacts
    why = WhyNot(forecasts[0], candidates.problem, solution, candidates.moment_s)
    status, reason, limit = list(decided.status), list(decided.reason), list(decided.limit)
    bits, start_s, end_s = decided.planned_bits.copy(), decided.start_s.copy(), decided.end_s.copy()
    in_part = np.zeros(len(decided), dtype=np.bool_)
    origin = np.arange(len(decided))
    parts: list[Made] = []
    whole = np.flatnonzero(~candidates.in_part & candidates.problem.occupies)
    bits[at[whole]] = blocks.share_bits[whole]
    for number in whole.tolist():
        index, hopeless = int(at[number]), blocks.why_hopeless(number)
        if solution.chosen[number]:
            status[index], reason[index] = "scheduled", ""
        elif hopeless is not None:
            status[index], reason[index] = "rejected", hopeless
        else:
            status[index] = "candidate"
            short = why.not_chosen(number, adds=bool(blocks.share_bits[number] > 0))
            reason[index], limit[index] = short.sentence, short.name
    clashes = list(decided.clashes_with)
    for index, every in _in_the_way(candidates.problem, solution):
        others = [one for one in every if at[one] != at[index]]
        if candidates.in_part[index] or not others:
            continue
        keys = [forecasts[candidates.kind[one]].contact_key[candidates.row[one]] for one in others]
        clashes[at[index]] = ";".join(keys)
    for number in np.flatnonzero(solution.chosen & candidates.in_part).tolist():
        index = int(at[number])
        status[index], reason[index] = "scheduled", why.not_whole(number)
        bits[index], in_part[index] = blocks.share_bits[number], True
        start_s[index] = candidates.problem.start_s[number]
        end_s[index] = candidates.problem.end_s[number]
        forecast = forecasts[candidates.kind[number]]
        origin[index] = len(decided) + len(parts)
        parts.append(forecast.yields.made.take(candidates.row[[number]]))
    return replace(
        decided,
        start_s=start_s,
        end_s=end_s,
        in_part=in_part,
        made=Made.join([decided.made, *parts]).take(origin) if parts else decided.made,
        planned_bits=bits,
        status=tuple(status),
        reason=tuple(reason),
        limit=tuple(limit),
        clashes_with=tuple(clashes),
    )


def _in_the_way(problem: Problem, solution: Solution) -> Iterator[tuple[int, list[int]]]:
    """Yield contacts that are not scheduled, each with the scheduled ones that it clashes with."""
    against: dict[int, dict[int, None]] = {}
    apart = [rule.contacts for rule in problem.rules if rule.clash]
    for clique in (*clash_cliques(problem).parts(), *apart):
        scheduled = clique[solution.chosen[clique]].tolist()
        for one in clique[~solution.chosen[clique]].tolist() if scheduled else ():
            against.setdefault(one, {}).update(dict.fromkeys(scheduled))
    for one, others in against.items():
        yield one, sorted(others)
