"""Who gets how much key."""

from __future__ import annotations

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import kbit
from satqkd.report.plan_folder import Row


def pairs_page(view: View) -> Page:
    """Return the page."""
    keys = view.held.rows("keys.csv")
    body = joined(
        (
            tag("h2", "What each pair holds"),
            _held(view, [row for row in keys if row["kind"] != "pool"]),
            tag("h2", "What the plan brings"),
            pairs_tables(keys) if keys else not_told("keys.csv"),
        )
    )
    return Page(title=pairs_title(keys), body=body, tab="/pairs")


def _held(view: View, pairs: list[Row]) -> Markup:
    memory = view.memory
    if memory is None:
        told = (
            "No ledger: what pairs hold is not known here. 'satqkd ledger' and docs/ledger.md say "
            "how to begin one; the plan's deliveries stand below."
        )
        return tag("p", told, class_="absent")
    if not pairs:
        return tag("p", "No pair asks for key.")
    seen = dict.fromkeys((row["station_a"], row["station_b"]) for row in pairs)
    rows = [{"a": a, "b": b, "held": str(memory.held_bits(a, b))} for a, b in seen]
    columns = [
        Shown(heading="Pair", cell=lambda r: r["a"], kind="h"),
        Shown(heading="with", cell=lambda r: r["b"], kind="t"),
        Shown(heading="Held, kbit", cell=lambda r: kbit(float(r["held"])), kind="n key"),
    ]
    return table(columns, numbered(rows), caption="What each pair holds now, by the ledger")
