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
OPTIMAL_GAP: Final = 1e-6
"""Numerical: relative distance to the bound up to which a plan is called optimal."""

WITHIN_THE_GAP: Final = "within the gap asked for"
"""Status of a plan that is not proven the best, but as near to it as was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a planner tries: counted in work, so that every machine gives the same plan."""

    method: Method = "best"
    """Which planner."""
    work: int | None = None
    """Iterations of the simplex method after which no further search begins; some 20,000 take a
    second. None for 200,000, or 36 for each contact where that is more."""
    gap: float = OPTIMAL_GAP
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


def proven_status(
    missing: float, bound: float, relative_gap: float, *, slack: float = 0.0
) -> str | None:
    """Say how good a plan is by its bound; None where what was asked for is not proven.

    Parameters
    ----------
    missing
        What it may be worth less than the best. [bit]
    bound
        What the best may be worth. [bit]
    relative_gap
        Distance that was asked for.
    slack
        Relative error of the bound.
    """
    if missing > (relative_gap + slack) * bound:
        return None
    best = missing <= (min(relative_gap, OPTIMAL_GAP) + slack) * bound
    return "optimal" if best else WITHIN_THE_GAP
