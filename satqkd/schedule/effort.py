"""How long a planner tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive

Method = Literal["best", "greedy"]
"""``best`` searches and proves; ``greedy`` takes the richest contact first, and proves nothing."""


LEAST_WORK: Final = 200_000
"""Numerical: iterations that a plan may take however few its contacts."""
CONTACT_WORK: Final = 36
"""Numerical: iterations that it may take for each contact where that is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a planner tries: counted in work, so that every machine gives the same plan."""

    method: Method = "best"
    """Which planner."""
    work: int | None = None
    """Iterations of the simplex method after which no further search begins; some 20,000 take a
    second. None for 200,000, or 36 for each contact where that is more."""
    gap: float = 1e-6
    """Relative distance to the bound that is good enough."""

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise NonPhysicalError("method", f"must be one of {', '.join(get_args(Method))}")
        if self.work is not None:
            require_positive("work", self.work)
        require_not_negative("gap", self.gap)

    def work_for(self, contacts: int) -> int:
        """Return the iterations that a plan of so many contacts may take."""
        return max(LEAST_WORK, CONTACT_WORK * contacts) if self.work is None else self.work
