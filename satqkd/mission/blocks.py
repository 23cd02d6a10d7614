"""How long contacts are gathered into one key block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Contacts up to the one with which the key of all of them as one reaches an amount."""

    bits: float
    """Key under a clear sky. [bit]"""

    def __post_init__(self) -> None:
        require_positive("bits", self.bits)

    def __str__(self) -> str:
        size, unit = next(
            ((size, unit) for unit, size in reversed(UNITS.items()) if self.bits >= size),
            (1.0, "bit"),
        )
        return f"until {self.bits / size:.12g} {unit}"


BlockSpan = Span | Days | Until
"""How long a block of a plan gathers."""
UNITS: Final = {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9}
"""Units of an amount of key. [bit]"""
MOST_BITS: Final = 1e18
"""Numerical: largest amount of key that a block is gathered for. [bit]"""


def period_of(text: str) -> BlockSpan:
    """Read a period as people write it.

    Raises
    ------
    NonPhysicalError
        For anything that is none.

    Examples
    --------
    >>> period_of("week"), period_of("3.5 d"), period_of("until 1 Mbit")
    ('week', Days(days=3.5), Until(bits=1000000.0))
    """
    word = text.strip()
    for span in get_args(Span):
        if word == span:
            return span  # type: ignore[no-any-return]
    first, _, rest = word.partition(" ")
    number, _, unit = (rest.strip() if first == "until" else word).partition(" ")
    try:
        amount = float(number)
    except ValueError:
        amount = 0.0
    size = UNITS.get(unit.strip(), 0.0) if first == "until" else float(unit.strip() == "d")
    if not 0.0 < size * amount <= (MOST_BITS if first == "until" else 3660.0):
        raise NonPhysicalError(
            "blocks",
            "must be pass, night, week, some days, such as 3 d, or an amount of key, such as "
            "until 1 Mbit",
        )
    return Until(bits=size * amount) if first == "until" else Days(amount)
