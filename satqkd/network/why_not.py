"""Why a contact is not scheduled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.obstacles import Shortfall
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.rules import kept_out
from satqkd.units import BoolArray, FloatArray

POOR: Final = "its block would hold no more key with the rest of it"
"""Why a contact is flown in part where nothing stands in the way of the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """What stands in the way of contacts that were not chosen."""

    forecast: Forecast
    problem: Problem
    solution: Solution
    moment_s: FloatArray
    """When the satellite stands highest at one station; when a joint contact begins. [s]"""

    def not_whole(self, index: int) -> str:
        """Say what is served before and after a contact that is flown in part, or which rule.

        One is named that the whole contact would break.
        """
        problem = self.problem
        start_s, end_s = problem.start_s, problem.end_s
        whole = int(np.argmax(self._same(index)))
        others = dict(self._in_the_way(whole, turning=True))
        before = [other for other in others if end_s[other] <= start_s[index]]
        after = [other for other in others if start_s[other] >= end_s[index]]
        told = []
        if before and start_s[index] > start_s[whole]:
            last = max(before, key=lambda other: float(end_s[other]))
            told.append(f"{others[last]} until {self._clock(end_s[last], end_s[whole])}")
        if after and end_s[index] < end_s[whole]:
            first = min(after, key=lambda other: float(start_s[other]))
            told.append(f"{others[first]} from {self._clock(start_s[first], start_s[whole])}")
        instead = self.solution.chosen.copy()
        instead[index] = False
        if not told and (rule := self._rule(whole, beside=instead)):
            told.append(rule)
        ends = (start_s[index] > start_s[whole]) + (end_s[index] < end_s[whole])
        if len(told) < ends and self._poor(index, whole, beside=instead):
            told.append(POOR)
        return f"cut: {', '.join(told) or 'no demand is better served by the rest of it'}"

    def _poor(self, index: int, whole: int, *, beside: BoolArray) -> bool:
        """Whether the block of a part holds no more key with its contact whole beside others."""
        block = self.problem.block
        others = np.flatnonzero(beside & (block == block[index]))
        sets = [np.sort(np.append(others, one)) for one in (index, whole)]
        in_part, bits = self.problem.key_of(Groups.of(sets)).tolist()
        return bool(bits <= in_part)

    def not_chosen(self, index: int, *, adds: bool) -> Shortfall:
        """Say which contact or rule stands in the way of another, or that no demand uses it.

        Parameters
        ----------
        index
            The contact.
        adds
            Whether it would raise the key of its block as planned.

        Returns
        -------
        Shortfall
            Named ``clash`` or ``rule``; without a name where nothing stands in its way.
        """
        rule = self._rule(index, beside=self.solution.chosen)
        clash = self._clash(index)
        if clash or rule:
            words = "; ".join(part for part in (clash, rule) if part)
            return Shortfall(name="rule" if rule else "clash", sentence=words)
        if not adds:
            return Shortfall(
                name="", sentence="not needed: its block would hold no more key with it"
            )
        return Shortfall(name="", sentence="not needed: no demand is better served by it")

    def _rule(self, index: int, *, beside: BoolArray) -> str:
        """Say which rule leaves no room for a contact beside others; empty for none."""
        return next(
            (
                f"rule: {one.in_words(beside, index)}"
                for one in self.problem.rules
                if kept_out([one], beside)[index]
            ),
            "",
        )

    def _clash(self, index: int) -> str:
        """Say which chosen contact stands in the way of another, a pinned one first."""
        every = list(self._in_the_way(index))
        pinned = [one for one in every if self.problem.in_any_case[one[0]]]
        for other, serves in pinned or every:
            when = self._clock(self.moment_s[other], self.moment_s[index])
            told = ", which is pinned" if pinned else ""
            return f"clash: {serves} at {when}{told}"
        return ""

    def _in_the_way(self, index: int, *, turning: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the contacts scheduled that clash with another, and what they occupy.

        With ``turning`` also those so near that a telescope may have no time to turn between.
        """
        problem, mission = self.problem, self.forecast.mission
        craft = mission.spacecraft[problem.satellite[index]]
        busy = self._near(index, craft.payload.slew_s) & (
            problem.satellite == problem.satellite[index]
        )
        for other in np.flatnonzero(busy).tolist():
            yield other, f"satellite serves {self._stations(other)}"
        for place in (int(problem.station[index]), int(problem.partner[index])):
            if place < 0:
                continue
            at_it = (problem.station == place) | (problem.partner == place)
            terminal = mission.stations[place].terminal
            gap_s = terminal.longest_gap_s if turning else terminal.gap_s
            busy = self._near(index, gap_s) & at_it
            where = "station" if problem.partner[index] < 0 else mission.stations[place].site.name
            for other in np.flatnonzero(busy).tolist():
                name = mission.spacecraft[problem.satellite[other]].satellite.name
                yield other, f"{where} serves {name}"

    def _same(self, index: int) -> BoolArray:
        """Contacts that are the same, whole or in part."""
        label = self.problem.part_of
        if label is None:
            return np.asarray(np.arange(len(self.problem)) == index)
        return np.asarray(label == label[index])

    def _near(self, index: int, gap_s: float) -> BoolArray:
        start, end = self.problem.start_s, self.problem.end_s
        near = (start < end[index] + gap_s) & (start[index] < end + gap_s)
        return np.asarray(self.solution.chosen & near & self.problem.occupies & ~self._same(index))

    def _stations(self, index: int) -> str:
        ends = (int(self.problem.station[index]), int(self.problem.partner[index]))
        return " and ".join(
            self.forecast.mission.stations[place].site.name for place in ends if place >= 0
        )

    def _clock(self, at_s: float, beside_s: float) -> str:
        """Return an instant, with the date only if another one has a different date."""
        (day, _, clock), (own_day, _, _) = (
            instant.partition("T")
            for instant in self.forecast.timebase.iso(np.array([at_s, beside_s]), digits=0)
        )
        return clock if day == own_day else f"{day}T{clock}"
