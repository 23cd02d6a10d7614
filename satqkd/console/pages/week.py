"""The days: when what is flown, what it brings, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.console.desk import View, window_of
from satqkd.console.layout import Page
from satqkd.console.links import to_contact, with_query
from satqkd.console.paging import pager
from satqkd.report.html.contact import Contact
from satqkd.report.html.facts import title, window_words
from satqkd.report.html.given_up import given_up_column
from satqkd.report.html.ground import ground_table, ground_title
from satqkd.report.html.helping import helping_list
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.passes import reasons_table, scheduled_table, windows_table
from satqkd.report.html.timeline import Span
from satqkd.report.html.week import MOST_CHARTS, spans_of, week
from satqkd.report.html.written import day

MOST_DRAWN: Final = 1_500
"""A plan of more contacts is drawn a day at a time."""


def week_page(view: View) -> Page:
    """Return the page."""
    held = view.held
    whole = len(held.contacts) <= MOST_DRAWN
    whole = whole and len(spans_of(held.folder, held.contacts)) <= MOST_CHARTS
    chosen = None if whole else _day(view)
    shown = held.scheduled
    if chosen is not None:
        shown = tuple(one for one in shown if chosen.inside(one.middle))
    pages = pager(shown, view.asked)
    now = None if view.ended else view.now
    aside = tag("div", *_aside(view), class_="beside")
    table = tag(
        "section",
        tag("h2", _heading(len(held.scheduled), shown=len(shown), chosen=chosen)),
        scheduled_table(
            pages.shown,
            held.zones,
            link=to_contact,
            more=[given_up_column(held.contacts, held.zones)],
        ),
        pages.links("/week"),
        windows_table(pages.shown, held.zones, link=to_contact),
    )
    body = joined(
        (
            None if chosen is None else _days(view, chosen),
            week(held.folder, _drawn(view, chosen), only=chosen, now=now),
            *_over_ground(view),
            table if held.contacts else None,
            aside if held.contacts else None,
        )
    )
    under = f"{held.mission}, {window_words(held.folder)}"
    actions = tag("a", "Export …", href="/export", class_="button")
    return Page(
        title=title(held.folder, held.contacts), under=under, body=body, tab="/week",
        actions=actions,
    )  # fmt: skip


def _over_ground(view: View) -> Iterator[Markup | None]:
    found = ground_table(view.held.folder)
    if found is not None:
        yield tag("h2", f"Over the ground: {ground_title(view.held.rows('links.csv'))}")
        yield found


def _drawn(view: View, chosen: Span | None) -> Sequence[Contact]:
    """Return what is drawn: of a plan that is too large for all, contacts with key."""
    if chosen is None:
        return view.held.contacts
    return [one for one in view.held.contacts if one.status == "scheduled" or one.bits > 0]


def _heading(count: int, *, shown: int, chosen: Span | None) -> str:
    if chosen is None:
        return f"The {count} scheduled contacts"
    return f"{shown} of {count} scheduled contacts are of {day(chosen.begin)}"


def _aside(view: View) -> tuple[Markup | None, ...]:
    helping = helping_list(view.held.rows("what_if.csv"))
    return (
        tag(
            "section",
            tag("h2", "Why not more"),
            reasons_table(view.held.contacts),
            tag("p", tag("a", "All that is not flown", href="/losses")),
        ),
        tag("section", tag("h2", "What would help most"), helping) if helping else None,
    )


def _day(view: View) -> Span:
    """Return the day that was asked for; else that of now, within the window."""
    begin, end = window_of(view.held) or (view.held.contacts[0].rise, view.held.contacts[-1].set)
    wanted = view.now
    with suppress(ValueError):
        wanted = datetime.fromisoformat(view.asked.get("day", "")).replace(tzinfo=UTC)
    last = end - timedelta(microseconds=1)
    wanted = min(max(wanted, begin), last)
    at = wanted.replace(hour=0, minute=0, second=0, microsecond=0)
    return Span(begin=at, end=at + timedelta(days=1))


def _days(view: View, chosen: Span) -> Markup:
    """Lead to the day before and after."""
    begin, end = window_of(view.held) or (view.held.contacts[0].rise, view.held.contacts[-1].set)
    before, after = chosen.begin - timedelta(days=1), chosen.end

    def to(when: datetime, words: str) -> Markup:
        href = with_query("/week", {}, day=f"{when:%Y-%m-%d}")
        return tag("a", words, href=href, class_="button")

    return tag(
        "p",
        to(before, f"‹ {day(before)}") if before + timedelta(days=1) > begin else None,
        " ",
        tag("b", f"{day(chosen.begin)} {chosen.begin.year}"),
        " ",
        to(after, f"{day(after)} ›") if after < end else None,
        " This plan is too large to draw at once: contacts with key of one day.",
        class_="days",
    )
