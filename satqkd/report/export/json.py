"""Tables and records as strict JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from satqkd.report.export.blocks import Style, row_blocks
from satqkd.report.export.typed import Typed, filled
from satqkd.report.tables.column import Cell, Column, Source, cells


def records(columns: Sequence[Column[Source]], source: Source) -> list[dict[str, Cell]]:
    """Return the rows of a table, each a mapping from column name to value."""
    names = [column.name for column in columns]
    table = [cells(column, source) for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*table, strict=True)]


def to_json(columns: Sequence[Column[Source]], source: Source) -> str:
    """Return a table as a JSON list of records, one a line, in plain ASCII."""
    return b"".join(json_chunks(columns, (source,))).decode("ascii")


def json_chunks(columns: Sequence[Column[Source]], sources: Iterable[Source]) -> Iterator[bytes]:
    """Return the same of all sources in a row, piece by piece, so that none has to be kept."""
    return json_list(
        chunk for source in sources for chunk in json_rows(columns, filled(columns, source))
    )


def json_list(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Make one list of what :func:`json_rows` gives, for any number of tables."""
    begun = False
    for chunk in rows:
        yield chunk if begun else b"[" + chunk.removeprefix(b",")
        begun = True
    yield b"\n]\n" if begun else b"[]\n"


def json_rows(columns: Sequence[Column[Source]], table: Sequence[Typed]) -> Iterator[bytes]:
    """Return records, a block at a time, each after a comma and the end of the line before."""
    names = [json.dumps(column.name).encode("ascii") + b": " for column in columns]
    before = [b",\n{" + names[0], *(b", " + name for name in names[1:])] if names else []
    style = Style(before=before, after=b"}", quote=b'"', zeros=False, cell=_cell)
    return row_blocks(table, style)


def json_document(
    tables: Mapping[str, tuple[Sequence[Column[Any]], Iterable[Any]]], values: Mapping[str, Any]
) -> Iterator[bytes]:
    """Return an indented document with sorted keys as :func:`strict_json` does, piece by piece.

    Parameters
    ----------
    tables
        Columns and sources of each member that is a list of records.
    values
        Members that are plain values.
    """
    begin = b"{\n  "
    for name in sorted({**tables, **values}):
        yield begin + json.dumps(name).encode("ascii") + b": "
        begin = b",\n  "
        if name in tables:
            yield from _indented_list(*tables[name])
        else:
            yield strict_json(values[name]).rstrip("\n").replace("\n", "\n  ").encode("ascii")
    yield b"\n}\n" if tables or values else b"{}\n"


def _indented_list(columns: Sequence[Column[Source]], sources: Iterable[Source]) -> Iterator[bytes]:
    ordered = sorted(columns, key=lambda column: column.name)
    names = [b"\n      " + json.dumps(column.name).encode("ascii") + b": " for column in ordered]
    before = [b",\n    {" + names[0], *(b"," + name for name in names[1:])]
    style = Style(before=before, after=b"\n    }", quote=b'"', zeros=False, cell=_cell)
    begun = False
    for source in sources:
        for chunk in row_blocks(filled(ordered, source), style):
            yield chunk if begun else b"[" + chunk.removeprefix(b",")
            begun = True
    yield b"\n  ]" if begun else b"[]"


def strict_json(value: Any) -> str:
    """Return any plain value as indented JSON with sorted keys; NaN and infinity are refused."""
    return json.dumps(value, allow_nan=False, sort_keys=True, indent=2) + "\n"


def _cell(cell: Cell, digits: int | None) -> bytes:
    del digits  # rounded already
    return json.dumps(cell, allow_nan=False).encode("ascii")
