"""What SQLite refuses, in words that say what is left and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from satqkd.errors import LedgerBusyError, LedgerDamagedError, OutputError

REFUSALS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What reading a file through Python's sqlite3 can end with; the latter where a message of SQLite
quotes damaged bytes."""
_WAITING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_WRITING = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
_READING = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
}
"""Errors of input and output that tell of a damaged file, not of a full disk."""


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the system into one clear message."""
    try:
        yield
    except REFUSALS as error:
        if _says(error, _WAITING):
            raise LedgerBusyError(
                f"{path}: another command writes to it; nothing is booked\n"
                "  fix: try again when it is done"
            ) from error
        if is_of_the_system(error):
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


def is_of_the_system(error: Exception) -> bool:
    """Whether the system lacks something, such as room; else the file is not what was written."""
    return _says(error, _WRITING) and not _says(error, _READING)


def _says(error: Exception, codes: set[int]) -> bool:
    """Whether an error has one of some codes; what Python's module itself refuses has none."""
    try:
        code: int = error.sqlite_errorcode  # type: ignore[attr-defined]
    except AttributeError:
        return False
    return code in codes or code & 0xFF in codes
