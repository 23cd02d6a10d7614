"""Why not more: what became of every contact, and what would have to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.console.decidable import decidable
from satqkd.console.desk import View
from satqkd.console.drafted import drafted_of
from satqkd.console.forms import button, form
from satqkd.console.layout import Page
from satqkd.console.links import to_contact, with_query
from satqkd.console.paging import pager
from satqkd.report.html.blocks import block_by_block
from satqkd.report.html.contact import Contact
from satqkd.report.html.ground import ground_bits
from satqkd.report.html.helping import helping_table
from satqkd.report.html.losses import losses_title, waterfall
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.not_flown import causes_chart, limits_table
from satqkd.report.html.passes import (
    cause_of,
    not_flown_title,
    reasons_table,
    stake_bits,
)
from satqkd.report.html.written import NOTHING
from satqkd.report.plan_folder import Row

ROWS: Final = 50
"""Contacts of a page of those that are not flown."""


def losses_page(view: View) -> Page:
    """Return the page."""
    contacts = view.held.contacts
    left = [one for one in contacts if one.status != "scheduled"]
    chosen = _chosen(left, view)
    ranked = sorted(chosen, key=lambda one: (-stake_bits(one), one.rise))
    pages = pager(ranked, view.asked, rows=ROWS)
    helping = helping_table(view.held.rows("what_if.csv"), act=_plan_it(view))
    body = joined(
        (
            tag("h2", "Where the key goes"),
            waterfall(view.held.folder, name="falls", links=ground_bits(view.held.folder)),
            tag("h2", "Contacts by what became of them"),
            causes_chart(contacts, name="causes") if left else None,
            reasons_table(contacts),
            tag("h2", "What one change would bring"),
            helping if helping is not None else _not_tried(view),
            tag("h2", "Not flown, one by one"),
            _filters(left, view),
            _words(view),
            limits_table(pages.shown, view.held.zones, link=to_contact)
            if pages.shown
            else tag("p", "No contact is so."),
            pages.links("/losses"),
            block_by_block(view.held.folder, level="h2"),
        )
    )
    return Page(
        title=losses_title(view.held.folder),
        under=not_flown_title(contacts),
        body=body,
        tab="/losses",
    )


def _chosen(left: Sequence[Contact], view: View) -> list[Contact]:
    """Keep what the address asks for: a reason, and words."""
    why, words = view.asked.get("why", ""), view.asked.get("find", "").casefold().split()
    return [
        one
        for one in left
        if (not why or cause_of(one.row) == why) and all(word in _text(one) for word in words)
    ]


def _text(one: Contact) -> str:
    row = one.row
    parts = (
        one.where, one.satellite, row.get("reason") or "", row.get("change_needed") or "",
        one.middle_text[:10], row.get("contact_key") or "", row.get("pass_id") or "",
    )  # fmt: skip
    return " ".join(parts).casefold()


def _filters(left: Sequence[Contact], view: View) -> Markup:
    """Lead to the contacts of each reason."""
    counts = Counter(cause_of(one.row) for one in left).most_common()
    now = view.asked.get("why", "")
    kept = {name: value for name, value in view.asked.items() if name == "find"}

    def to(why: str, words: str) -> Markup:
        current = "true" if why == now else None
        href = with_query("/losses", kept, why=why or None)
        return tag("li", tag("a", words, href=href, aria_current=current))

    return tag(
        "ul", to("", f"all {len(left)}"), *(to(why, f"{why} {count}") for why, count in counts),
        class_="choice",
    )  # fmt: skip


def _words(view: View) -> Markup:
    """Ask for words to look for."""
    why = view.asked.get("why", "")
    return tag(
        "form",
        tag("label", "Find ", tag("input", name="find", id="filter", type="search",
                                  value=view.asked.get("find", "") or None, maxlength="200"),
            class_="line"),
        tag("input", type="hidden", name="why", value=why) if why else None,
        " ",
        tag("button", "Show"),
        method="get", action="/losses", class_="find", role="search",
    )  # fmt: skip


def _plan_it(view: View) -> Callable[[Row], Markup | str] | None:
    """Return what puts a row of what was tried into the draft; None at a desk that only reads."""
    if view.desk.read_only or view.memory is None:
        return None
    version = str(drafted_of(view.desk, view.memory).version)

    def cell(row: Row) -> Markup | str:
        sets, station = row.get("set_values") or "", row["change"].removeprefix("station ")
        if ".outages=[{" in sets and station in view.held.stations:
            href = f"{with_query('/draft', {'station': station})}#outage"
            return tag("a", "Station out …", href=href, class_="button")
        if not sets or not decidable(sets):
            return tag("span", "in the files" if sets else NOTHING, class_="small")
        what = f"{row['change']}, {row['to'].lstrip(chr(39))}"
        sent = {"what": what, "sets": sets, "version": version, "back": "/draft"}
        return form(view.desk, "/draft/tried", button("Plan it"), sent=sent) or NOTHING

    return cell


def _not_tried(view: View) -> Markup:
    """Say how to have it; with a ledger also what else that does."""
    booked = (
        ""
        if view.memory is None
        else " A plan made at the desk tries none. With a ledger the command puts what it plans, "
        "the whole window anew, in force."
    )
    return tag("p", "Not in this plan: ", tag("code", "satqkd plan --what-if"),
               f" tries each change, a plan of its own.{booked}", class_="absent")  # fmt: skip
