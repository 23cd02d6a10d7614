"""Stations over time: nights, Moon, contacts with their key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.ground_rate import GroundRate, rate_words
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.nights import intervals
from satqkd.report.html.svg import line, picture, px, rect, text
from satqkd.report.html.written import bits_words, day, kbit
from satqkd.report.plan_folder import Row

WIDTH, NAMES = 890.0, 150.0
"""Of the chart and of the names beside it. [px]"""
ROW, TOP, FOOT, LINK = 50.0, 22.0, 34.0, 24.0
BAR, LEAST_BAR, BAR_WIDTH = 25.0, 3.0, 6.0
LEVEL: Final = 11.0
"""How far a number gives way to its neighbour. [px]"""
LONGEST_NAME: Final = 19
"""Characters of a name that fit beside the chart; the table has it in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What one chart shows."""

    begin: datetime
    end: datetime

    def x(self, when: datetime) -> float:
        """Place of an instant. [px]"""
        return WIDTH * (when - self.begin) / (self.end - self.begin)

    def inside(self, when: datetime) -> bool:
        """Whether an instant is shown."""
        return self.begin <= when < self.end


def timeline(
    contacts: Sequence[Contact],
    stations: Sequence[str],
    nights: Sequence[Row],
    span: Span,
    *,
    skies: Mapping[str, str],
    letters: Mapping[str, str],
    name: str,
    now: datetime | None = None,
    links: Sequence[GroundRate] = (),
) -> Markup:
    """Draw the contacts of some days.

    Parameters
    ----------
    contacts
        All of the plan, in order of rise.
    stations
        One row each.
    nights
        Rows of nights.csv; without any nothing is shaded.
    span
        The days.
    skies
        What is known of the sky over each station, in words.
    letters
        What stands before the key of each satellite where there are several; else nothing.
    name
        Unique in the page.
    now
        Where a line says so; none without.
    links
        Terrestrial links: no bar, as they stand all the time, but a line with their rate.
    """
    here = [one for one in contacts if span.inside(one.middle)]
    most = max((one.bits for one in contacts), default=0) or 1
    rows = {station: TOP + ROW * place for place, station in enumerate(stations)}
    foot = TOP + ROW * len(stations)
    height = foot + LINK * len(links) + FOOT
    flown = [one for one in here if one.status == "scheduled"]
    told = (
        f"{len(flown)} contacts of {len(here)} are scheduled, "
        f"{bits_words(sum(one.bits for one in flown))} of key. The table of scheduled contacts "
        "has each."
    )
    told += "".join(f" {one.name} gives {rate_words(one.rate_hz)}." for one in links)
    chart = picture(
        rect(0, TOP, WIDTH, ROW * len(stations), "daylight"),
        *(
            shape
            for station in stations
            for shape in shades(nights, station, span, rows[station], ROW)
        ),
        *_days(span, height, flown),
        *(line(0, y + ROW, WIDTH, y + ROW, "rule") for y in rows.values()),
        *_rates(links, foot),
        *_bars(here, rows, span, most),
        *_numbers(here, rows, span, most, letters),
        *_now(span, now, height),
        width=WIDTH,
        height=height,
        name=name,
        title=f"Contacts from {day(span.begin)} to {day(span.end - timedelta(seconds=1))}, UTC",
        told=told,
        class_="chart",
    )
    sides = tag(
        "svg",
        *(station_name(station, skies.get(station, ""), y) for station, y in rows.items()),
        *(
            text(0, foot + LINK * (number + 0.5) + 4, _short(one.name), "head")
            for number, one in enumerate(links)
        ),
        text(0, height - FOOT + 15, "key a day" if here else "", "small"),
        viewBox=f"0 0 {px(NAMES)} {px(height)}",
        aria_hidden="true",
        class_="names",
    )
    inner = tag("div", sides, chart, class_="rows")
    return tag("div", inner, class_="scroll", tabindex="0", role="region", aria_label="Timeline")


def _rates(links: Sequence[GroundRate], top: float) -> Iterator[Markup]:
    """Draw a line a link with its rate, in a row of its own."""
    for number, one in enumerate(links):
        y = top + LINK * (number + 0.5)
        yield line(0, y, WIDTH, y, "rate")
        yield text(WIDTH / 2, y + 4, rate_words(one.rate_hz), "value head halo", anchor="middle")


def legend(
    *,
    shaded: bool,
    letters: Mapping[str, str],
    joint: bool,
    ground: bool = False,
    contacts: bool = True,
) -> Markup:
    """Say what the marks mean."""
    marks = [
        (rect(3, 2, BAR_WIDTH, 10, "bar"), "scheduled, kbit above (height: key)"),
        (rect(3, 4, BAR_WIDTH, 8, "lost"), "key, but given up"),
        (line(6, 6, 6, 12, "tick"), "no key"),
    ][: None if contacts else 0]
    if joint:
        marks.append((line(6, 0, 6, 14, "tie"), "one contact of two stations"))
    if ground:
        marks.append((line(0, 7, 12, 7, "rate"), "terrestrial link, all the time, with its rate"))
    if shaded:
        marks += [
            (rect(0, 2, 12, 10, "dark"), "dark enough"),
            (rect(0, 2, 12, 10, "twilight"), "Sun down, not dark enough"),
            (line(0, 7, 12, 7, "moon"), "Moon up"),
        ]
    shown = [
        tag("li", tag("svg", shape, viewBox="0 0 12 14", aria_hidden="true"), words)
        for shape, words in marks
    ]
    shown += [tag("li", tag("b", letter), f" {satellite}") for satellite, letter in letters.items()]
    return tag("ul", *shown, class_="legend")


def station_name(station: str, sky: str, y: float) -> Markup:
    """Write the name of a row, whose top is ``y``, and what is known of its sky."""
    return joined((text(0, y + 22, _short(station), "name"), text(0, y + 36, sky, "small")))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def shades(
    nights: Sequence[Row], station: str, span: Span, y: float, tall: float
) -> Iterator[Markup]:
    """Shade the row of a station, from ``y`` on, where it is dark; a line where the Moon is up."""
    for opens, closes, kind in (("sunset", "sunrise", "twilight"), ("dark", "light", "dark")):
        for begin, end in intervals(nights, station, opens, closes, span):
            yield rect(begin, y, end - begin, tall, kind)
    for begin, end in intervals(nights, station, "moonrise", "moonset", span):
        yield line(begin, y + 3, end, y + 3, "moon")


def _days(span: Span, height: float, flown: Sequence[Contact]) -> Iterator[Markup]:
    at = span.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    while at < span.end:
        until = at + timedelta(days=1)
        x = max(span.x(at), 0.0)
        yield line(x, TOP - 8, x, height - FOOT, "day")
        room = span.x(min(until, span.end)) - x
        if room > 52.0:
            yield text(x + 3, TOP - 8, day(at), "head")
            own = [one.bits for one in flown if at <= one.middle < until]
            if own:
                yield text(x + 3, height - FOOT + 15, bits_words(sum(own)), "head")
                yield text(x + 3, height - FOOT + 28, _counted(len(own)), "small")
        at = until


def _now(span: Span, now: datetime | None, height: float) -> Iterator[Markup]:
    """Dim what is past, and say where it ends."""
    if now is None or now < span.begin:
        return
    x = span.x(min(now, span.end))
    yield rect(0, TOP, x, height - FOOT - TOP, "past")
    if span.inside(now):
        yield line(x, TOP - 8, x, height - FOOT, "now")
        yield text(
            x - 4 if x > 30 else x + 4, TOP + 10, "now", "now", anchor="end" if x > 30 else "start"
        )


def _counted(number: int) -> str:
    return f"{number} contact" + ("" if number == 1 else "s")


def _bars(
    here: Sequence[Contact], rows: Mapping[str, float], span: Span, most: int
) -> Iterator[Markup]:
    order = {"rejected": 0, "candidate": 1, "scheduled": 2}
    for one in sorted(here, key=lambda own: order[own.status]):
        x, ends = span.x(one.middle), [rows[name] + ROW for name in one.stations if name in rows]
        if len(ends) > 1 and one.status != "rejected" and one.bits > 0:
            yield line(x, min(ends), x, max(ends), "tie")
        for base in ends:
            yield _bar(one, x, base, most)


def _bar(one: Contact, x: float, base: float, most: int) -> Markup:
    tall = _tall(one, most)
    if one.status == "scheduled":
        return rect(x - BAR_WIDTH / 2, base - tall, BAR_WIDTH, tall, "bar")
    if one.status == "candidate" and one.bits > 0:
        return rect(x - BAR_WIDTH / 2, base - max(tall, 5.0), BAR_WIDTH, max(tall, 5.0), "lost")
    return line(x, base - 6, x, base, "tick")


def _tall(one: Contact, most: int) -> float:
    return max(BAR * one.bits / most, LEAST_BAR)


def _numbers(
    here: Sequence[Contact],
    rows: Mapping[str, float],
    span: Span,
    most: int,
    letters: Mapping[str, str],
) -> Iterator[Markup]:
    """Write keys over their bars, the largest first, each clear of others and of taller bars.

    One without room is left out.
    """
    keyed = [(span.x(one.middle), _tall(one, most), one) for one in here if one.bits > 0]
    bars = {
        name: sorted((x, tall) for x, tall, one in keyed if name in one.stations) for name in rows
    }
    taken: dict[str, list[tuple[float, float, float]]] = {}
    for at, tall, one in sorted(keyed, key=lambda own: -own[1]):
        if one.status != "scheduled":
            continue
        words = letters.get(one.satellite, "") + kbit(one.bits)
        half = 3.4 * len(words)
        x = min(max(at, half), WIDTH - half)
        for name in (own for own in one.stations if own in rows):
            if _highest(bars[name], x, half + BAR_WIDTH / 2) > tall:
                continue
            top, others = rows[name], taken.setdefault(name, [])
            levels = [top + ROW - tall - 3 - LEVEL * n for n in range(4)]
            free = (y for y in levels if y > top + 12 and _free(x, y, half, others))
            y = next(free, None)
            if y is not None:
                others.append((x, y, half))
                yield text(x, y, words, "value", anchor="middle")


def _highest(bars: Sequence[tuple[float, float]], x: float, room: float) -> float:
    """Return how high bars are around a place; bars are sorted by theirs. [px]"""
    begin, end = bisect_left(bars, (x - room,)), bisect_right(bars, (x + room,))
    return max((tall for _, tall in bars[begin:end]), default=0.0)


def _free(x: float, y: float, half: float, taken: Sequence[tuple[float, float, float]]) -> bool:
    return all(abs(x - a) > half + own + 2 or abs(y - b) >= LEVEL for a, b, own in taken)
