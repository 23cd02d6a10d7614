"""Patterns of quantities for editors: a number within its limits, and a unit that converts."""

from __future__ import annotations

from typing import Any, Final

from satqkd.config.place_angle import HEMISPHERES, PATTERN
from satqkd.config.quantity import COMMON, LIMITS, unit_of

NUMBER: Final = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
"""A number as files may write it."""

_BELOW_0 = r"(?!\s*-[\d.]*[1-9])"
"""Refuses a number with a minus sign that is not 0."""
_IS_0 = r"(?=\s*[+-]?[\d.]*[1-9])"
"""Refuses 0."""


def quantity(field: str) -> tuple[str, dict[str, Any]]:
    """Return a name for what a field can hold, the same for fields alike, and its schema.

    Refused are units in daily use that measure something else, a wrong sign, and 0 where it lies
    below the limits; where only one unit is in daily use, any plain number outside the limits.
    """
    unit = unit_of(field)
    within, name = _within(field, unit)
    strangers = sorted(
        one
        for other, factors in COMMON.items()
        if other != unit
        for one in factors
        if one not in COMMON[unit]
    )
    refused = "|".join(_literal(one) for one in strangers)
    if field in HEMISPHERES:
        return field.removesuffix("_deg"), {
            "type": "string",
            "pattern": rf"({PATTERN})|(^{within}\s*{NUMBER}\s*deg\s*$)",
            "patternErrorMessage": f"write a number{name} with deg, or with its hemisphere",
        }
    whole = f"quantity in {unit}{name}".replace(" ", "_").replace("/", "_per_")
    found = {
        "type": "string",
        "pattern": rf"^{within}\s*{NUMBER}\s*(?!({refused})\s*$)[^\s\d%].*$",
        "patternErrorMessage": f"write a number{name} and a unit that converts to {unit}",
    }
    return "".join(letter for letter in whole if letter.isalnum() or letter in "_-"), found


def _within(field: str, unit: str) -> tuple[str, str]:
    """Return what refuses numbers outside the limits of a field, and its words."""
    if field not in LIMITS:
        return "", ""
    low, high, _ = LIMITS[field]
    if len(COMMON[unit]) == 1 and low == int(low) and high == int(high):
        (only,) = COMMON[unit]
        below = rf"(?!\s*-{_above(int(-low))}\s*{_literal(only)}\s*$)" if low < 0.0 else _BELOW_0
        above = rf"(?!\s*\+?{_above(int(high))}\s*{_literal(only)}\s*$)"
        return f"{below}{_IS_0 if low > 0.0 else ''}{above}", f" from {low:g} to {high:g}"
    if low > 0.0:
        return _BELOW_0 + _IS_0, " above 0"
    return (_BELOW_0, " not below 0") if low == 0.0 else ("", "")


def _above(most: int) -> str:
    r"""Return a pattern of the numbers without exponent and leading noughts that exceed ``most``.

    Examples
    --------
    >>> print(_above(89))
    ([1-9]\d{2,}(\.\d*)?|9\d(\.\d*)?|89\.\d*[1-9]\d*)
    """
    digits = str(most)
    longer = rf"[1-9]\d{{{len(digits)},}}"
    greater = [
        f"{digits[:at]}{_greater(int(digit))}" + r"\d" * (len(digits) - at - 1)
        for at, digit in enumerate(digits)
        if digit != "9"
    ]
    whole = [rf"{one}(\.\d*)?" for one in (longer, *greater)]
    return "(" + "|".join([*whole, rf"{digits}\.\d*[1-9]\d*"]) + ")"


def _greater(digit: int) -> str:
    return "9" if digit == 8 else f"[{digit + 1}-9]"


def _literal(text: str) -> str:
    """Return a pattern of a text, as ECMAScript and Python read it alike."""
    return "".join(f"\\{letter}" if letter in "()^/-" else letter for letter in text)
