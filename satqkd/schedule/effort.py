"""How long a planner tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive

Method = Literal["best", "greedy"]
"""``best`` searches and proves; ``greedy`` takes the richest contact first, and proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a planner tries: counted in work, so that every machine gives the same plan."""

    method: Method = "best"
    """Which planner."""
    work: int = 400_000
    """Iterations of the simplex method after which no further search begins; some 20,000 take a
    second."""
    gap: float = 1e-6
    """Relative distance to the bound that is good enough."""

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise NonPhysicalError("method", f"must be one of {', '.join(get_args(Method))}")
        require_positive("work", self.work)
        require_not_negative("gap", self.gap)
