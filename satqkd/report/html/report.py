"""The report of a plan: one page without script that stands by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import jinja2
from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.export.printable import visible
from satqkd.report.html.contact import Contact, contacts_of, station_names, zones_of
from satqkd.report.html.facts import figures, made_bits, plan_name, skies, title, window_words
from satqkd.report.html.helping import helping_table
from satqkd.report.html.inputs import inputs, inputs_title
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import alternates, matrix, night_title
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.passes import (
    given_up_table,
    not_flown_table,
    not_flown_title,
    reasons_table,
    scheduled_table,
    windows_table,
)
from satqkd.report.html.sheets import MOST_SHEETS, sheets
from satqkd.report.html.timeline import Span, legend, timeline
from satqkd.report.html.written import bits_words, day, instant_of
from satqkd.report.night_limits import limits_of_manifest
from satqkd.report.plan_folder import PlanFolder
from satqkd.report.tonight import Tonight, night_of

REPORT: Final = "report.html"
"""Name of the page in the folder of a plan."""
MOST_CHARTS: Final = 6
"""A plan of more weeks is not drawn day by day."""
CHART_DAYS: Final = 7
LONGEST_LAST_DAYS: Final = 1.5
"""Days beyond whole weeks that still go into the last chart."""


def report_page(plan: PlanFolder) -> str:
    """Return the report of a plan as one HTML file: the same plan, the same bytes.

    Raises
    ------
    SatqkdError
        If series.csv is not what ``plan.json`` says it is.
    """
    contacts, zones = contacts_of(plan), zones_of(plan)
    name = plan_name(plan)
    mission = visible(str(plan.manifest.get("mission") or "mission not said"))
    return _template().render(
        css=Markup(_text("tokens.css") + _text("report.css")),  # noqa: S704 - our own files
        title=title(plan, contacts),
        mission=mission,
        window=window_words(plan),
        plan_id=visible(name),
        version=visible(str(plan.manifest.get("satqkd") or "")),
        running=_quoted(f"satqkd, plan {name}, {mission}"),
        figures=figures(plan, contacts),
        sections=_sections(plan, contacts, zones, name),
    )


def _sections(
    plan: PlanFolder, contacts: Sequence[Contact], zones: Mapping[str, str], name: str
) -> list[Mapping[str, str | Markup]]:
    night = first_night(plan, contacts)
    flown = [one for one in contacts if one.status == "scheduled"]
    keys = plan.tables["keys.csv"]
    return [
        _section("week", _week_title(flown), _week(plan, contacts)),
        _section("night", *_night(night, flown, plan, zones)),
        _section(
            "passes",
            f"{counted(len(flown), 'scheduled contact')}: {bits_words(made_bits(contacts))}",
            joined((scheduled_table(contacts, zones), windows_table(contacts, zones))),
        ),
        _section("why", not_flown_title(contacts), _why(plan, contacts, zones)),
        _section("pairs", pairs_title(keys), pairs_tables(keys) if keys else not_told("keys.csv")),
        _section(
            "sheets",
            f"Run sheets of {counted(min(len(flown), MOST_SHEETS), 'contact')}",
            sheets(plan, flown, zones),
        ),
        _section("rest", "Not flown, one by one", not_flown_table(contacts, zones)),
        _section("inputs", inputs_title(plan), inputs(plan, name=name)),
    ]


def _section(name: str, heading: str, body: Markup) -> Mapping[str, str | Markup]:
    return {"id": name, "heading": visible(heading), "short": _SHORT[name], "body": body}


_SHORT: Final = {
    "week": "The days", "night": "First night", "passes": "Scheduled", "why": "Why not more",
    "pairs": "Pairs and pools", "sheets": "Pass sheets", "rest": "Not flown", "inputs": "Inputs",
}  # fmt: skip


def _why(plan: PlanFolder, contacts: Sequence[Contact], zones: Mapping[str, str]) -> Markup:
    parts = (
        ("Most key at stake", given_up_table(contacts, zones)),
        ("What one change would bring", helping_table(plan.tables["what_if.csv"])),
    )
    shown = ((tag("h3", heading), body) for heading, body in parts if body is not None)
    return joined((reasons_table(contacts), *(piece for pair in shown for piece in pair)))


def _week_title(flown: Sequence[Contact]) -> str:
    """Name the best day."""
    days: dict[str, int] = {}
    for one in flown:
        name = day(one.middle.astimezone(UTC))
        days[name] = days.get(name, 0) + one.bits
    if not days:
        return "The days"
    best = max(days, key=lambda name: days[name])
    return f"The days: most key on {best}, {bits_words(days[best])}"


def _week(plan: PlanFolder, contacts: Sequence[Contact]) -> Markup:
    spans = _spans(plan, contacts)
    if not contacts:
        return tag("p", "No satellite rises over a station.")
    if len(spans) > MOST_CHARTS:
        return tag(
            "p", "Longer than six weeks: not drawn day by day; the tables have each contact."
        )
    nights = plan.tables["nights.csv"]
    satellites = sorted({one.satellite for one in contacts})
    letters = dict(zip(satellites, _letters(len(satellites)), strict=True))
    letters = letters if len(satellites) > 1 else {}
    joint = any(len(one.stations) > 1 for one in contacts)
    charts = [
        timeline(
            contacts,
            station_names(plan),
            nights,
            span,
            skies=skies(contacts),
            letters=letters,
            name=f"week{place}",
        )
        for place, span in enumerate(spans, start=1)
    ]
    shaded = bool(nights)
    absent = None if shaded else tag(
        "p", "Nights are not in this plan: it has no nights.csv.", class_="absent"
    )  # fmt: skip
    return joined((*charts, legend(shaded=shaded, letters=letters, joint=joint), absent))


def _letters(count: int) -> list[str]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [
        alphabet[place] if count <= len(alphabet) else f"{alphabet[place // 26 % 26]}{place % 26} "
        for place in range(count)
    ]


def _spans(plan: PlanFolder, contacts: Sequence[Contact]) -> list[Span]:
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


def first_night(plan: PlanFolder, contacts: Sequence[Contact]) -> Tonight | None:
    """Return the first night of a plan with a scheduled contact, seen from the begin of its window.

    A night runs from noon to noon of the mean Sun at the mean longitude of the stations. None where
    nothing is scheduled, or the plan does not say its limits.
    """
    limits = limits_of_manifest(plan.manifest)
    flown = [one for one in contacts if one.status == "scheduled"]
    window = plan.manifest.get("window") or {}
    if limits is None or not flown or not window:
        return None
    begin = instant_of(window["start_utc"])
    until = _noon_after(flown[0].rise, plan)
    night = night_of(plan, limits, now=begin, until=until)
    return night if night.contacts else None


def _noon_after(when: datetime, plan: PlanFolder) -> datetime:
    sites = [one.get("site") or {} for one in plan.manifest["models"]["stations"]]
    longitudes = [float(site["longitude_deg"]) for site in sites if "longitude_deg" in site]
    mean_deg = mean_longitude_deg(longitudes)
    noon = when.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        hours=12.0 - mean_deg / 15.0
    )
    while noon <= when:
        noon += timedelta(days=1)
    while noon - timedelta(days=1) > when:
        noon -= timedelta(days=1)
    return noon


def mean_longitude_deg(longitudes: Sequence[float]) -> float:
    """Return the direction of the mean of some longitudes; 0 without any. [°]

    Examples
    --------
    >>> mean_longitude_deg([170.0, -170.0]), mean_longitude_deg([])
    (180.0, 0.0)
    """
    from cmath import phase, rect  # noqa: PLC0415 - complex numbers are of this alone
    from math import degrees, radians  # noqa: PLC0415

    return round(degrees(phase(sum(rect(1.0, radians(one)) for one in longitudes) or 1.0)), 9)


def _night(
    night: Tonight | None, flown: Sequence[Contact], plan: PlanFolder, zones: Mapping[str, str]
) -> tuple[str, Markup]:
    if night is None:
        if flown and limits_of_manifest(plan.manifest) is None:
            told = "Not in this plan: it does not say the limits that a night is checked against."
            return "The first night", tag("p", told, class_="absent")
        return "The first night", tag("p", "No contact is scheduled.")
    first = night.contacts[0].rise
    heading = f"The first night, {day(first)}: {night_title(night)}"
    told = tag(
        "p",
        f"As known when the window begins. {night.not_checked} of {7 * len(night.contacts)} "
        "checks were not made: what they need is not given.",
    )
    return heading, joined((told, matrix(night, zones), alternates(night, zones)))


@cache
def _template() -> jinja2.Template:
    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return made.from_string(_text("report.html"))


@cache
def _text(name: str) -> str:
    return (files("satqkd.report.html") / name).read_text(encoding="utf-8")


def _quoted(words: str) -> Markup:
    """Return text for a style sheet: every character but the plainest as its number."""
    return Markup("").join(
        one if one.isascii() and (one.isalnum() or one in " ,.-") else f"\\{ord(one):06x}"
        for one in words[:120]
    )
