"""Blocks of key: what all their contacts would make, and what those scheduled do."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import kbit, time_cell
from satqkd.report.plan_folder import PlanFolder, Row, number, whole

MOST_BLOCKS: Final = 100
"""Of more blocks those of which most is given up are listed."""


def block_by_block(plan: PlanFolder, *, level: str) -> Markup | None:
    """Return that list under its heading, ``h2`` or ``h3``; None where the plan has no blocks."""
    found = blocks_table(plan)
    return None if found is None else joined((tag(level, "Block by block"), found))


def blocks_table(plan: PlanFolder) -> Markup | None:
    """List what each block makes of what it could; None where the plan has no blocks."""
    rows = plan.tables["blocks.csv"]
    if not rows:
        return None
    columns = [
        Shown(heading="Block of", cell=lambda r: r["station_a"], column="station_a", kind="h"),
        *(
            [Shown(heading="with", cell=lambda r: r["station_b"], column="station_b", kind="t")]
            if any(row.get("station_b") for row in rows)
            else []
        ),
        Shown(heading="Satellite", cell=lambda r: r["satellite"], column="satellite", kind="t"),
        Shown(
            heading="Closes, UTC",
            cell=lambda r: time_cell(r.get("closes_utc") or "", None, form="day"),
            column="closes_utc",
            kind="t",
        ),
        Shown(heading="Gathers", cell=lambda r: r["gathers"], column="gathers", kind="t"),
        Shown(heading="Possible", cell=lambda r: r["possible"], column="possible"),
        Shown(heading="Scheduled", cell=lambda r: r["scheduled"], column="scheduled"),
        _of("All, kbit", "all_bits"),
        _of("Made", "block_bits", kind="n key"),
        Shown(heading="Given up", cell=_given_up),
        _of("Each contact alone", "separate_bits"),
    ]
    caption = "Key blocks: what all their contacts would make, and what those scheduled do"
    own = numbered(rows)
    left = len(own) - MOST_BLOCKS
    if left > 0:
        ranked = sorted(own, key=lambda one: -_given_up_bits(one.row))[:MOST_BLOCKS]
        own = tuple(sorted(ranked, key=lambda one: one.number))
    shown = table(columns, own, caption=caption, file="blocks.csv")
    more = f"{left} more blocks, of which less is given up, are in blocks.csv alone."
    return joined((shown, tag("p", more) if left > 0 else None))


def _given_up(row: Row) -> str:
    return kbit(_given_up_bits(row))


def _given_up_bits(row: Row) -> int:
    return (whole(row, "all_bits") or 0) - (whole(row, "block_bits") or 0)


def _of(heading: str, column: str, *, kind: str = "n") -> Shown:
    return Shown(heading=heading, cell=lambda r: kbit(number(r, column)), column=column, kind=kind)
