"""A ledger as lines of JSON, one an entry, and back; and events that others write so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from satqkd.errors import LedgerDamagedError, LedgerError
from satqkd.network.ledger.codec import canonical, event_of
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.rows import COLUMNS, chained, row_of


def exported(entries: Iterable[Entry]) -> Iterator[str]:
    """Write entries, one a line, each a JSON object of its columns; the body is an object too."""
    for entry in entries:
        values = dict(zip(COLUMNS, row_of(entry), strict=True))
        yield canonical({**values, "body": json.loads(values["body"])}) + "\n"


def imported(lines: Iterable[str], file: str) -> tuple[Entry, ...]:
    """Read what :func:`exported` wrote, and check the whole chain.

    Parameters
    ----------
    lines
        Of the file.
    file
        Its name, for errors.

    Raises
    ------
    LedgerError
        With file and line of the first that is none of an export.
    LedgerDamagedError
        With that of the first entry that is not what was written.
    """
    rows = []
    for number, value in _objects(lines, file):
        if sorted(value) != sorted(COLUMNS):
            raise LedgerError(
                f"{file}:{number}: is no entry of a ledger\n"
                f"  fix: write {', '.join(COLUMNS)}, as 'satqkd ledger export' does"
            )
        values = {**value, "body": canonical(value["body"])}
        rows.append((number, tuple(values[name] for name in COLUMNS)))
    found: list[Entry] = []
    for number, row in rows:
        try:
            found += chained([row], found[-1] if found else None, strict=True)
        except LedgerDamagedError as error:
            raise LedgerDamagedError(f"{file}:{number}: {error}") from error
    return tuple(found)


def events_of(lines: Iterable[str], file: str) -> tuple[Event, ...]:
    """Read events, one a line: a JSON object of ``event``, its name, and what it holds.

    Raises
    ------
    LedgerError
        With file and line of the first that is none.
    """
    found = []
    for number, value in _objects(lines, file):
        name = value.pop("event", None)
        try:
            found.append(event_of(str(name), value))
        except LedgerError as error:
            raise LedgerError(f"{file}:{number}: {error}") from error
    return tuple(found)


def rest_of(entries: Sequence[Entry], booked: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of an import that a ledger does not have yet.

    Raises
    ------
    LedgerError
        If the ledger has others in their place, or more.
    """
    for one, other in zip(entries, booked, strict=False):
        if one.sha256 != other.sha256:
            raise LedgerError(
                f"entry {one.sequence} of the file is another than that of the ledger: they are of "
                "two histories\n  fix: import into a new ledger"
            )
    if len(entries) < len(booked):
        raise LedgerError(
            f"the ledger has {len(booked)} entries already, the file {len(entries)} of them\n"
            "  fix: there is nothing to import"
        )
    return tuple(entries[len(booked) :])


def _objects(lines: Iterable[str], file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise LedgerError(
                f"{file}:{number}: is no JSON: {error}\n  fix: write one object a line"
            ) from error
        if not isinstance(value, dict):
            raise LedgerError(f"{file}:{number}: is no JSON object\n  fix: write one a line")
        yield number, value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found
