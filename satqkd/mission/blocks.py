"""How long contacts are gathered into one key block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from satqkd.errors import NonPhysicalError, require_positive

Span = Literal["pass", "night", "week"]
"""One contact, those from noon to noon of local mean solar time, or those of seven days counted
from the beginning of the mission's window."""


@dataclass(frozen=True, slots=True)
class Days:
    """Contacts of so many days, counted from the beginning of the mission's window."""

    days: float
    """Days of 86,400 s."""

    def __post_init__(self) -> None:
        require_positive("days", self.days)

    def __str__(self) -> str:
        return f"{self.days:g} d"


BlockSpan = Span | Days
"""How long a block of a plan gathers."""


def period_of(text: str) -> BlockSpan:
    """Read a period as people write it.

    Raises
    ------
    NonPhysicalError
        For anything that is none.

    Examples
    --------
    >>> period_of("week"), period_of("3.5 d")
    ('week', Days(days=3.5))
    """
    word = text.strip()
    for span in get_args(Span):
        if word == span:
            return span  # type: ignore[no-any-return]
    number, _, unit = word.partition(" ")
    try:
        days = float(number)
    except ValueError:
        days = 0.0
    if unit.strip() != "d" or not 0.0 < days <= 3660.0:
        raise NonPhysicalError("blocks", "must be pass, night, week or some days, such as 3 d")
    return Days(days)
