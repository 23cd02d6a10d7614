"""Amounts of key by the night, day or week, as people write them."""

from __future__ import annotations

from typing import Final, get_args

from satqkd.config.mistake import Mistake, quoted
from satqkd.config.quantity import parse_quantity
from satqkd.mission.demand import Floor, Per

_EXAMPLE: Final = "10 kbit/night"
_MOST_BITS: Final = 1e18
"""As much as any amount of key may be. [bit]"""


def parse_floor(text: str) -> Floor:
    """Read an amount of key by the night, day or week.

    Examples
    --------
    >>> parse_floor("10 kbit/night"), parse_floor("70 kbit/week")
    (Floor(bits=10000.0, per='night'), Floor(bits=70000.0, per='week'))
    """
    amount, slash, period = text.rpartition("/")
    word = period.strip()
    found: Per | None = next((one for one in get_args(Per) if one == word), None)
    if not slash or found is None:
        raise Mistake(
            f"{quoted(text)} is no amount by the night, d or week",
            f"write such as '{_EXAMPLE}', '10 kbit/d' or '70 kbit/week'",
        )
    bits = parse_quantity(amount, "bit", "10 kbit")
    if not 0.0 < bits <= _MOST_BITS:
        raise Mistake(f"{quoted(text)} lies outside 0 … 1e18 bit", f"write such as '{_EXAMPLE}'")
    return Floor(bits, found)
