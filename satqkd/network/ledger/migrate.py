"""Older ledgers to the schema of today: in one transaction, with a copy of what was kept."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from satqkd.errors import LedgerDamagedError, OutputError
from satqkd.network.ledger.schema import SCHEMA, STEPS, Steps, flush, schema_of


def migrate(
    path: Path, connection: sqlite3.Connection, *, steps: Steps = STEPS, to: int = SCHEMA
) -> Path | None:
    """Bring a ledger to a schema.

    Parameters
    ----------
    path, connection
        The ledger, open for writing; nobody else writes.
    steps
        For each older schema what makes it the next one: changes of the table, not of entries.
    to
        Which schema.

    Returns
    -------
    Path or None
        The copy of what it was; None where it is of that schema already.

    Raises
    ------
    LedgerDamagedError
        If it is of a schema that no satqkd wrote.
    OutputError
        If the copy cannot be written; nothing is changed then.
    """
    found = schema_of(connection)
    if found == to:
        return None
    if any(one not in steps for one in range(found, to)):
        raise LedgerDamagedError(
            f"{path}: is of schema {found}, which no satqkd wrote\n  fix: restore a copy"
        )
    copy = _copied(path, connection, found)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for one in range(found, to):
            steps[one](connection)
        connection.execute(f"PRAGMA user_version={to}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return copy


def _copied(path: Path, connection: sqlite3.Connection, schema: int) -> Path:
    """Write a copy beside the ledger, under another name first."""
    copy = path.with_name(f"{path.name}.schema{schema}")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.schema{schema}-{number}")
    temporary = path.with_name(f".{copy.name}.new-{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        target = sqlite3.connect(temporary)
        try:
            connection.backup(target)
        finally:
            target.close()
        flush(temporary)
        temporary.rename(copy)
        flush(copy.parent)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(
            f"{copy}: the copy of the older ledger could not be written ({error}); the ledger is "
            "as it was\n  fix: free space"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return copy
