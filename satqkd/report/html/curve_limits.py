"""Which limit takes which part of a contact, under its curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from markupsafe import Markup

from satqkd.report.html.axis import TimeAxis
from satqkd.report.html.svg import rect, text
from satqkd.report.html.written import fixed, minus
from satqkd.report.plan_folder import Row, number

TOP, TALL = 498.0, 20.0
"""Where the strip lies, with room for its title above. [px]"""
LETTER: Final = 6.3
"""Width of a letter. [px]"""
MEASURED: Final[Mapping[str, tuple[str, str, int, bool]]] = {
    "low": ("elevation_deg", "{}°", 1, True),
    "daylight": ("sun_elevation_deg", "Sun {}°", 1, False),
    "range": ("range_km", "{} km", 0, False),
    "sun": ("sun_separation_deg", "{}°", 1, True),
    "moon": ("moon_separation_deg", "{}°", 1, True),
}
"""What a limit is held against: column, how it is written, digits, and whether more is better."""


@cache
def labels() -> Mapping[str, str]:
    """Return how each limit is called, by its name in series.csv."""
    from satqkd.forecast.obstacles import OBSTACLES  # noqa: PLC0415 -- large, and of curves alone

    return {one.name: one.label for one in OBSTACLES}


def taken_spans(rows: Sequence[Row]) -> Iterator[tuple[int, int, str]]:
    """Yield first and last place of each stretch that one limit takes, with its name."""
    begun = 0
    for place in range(1, len(rows) + 1):
        name = rows[begun].get("obstacle") or ""
        if place < len(rows) and (rows[place].get("obstacle") or "") == name:
            continue
        if name:
            yield begun, place - 1, name
        begun = place


def limits_strip(
    axis: TimeAxis, times: Sequence[datetime], rows: Sequence[Row]
) -> Iterator[Markup]:
    """Draw the stretches that limits take, each with its limit and the nearest value in it."""
    yield rect(axis.left, TOP, axis.right - axis.left, TALL, "ground")
    yield text(axis.left, TOP - 5, "taken by a limit", "head")
    for begin, end, name in taken_spans(rows):
        x, wide = axis.x(times[begin]), axis.x(times[end]) - axis.x(times[begin])
        yield rect(x, TOP, max(wide, 1.0), TALL, "lost")
        label, nearest = labels().get(name, name), nearest_value(rows[begin : end + 1], name)
        for words in (f"{label}: {nearest}" if nearest else label, label):
            if LETTER * len(words) + 8 < wide:
                yield text(x + wide / 2, TOP + 14, words, "halo", anchor="middle")
                break


def nearest_value(rows: Sequence[Row], name: str) -> str:
    """Return how near a stretch comes to what its limit allows; empty where that is no number."""
    if name not in MEASURED:
        return ""
    column, written, digits, more = MEASURED[name]
    known = [value for row in rows if (value := number(row, column)) is not None]
    if not known:
        return ""
    best = max(known) if more else min(known)
    return written.format(minus(fixed(best, digits)))


def limits_told(rows: Sequence[Row], times: Sequence[datetime]) -> str:
    """Say the same in words; empty where no limit takes anything."""
    told = []
    for begin, end, name in taken_spans(rows):
        nearest = nearest_value(rows[begin : end + 1], name)
        beside = f" ({nearest} at best)" if nearest else ""
        last_s = (times[end] - times[begin]).total_seconds()
        told.append(f"{labels().get(name, name)}{beside} takes {last_s:.0f} s")
    return "; ".join(told)
