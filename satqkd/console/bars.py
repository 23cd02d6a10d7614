"""What is drafted, and what is being done: over every page."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from satqkd.console.desk import Desk, View
from satqkd.console.drafted import Drafted, drafted_of
from satqkd.console.forms import button, form
from satqkd.console.memory import Memory
from satqkd.errors import SatqkdError
from satqkd.report.counted import counted
from satqkd.report.html.markup import joined, tag


def bars(desk: Desk, view: View | None) -> Iterator[Markup]:
    """Yield the bars of a page: what is being done, and the draft where there is one."""
    running = desk.jobs.running()
    if running is not None:
        yield tag("p", tag("b", "At work: "), f"{running.at} … ",
                  tag("a", "look", href=f"/job/{running.id}"), class_="notice")  # fmt: skip
    drafted = drafted_of(desk, memory_of(desk, view))
    if drafted.fault or drafted.changes or drafted.planned:
        here = "/" if view is None else view.here
        yield tag("section", draft_words(drafted), draft_forms(desk, drafted, back=here),
                  class_="notice draft", aria_label="Draft")  # fmt: skip


def memory_of(desk: Desk, view: View | None) -> Memory | None:
    """Return what the ledger says, also where there is no plan to see; None without one."""
    if view is not None:
        return view.memory
    try:
        return desk.reader.read(desk.clock())
    except SatqkdError:
        return None  # it is damaged: pages of plans say so


def plan_form(desk: Desk) -> Markup | None:
    """Ask whether a first plan shall be made."""
    version = drafted_of(desk, memory_of(desk, None)).version
    own = form(desk, "/replan", button("Plan", act="replan"), sent={"version": str(version)})
    return None if own is None else tag("p", own)


def draft_words(drafted: Drafted) -> Markup:
    """Say what the draft holds, and lead to it."""
    if drafted.fault and drafted.draft is None:
        return tag("p", tag("b", "The draft cannot be read. "), tag("a", "Why", href="/draft"))
    planned = ", planned" if drafted.planned else ", not planned yet"
    planned += " before something else was booked" if drafted.outdated else ""
    told = counted(drafted.changes, "change")
    words = "it no longer fits the ledger" if drafted.fault else "look at it"
    compare = "compare" if drafted.planned else words
    return tag("p", tag("b", "Draft: "), f"{told}{planned} · ",
               tag("a", compare, href="/draft", data_act="compare"))  # fmt: skip


def draft_forms(desk: Desk, drafted: Drafted, *, back: str) -> Markup:
    """Return what can be done with the draft as a whole."""
    version = {"version": str(drafted.version)}
    undo = form(desk, "/draft/undo", button("Undo the last", act="undo"),
                sent={**version, "back": back})  # fmt: skip
    again = form(desk, "/replan", button("Plan again", act="replan"), sent=version)
    discard = form(desk, "/draft/discard", button("Discard"), sent={**version, "back": back})
    return joined((undo if drafted.changes else None, again, discard))
