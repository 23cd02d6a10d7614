"""What each pair holds, needs and gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.network.ledger.course import held_course
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.stocks import stock_charts, stock_table, stock_title
from satqkd.report.stock_course import PairStock, stocks_of

PAST: Final = timedelta(days=7)
"""So much of what pairs held is drawn."""
NOT_DRAWN: Final = (
    "P10 to P90 of what pairs will hold: not computed here; 'satqkd ledger ahead' computes them."
)


def pairs_page(view: View) -> Page:
    """Return the page."""
    keys = view.held.rows("keys.csv")
    stocks = pair_stocks(view, past=True)
    title = stock_title(stocks) if any(one.held_bits is not None for one in stocks) else ""
    body = joined(
        (
            tag("h2", "What each pair holds, needs and gets"),
            stock_table(stocks, view.held.zones),
            stock_charts(stocks, name="stock") if stocks else None,
            tag("p", NOT_DRAWN, class_="absent") if stocks else None,
            tag("h2", "What the plan brings"),
            pairs_tables(keys) if keys else not_told("keys.csv"),
        )
    )
    under = pairs_title(keys) if title else ""
    return Page(title=title or pairs_title(keys), under=under, body=body, tab="/pairs")


def pair_stocks(view: View, *, past: bool = False) -> Sequence[PairStock]:
    """Return how the pairs of the plan stand: by the ledger, or by the mission without one.

    Parameters
    ----------
    view
        What the request sees.
    past
        Whether what they held before is wanted too: the ledger is replayed for that.
    """
    given, memory = view.desk.given, view.memory
    pairs = {
        frozenset((row["station_a"], row["station_b"])): (row["station_a"], row["station_b"])
        for row in view.held.rows("keys.csv")
        if row["kind"] != "pool"
    }
    held = (
        given.held()
        if memory is None
        else {names: memory.held_bits(*ends) for names, ends in pairs.items()}
    )
    courses = (
        {}
        if memory is None or not past
        else held_course(memory.entries, since=view.now - PAST, until=view.now)
    )
    return stocks_of(
        view.held.folder,
        now=view.now,
        held_bits=held,
        need_bits_day=given.needs(),
        past={frozenset((one.station_a, one.station_b)): own for one, own in courses.items()},
    )
