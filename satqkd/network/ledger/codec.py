"""Events as canonical JSON: one text for one event, so that its hash is its own.

Keys in alphabetical order, no spaces, ASCII alone, instants in UTC with microseconds. What is read
has to be exactly what would be written: no other type, no key more or less.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
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
    if name not in EVENTS:
        raise LedgerError(
            f"{name!r} is no event of this satqkd\n"
            "  fix: use the satqkd that wrote it, or a newer one"
        )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"its text is no JSON: {error}\n  fix: restore a copy") from error
    event = _read(EVENTS[name], value, name)
    if encoded(event) != text:
        raise LedgerError(f"{name}: its text is not as satqkd writes it\n  fix: restore a copy")
    return event  # type: ignore[no-any-return]


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
    if origin is Literal and value in get_args(kind):
        return value
    if is_dataclass(kind) and isinstance(value, dict):
        names = [one.name for one in fields(kind)]
        if sorted(names) == sorted(value):
            hints = _hints(kind)  # type: ignore[arg-type]
            return kind(  # type: ignore[operator]
                **{name: _read(hints[name], value[name], f"{where}.{name}") for name in names}
            )
    if kind is datetime and isinstance(value, str):
        return _instant(value, where)
    if origin is None and type(value) is kind:
        return value
    raise LedgerError(f"{where} is not what an event holds there\n  fix: restore a copy")


def _read_one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """Read a value of one of several types; those of dataclasses differ in their keys."""
    if value is None and NoneType in kinds:
        return None
    for kind in kinds:
        try:
            return _read(kind, value, where)
        except LedgerError:
            continue
    raise LedgerError(f"{where} is not what an event holds there\n  fix: restore a copy")


def _instant(text: str, where: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise LedgerError(f"{where} is no instant: {error}\n  fix: restore a copy") from error
