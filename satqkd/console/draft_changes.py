"""Every change that a draft can hold, by its name, and how it is read from the draft's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from satqkd.console.draft_change import UTC_TEXT, Change
from satqkd.console.draft_values import Limit, Tried
from satqkd.console.draft_wishes import Ban, Free, Lift, Out, Pin
from satqkd.errors import LedgerError, SatqkdError

KINDS: Final[Mapping[str, type[Change]]] = {
    kind.name: kind for kind in (Pin, Ban, Free, Out, Lift, Limit, Tried)
}
"""Every change by its name."""


def change_of(plain: Mapping[str, Any]) -> Change:
    """Read a change as :meth:`Change.to_plain` wrote it.

    Raises
    ------
    SatqkdError
        If it is none.
    """
    own = dict(plain)
    name = own.pop("change", None)
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise SatqkdError(f"{name!r} is no change of a draft\n  fix: discard the draft")
    known = {one.name: one.type for one in fields(kind)}  # type: ignore[arg-type]
    try:
        read = {key: _read(known[key], value) for key, value in own.items()}
        return kind(**read)
    except (KeyError, TypeError, ValueError, LedgerError) as error:
        raise SatqkdError(
            f"{name}: is not as it was written ({error})\n  fix: discard the draft"
        ) from error


def _read(kind: object, value: object) -> object:
    """Read the value of a field from plain ones."""
    if kind == "datetime":
        return datetime.strptime(str(value), UTC_TEXT).replace(tzinfo=UTC)
    wanted = {"str": str, "int": int}[str(kind)]
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no {kind}")
    return value
