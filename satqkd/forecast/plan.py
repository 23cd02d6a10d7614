"""From a forecast to a schedule and the keys it delivers."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.forecast.forecast import Forecast
from satqkd.schedule.problem import Problem, Solution
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
