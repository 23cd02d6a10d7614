"""Columns of what stands in the way of a contact, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from satqkd.network.missed import Missed
from satqkd.report.tables.column import Column, Source
from satqkd.report.tables.definitions import column

_FIELDS = (
    "limit", "limit_value", "limit_unit", "reached_value", "change_needed", "bits_at_stake"
)  # fmt: skip


def missed_columns(rows: Callable[[Source], Sequence[Missed]]) -> tuple[Column[Source], ...]:
    """Return the columns, filled from what stands in the way of each row's contact."""
    return tuple(_column(name, rows) for name in _FIELDS)


def _column(name: str, rows: Callable[[Source], Sequence[Missed]]) -> Column[Source]:
    return column(name, lambda source: [getattr(one, name) for one in rows(source)])
