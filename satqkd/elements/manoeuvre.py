"""When a satellite was or will be moved to another orbit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from satqkd.errors import NonPhysicalError, require_not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Manoeuvre:
    """A interval, or an instant, across which no prediction holds."""

    from_: datetime
    """When the thrust begins."""
    to: datetime
    """When it ends; the same instant for a manoeuvre of no length."""
    delta_v_m_s: float | None = None
    """Change of velocity, for people; None if not given. [m/s]"""

    def __post_init__(self) -> None:
        for field, moment in (("from_", self.from_), ("to", self.to)):
            if moment.utcoffset() is None:
                raise NonPhysicalError(field, "must name its time zone")
        if self.to < self.from_:
            raise NonPhysicalError("to", "must not come before the manoeuvre begins")
        if self.delta_v_m_s is not None:
            require_not_negative("delta_v_m_s", self.delta_v_m_s)

    def between(self, one: datetime, other: datetime) -> bool:
        """Whether what is known at one instant says nothing of the other, in either order."""
        first, last = min(one, other), max(one, other)
        return first < self.to and last > self.from_

    def __str__(self) -> str:
        """Say when, and by how much the satellite is moved."""
        begin, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (self.from_, self.to))
        when = begin if begin == end else f"{begin} to {end}"
        return when if self.delta_v_m_s is None else f"{when} by {self.delta_v_m_s:g} m/s"
