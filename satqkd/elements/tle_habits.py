"""How lists in use depart from the columns of element sets, where that can mean one thing only."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from satqkd.elements.tle_layout import (
    CATALOGUE_NUMBER,
    DRAG_TERM,
    ECCENTRICITY,
    ELEMENT_SET_NUMBER,
    EPOCH_DAY,
    LINE_LENGTH,
    RATE,
    REVOLUTION_NUMBER,
    SECOND_RATE,
    Layout,
    checksum,
)

_END_MARK: Final = re.compile(r"/EX|\**END\**|\**EOF\**|NNNN|\x1a|[-*=_]{3,}", re.IGNORECASE)
"""What bulletins and old systems put below the last set (recalled)."""


def tidied(line: str, layout: Layout) -> tuple[str, list[str]]:
    r"""Write a line as the format asks, where it departs from it in a way that is clear.

    Parameters
    ----------
    line
        A line that is no good as it stands.
    layout
        Which of the two lines it is.

    Returns
    -------
    tuple of str and list of str
        The line with each departure that was understood undone, and what these were. A checksum
        that was right is right again where a sign was added.

    Examples
    --------
    >>> from satqkd.elements.tle_layout import LINE_2
    >>> tidied("2   511  97.4000 120.0000    1000  90.0000 270.0000 15.20000000  1005", LINE_2)[0]
    '2 00511  97.4000 120.0000 0001000  90.0000 270.0000 15.20000000  1005'
    """
    habits: list[str] = []
    if len(line) > LINE_LENGTH and not line[LINE_LENGTH:].strip(" \t"):
        line = line[:LINE_LENGTH]
        habits.append("blanks after column 69")
    if len(line) != LINE_LENGTH or not line.isprintable():
        return line, habits
    sound = line[-1] == str(checksum(line))
    for field, understood, habit in _HABITS:
        if field not in layout.fields or field.fits(line):
            continue
        text = understood(field.text(line))
        if text is not None:
            line = line[: field.first - 1] + text + line[field.last :]
            habits.append(habit)
    return (line[:-1] + str(checksum(line)) if sound else line), habits


def end_mark(text: str) -> bool:
    """Tell whether a line says that a list ends here."""
    return _END_MARK.fullmatch(text.strip(" \t")) is not None


def habits_text(seen: Counter[str], first: dict[str, int], file: str) -> str:
    """Say in one sentence how a file departs from the format."""
    told = "; ".join(
        f"{habit} ({n}, the first in line {first[habit]})" for habit, n in seen.items()
    )
    return f"{file}: not written as the format asks, though it can mean one thing only: {told}"


def _number(text: str) -> str | None:
    """Read a catalogue number with blanks before or behind it."""
    bare = text.strip(" ")
    return bare.zfill(5) if re.fullmatch("[0-9]{1,5}", bare) else None


def _eccentricity(text: str) -> str | None:
    return text.replace(" ", "0") if re.fullmatch(" {1,6}[0-9]{1,6}", text) else None


def _day(text: str) -> str | None:
    found = re.fullmatch(r" {1,2}[0-9]{1,2}\.[0-9]{8}", text)
    return text.replace(" ", "0") if found else None


def _rate(text: str) -> str | None:
    """Read a rate with a zero before its point, or with fewer digits than columns."""
    found = re.fullmatch(r" *([+-]?) *0?\.([0-9]{1,8}) *", text)
    return f"{found[1] or ' '}.{found[2]:0<8}" if found else None


def _zero_power(text: str) -> str | None:
    """Read a zero whose power of ten has no sign, or is blank."""
    return " 00000-0" if re.fullmatch(r"(?=.*0)[ +-]?[ 0]{5,6}[ +-]?[0-9 ]", text) else None


def _count(width: int) -> str:
    return "0".rjust(width)


_HABITS: Final = (
    (CATALOGUE_NUMBER, _number, "catalogue number padded with blanks"),
    (ECCENTRICITY, _eccentricity, "eccentricity padded with blanks"),
    (EPOCH_DAY, _day, "day of the epoch padded with blanks"),
    (RATE, _rate, "rate of the mean motion not in its columns"),
    (SECOND_RATE, _zero_power, "second rate of zero without sign of its power"),
    (DRAG_TERM, _zero_power, "drag term of zero without sign of its power"),
    (ELEMENT_SET_NUMBER, lambda text: None if text.strip() else _count(4),
     "element-set number blank"),
    (REVOLUTION_NUMBER, lambda text: None if text.strip() else _count(5),
     "revolution number blank"),
)  # fmt: skip
