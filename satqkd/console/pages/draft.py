"""The draft: what is wanted of the next plan, and the plan that answers it."""

from __future__ import annotations

from markupsafe import Markup

from satqkd.console.bars import draft_forms, memory_of
from satqkd.console.desk import Desk, View
from satqkd.console.draft_change import Change
from satqkd.console.drafted import Drafted, drafted_of
from satqkd.console.forms import button, form, text
from satqkd.console.layout import Page
from satqkd.console.links import to_contact
from satqkd.console.pages.said import said
from satqkd.console.replanning import compared
from satqkd.report.compare import Comparison
from satqkd.report.counted import counted
from satqkd.report.html.changes import changes, pairs_compared
from satqkd.report.html.compared import compare_timeline, compared_figures, compared_title
from satqkd.report.html.contact import zones_of
from satqkd.report.html.markup import Child, joined, tag
from satqkd.report.html.written import day


def draft_page(desk: Desk, view: View | None, by: str) -> Page:
    """Return the page.

    Parameters
    ----------
    desk, view
        Whose, and what the request sees; None where there is no plan yet.
    by
        Who acts, as they called themselves before; empty where they did not.
    """
    drafted = drafted_of(desk, memory_of(desk, view))
    draft = drafted.draft
    found = None if draft is None else compared(desk.workplace(), draft)
    body = joined(
        (
            _fault(drafted),
            _answer(desk, drafted, found, by) if drafted.planned else None,
            tag("h2", "What is drafted"),
            _changes(drafted, view),
            None
            if drafted.changes or drafted.planned
            else tag("div", draft_forms(desk, drafted, back="/draft"), class_="actions"),
            None if view is None else _more(view, drafted),
        )
    )
    return Page(title=_title(drafted, found), body=body, tab="/plans",
                above=tag("a", "Plans", href="/plans"))  # fmt: skip


def _title(drafted: Drafted, found: Comparison | None) -> str:
    if found is not None:
        return compared_title(found)
    if drafted.planned:
        return "The first plan waits to be put in force"
    if not drafted.changes:
        return "Nothing is drafted"
    return f"{counted(drafted.changes, 'change')} drafted, not planned yet"


def _fault(drafted: Drafted) -> Markup | None:
    if not drafted.fault:
        return None
    return tag("div", tag("p", tag("b", "The draft does not hold any more:")), said(drafted.fault),
               class_="notice stop")  # fmt: skip


def _answer(desk: Desk, drafted: Drafted, found: Comparison | None, by: str) -> Markup:
    """Show the plan that was made, and ask whether it shall be in force."""
    answer = None if drafted.draft is None else drafted.draft.answer
    if answer is None:
        return Markup()
    told: list[Child] = [tag("li", note) for note in answer.notes]
    pieces: list[Child] = [tag("ul", *told, class_="plain") if told else None]
    if found is not None:
        zones = zones_of(found.after)
        pieces += [
            compared_figures(found),
            tag("h2", "Plan A over plan B"),
            compare_timeline(found, name="compared"),
            tag("h2", "What changes, and why"),
            changes(found, zones),
            tag("h2", "What each pair gets"),
            pairs_compared(found),
        ]
    accept = form(
        desk,
        "/in-force",
        text("By", "by", value=by, hint="your name"),
        " ",
        text("Note", "note", hint="why, for those who read it later"),
        " ",
        button("Put B in force", act="in-force", first=True),
        sent={
            "plan_id": answer.plan_id,
            "expected_parent": answer.parent or "",
            "version": str(drafted.version),
        },
    )
    parent = answer.parent or "none"
    pieces += [
        tag("h2", "Put it in force"),
        tag("p", f"A: {parent}, in force · B: {answer.plan_id}, not in force", class_="small"),
        _outdated() if drafted.outdated else accept,
    ]
    return joined(pieces)


def _outdated() -> Markup:
    told = (
        "B cannot be put in force: pins, bans, outages, states of contacts or another plan were "
        "booked since it was made."
    )
    return tag("p", tag("b", told), " Plan again, above.", class_="notice stop")


def _changes(drafted: Drafted, view: View | None) -> Markup:
    changes = () if drafted.draft is None else drafted.draft.changes
    if not changes:
        return tag("p", "Pin, ban or free a contact where it is shown; or set here what follows.")
    return tag("ol", *(tag("li", one.in_words(), _contact(one, view)) for one in changes))


def _contact(change: Change, view: View | None) -> Markup | None:
    """Say which contact of the plan a change is about, and lead to it."""
    key = change.about()
    own = view.held.by_key.get(key) if view is not None and key is not None else None
    href = None if own is None else to_contact(own.row)
    if own is None or href is None:
        return None
    return joined(
        (" · ", tag("a", f"{own.where}, {day(own.middle)} {own.middle:%H:%M}Z", href=href))
    )


def _more(view: View, drafted: Drafted) -> Markup | None:
    """Ask for an outage, an outage less, another limit."""
    sent = {"version": str(drafted.version), "back": "/draft"}
    chosen = view.asked.get("station", "")
    options = [
        tag("option", name, value=name, selected="" if name == chosen else None)
        for name in view.held.stations
    ]
    out = form(
        view.desk,
        "/draft/outage",
        tag("label", "Station ", tag("select", *options, name="station"), class_="line"),
        " ",
        text("from", "from", value="now", needed=True),
        " ",
        text("to", "to", value="+1d", needed=True),
        " ",
        text("Why", "why", needed=True),
        " ",
        button("Draft the outage"),
        sent=sent,
    )
    limit = form(
        view.desk,
        "/draft/limit",
        text("Limit", "name", value="limits.min_elevation", needed=True),
        " ",
        text("Value", "value", hint="15 deg", needed=True),
        " ",
        button("Draft the limit"),
        sent=sent,
    )
    if out is None or limit is None:
        return None
    return joined(
        (
            tag("h2", "A station is out", id="outage"),
            out,
            tag("p", "Instants are UTC: 2016-12-22T18:00Z, a date for its 00:00, now, or +2d from "
                "now.", class_="small"),
            _lifts(view, sent),
            tag("h2", "Another limit, for the next plan alone"),
            limit,
            tag("p", "What shall last belongs into the mission's files.", class_="small"),
        )
    )  # fmt: skip


def _lifts(view: View, sent: dict[str, str]) -> Markup | None:
    """Ask whether outages of the ledger are over."""
    outages = {} if view.memory is None else view.memory.book.wishes.outages
    forms = [
        tag("li", one.in_words(), " ",
            form(view.desk, "/draft/lift", button("Take it back"),
                 sent={**sent, "entry": str(entry)}))
        for entry, one in outages.items()
    ]  # fmt: skip
    return tag("ul", *forms, class_="plain") if forms else None
