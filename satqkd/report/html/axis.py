"""An axis of a drawing: where a value lies, and which round values are named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from satqkd.report.html.written import day

STEPS_S: Final = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)
"""Between instants that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Values along a line of a drawing."""

    low: float
    high: float
    """Values at both ends."""
    begin: float
    end: float
    """Where they lie. [px]"""

    def at(self, value: float) -> float:
        """Place of a value. [px]"""
        return self.begin + (self.end - self.begin) * (value - self.low) / (self.high - self.low)

    def inside(self, value: float) -> float:
        """Place of a value, or of the end that it lies beyond. [px]"""
        return self.at(min(max(value, self.low), self.high))


def round_ticks(low: float, high: float, *, most: int) -> tuple[float, ...]:
    """Return round values that reach from below one value to above another.

    Examples
    --------
    >>> round_ticks(0.0, 870.0, most=6), round_ticks(0.0, 0.0, most=4)
    ((0.0, 200.0, 400.0, 600.0, 800.0, 1000.0), (0.0, 0.1))
    """
    span = high - low or 1.0
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (power * one for one in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)):
        first, last = math.floor(low / step + 1e-9), math.ceil(max(high, low) / step - 1e-9)
        last = max(last, first + 1)
        if last - first + 1 <= most:
            return tuple(step * number for number in range(first, last + 1))
    return (low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Instants along a line of a drawing."""

    begin: datetime
    end: datetime
    left: float
    right: float
    """Where they lie. [px]"""

    def x(self, when: datetime) -> float:
        """Place of an instant. [px]"""
        span = max(self.end - self.begin, timedelta(seconds=1))
        return self.left + (self.right - self.left) * ((when - self.begin) / span)

    def inside(self, when: datetime) -> float:
        """Place of an instant, or of the end that it lies beyond. [px]"""
        return self.x(min(max(when, self.begin), self.end))

    def ticks(self, *, room: float) -> Iterator[tuple[float, str]]:
        """Yield round instants with their names, each with so much room. [px]"""
        span_s = max((self.end - self.begin).total_seconds(), 1.0)
        least_s = room * span_s / (self.right - self.left)
        step_s = next((one for one in STEPS_S if one >= least_s), None)
        step_s = step_s or 86_400 * math.ceil(least_s / 86_400)
        midnight = self.begin.replace(hour=0, minute=0, second=0, microsecond=0)
        place = math.ceil((self.begin - midnight).total_seconds() / step_s)
        while (when := midnight + timedelta(seconds=step_s * place)) <= self.end:
            yield self.x(when), day(when) if step_s >= 86_400 else f"{when:%H:%M}"
            place += 1
