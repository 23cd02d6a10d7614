"""Tonight: go or no-go, run sheets, what else could be flown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from satqkd.console.contact_acts import ContactActs
from satqkd.console.desk import View, window_of
from satqkd.console.layout import Page
from satqkd.console.links import to_contact
from satqkd.console.pages.pairs import pair_stocks
from satqkd.console.paging import pager
from satqkd.report.counted import counted
from satqkd.report.html.cards import cards
from satqkd.report.html.depends import depends_table
from satqkd.report.html.ground import ground_table, ground_title
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import matrix
from satqkd.report.html.passes import reasons_table
from satqkd.report.html.strip import strip
from satqkd.report.html.verdict import night_words, verdict_box
from satqkd.report.html.which_night import night_at
from satqkd.report.html.written import day
from satqkd.report.night_limits import limits_of_manifest
from satqkd.report.tonight import Tonight

CONTACTS: Final = 24
"""Contacts of a night that a page shows at once."""

ALWAYS: Final = (
    "No satellite of this mission rises over a station. Links over the ground stand all the time: "
    "there is no night to decide."
)


def tonight_page(view: View) -> Page:
    """Return the page."""
    if view.ended and view.held.contacts:
        return _over(view)
    night = night_at(view.held.folder, view.held.contacts, view.now, states=view.states)
    if night is None or not night.contacts:
        return _none(view)
    return _decided(view, night)


def _decided(view: View, night: Tonight) -> Page:
    acts = ContactActs(view)
    first, zones = night.contacts[0], view.held.zones
    pages = pager(night.contacts, view.asked, rows=CONTACTS)
    shown = replace(night, contacts=pages.shown)
    later = first.rise - view.now > timedelta(days=1) or first.rise.date() != view.now.date()
    when = f"{day(first.rise)} {first.rise.year}"
    parts = (
        tag("h1", night_words(night), class_="unseen"),
        verdict_box(night, view.now),
        tag("h2", f"The next night with a contact, {when}, UTC" if later and _far(view, night)
            else f"Tonight, {when}, UTC"),
        strip(view.held.folder, view.held.contacts, night, view.held.stations, now=view.now),
        tag("section", tag("h2", "Go or no-go"), matrix(shown, zones), class_="hide-narrow"),
        pages.links("/"),
        tag("h2", "Contact by contact"),
        cards(view.held.folder, view.held.by_key, shown, zones, link=to_contact,
              acts=lambda one: acts.of(one.contact_key, one.stations[0])),
        pages.links("/"),
        tag("h2", "Stocks that depend on tonight", id="stocks"),
        depends_table(view.held.folder, pair_stocks(view), night.contacts, view.held.zones),
    )  # fmt: skip
    return Page(title=night_words(night), body=joined(parts), tab="/", seen=False)


def _far(view: View, night: Tonight) -> bool:
    """Whether the night shown is not the one that is on, or next."""
    return night.contacts[0].rise - view.now > timedelta(hours=24)


def _over(view: View) -> Page:
    window = window_of(view.held)
    end = view.now if window is None else window[1]
    days = (view.desk.clock() - end).days
    since = "today" if days == 0 else f"{counted(days, 'day')} ago"
    told = tag(
        "p",
        "Plan again for nights to come: ",
        tag("code", "satqkd plan"),
        ", or ",
        tag("code", "satqkd plan --from plan"),
        " to keep what is near. What this plan held is on ",
        tag("a", "its days", href="/week"),
        ".",
    )
    return Page(title=f"The plan ended {since}: plan again", body=told, tab="/")


def _none(view: View) -> Page:
    if not view.held.contacts and (over := ground_table(view.held.folder)) is not None:
        told = tag("p", ALWAYS)
        title = ground_title(view.held.rows("links.csv"))
        return Page(title=title, body=joined((told, over)), tab="/")
    if not view.held.scheduled:
        body = joined((tag("p", "Nothing is scheduled. What became of the contacts:"),
                       reasons_table(view.held.contacts)))  # fmt: skip
        return Page(title="Nothing is scheduled in this plan", body=body, tab="/")
    if limits_of_manifest(view.held.folder.manifest) is None:
        return Page(title="Tonight is not in this plan", body=_no_limits(), tab="/")
    body = tag("p", "Every scheduled contact has set. ", tag("a", "The days", href="/week"),
               " and ", tag("a", "the log", href="/log"), " have them.")  # fmt: skip
    return Page(title="No contact tonight, and none after it in this plan", body=body, tab="/")


def _no_limits() -> Markup:
    told = (
        "It was made by a satqkd that did not write down the limits that a night is checked "
        "against. Plan again to have them; the days and the contacts are there."
    )
    return tag("p", told, class_="absent")
