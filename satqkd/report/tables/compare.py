"""Two plans beside each other, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.report.compare import Change, Delivered
from satqkd.report.tables.column import Column, each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.tonight import utc

CHANGE_COLUMNS: tuple[Column[Sequence[Change]], ...] = (
    column("contact_key", each(lambda one: one.contact_key)),
    Column("becomes", "", "What the second plan makes of it: kept, moved (other elements), cut, "
           "longer, added, dropped, or past: it ends before the second plan begins.",
           each(lambda one: one.what)),
    column("satellite", each(lambda one: one.satellite)),
    column("stations", each(lambda one: " and ".join(one.stations))),
    Column("begins_utc", "UTC", "When its key begins: in the second plan, or in the first where "
           "the second does not schedule it.", each(lambda one: utc(one.begins))),
    Column("shift_s", "s", "How much later it rises in the second plan; empty where one of them "
           "has no such contact.", each(lambda one: one.shift_s), digits=3),
    Column("bits_before", "bit", "Key that the first plan counts on.",
           each(lambda one: one.bits_before)),
    Column("bits_after", "bit", "Key that the second plan counts on.",
           each(lambda one: one.bits_after)),
    Column("bits_change", "bit", "Key gained, or lost.", each(lambda one: one.bits)),
    Column("cause", "", "The first cause of it that holds.", each(lambda one: one.why), below=True),
)  # fmt: skip
"""One row a contact that either plan schedules."""

CHANGE_SCREEN = (
    "becomes", "begins_utc", "stations", "bits_change", "satellite", "cause", "bits_after",
    "contact_key",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""

DELIVERED_COLUMNS: tuple[Column[Sequence[Delivered]], ...] = (
    column("satellite", each(lambda one: one.satellite)),
    column("station_a", each(lambda one: one.station_a)),
    column("station_b", each(lambda one: one.station_b)),
    Column("delivered_before", "bit", "Key of the pair in the first plan.",
           each(lambda one: one.bits_before)),
    Column("delivered_after", "bit", "Key of the pair in the second plan.",
           each(lambda one: one.bits_after)),
    Column("delivered_change", "bit", "The difference.",
           each(lambda one: one.bits_after - one.bits_before)),
)  # fmt: skip
"""One row a pair of stations."""
