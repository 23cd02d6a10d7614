"""What each pair holds, needs and gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.forms import button, form
from satqkd.console.layout import Page
from satqkd.network.ledger.course import held_course
from satqkd.report.html.ground import ground_table, ground_title
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.stocks import stock_charts, stock_table, stock_title
from satqkd.report.stock_course import Ahead, Names, PairStock, stocks_of

PAST: Final = timedelta(days=7)
"""So much of what pairs held is drawn."""

BAND: Final = (
    "The band goes on with what the ledger holds, and relays key anew as the weather lets it; "
    "the dashed line is the plan as it was made."
)


def pairs_page(view: View) -> Page:
    """Return the page."""
    keys = view.held.rows("keys.csv")
    stocks = pair_stocks(view, past=True)
    title = stock_title(stocks) if any(one.held_bits is not None for one in stocks) else ""
    over = ground_table(view.held.folder)
    body = joined(
        (
            tag("h2", "What each pair holds, needs and gets"),
            stock_table(stocks, view.held.zones),
            stock_charts(stocks, name="stock") if stocks else None,
            _over_weather(view) if stocks else None,
            tag("h2", "What the plan brings"),
            pairs_tables(keys) if keys or over is not None else not_told("keys.csv"),
            tag("h2", ground_title(view.held.rows("links.csv"))) if over is not None else None,
            over,
        )
    )
    under = pairs_title(keys) if title else ""
    return Page(title=title or pairs_title(keys), under=under, body=body, tab="/pairs")


def _looked(view: View) -> Mapping[str, Any] | None:
    """Return what was looked ahead last; None where it is of another plan or another ledger."""
    job = view.desk.jobs.done("ahead")
    found = None if job is None else job.result
    if found is None:
        return None
    memory = view.memory
    plan = (memory.in_force or "") if memory is not None else ""
    entries = len(memory.entries) if memory is not None else 0
    return found if (found["plan"], found["entries"]) == (plan, entries) else None


def _ahead(found: Mapping[str, Any] | None, now: datetime) -> Mapping[Names, Sequence[Ahead]]:
    """Read what was looked ahead, from now on."""
    return {
        frozenset(one["stations"]): [
            Ahead(utc=utc, p10_bits=low, p50_bits=middle, p90_bits=high)
            for text, low, middle, high in one["ahead"]
            if (utc := datetime.fromisoformat(text)) >= now
        ]
        for one in (() if found is None else found["pairs"])
    }


def _over_weather(view: View) -> Markup:
    """Say what the band comes to, or how it is had."""
    found = _looked(view)
    if found is not None:
        told = [tag("li", one) for one in (*found["words"], *found["notes"])]
        return tag(
            "section",
            tag("h2", f"Over the weather: {found['samples']} realisations"),
            tag("p", BAND),
            tag("ul", *told, class_="plain"),
            id="ahead",
        )
    own = form(view.desk, "/ahead", button("Look ahead"), sent={"back": "/pairs"})
    before = view.desk.jobs.done("ahead") is not None
    words = "is of an earlier state: what was booked since changes it" if before else "is not drawn"
    how = (
        "'satqkd ledger ahead' computes it." if own is None else "It takes about as long as a plan."
    )
    return tag("div", tag("p", f"What pairs will hold over the weather (P10 to P90) {words}. {how}",
                          class_="absent"), own, id="ahead")  # fmt: skip


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
        ahead=_ahead(_looked(view), view.now) if past else None,
    )
