"""The file: one table that only grows, in SQLite.

``synchronous=FULL`` with a write-ahead log: what is committed survives a crash of the machine, and
readers do not wait for a writer. [1]_

References
----------
.. [1] SQLite documentation, "Write-Ahead Logging" and "PRAGMA synchronous".
"""

from __future__ import annotations

import glob
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from satqkd.errors import LedgerDamagedError, LedgerError, OutputError

APPLICATION: Final = 0x7361_7471
"""``satq``: tells a ledger from other SQLite files."""
SCHEMA: Final = 1
"""Layout of the file that this satqkd writes."""
WAIT_S: Final = 10.0
"""How long a command waits for another one that writes. [s]"""

LAYOUT: Final = (
    """CREATE TABLE entries (
  sequence INTEGER PRIMARY KEY,
  act INTEGER NOT NULL,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  previous TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE
) STRICT""",
    """CREATE TRIGGER no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END""",
    """CREATE TRIGGER no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END""",
    """CREATE TRIGGER in_order BEFORE INSERT ON entries
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entries)
BEGIN SELECT RAISE(ABORT, 'a ledger is only added to, in order'); END""",
)
"""Statements that make the table and its guards; no row is changed, removed or put between."""

_UNFINISHED: Final = {
    sqlite3.SQLITE_READONLY_ROLLBACK,
    sqlite3.SQLITE_READONLY_RECOVERY,
    sqlite3.SQLITE_READONLY_CANTINIT,
}
"""What SQLite says where something has to be taken back before it can read."""

Steps = Mapping[int, Callable[[sqlite3.Connection], None]]
"""For each older schema what makes it the next one."""
STEPS: Final[Steps] = {}
"""None yet: 1 is the first."""


def create(path: Path) -> None:
    """Make an empty ledger: under another name, and renamed when it is whole.

    The caller holds the lock, and has seen that there is none. It has no write-ahead log yet: what
    that holds would not be renamed with it, and a full disk keeps it from being merged.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        _forget(temporary)
        connection = sqlite3.connect(temporary, isolation_level=None)
        try:
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in LAYOUT:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={SCHEMA}")
            connection.execute("COMMIT")
        finally:
            connection.close()
        flush(temporary)
        temporary.rename(path)
        flush(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(
            f"{path}: no ledger could be made there ({error})\n"
            "  fix: free space, allow writing, or name another place with 'ledger'"
        ) from error
    finally:
        _forget(temporary)


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open a ledger that is there, and check that it is one of this schema.

    Where a command was killed while it wrote, what it left unfinished is taken back first, which is
    the one thing that reading can change.

    Raises
    ------
    LedgerError
        If it is no ledger, or of another schema.
    LedgerDamagedError
        If SQLite cannot read it.
    """
    if path.stat().st_size == 0:
        raise LedgerDamagedError(
            f"{path}: is empty: a ledger never is\n"
            "  fix: restore a copy; remove the file only if there never was a ledger"
        )
    try:
        return _checked(path, "rw" if write else "ro")
    except sqlite3.OperationalError as error:
        if write or error.sqlite_errorcode not in _UNFINISHED:
            raise
    connection = _checked(path, "rw")
    connection.execute("PRAGMA query_only=ON")
    return connection


def _checked(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=WAIT_S,
    )
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA trusted_schema=OFF")
        _require_ledger(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def schema_of(connection: sqlite3.Connection) -> int:
    """Return the layout that a file has."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def require_layout(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse a ledger without its guards, or with more than its table.

    Raises
    ------
    LedgerDamagedError
        With what differs.
    """
    found = {
        str(text)
        for (text,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    }
    if found != set(LAYOUT):
        raise LedgerDamagedError(
            f"{path}: its table, or what keeps it from being changed, is not as it was made\n"
            "  fix: restore a copy"
        )


def sweep(path: Path) -> None:
    """Remove what commands that were killed left beside a ledger; the caller holds the lock."""
    for one in path.parent.glob(f".{glob.escape(path.name)}*.new-*"):
        one.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Write a file, or the names in a folder, through to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_ledger(path: Path, connection: sqlite3.Connection) -> None:
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if application != APPLICATION:
        raise LedgerError(
            f"{path}: is no ledger of satqkd\n"
            "  fix: name another file with 'ledger'; if this was one, restore a copy"
        )
    if schema_of(connection) > SCHEMA:
        raise LedgerError(
            f"{path}: is of schema {schema_of(connection)}, written by a newer satqkd; this one "
            f"knows {SCHEMA}. Nothing is changed\n  fix: install the newer satqkd"
        )


def _forget(temporary: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        temporary.with_name(temporary.name + end).unlink(missing_ok=True)
