"""The planners that a mission can name."""

from __future__ import annotations

from typing import Protocol

from satqkd.schedule.greedy import solve_greedy
from satqkd.schedule.milp import solve_milp
from satqkd.schedule.problem import Problem, Solution


class Solver(Protocol):
    """Anything that turns a problem into a plan."""

    def __call__(
        self, problem: Problem, *, relative_gap: float = ..., time_limit_s: float = ...
    ) -> Solution:
        """Return a plan that keeps every rule of ``problem``."""
        ...


SOLVERS: dict[str, Solver] = {"milp": solve_milp, "greedy": solve_greedy}
"""Every planner, by the name a mission file gives."""
