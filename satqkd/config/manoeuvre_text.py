"""Manoeuvres as people write them."""

from __future__ import annotations

import re
from typing import Final

from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake, quoted
from satqkd.config.quantity import parse_quantity
from satqkd.elements.manoeuvre import Manoeuvre

EXAMPLE: Final = "2016-12-22T10:00Z to 2016-12-22T10:20Z by 0.3 m/s"
_FASTEST_M_S: Final = 20_000.0
"""More than any satellite has on board. [m/s]"""


def parse_manoeuvre(text: str) -> Manoeuvre:
    """Read an instant, or a interval, and perhaps the change of velocity.

    Examples
    --------
    >>> str(parse_manoeuvre("2016-12-22T10:00Z"))
    '2016-12-22T10:00:00Z'
    >>> str(parse_manoeuvre("2016-12-22T10:00Z to 2016-12-22T10:20Z by 0.3 m/s"))
    '2016-12-22T10:00:00Z to 2016-12-22T10:20:00Z by 0.3 m/s'
    """
    when, *speed = re.split(r"\s+by\s+", text.strip())
    begin, *end = re.split(r"\s+to\s+", when)
    if len(end) > 1 or len(speed) > 1:
        raise Mistake(f"{quoted(text)} is no manoeuvre", f"write such as '{EXAMPLE}'")
    from_ = parse_instant(begin)
    to = parse_instant(end[0]) if end else from_
    if to < from_:
        raise Mistake(f"{quoted(text)} ends before it begins", "exchange the two instants")
    if not speed:
        return Manoeuvre(from_=from_, to=to)
    delta_v_m_s = parse_quantity(speed[0], "m s-1", "0.3 m/s")
    if not 0.0 <= delta_v_m_s <= _FASTEST_M_S:
        raise Mistake(f"{quoted(speed[0])} lies outside 0 … 20 km/s", "correct the unit")
    return Manoeuvre(from_=from_, to=to, delta_v_m_s=delta_v_m_s)
