"""What SQLite refuses, in words that say what is left and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from satqkd.errors import LedgerBusyError, LedgerDamagedError, OutputError

_WRITING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_WAITING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the system into one clear message."""
    try:
        yield
    except sqlite3.Error as error:
        code = _code(error)
        if code in _WAITING:
            raise LedgerBusyError(
                f"{path}: another command writes to it; nothing is booked\n"
                "  fix: try again when it is done"
            ) from error
        if code in _WRITING or code == sqlite3.SQLITE_CANTOPEN:
            raise OutputError(
                f"{path}: could not be written or opened ({error}); nothing is booked, and what "
                "was booked before is there\n  fix: free space, or allow writing"
            ) from error
        raise LedgerDamagedError(
            f"{path}: cannot be read ({error}); nothing is changed\n"
            "  fix: restore a copy; 'satqkd ledger audit' says how much of it is whole"
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path}: could not be written or opened ({error.strerror or error}); nothing is "
            "booked\n  fix: free space, or allow reading and writing"
        ) from error


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code of SQLite; 0 for what Python's module itself refuses."""
    try:
        return error.sqlite_errorcode & 0xFF
    except AttributeError:
        return 0
