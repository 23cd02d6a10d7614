"""What the last entry was, in a small file beside the ledger.

A ledger that loses its end, or is replaced by an older copy, is whole in itself: its chain holds.
The head says that there was more.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from satqkd.errors import LedgerDamagedError
from satqkd.network.ledger.schema import flush

_LINE: Final = re.compile(r"(?P<sequence>[1-9][0-9]{0,17}) (?P<sha256>[0-9a-f]{64})\n")


class Head(NamedTuple):
    """The last entry that was written."""

    sequence: int
    sha256: str


def head_path(ledger: Path) -> Path:
    """Return where the head of a ledger is."""
    return ledger.with_name(f"{ledger.name}.head")


def read_head(ledger: Path) -> Head | None:
    """Read the head of a ledger; None where there is none.

    Raises
    ------
    LedgerDamagedError
        If it is not what was written.
    """
    path = head_path(ledger)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerDamagedError(
            f"{path}: could not be read ({error.strerror or error})\n  fix: allow reading it"
        ) from error
    found = _LINE.fullmatch(text.decode("ascii", "replace"))
    if found is None:
        raise LedgerDamagedError(
            f"{path}: is not what was written: number and hash of the last entry of {ledger}\n"
            "  fix: restore a copy; if 'satqkd ledger audit' finds the ledger whole, and its last "
            "entry is the one you know of, remove this file"
        )
    return Head(int(found["sequence"]), found["sha256"])


def write_head(ledger: Path, head: Head) -> None:
    """Replace the head of a ledger in one step.

    Raises
    ------
    OSError
        If it cannot be written; the old one is there still.
    """
    path = head_path(ledger)
    temporary = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        temporary.write_bytes(f"{head.sequence} {head.sha256}\n".encode("ascii"))
        flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush(path.parent)
