"""The frame of every page: head, tabs, clock, what holds of the whole plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

from satqkd.console.bars import bars
from satqkd.console.desk import Desk, View
from satqkd.console.look import THEMES, ZONES, Look
from satqkd.report.export.printable import visible
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.written import day, fixed
from satqkd.report.plan_folder import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says."""

    title: str
    """The answer, in one sentence."""
    body: Markup
    tab: str = ""
    """Address of the tab that it belongs to; empty for none."""
    under: str | Markup = ""
    """What stands under the title."""
    above: str | Markup = ""
    """What stands over it: the way here."""
    actions: Markup | None = None
    """What can be done, beside the title."""
    status: int = 200
    head: Markup | None = None
    """What stands in its head beside what every page has."""
    seen: bool = True
    """Whether the title is written over the page; else its body holds it."""


TABS: Final = (
    ("/", "Tonight", "1"), ("/week", "Week", "2"), ("/losses", "Losses", "3"),
    ("/pairs", "Pairs", "4"), ("/log", "Log", "5"), ("/plans", "Plans", "6"),
)  # fmt: skip
"""Address, name and key of each tab."""
KEYS: Final = (
    ("1 – 6", "Tonight, Week, Losses, Pairs, Log, Plans"),
    ("j, k", "next and previous contact of a page"),
    ("Enter", "open it"),
    ("p", "pin it"),
    ("b", "ban it"),
    ("o", "its station is out"),
    ("u", "undo the last change of the draft"),
    ("r", "plan again"),
    ("c", "compare"),
    ("e", "export"),
    ("t", "times: UTC, station, here"),
    ("d", "colours: auto, light, dark, night"),
    ("/", "to the filter"),
    ("?", "this list"),
    ("Esc", "close"),
)
"""What keys do; not while something is typed."""


def rendered(page: Page, desk: Desk, view: View | None, *, now: datetime, look: Look) -> str:
    """Return the HTML of a page.

    Parameters
    ----------
    page
        What it says.
    desk, view
        Whose it is; without a view there is no plan to speak of.
    now
        What its clock begins with.
    look
        How it is shown.
    """
    return _template().render(
        page=page,
        title=visible(page.title),
        under=joined((page.under,)),
        above=joined((page.above,)),
        mission=visible(view.held.mission if view is not None else desk.mission_name or ""),
        tabs=[{"href": href, "name": name, "key": key} for href, name, key in TABS],
        zones=ZONES,
        themes=THEMES,
        look=look,
        now_iso=iso(now),
        now_words=f"{day(now)} {now:%H:%M:%S}Z",
        clock_stands=desk.clock_stands or (view is not None and view.ended),
        notices=[*_notices(desk, view), *bars(desk, view)],
        foot=() if view is None else tuple(visible(one) for one in _foot(view)),
        keys=KEYS,
    )


def iso(when: datetime) -> str:
    """Return an instant in UTC as pages hold it."""
    return when.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _notices(desk: Desk, view: View | None) -> Iterator[Markup]:
    """Say what holds of every page."""
    if desk.read_only:
        yield tag("p", tag("b", "Read only: "), desk.read_only, class_="notice")
    if view is None:
        return
    if view.ended:
        yield tag("p", f"The plan has ended; pages show it as at its end, {day(view.now)} "
                  f"{view.now:%H:%M}Z.", class_="notice")  # fmt: skip
    last = view.memory.entries[-1].at if view.memory is not None and view.memory.entries else None
    if last is not None and last > desk.clock() and not desk.read_only:
        told = "the clock of this desk is before the last entry of the ledger, "
        yield tag("p", tag("b", "Nothing can be booked: "), told, f"{day(last)} {last:%Y %H:%M}Z.",
                  class_="notice stop")  # fmt: skip
    oldest = _too_old(view)
    if oldest:
        yield tag("p", tag("b", "Elements too old: "), oldest, class_="notice stop")


def _too_old(view: View) -> str:
    limits = ((view.held.folder.manifest.get("models") or {}).get("limits")) or {}
    limit_s = limits.get("max_element_age_s")
    if limit_s is None:
        return ""
    ages = [
        abs(number(one.row, "elements_age_h") or 0.0)
        for one in view.held.scheduled
        if one.set >= view.now and not (one.row.get("elements_source") or "").startswith("synth")
    ]
    over = [age for age in ages if age > float(limit_s) / 3600.0]
    if not over:
        return ""
    return (
        f"{len(over)} of {len(ages)} contacts to come are planned with elements of up to "
        f"{max(over):.0f} h, limit {float(limit_s) / 3600.0:.0f} h. Fetch new ones and plan again."
    )


def _foot(view: View) -> Iterator[str]:
    """Say what holds of the plan."""
    told = view.held.folder.manifest
    solver = told.get("solver") or {}
    yield f"Plan {view.held.name}"
    if solver:
        gap = solver.get("gap")
        beside = "gap not given" if gap is None else f"gap {fixed(100.0 * float(gap), 2)} %"
        yield f"solver {solver.get('status') or 'not said'}, {beside}"
    yield from _elements(told.get("element_sets") or [], told.get("models") or {})
    orientation = (told.get("time") or {}).get("earth_orientation_until_utc")
    if orientation:
        yield f"Earth orientation to {str(orientation)[:10]}"
    yield from (str(one) for one in told.get("warnings") or [])


def _elements(sets: Sequence[Mapping[str, Any]], models: Mapping[str, Any]) -> Iterator[str]:
    ages = [(float(one["age_h_max"]), one) for one in sets if one.get("age_h_max") is not None]
    if not ages:
        return
    oldest, own = max(ages, key=lambda item: item[0])
    limit_s = (models.get("limits") or {}).get("max_element_age_s")
    limit = "" if limit_s is None else f", limit {float(limit_s) / 3600.0:.0f} h"
    yield f"elements of {own.get('satellite')} up to {oldest:.0f} h old{limit}"


@cache
def _template() -> jinja2.Template:
    made = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("satqkd.console") / "templates" / "desk.html"
    return made.from_string(text.read_text(encoding="utf-8"))
