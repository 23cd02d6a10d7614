"""Two plans beside each other: what changes, and why."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.console.refusals import NotThereError
from satqkd.report.compare import CHANGED, Change, Comparison, Delivered, compare
from satqkd.report.counted import counted
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import NOTHING, bits_words, fixed, kbit, time_cell
from satqkd.report.plan_folder import Row
from satqkd.report.tables.tonight import utc


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
    changed = [one for one in found.changes if one.what in CHANGED]
    body = joined(
        (
            tag("h2", "What changes, and why"),
            _changes(changed) if changed else tag("p", "No contact changes."),
            tag("h2", "What each pair gets"),
            _delivered(found.delivered) if found.delivered else tag("p", "No pair asks for key."),
        )
    )
    return Page(title=_title(found), under=f"A: {names[0]} · B: {names[1]}", body=body,
                tab="/plans", above=tag("a", "Plans", href="/plans"))  # fmt: skip


def _title(found: Comparison) -> str:
    change = found.delivered_after - found.delivered_before
    pair = f"{bits_words(found.delivered_before)} → {bits_words(found.delivered_after)}"
    changed = sum(one.what in CHANGED for one in found.changes)
    if not change:
        return f"{counted(changed, 'contact')} change, and {pair} are delivered"
    word = "more" if change > 0 else "less"
    return f"B delivers {bits_words(abs(change))} {word}: {pair}"


def _changes(changed: Sequence[Change]) -> Markup:
    rows: list[Row] = [
        {
            "what": one.what,
            "begins": utc(one.begins),
            "where": " and ".join(one.stations),
            "satellite": one.satellite,
            "bits": fixed(one.bits / 1000.0, 1) if one.bits <= 0 else f"+{kbit(one.bits)}",
            "why": one.why or NOTHING,
        }
        for one in changed
    ]
    columns = [
        Shown(heading="Becomes", cell=lambda r: r["what"], kind="h"),
        Shown(heading="Begins", cell=lambda r: time_cell(r["begins"], None, form="both"),
              kind="d"),
        Shown(heading="Station", cell=lambda r: r["where"], kind="t"),
        Shown(heading="Satellite", cell=lambda r: r["satellite"], kind="t"),
        Shown(heading="kbit", cell=lambda r: r["bits"], kind="n key"),
        Shown(heading="Why", cell=lambda r: r["why"], kind="w"),
    ]  # fmt: skip
    return table(columns, numbered(rows), caption="Contacts that change from A to B")


def _delivered(pairs: Sequence[Delivered]) -> Markup:
    rows: list[Row] = [
        {
            "a": one.station_a,
            "b": one.station_b,
            "before": kbit(one.bits_before),
            "after": kbit(one.bits_after),
            "change": fixed((one.bits_after - one.bits_before) / 1000.0, 1),
        }
        for one in pairs
    ]
    columns = [
        Shown(heading="Pair", cell=lambda r: r["a"], kind="h"),
        Shown(heading="with", cell=lambda r: r["b"], kind="t"),
        Shown(heading="A, kbit", cell=lambda r: r["before"]),
        Shown(heading="B, kbit", cell=lambda r: r["after"], kind="n key"),
        Shown(heading="Change", cell=lambda r: r["change"]),
    ]
    return table(columns, numbered(rows), caption="Key of each pair in both plans")
