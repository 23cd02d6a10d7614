"""Values of one thing as numbers with one unit, for the axis of a picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from satqkd.config.mistake import Mistake
from satqkd.config.quantity import COMMON, parse_number, parse_quantity

_PARTS: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)


def as_numbers(texts: Sequence[str]) -> tuple[tuple[float, ...], str] | None:
    """Read texts as numbers in the unit of the first; None where one is no number of that kind.

    Examples
    --------
    >>> as_numbers(["80 mm", "0.2 m"]), as_numbers(["1", "2.5"])
    (((80.0, 200.0), 'mm'), ((1.0, 2.5), ''))
    >>> as_numbers(["gaussian", "flat-top"]), as_numbers(["1 m", "2 s"])
    (None, None)
    """
    found = [_PARTS.fullmatch(text.strip()) for text in texts]
    units = [one[2].strip() if one else None for one in found]
    if not found or None in units:
        return None
    unit = str(units[0])
    try:
        return tuple(
            _in(text, str(own), unit) for text, own in zip(texts, units, strict=True)
        ), unit
    except Mistake:
        return None


def _in(text: str, own: str, unit: str) -> float:
    """Return the number of a text in a unit."""
    if own == unit:
        parts = _PARTS.fullmatch(text.strip())
        return parse_number(parts[1] if parts else text)
    for base, factors in COMMON.items():
        if unit in factors:
            return float(f"{parse_quantity(text, base, text) / factors[unit]:.12g}")
    raise Mistake(f"{own!r} is another unit than {unit!r}", "use the same")


def unit_suffix(unit: str) -> str:
    """Return what a unit adds to the name of a column.

    Examples
    --------
    >>> unit_suffix("mm"), unit_suffix("bit/d"), unit_suffix("%"), unit_suffix("")
    ('_mm', '_bit_d', '_percent', '')
    """
    word = re.sub(r"[^A-Za-z0-9]+", "_", unit.replace("%", "percent")).strip("_")
    return f"_{word}" if word else ""
