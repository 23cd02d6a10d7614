"""What each pair holds, needs and gets."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.stocks import stock_charts, stock_table, stock_title
from satqkd.report.stock_course import PairStock, stocks_of


def pairs_page(view: View) -> Page:
    """Return the page."""
    keys = view.held.rows("keys.csv")
    stocks = pair_stocks(view)
    title = stock_title(stocks) if any(one.held_bits is not None for one in stocks) else ""
    body = joined(
        (
            tag("h2", "What each pair holds, needs and gets"),
            stock_table(stocks, view.held.zones),
            stock_charts(stocks, name="stock") if stocks else None,
            tag("h2", "What the plan brings"),
            pairs_tables(keys) if keys else not_told("keys.csv"),
        )
    )
    under = pairs_title(keys) if title else ""
    return Page(title=title or pairs_title(keys), under=under, body=body, tab="/pairs")


def pair_stocks(view: View) -> Sequence[PairStock]:
    """Return how the pairs of the plan stand: by the ledger, or by the mission without one."""
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
    return stocks_of(view.held.folder, now=view.now, held_bits=held, need_bits_day=given.needs())
