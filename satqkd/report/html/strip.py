"""One night by station: what is flown when, what else passes, how dark it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.facts import skies
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.svg import line, picture, px, rect, text
from satqkd.report.html.timeline import Span, legend, shades, station_name
from satqkd.report.html.week import satellite_letters
from satqkd.report.html.written import bits_words, kbit, offset
from satqkd.report.plan_folder import PlanFolder
from satqkd.report.tonight import Tonight

WIDTH, NAMES = 890.0, 150.0
ROW, TOP, FOOT = 38.0, 20.0, 22.0
BAR, LEAST_BAR, LEAST_WIDTH = 16.0, 4.0, 4.0
AROUND: Final = timedelta(minutes=45)
"""So much is shown before the first and after the last contact; a convention."""
STEPS_H: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0)
"""Hours between the lines of the axis."""
MOST_LINES: Final = 8
CHARACTER: Final = 6.8
"""Width of a letter or digit, no less than it is drawn. [px]"""
MOST_TOLD: Final = 20
"""So many contacts are told to those who do not see the picture; the table has all."""


def strip(
    plan: PlanFolder,
    contacts: Sequence[Contact],
    night: Tonight,
    stations: Sequence[str],
    *,
    now: datetime,
) -> Markup:
    """Draw a night from 45 minutes before its first contact to as much after its last.

    Parameters
    ----------
    plan, contacts
        The plan and its contacts in order.
    night
        Its scheduled contacts.
    stations
        One row each.
    now
        Where a line says so.
    """
    span = _span(night)
    here = [one for one in contacts if one.set > span.begin and one.rise < span.end]
    flown = [one for one in here if one.status == "scheduled"]
    rows = {name: TOP + ROW * place for place, name in enumerate(stations)}
    height = TOP + ROW * len(stations) + FOOT
    letters = satellite_letters(contacts)
    nights = plan.tables["nights.csv"]
    told = "; ".join(
        f"{one.satellite} over {one.where} from {one.rise:%H:%M} to {one.set:%H:%M}, "
        f"{bits_words(one.bits)}"
        for one in flown[:MOST_TOLD]
    )
    told += f"; {len(flown) - MOST_TOLD} more" if len(flown) > MOST_TOLD else ""
    chart = picture(
        rect(0, TOP, WIDTH, ROW * len(stations), "daylight"),
        *(one for name in stations for one in shades(nights, name, span, rows[name], ROW)),
        *_hours(span, height),
        *(line(0, y + ROW, WIDTH, y + ROW, "rule") for y in rows.values()),
        *_bars(here, rows, span, letters),
        *_now(span, now, height),
        *_local(span, height, flown),
        width=WIDTH,
        height=height,
        name="strip",
        title=f"The night from {span.begin:%H:%M} to {span.end:%H:%M}, UTC",
        told=f"Scheduled: {told or 'nothing'}. The table below has each contact.",
        class_="chart",
    )
    known = skies(contacts)
    sides = tag(
        "svg",
        *(station_name(name, known.get(name, ""), y - 5) for name, y in rows.items()),
        viewBox=f"0 0 {px(NAMES)} {px(height)}",
        aria_hidden="true",
        class_="names",
    )
    inner = tag("div", sides, chart, class_="rows")
    box = tag("div", inner, class_="scroll", tabindex="0", role="region", aria_label="The night")
    joint = any(len(one.stations) > 1 for one in contacts)
    return joined((box, legend(shaded=bool(nights), letters=letters, joint=joint)))


def _span(night: Tonight) -> Span:
    begin = min(one.rise for one in night.contacts) - AROUND
    end = max(one.set for one in night.contacts) + AROUND
    return Span(begin=begin, end=end)


def _hours(span: Span, height: float) -> Iterator[Markup]:
    hours = (span.end - span.begin).total_seconds() / 3600.0
    step_h = next((step for step in STEPS_H if hours / step <= MOST_LINES), STEPS_H[-1])
    at = span.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    while at < span.end:
        if at >= span.begin:
            x = span.x(at)
            yield line(x, TOP - 6, x, height - FOOT, "day")
            if 16 < x < WIDTH - 16:
                yield text(x, TOP - 8, f"{at:%H:%M}", "head", anchor="middle")
        at += timedelta(hours=step_h)


def _local(span: Span, height: float, flown: Sequence[Contact]) -> Iterator[Markup]:
    """Write a second axis where all stations have one clock."""
    zones = {one.zone for one in flown}
    zone = next(iter(zones)) if len(zones) == 1 else None
    if zone is None:
        return
    own = offset(span.begin, zone)
    if own != offset(span.end, zone):
        return
    step = timedelta(hours=1) if span.end - span.begin < timedelta(hours=9) else timedelta(hours=3)
    at = span.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    first = True
    while at < span.end:
        x = span.x(at)
        if at >= span.begin and 20 < x < WIDTH - 20:
            words = f"{at.astimezone(zone):%H:%M}"
            yield text(x, height - 8, f"{words} {own}" if first else words, "small",
                       anchor="middle")  # fmt: skip
            first = False
        at += step


def _bars(
    here: Sequence[Contact], rows: Mapping[str, float], span: Span, letters: Mapping[str, str]
) -> Iterator[Markup]:
    """Draw contacts; a number without room beside the one before it is left out."""
    most = max((one.bits for one in here), default=0) or 1
    clear: dict[float, float] = {}
    order = {"rejected": 0, "candidate": 1, "scheduled": 2}
    for one in sorted(here, key=lambda own: order[own.status]):
        x = span.x(one.rise)
        wide = max(span.x(one.set) - x, LEAST_WIDTH)
        bases = [rows[name] + ROW for name in one.stations if name in rows]
        if len(bases) > 1 and one.bits > 0:
            middle = x + wide / 2
            yield line(middle, min(bases), middle, max(bases), "tie")
        tall = max(BAR * one.bits / most, LEAST_BAR)
        for base in bases:
            yield _bar(one, x, wide, base, tall=tall)
            if one.status == "scheduled":
                words = letters.get(one.satellite, "") + kbit(one.bits)
                middle, half = x + wide / 2, CHARACTER * len(words) / 2
                if middle - half > clear.get(base, 0.0):
                    clear[base] = middle + half
                    yield text(middle, base - tall - 3, words, "value", anchor="middle")


def _bar(one: Contact, x: float, wide: float, base: float, *, tall: float) -> Markup:
    if one.status == "scheduled":
        return rect(x, base - tall, wide, tall, "bar")
    if one.status == "candidate" and one.bits > 0:
        return rect(x, base - max(tall, 5.0), wide, max(tall, 5.0), "lost")
    return line(x + wide / 2, base - 6, x + wide / 2, base, "tick")


def _now(span: Span, now: datetime, height: float) -> Iterator[Markup]:
    if span.inside(now):
        x = span.x(now)
        yield rect(0, TOP, x, height - FOOT - TOP, "past")
        yield line(x, TOP - 6, x, height - FOOT, "now")
        yield text(x + 4, TOP + 10, "now", "now")
