"""What would bring more key: the plan made again with one thing different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import NOTHING, kbit, minus
from satqkd.report.plan_folder import Row, number


def helping_table(
    rows: Sequence[Row], *, act: Callable[[Row], Markup | str] | None = None
) -> Markup | None:
    """List what was tried, best first; None where a plan tried nothing.

    Parameters
    ----------
    rows
        Of what_if.csv.
    act
        What can be done with a row; None where nothing can.
    """
    if not rows:
        return None
    columns = [
        Shown(heading="What is different", cell=lambda r: r["change"], column="change", kind="h"),
        Shown(heading="From", cell=lambda r: _words(r["from"]), column="from", kind="w"),
        Shown(heading="To", cell=lambda r: _words(r["to"]), column="to", kind="w"),
        _bits("Worth gained, kbit", "worth_gain_bits", kind="n key"),
        _bits("Delivered then", "all_delivered_bits"),
        _bits("Made then", "all_made_bits"),
        Shown(heading="Scheduled then", cell=lambda r: r["contacts_scheduled"],
              column="contacts_scheduled"),
    ]  # fmt: skip
    if act is not None:
        columns.append(Shown(heading="As a plan", cell=act, kind="t"))
    caption = "What one change would bring, each a plan of its own under a clear sky"
    return table(columns, numbered(rows), caption=caption, file="what_if.csv")


def helping_list(rows: Sequence[Row]) -> Markup | None:
    """List the few changes that would bring most; None where a plan tried nothing, or none would.

    Rows stand best first, as in the file.
    """
    best = [one for one in numbered(rows) if (number(one.row, "worth_gain_bits") or 0.0) > 0.0][
        :MOST_LISTED
    ]
    if not best:
        return None
    columns = [
        Shown(heading="What is different", cell=_change, kind="h"),
        _bits("Worth gained, kbit", "worth_gain_bits", kind="n key"),
    ]
    caption = "Changes that would bring most, each a plan of its own under a clear sky"
    return table(columns, best, caption=caption, file="what_if.csv")


MOST_LISTED: Final = 4
"""So many changes are named where room is short."""


def _change(row: Row) -> str:
    return f"{row['change']}: {_words(row['from'])} → {_words(row['to'])}"


def _words(text: str) -> str:
    """Write a value without the apostrophe that keeps spreadsheets from running it."""
    plain = text[1:] if text[:2] in {"'-", "'+", "'=", "'@"} else text
    return minus(plain) if plain[:1] == "-" else plain or NOTHING


def _bits(heading: str, column: str, *, kind: str = "n") -> Shown:
    return Shown(heading=heading, cell=lambda r: kbit(number(r, column)), column=column, kind=kind)
