"""Tables and records as strict JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from satqkd.report.tables.column import Cell, Column, Source, cells


def records(columns: Sequence[Column[Source]], source: Source) -> list[dict[str, Cell]]:
    """Return the rows of a table, each a mapping from column name to value."""
    names = [column.name for column in columns]
    table = [cells(column, source) for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*table, strict=True)]


def to_json(columns: Sequence[Column[Source]], source: Source) -> str:
    """Return a table as a JSON list of records, one a line, in plain ASCII."""
    lines = json_lines(columns, source)
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def json_lines(columns: Sequence[Column[Source]], source: Source) -> list[str]:
    """Return the records of a table, one a line, for lists that are written piece by piece."""
    return [json.dumps(record, allow_nan=False) for record in records(columns, source)]


def strict_json(value: Any) -> str:
    """Return any plain value as indented JSON with sorted keys; NaN and infinity are refused."""
    return json.dumps(value, allow_nan=False, sort_keys=True, indent=2) + "\n"
