"""From a forecast to a schedule and the keys it delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import SatqkdError, SolverError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.planned import Made, Value, is_divided, made
from satqkd.forecast.together import JointKeys
from satqkd.network.joint_contacts import JointContacts
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solvers import SOLVERS
from satqkd.schedule.verify import verify
from satqkd.units import BoolArray, FloatArray, IntArray

_NOT_EXPECTED: Final = "no key: none expected over weather, air and pointing"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A schedule with the forecast it rests on."""

    forecast: Forecast
    value: Value
    """Which key it counts on."""
    made: Made
    """Key of every pass as it is distilled."""
    windows: JointContacts
    """Windows in which two stations may make key with a satellite that nobody trusts."""
    contact: IntArray
    """Index of the pass behind each of the first contacts of ``problem``."""
    window: IntArray
    """Index of the window behind each of its other contacts."""
    problem: Problem
    solution: Solution
    status: tuple[str, ...]
    """For every pass: ``scheduled``, ``candidate`` (could be flown, was not) or ``rejected``."""
    reason: tuple[str, ...]
    """For every pass not scheduled, why; empty for scheduled ones."""
    window_status: tuple[str, ...]
    """The same for every window."""
    window_reason: tuple[str, ...]

    @property
    def planned_bits(self) -> IntArray:
        """Key of every pass that the plan counts on. [bit]"""
        return self.made.planned_bits(self.value)

    @property
    def shared_bits(self) -> IntArray:
        """Key of every window that the plan counts on. [bit]"""
        return self.windows.planned_bits(self.value)

    @property
    def flown(self) -> BoolArray:
        """Which passes are scheduled."""
        return np.array([status == "scheduled" for status in self.status], dtype=np.bool_)

    @property
    def flown_windows(self) -> BoolArray:
        """Which windows are scheduled."""
        return np.array([status == "scheduled" for status in self.window_status], dtype=np.bool_)

    def flown_for(self) -> dict[int, int]:
        """Passes flown, alone or as one side of a window, and the key each is flown for. [bit]"""
        passes, windows = self.forecast.passes, self.windows
        flown = {
            index: int(self.planned_bits[index]) for index in np.flatnonzero(self.flown).tolist()
        }
        for window in np.flatnonzero(self.flown_windows).tolist():
            for station in (windows.station_a[window], windows.station_b[window]):
                sides = (
                    (passes.satellite == windows.satellite[window])
                    & (passes.station == station)
                    & (passes.rise_s <= windows.start_s[window])
                    & (passes.set_s >= windows.end_s[window])
                )
                for index in np.flatnonzero(sides).tolist():
                    flown[index] = flown.get(index, 0) + int(self.shared_bits[window])
        return flown


def plan(
    forecast: Forecast,
    *,
    together: Sequence[JointKeys] = (),
    value: Value = "clear",
    solver: str = "milp",
) -> Plan:
    """Choose the passes and windows to fly, and route the keys.

    Parameters
    ----------
    forecast
        Every pass with its key.
    together
        Key of two stations with a satellite between them, window by window.
    value
        Whether to count on the key of a clear sky or on the expected one.
    solver
        Key of :data:`satqkd.schedule.solvers.SOLVERS`.

    Returns
    -------
    Plan
        Verified by a check that shares no code with the solver.

    Raises
    ------
    SatqkdError
        For expected key of a forecast that drew none.
    SolverError
        If the solver fails, or its answer does not pass the check.
    """
    windows, keys = JointContacts.of(together), made(forecast)
    if value == "expected" and (keys.expected_bits is None or windows.expected_bits is None):
        raise SatqkdError("expected key was asked for, but no histories were drawn")
    bits, shared = keys.planned_bits(value), windows.planned_bits(value)
    contact = np.flatnonzero((bits > 0) & (forecast.usable_s > 0.0))
    window = np.flatnonzero(shared > 0)
    problem = _problem(forecast, contact, bits, windows=windows, window=window, shared=shared)
    solution = SOLVERS[solver](problem)
    violations = verify(problem, solution)
    if violations:
        raise SolverError("the plan does not pass its own check: " + "; ".join(violations))
    why = _Why(forecast, windows, contact, window, problem, solution)
    status, reason = _decided(_obstacles(forecast, bits), contact, why, of=0)
    window_status, window_reason = _decided(
        [
            None if some else text or _NOT_EXPECTED
            for some, text in zip(shared > 0, windows.why_zero, strict=True)
        ],
        window,
        why,
        of=contact.size,
    )
    return Plan(
        forecast=forecast,
        value=value,
        made=keys,
        windows=windows,
        contact=contact,
        window=window,
        problem=problem,
        solution=solution,
        status=status,
        reason=reason,
        window_status=window_status,
        window_reason=window_reason,
    )


def _problem(
    forecast: Forecast,
    contact: IntArray,
    bits: IntArray,
    *,
    windows: JointContacts,
    window: IntArray,
    shared: IntArray,
) -> Problem:
    """Contacts, gaps and demands of a mission."""
    mission, passes = forecast.mission, forecast.passes

    def both(alone: np.ndarray, joint: np.ndarray) -> np.ndarray:
        return np.concatenate((alone[contact], joint[window]))

    return Problem(
        satellite=both(passes.satellite, windows.satellite),
        station=both(passes.station, windows.station_a),
        partner=both(np.full(len(passes), -1), windows.station_b),
        start_s=both(forecast.usable_start_s, windows.start_s),
        end_s=both(forecast.usable_end_s, windows.end_s),
        key_bits=both(bits, shared).astype(np.float64),
        satellite_gap_s=np.array([craft.payload.slew_s for craft in mission.spacecraft]),
        station_gap_s=np.array([ground.terminal.gap_s for ground in mission.stations]),
        demands=mission.demands,
        spare_weight=mission.spare_weight,
    )


def _obstacles(forecast: Forecast, bits: IntArray) -> list[str | None]:
    """For each pass without key that a plan could count on, why."""
    divided = is_divided(forecast)
    obstacles: list[str | None] = []
    for index, reason in enumerate(forecast.reject_reason):
        how = forecast.mission.distilled(int(forecast.passes.satellite[index]))
        if bits[index] > 0 and forecast.usable_s[index] > 0.0:
            obstacles.append(None)
        elif reason is not None:
            obstacles.append(reason)
        elif divided[index] and how is not None:
            obstacles.append(f"no key: none {how.in_words}")
        else:
            obstacles.append(_NOT_EXPECTED)
    return obstacles


def _decided(
    obstacles: Sequence[str | None], contacts: IntArray, why: _Why, *, of: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Status and reason of every pass, or window; ``of`` is where their contacts begin."""
    status, reason = ["rejected"] * len(obstacles), [text or "" for text in obstacles]
    for number, index in enumerate(contacts.tolist(), start=of):
        chosen = bool(why.solution.chosen[number])
        status[index] = "scheduled" if chosen else "candidate"
        reason[index] = "" if chosen else why.not_chosen(number)
    return tuple(status), tuple(reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Why:
    """What stands in the way of contacts that were not chosen."""

    forecast: Forecast
    windows: JointContacts
    contact: IntArray
    window: IntArray
    problem: Problem
    solution: Solution

    def not_chosen(self, index: int) -> str:
        """Say which chosen contact stands in the way of another, or that nothing asks for it."""
        problem, mission = self.problem, self.forecast.mission
        craft = mission.spacecraft[problem.satellite[index]]
        busy = self._near(index, craft.payload.slew_s) & (
            problem.satellite == problem.satellite[index]
        )
        if busy.any():
            other = int(np.argmax(busy))
            return f"clash: satellite serves {self._stations(other)} at {self._when(other, index)}"
        for place in (int(problem.station[index]), int(problem.partner[index])):
            if place < 0:
                continue
            at_it = (problem.station == place) | (problem.partner == place)
            busy = self._near(index, mission.stations[place].terminal.gap_s) & at_it
            if busy.any():
                other = int(np.argmax(busy))
                name = mission.spacecraft[problem.satellite[other]].satellite.name
                where = (
                    "station" if problem.partner[index] < 0 else mission.stations[place].site.name
                )
                return f"clash: {where} serves {name} at {self._when(other, index)}"
        return "not needed: no demand is better served by it"

    def _near(self, index: int, gap_s: float) -> BoolArray:
        start, end = self.problem.start_s, self.problem.end_s
        near = (start < end[index] + gap_s) & (start[index] < end + gap_s)
        return np.asarray(self.solution.chosen & near)

    def _stations(self, index: int) -> str:
        ends = (int(self.problem.station[index]), int(self.problem.partner[index]))
        return " and ".join(
            self.forecast.mission.stations[place].site.name for place in ends if place >= 0
        )

    def _when(self, other: int, index: int) -> str:
        """Return when ``other`` is flown, with the date only if ``index`` has another one."""
        both = np.array([self._moment_s[other], self._moment_s[index]])
        (day, _, clock), (own_day, _, _) = (
            instant.partition("T") for instant in self.forecast.timebase.iso(both, digits=0)
        )
        return clock if day == own_day else f"{day}T{clock}"

    @property
    def _moment_s(self) -> FloatArray:
        """When the satellite stands highest at one station; when a window begins. [s]"""
        return np.concatenate(
            (self.forecast.passes.culmination_s[self.contact], self.windows.start_s[self.window])
        )
