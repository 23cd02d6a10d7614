"""Who gets how much key, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Numbered, Shown, numbered, table
from satqkd.report.html.written import NOTHING, bits_words, fixed, kbit
from satqkd.report.plan_folder import Row, number, whole

MOST_POOLS: Final = 100
"""Of more pools those with most key are listed."""


def delivered_bits(rows: Sequence[Row]) -> int:
    """Key that all pairs get that ask for it. [bit]"""
    return sum(whole(row, "delivered_bits") or 0 for row in rows if asks(row))


def asks(row: Row) -> bool:
    """Whether a row is of a pair that asks for key: of none it is a pool's, or has no weight."""
    unasked = row["kind"] == "joint" and row.get("weight") == ""
    return row["kind"] != "pool" and not unasked


def pairs_served(rows: Sequence[Row]) -> tuple[int, int]:
    """How many pairs get key, and how many ask for it."""
    asked: dict[tuple[str, ...], int] = {}
    for row in rows:
        if asks(row):
            pair = tuple(sorted((row["station_a"], row["station_b"])))
            asked[pair] = asked.get(pair, 0) + (whole(row, "delivered_bits") or 0)
    return sum(bits > 0 for bits in asked.values()), len(asked)


def of_pairs(served: int, asked: int) -> str:
    """Say how many pairs of those that ask get key."""
    return "the one pair that asks" if asked == 1 else f"{served} of {asked} pairs"


def pairs_title(rows: Sequence[Row]) -> str:
    """Say who is served."""
    served, asked = pairs_served(rows)
    if not asked:
        return "No pair asks for key"
    if not served:
        return "No key for the one pair that asks" if asked == 1 else f"No key for {asked} pairs"
    return f"{bits_words(delivered_bits(rows))} go to {of_pairs(served, asked)}"


def pairs_tables(rows: Sequence[Row]) -> Markup:
    """List the pairs, then the pools."""
    own = numbered(rows)
    pairs = [one for one in own if one.row["kind"] != "pool"]
    pools = [one for one in own if one.row["kind"] == "pool"]
    return joined((_pairs(pairs), _pools(pools)))


def _pairs(rows: Sequence[Numbered]) -> Markup | None:
    if not rows:
        return None
    asked = any(one.row.get("asked_bits") for one in rows)
    drawn = any(one.row.get("delivered_p50_bits") for one in rows)
    columns = [
        Shown(heading="Pair", cell=lambda r: r["station_a"], column="station_a", kind="h"),
        Shown(heading="with", cell=lambda r: r["station_b"], column="station_b", kind="t"),
        Shown(heading="By", cell=lambda r: r["satellite"] or NOTHING, column="satellite", kind="t"),
        Shown(heading="How", cell=_how, column="kind", kind="t"),
        _bits("Delivered, kbit", "delivered_bits", kind="n key"),
        *([_bits("Asked, kbit", "asked_bits")] if asked else []),
        *(
            [_bits(f"{name.upper()}", f"delivered_{name}_bits") for name in ("p10", "p50", "p90")]
            if drawn
            else []
        ),
        *([Shown(heading="Chance %", cell=_chance, column="chance")] if drawn else []),
        *_notes(rows),
    ]
    return table(columns, rows, caption="Pairs of stations and their key", file="keys.csv")


def _pools(rows: Sequence[Numbered]) -> Markup | None:
    if not rows:
        return None
    stock = any((whole(one.row, "stock_bits") or 0) > 0 for one in rows)
    left = len(rows) - MOST_POOLS
    if left > 0:
        ranked = sorted(rows, key=lambda one: -(whole(one.row, "pool_bits") or 0))[:MOST_POOLS]
        rows = sorted(ranked, key=lambda one: one.number)
    columns = [
        Shown(heading="Pool of", cell=lambda r: r["station_a"], column="station_a", kind="h"),
        Shown(heading="with", cell=lambda r: r["satellite"], column="satellite", kind="t"),
        *([_bits("In stock, kbit", "stock_bits")] if stock else []),
        _bits("All, kbit", "pool_bits", kind="n key"),
        _bits("Relayed", "spent_bits"),
        _bits("Spare", "spare_bits"),
        *_notes(rows),
    ]
    shown = table(columns, rows, caption="Pools of key, a satellite with a station",
                  file="keys.csv")  # fmt: skip
    more = f"{left} more pools, with less key, are in keys.csv alone."
    return joined((shown, tag("p", more) if left > 0 else None))


def _notes(rows: Sequence[Numbered]) -> list[Shown]:
    """Return the column of notes where there is any."""
    if not any(one.row.get("note") for one in rows):
        return []
    return [Shown(heading="To know", cell=lambda r: r["note"], column="note", kind="w")]


def not_told(file: str) -> Markup:
    """Say that a plan does not hold what would be shown here."""
    return tag("p", f"Not in this plan: it has no {file}.", class_="absent")


def _how(row: Row) -> str:
    return {"delivery": "relayed", "joint": "made together"}.get(row["kind"], row["kind"])


def _bits(heading: str, column: str, *, kind: str = "n") -> Shown:
    return Shown(heading=heading, cell=lambda r: kbit(number(r, column)), column=column, kind=kind)


def _chance(row: Row) -> str:
    chance = number(row, "chance")
    return fixed(None if chance is None else 100.0 * chance)
