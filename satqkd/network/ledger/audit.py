"""Whether a ledger is what was written, looked at without believing any of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from satqkd.errors import LedgerDamagedError, LedgerError
from satqkd.network.ledger.accounts import Accounts
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.head import Head, head_path, read_head
from satqkd.network.ledger.ledger import SELECT, lost_since
from satqkd.network.ledger.rows import Row, entry_of
from satqkd.network.ledger.schema import connect, require_layout
from satqkd.network.ledger.spoken import REFUSALS, is_of_the_system, spoken


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audit:
    """What was found."""

    path: Path
    faults: tuple[str, ...]
    """Each damage in a sentence; empty for a ledger that is whole."""
    remarks: tuple[str, ...]
    """What could not be checked."""
    entries: tuple[Entry, ...]
    """Those that are whole, up to the first that is not."""
    book: Book
    """What these amount to."""

    @property
    def accounts(self) -> Accounts:
        """Balances, recomputed."""
        return self.book.accounts


def audit(path: Path) -> Audit:
    """Recompute chain and balances of a ledger, and look whether its end is there.

    Raises
    ------
    LedgerError
        If there is no ledger to look at, another file, or a ledger of a newer satqkd.
    OutputError
        If it cannot be opened, as on a full disk: SQLite needs a little room to read.
    """
    if not path.exists():
        raise LedgerError(f"{path}: there is no ledger\n  fix: correct the path")
    faults: list[str] = []
    entries: list[Entry] = []
    with spoken(path):
        try:
            connection = connect(path, write=False)
        except LedgerDamagedError as error:
            return _unreadable(path, error)
        except REFUSALS as error:
            _require_damage(error)
            return _unreadable(path, error)
        try:
            faults += _of_file(path, connection)
            faults += _of_chain(connection, entries)
        finally:
            connection.close()
    book, more = _posted(entries)
    faults += more
    head, told = _head(path)
    faults += [told] if told else []
    if head is not None and (lost := lost_since(head, entries)):
        faults.append(lost)
    remarks = (
        [f"{head_path(path)} is not there: an end that is lost would not be seen"]
        if head is None and not told and entries
        else []
    )
    return Audit(
        path=path,
        faults=tuple(faults),
        remarks=tuple(remarks),
        entries=tuple(entries),
        book=book,
    )


def _of_file(path: Path, connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (told,) in connection.execute("PRAGMA integrity_check"):
            if told != "ok":
                yield f"the file: {told}"
        require_layout(path, connection)
    except LedgerError as error:
        yield _sentence(error)
    except REFUSALS as error:
        _require_damage(error)
        yield f"the file: {error}"


def _of_chain(connection: sqlite3.Connection, entries: list[Entry]) -> Iterator[str]:
    """Fill ``entries`` up to the first that is damaged; yield what is wrong with that."""
    rows: list[Row] = []
    try:
        for row in connection.execute(SELECT, (-(2**62),)):
            rows.append(row)  # noqa: PERF402 -- those before a damaged page count
    except REFUSALS as error:
        _require_damage(error)
        yield f"the file cannot be read behind entry {len(rows)}: {error}"
    for place, row in enumerate(rows):
        try:
            entries.append(entry_of(row, entries[-1] if entries else None, strict=True))
        except LedgerError as error:
            behind = len(rows) - place - 1
            yield _sentence(error) + (f"; {behind} entries come behind it" if behind else "")
            return


def _posted(entries: list[Entry]) -> tuple[Book, list[str]]:
    """Post entries as far as they fit, and add up what was made and what is left of it."""
    book = Book()
    for entry in entries:
        try:
            entry.event.post(book, entry.sequence)
        except LedgerError as error:
            return book, [f"entry {entry.sequence} does not fit those before: {_sentence(error)}"]
    astray = book.accounts.imbalance_bits()
    return book, [f"{astray:,} bit were made and are nowhere"] if astray else []


def _head(path: Path) -> tuple[Head | None, str]:
    try:
        return read_head(path), ""
    except LedgerError as error:
        return None, _sentence(error)


def _unreadable(path: Path, error: Exception) -> Audit:
    told = (_sentence(error),)
    return Audit(path=path, faults=told, remarks=(), entries=(), book=Book())


def _require_damage(error: Exception) -> None:
    """Pass on what the system refuses: a full disk is no damage."""
    if is_of_the_system(error):
        raise error


def _sentence(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0]
