"""Why a contact is not scheduled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.rules import kept_out
from satqkd.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """What stands in the way of contacts that were not chosen."""

    forecast: Forecast
    problem: Problem
    solution: Solution
    moment_s: FloatArray
    """When the satellite stands highest at one station; when a joint contact begins. [s]"""

    def not_chosen(self, index: int, *, adds: bool) -> str:
        """Say which contact or rule stands in the way of another, or that no demand uses it.

        Parameters
        ----------
        index
            The contact.
        adds
            Whether it would raise the key of its block as planned.
        """
        rule = next(
            (
                f"rule: {one.name}"
                for one in self.problem.rules
                if kept_out([one], self.solution.chosen)[index]
            ),
            "",
        )
        clash = self._clash(index)
        if clash or rule:
            return "; ".join(part for part in (clash, rule) if part)
        if not adds:
            return "not needed: its block would hold no more key with it"
        return "not needed: no demand is better served by it"

    def _clash(self, index: int) -> str:
        """Say which chosen contact stands in the way of another; empty for none."""
        problem, mission = self.problem, self.forecast.mission
        craft = mission.spacecraft[problem.satellite[index]]
        busy = self._near(index, craft.payload.slew_s) & (
            problem.satellite == problem.satellite[index]
        )
        if busy.any():
            other = self._foremost(busy)
            return (
                f"clash: satellite serves {self._stations(other)} at {self._when(other, index)}"
                f"{self._pinned(other)}"
            )
        for place in (int(problem.station[index]), int(problem.partner[index])):
            if place < 0:
                continue
            at_it = (problem.station == place) | (problem.partner == place)
            busy = self._near(index, mission.stations[place].terminal.gap_s) & at_it
            if busy.any():
                other = self._foremost(busy)
                name = mission.spacecraft[problem.satellite[other]].satellite.name
                where = (
                    "station" if problem.partner[index] < 0 else mission.stations[place].site.name
                )
                when = self._when(other, index)
                return f"clash: {where} serves {name} at {when}{self._pinned(other)}"
        return ""

    def _foremost(self, busy: BoolArray) -> int:
        """Return the first of some contacts, of those that are pinned where any is."""
        pinned = busy & self.problem.in_any_case
        return int(np.argmax(pinned if pinned.any() else busy))

    def _pinned(self, other: int) -> str:
        return ", which is pinned" if self.problem.in_any_case[other] else ""

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
        """Return when ``other`` is scheduled, with the date only if ``index`` has another one."""
        both = np.array([self.moment_s[other], self.moment_s[index]])
        (day, _, clock), (own_day, _, _) = (
            instant.partition("T") for instant in self.forecast.timebase.iso(both, digits=0)
        )
        return clock if day == own_day else f"{day}T{clock}"
