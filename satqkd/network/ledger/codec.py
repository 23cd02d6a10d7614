"""Events as canonical JSON: one text for one event, so that its hash is its own.

Keys in alphabetical order, no spaces, ASCII alone, instants in UTC with microseconds. What is read
has to be exactly what would be written: no other type, no key more or less.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from satqkd.errors import LedgerError
from satqkd.network.ledger.contact_events import (
    ContactCancelled,
    ContactCommitted,
    ContactFailed,
    ContactFlown,
    CountsCollected,
)
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.key_events import (
    KeyDelivered,
    KeyExpired,
    KeyLost,
    KeyMade,
    KeyRelayed,
    KeyReleased,
    KeyReserved,
    KeyShared,
    KeySpent,
)
from satqkd.network.ledger.plain import instant_text
from satqkd.network.ledger.plan_events import (
    Banned,
    Note,
    Pinned,
    PlanIssued,
    PlanPutInForce,
    StationOut,
    Undone,
)

EVENTS: Final[Mapping[str, type[Event]]] = {
    event.name: event
    for event in (
        PlanIssued,
        PlanPutInForce,
        ContactCommitted,
        ContactFlown,
        ContactFailed,
        ContactCancelled,
        CountsCollected,
        KeyMade,
        KeyRelayed,
        KeyDelivered,
        KeyShared,
        KeyReserved,
        KeyReleased,
        KeySpent,
        KeyExpired,
        KeyLost,
        Pinned,
        Banned,
        StationOut,
        Undone,
        Note,
    )
}
"""Every event by its name in the ledger."""


def canonical(value: object) -> str:
    r"""Write plain values as the one JSON text that stands for them.

    Examples
    --------
    >>> canonical({"b": 1, "a": [True, None, "é"]})
    '{"a":[true,null,"\\u00e9"],"b":1}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def encoded(event: Event) -> str:
    """Write an event; its name stands beside it."""
    return canonical(_plain(event))


def decoded(name: str, text: str) -> Event:
    """Read an event.

    Raises
    ------
    LedgerError
        If no event is called so, or the text is not exactly what :func:`encoded` writes.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"its text is no JSON: {error}\n  fix: restore a copy") from error
    event = event_of(name, value)
    if encoded(event) != text:
        raise LedgerError(f"{name}: its text is not as satqkd writes it\n  fix: restore a copy")
    return event


def event_of(name: str, value: object) -> Event:
    """Read an event that others write: instants with any zone, what has a default left out.

    Raises
    ------
    LedgerError
        If no event is called so, or it holds anything else.
    """
    if name not in EVENTS:
        raise LedgerError(
            f"{name!r} is no event of this satqkd\n  fix: write one of {', '.join(EVENTS)}; if a "
            "newer satqkd wrote it, use that"
        )
    event: Event = _read(EVENTS[name], value, name)
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return instant_text(value) if isinstance(value, datetime) else value


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in {UnionType, Union}:
        return _read_one_of(get_args(kind), value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(get_args(kind)[0], one, where) for one in value)
    if is_dataclass(kind) and isinstance(value, dict):
        return _read_dataclass(kind, value, where)
    if kind is datetime and isinstance(value, str):
        return _instant(value, where)
    if kind is float and type(value) is int:
        return float(value)
    if value in get_args(kind) if origin is Literal else type(value) is kind:
        return value
    raise _wrong(where)


def _read_dataclass(kind: Any, value: dict[str, Any], where: str) -> Any:
    hints, own = _hints(kind), {one.name: one for one in fields(kind)}
    for name in value:
        if name not in own:
            raise LedgerError(
                f"{where}: holds no {name!r}\n  fix: leave it out, or write one of "
                + ", ".join(own)
            )
    for name, one in own.items():
        if name not in value and one.default is MISSING:
            raise LedgerError(f"{where}: {name} is missing\n  fix: add it")
    return kind(
        **{name: _read(hints[name], one, f"{where}: {name}") for name, one in value.items()}
    )


def _read_one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """Read a value of one of several types; those of dataclasses differ in their keys."""
    if value is None and NoneType in kinds:
        return None
    told: LedgerError | None = None
    for kind in kinds:
        try:
            return _read(kind, value, where)
        except LedgerError as error:
            told = told or error
    raise told or _wrong(where)


def _instant(text: str, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong(where) from error
    if instant.utcoffset() is None:
        raise LedgerError(f"{where}: {text!r} has no time zone\n  fix: write it in UTC, with a Z")
    return instant.astimezone(UTC)


def _wrong(where: str) -> LedgerError:
    return LedgerError(f"{where}: is not of the type it has to be\n  fix: correct it")
