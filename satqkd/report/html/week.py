"""The days of a plan: each station over time, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact, station_names
from satqkd.report.html.facts import skies
from satqkd.report.html.ground import ground_rates
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.timeline import Span, legend, timeline
from satqkd.report.html.written import bits_words, day, instant_of
from satqkd.report.plan_folder import PlanFolder

MOST_CHARTS: Final = 6
"""A plan of more weeks is not drawn day by day."""
CHART_DAYS: Final = 7
MOST_TICKS: Final = 1_500
"""Of more contacts those without key are not drawn."""
LONGEST_LAST_DAYS: Final = 1.5
"""Days beyond whole weeks that still go into the last chart."""


def week_title(flown: Sequence[Contact]) -> str:
    """Name the best day."""
    days: dict[str, int] = {}
    for one in flown:
        name = day(one.middle.astimezone(UTC))
        days[name] = days.get(name, 0) + one.bits
    if not days:
        return "The days"
    best = max(days, key=lambda name: days[name])
    return f"The days: most key on {best}, {bits_words(days[best])}"


def week(
    plan: PlanFolder,
    contacts: Sequence[Contact],
    *,
    only: Span | None = None,
    now: datetime | None = None,
) -> Markup:
    """Draw the days of a plan, a chart a week.

    Parameters
    ----------
    plan, contacts
        The plan and its contacts in order.
    only
        Draw these days alone.
    now
        Where a line says so; none without.
    """
    spans = spans_of(plan, contacts) if only is None else [only]
    links = ground_rates(plan)
    if not contacts and not links:
        return tag("p", "No satellite rises over a station.")
    if len(spans) > MOST_CHARTS:
        return tag(
            "p", "Longer than six weeks: not drawn day by day; the tables have each contact."
        )
    if only is None and len(contacts) > MOST_TICKS:
        contacts = [one for one in contacts if one.status == "scheduled" or one.bits > 0]
    nights = plan.tables["nights.csv"]
    letters = satellite_letters(contacts)
    joint = any(len(one.stations) > 1 for one in contacts)
    charts = [
        timeline(
            contacts,
            station_names(plan, contacts) if contacts else (),
            nights,
            span,
            skies=skies(contacts),
            letters=letters,
            name=f"week{place}",
            now=now,
            links=links,
        )
        for place, span in enumerate(spans, start=1)
    ]
    shaded = bool(nights)
    absent = None if shaded or not contacts else tag(
        "p", "Nights are not in this plan: it has no nights.csv.", class_="absent"
    )  # fmt: skip
    marks = legend(
        shaded=shaded, letters=letters, joint=joint, ground=bool(links), contacts=bool(contacts)
    )
    return joined((*charts, marks, absent))


def satellite_letters(contacts: Sequence[Contact]) -> dict[str, str]:
    """Return a letter a satellite where there are several; else none."""
    satellites = sorted({one.satellite for one in contacts})
    letters = dict(zip(satellites, letters_of(len(satellites)), strict=True))
    return letters if len(satellites) > 1 else {}


def letters_of(count: int) -> list[str]:
    """Return so many letters; beyond 26 with a number behind."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [
        alphabet[place] if count <= len(alphabet) else f"{alphabet[place // 26 % 26]}{place % 26} "
        for place in range(count)
    ]


def spans_of(plan: PlanFolder, contacts: Sequence[Contact]) -> list[Span]:
    """Cut the window of a plan into charts."""
    window = plan.manifest.get("window") or {}
    if window:
        begin, end = instant_of(window["start_utc"]), instant_of(window["end_utc"])
    elif contacts:
        begin, end = contacts[0].rise, max(one.set for one in contacts)
    else:
        return []
    spans, at = list[Span](), begin
    while at < end:
        until = at + timedelta(days=CHART_DAYS)
        if end - until < timedelta(days=LONGEST_LAST_DAYS):
            until = end
        spans.append(Span(begin=at, end=until))
        at = until
    return spans
