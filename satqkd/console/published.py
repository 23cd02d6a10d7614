"""Whether a calendar of the plan in force is published, and with which key it is read."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from satqkd.elements.whole_file import temporary_file
from satqkd.errors import OutputError

ADDRESS: Final = "/plan.ics"
"""Of the calendar: programs that subscribe have no cookie, and show its key instead."""
FILE: Final = "calendar.json"
"""Beside the plans; only its owner can read it."""
KEY: Final = re.compile(r"[0-9a-f]{32}")
MOST_BYTES: Final = 10_000
"""A larger file was not written by satqkd. [B]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A calendar that is published."""

    key: str
    """What its readers show, 128 bit; it opens nothing else."""
    mail: str
    """Of who publishes it, as the calendar says."""


def published(plans: Path) -> Published | None:
    """Return what is published; None for nothing, and where the file is not what was written."""
    try:
        data = (plans / FILE).read_bytes()
    except OSError:
        return None
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        value = json.loads(data[:MOST_BYTES])
        key, mail = value["key"], value["mail"]
        if KEY.fullmatch(key) and isinstance(mail, str):
            return Published(key=key, mail=mail)
    return None


def publish(plans: Path, mail: str) -> Published:
    """Publish the calendar behind a new key: who has the key of before is shut out.

    Raises
    ------
    OutputError
        If the file cannot be written; what was published before still is.
    """
    new = Published(key=secrets.token_hex(16), mail=mail)
    text = json.dumps({"key": new.key, "mail": new.mail}, indent=1) + "\n"
    try:
        with temporary_file(plans, text.encode(), private=True) as temporary:
            temporary.replace(plans / FILE)
    except OSError as error:
        raise OutputError(
            f"{plans / FILE}: could not be written ({error.strerror or error})\n"
            "  fix: free space, or allow writing beside the ledger"
        ) from error
    return new


def withdraw(plans: Path) -> None:
    """Publish nothing any more.

    Raises
    ------
    OutputError
        If the file cannot be removed: the calendar is still read with its key.
    """
    try:
        (plans / FILE).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{plans / FILE}: could not be removed ({error.strerror or error})\n"
            "  fix: allow writing beside the ledger"
        ) from error
