"""Numbers of things in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast


def counted(number: int, what: str, *, many: str = "") -> str:
    """Return a number with its noun, in the plural where it belongs.

    Examples
    --------
    >>> counted(1, "pair"), counted(2, "pair"), counted(0, "pass", many="passes")
    ('1 pair', '2 pairs', '0 passes')
    """
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def contact_words(found: Forecast) -> tuple[str, str]:
    """What a contact is called, one and many."""
    if found.link is not None:
        return "session", "sessions"
    return ("pass", "passes") if found.pair is None else ("window", "windows")


def reason_lines(reasons: Iterable[str]) -> list[str]:
    """Say each reason once, with how often it stands and its numbers from least to most.

    Examples
    --------
    >>> reason_lines(["21 bits are too few", "no light", "1,030 bits are too few"])
    ['2 rows: 21…1,030 bits are too few', '1 row: no light']
    """
    alike: dict[str, list[list[str]]] = {}
    for reason in reasons:
        alike.setdefault(_NUMBER.sub("{}", reason.translate(_BRACES)), []).append(
            _NUMBER.findall(reason)
        )
    return [
        f"{counted(len(rows), 'row')}: {words.format(*map(_span, zip(*rows, strict=True)))}"
        for words, rows in sorted(alike.items(), key=lambda item: -len(item[1]))
    ]


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

_BRACES = str.maketrans({"{": "{{", "}": "}}"})


def _span(numbers: Sequence[str]) -> str:
    """Least and most of some numbers; one where they are alike."""
    ordered = sorted(set(numbers), key=lambda text: float(text.replace(",", "")))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}…{ordered[-1]}"
