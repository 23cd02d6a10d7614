"""Two plans beside each other: what changes, and why."""

from __future__ import annotations

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.drafted import drafted_of
from satqkd.console.forms import button, form, text
from satqkd.console.layout import Page
from satqkd.console.refusals import NotThereError
from satqkd.report.compare import compare
from satqkd.report.html.changes import changes, pairs_compared
from satqkd.report.html.compared import compare_timeline, compared_figures, compared_title
from satqkd.report.html.markup import joined, tag


def compare_page(view: View) -> Page:
    """Return the page.

    Raises
    ------
    NotThereError
        If the ledger has no plan of a name.
    SatqkdError
        If one of them is not what it was.
    """
    names = view.asked.get("a", ""), view.asked.get("b", "")
    held = [view.desk.kept(name, view.memory) for name in names]
    before, after = held
    if before is None or after is None:
        raise NotThereError
    found = compare(before.folder, after.folder)
    body = joined(
        (
            compared_figures(found),
            tag("h2", "Plan A over plan B"),
            compare_timeline(found, name="compared"),
            tag("h2", "What changes, and why"),
            changes(found, after.zones),
            tag("h2", "What each pair gets"),
            pairs_compared(found),
            put_again(view, names[1]),
        )
    )
    return Page(title=compared_title(found), under=f"A: {names[0]} · B: {names[1]}", body=body,
                tab="/plans", above=tag("a", "Plans", href="/plans"))  # fmt: skip


def put_again(view: View, plan_id: str) -> Markup | None:
    """Ask whether a plan of before shall be in force again; None where it is."""
    memory = view.memory
    if memory is None or memory.in_force == plan_id:
        return None
    own = form(
        view.desk, "/in-force", text("Why", "note", needed=True), " ",
        button("Put B in force again"),
        sent={
            "plan_id": plan_id,
            "expected_parent": memory.in_force or "",
            "version": str(drafted_of(view.desk, memory).version),
        },
    )  # fmt: skip
    return None if own is None else joined((tag("h2", "Back to B"), own))
