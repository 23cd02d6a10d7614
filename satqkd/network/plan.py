"""From contacts and their yields to a schedule and the keys it delivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np

from satqkd.errors import SatqkdError, SolverError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.forecast.yields import Made, Value
from satqkd.mission.mission import Mission, require_mission
from satqkd.network.why_not import WhyNot
from satqkd.passes.find import Progress
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solvers import SOLVERS
from satqkd.schedule.verify import verify
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws

_NOT_EXPECTED: Final = "no key: none expected over weather, air and pointing"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a plan decides about contacts, one row each; columns of shape (n,)."""

    satellite: IntArray
    """Index of the satellite."""
    station: IntArray
    """Index of the station."""
    partner: IntArray
    """Index of the second station; −1 where there is one only."""
    start_s: FloatArray
    """First usable second. [s]"""
    end_s: FloatArray
    """Last usable second. [s]"""
    made: Made
    """Key as it is distilled."""
    planned_bits: IntArray
    """Key that the plan counts on. [bit]"""
    usable: BoolArray
    """Whether any time of it is usable."""
    status: tuple[str, ...]
    """``scheduled``, ``candidate`` (could be scheduled, is not) or ``rejected``."""
    reason: tuple[str, ...]
    """Why a contact is not scheduled; empty for scheduled ones."""

    def __len__(self) -> int:
        return int(self.start_s.size)

    @property
    def scheduled(self) -> BoolArray:
        """Which contacts are scheduled."""
        return np.array([status == "scheduled" for status in self.status], dtype=np.bool_)

    @property
    def choosable(self) -> IntArray:
        """Contacts with key that a plan may choose."""
        return np.flatnonzero((self.planned_bits > 0) & self.usable)

    @staticmethod
    def of(forecast: Forecast, value: Value) -> Decided:
        """Return contacts of which nothing is decided yet."""
        contacts, yields = forecast.contacts, forecast.yields
        bits = yields.made.planned_bits(value)
        return Decided(
            satellite=contacts.satellite,
            station=contacts.stations[0],
            partner=contacts.partner,
            start_s=yields.usable_start_s,
            end_s=yields.usable_end_s,
            made=yields.made,
            planned_bits=bits,
            usable=yields.usable_s > 0.0,
            status=("rejected",) * len(forecast),
            reason=_obstacles(forecast, bits),
        )

    @staticmethod
    def join(parts: Sequence[Decided]) -> Decided:
        """Put contacts below each other; at least one part is needed."""

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(part, name) for part in parts])

        return Decided(
            satellite=joined("satellite"),
            station=joined("station"),
            partner=joined("partner"),
            start_s=joined("start_s"),
            end_s=joined("end_s"),
            made=Made.join([part.made for part in parts]),
            planned_bits=joined("planned_bits"),
            usable=joined("usable"),
            status=tuple(text for part in parts for text in part.status),
            reason=tuple(text for part in parts for text in part.reason),
        )

    def part(self, rows: slice) -> Decided:
        """Return some rows."""
        index = np.arange(len(self))[rows]
        return Decided(
            satellite=self.satellite[rows],
            station=self.station[rows],
            partner=self.partner[rows],
            start_s=self.start_s[rows],
            end_s=self.end_s[rows],
            made=self.made.take(index),
            planned_bits=self.planned_bits[rows],
            usable=self.usable[rows],
            status=self.status[rows],
            reason=self.reason[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A schedule with the forecasts it rests on."""

    forecasts: tuple[Forecast, ...]
    """Passes, then the joint contacts of each pair; without series."""
    value: Value
    """Which key it counts on."""
    problem: Problem
    solution: Solution
    passes: Decided
    """What is decided about passes, in the order of ``forecast``."""
    windows: Decided
    """What is decided about joint contacts, in the order of ``joint``."""
    scheduled_key: Mapping[int, int]
    """Passes scheduled, alone or as one arm of a joint contact, and the key of each. [bit]"""

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
    solver: str = "milp",
    progress: Progress | None = None,
) -> Plan:
    """Choose the contacts of a mission to schedule, and route the keys.

    Parameters
    ----------
    mission
        Satellites, stations, window and demands.
    value
        Whether to count on the key of a clear sky or on the expected one.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    solver
        Key of :data:`satqkd.schedule.solvers.SOLVERS`.
    progress
        Called with the number of satellites searched.

    Returns
    -------
    Plan
        Searched once, followed in chunks; yields are kept, series are not.

    Raises
    ------
    SatqkdError
        For expected key where nothing is drawn.
    WrongTypeError
        If it is given no mission, but its path.
    SolverError
        If the solver fails, or its answer does not pass the check.
    """
    require_mission(mission, by="plan")
    chunks = list(stream(mission, Chosen.all_of(mission), draws=draws, progress=progress))
    kinds = (None, *mission.together)
    joined = [Forecast.join([chunk for chunk in chunks if chunk.pair is pair]) for pair in kinds]
    return plan_of([joined[0].in_order(), *joined[1:]], value=value, solver=solver)


def plan_of(forecasts: Sequence[Forecast], *, value: Value = "clear", solver: str = "milp") -> Plan:
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
    decided = Decided.join([Decided.of(one, value) for one in forecasts])
    chosen = decided.choosable
    problem = _problem(forecasts[0].mission, decided, chosen)
    solution = SOLVERS[solver](problem)
    violations = verify(problem, solution)
    if violations:
        raise SolverError("the plan does not pass its own check: " + "; ".join(violations))
    listed_s = np.concatenate([one.contacts.listed_s for one in forecasts])
    moment_s = np.where(decided.partner < 0, listed_s, decided.start_s)[chosen]
    why = WhyNot(forecasts[0], problem, solution, moment_s)
    status, reason = list(decided.status), list(decided.reason)
    for number, index in enumerate(chosen.tolist()):
        taken = bool(solution.chosen[number])
        status[index] = "scheduled" if taken else "candidate"
        reason[index] = "" if taken else why.not_chosen(number)
    whole = replace(decided, status=tuple(status), reason=tuple(reason))
    passes = whole.part(slice(0, len(forecasts[0])))
    windows = whole.part(slice(len(forecasts[0]), None))
    return Plan(
        forecasts=tuple(forecasts),
        value=value,
        problem=problem,
        solution=solution,
        passes=passes,
        windows=windows,
        scheduled_key=_scheduled_key(forecasts[0], passes, windows),
    )


def _problem(mission: Mission, decided: Decided, chosen: IntArray) -> Problem:
    """Contacts, gaps and demands of a mission."""
    return Problem(
        satellite=decided.satellite[chosen],
        station=decided.station[chosen],
        partner=decided.partner[chosen],
        start_s=decided.start_s[chosen],
        end_s=decided.end_s[chosen],
        key_bits=decided.planned_bits[chosen].astype(np.float64),
        satellite_gap_s=np.array([craft.payload.slew_s for craft in mission.spacecraft]),
        station_gap_s=np.array([ground.terminal.gap_s for ground in mission.stations]),
        demands=mission.demands,
        spare_weight=mission.spare_weight,
    )


def _obstacles(forecast: Forecast, bits: IntArray) -> tuple[str, ...]:
    """For each contact without key that a plan could count on, why; empty for the others."""
    yields = forecast.yields
    obstacles: list[str] = []
    for index, reason in enumerate(forecast.reason):
        how = forecast.mission.distilled(int(forecast.contacts.satellite[index]))
        if bits[index] > 0 and yields.usable_s[index] > 0.0:
            obstacles.append("")
        elif reason is not None:
            obstacles.append(reason)
        elif how is not None and how.divides:
            obstacles.append(f"no key: none {how.in_words}")
        else:
            obstacles.append(_NOT_EXPECTED)
    return tuple(obstacles)
