"""Events as canonical JSON: one text for one event, so that its hash is its own.

Keys in alphabetical order, no spaces, ASCII alone, instants in UTC with microseconds. What is read
has to be exactly what would be written: no other type, no key more or less.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
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

Reader = Callable[[Any, str], Any]
"""Reads a value, given where it stands, for errors."""

_PLAIN: Final[Mapping[type, str]] = {
    int: "a whole number",
    str: 'a text in quotes, such as "Graz"',
    bool: "true or false",
}
"""What is asked for, in words."""
_INSTANT: Final = 'an instant, such as "2016-12-22T12:40:00Z"'
_LONGEST: Final = 60
"""Longest value that a message quotes whole. [characters]"""

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


def decoded(name: str, text: str, *, strict: bool = True) -> Event:
    """Read an event.

    Parameters
    ----------
    name, text
        As a row of the file has them.
    strict
        Whether to check that the text is exactly what :func:`encoded` writes; it is where its hash
        is right and satqkd wrote it.

    Raises
    ------
    LedgerError
        If no event is called so, or the text is none of it.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"its text is no JSON: {error}\n  fix: restore a copy") from error
    event = event_of(name, value)
    if strict and encoded(event) != text:
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
    event: Event = _reader(EVENTS[name])(value, name)
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return instant_text(value) if isinstance(value, datetime) else value


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads a value of a type, given where it stands; worked out once a type."""
    origin = get_origin(kind)
    if origin in {UnionType, Union}:
        return _one_of(get_args(kind))
    if origin is tuple:
        return _list_of(_reader(get_args(kind)[0]))
    if origin is Literal:
        return _word_of(frozenset(get_args(kind)))
    if is_dataclass(kind):
        return _dataclass_of(kind)
    return {datetime: _instant, float: _number}.get(kind) or _plain_of(kind)


def _plain_of(kind: type) -> Reader:
    def read(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise _wrong(where, value, _PLAIN[kind])
        return value

    return read


def _word_of(words: frozenset[str]) -> Reader:
    def read(value: Any, where: str) -> Any:
        if not isinstance(value, str) or value not in words:
            raise _wrong(where, value, f"one of {', '.join(sorted(words))}")
        return value

    return read


def _list_of(item: Reader) -> Reader:
    def read(value: Any, where: str) -> Any:
        if not isinstance(value, list):
            raise _wrong(where, value, "a list, such as [1, 2]")
        return tuple([item(one, where) for one in value])

    return read


def _one_of(kinds: tuple[Any, ...]) -> Reader:
    """Return what reads a value of one of several types; dataclasses differ in their keys."""
    none = NoneType in kinds
    readers = [_reader(kind) for kind in kinds if kind is not NoneType]

    def read(value: Any, where: str) -> Any:
        if none and value is None:
            return None
        told: LedgerError | None = None
        for one in readers:
            try:
                return one(value, where)
            except LedgerError as error:
                told = told or error
        raise told or _wrong(where, value, "null")  # pragma: no cover  # none has no type

    return read


def _dataclass_of(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {one.name: _reader(hints[one.name]) for one in fields(kind)}
    needed = [one.name for one in fields(kind) if one.default is MISSING]

    def read(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(where, value, f"an object with {', '.join(readers)}")
        for name in value:
            if name not in readers:
                raise LedgerError(
                    f"{where}: holds no {name!r}\n  fix: leave it out, or write one of "
                    + ", ".join(readers)
                )
        for name in needed:
            if name not in value:
                raise LedgerError(f"{where}: {name} is missing\n  fix: add it")
        return kind(**{name: readers[name](one, f"{where}: {name}") for name, one in value.items()})

    return read


def _number(value: Any, where: str) -> float:
    if type(value) not in {int, float}:
        raise _wrong(where, value, "a number")
    return float(value)


def _instant(value: Any, where: str) -> datetime:
    if not isinstance(value, str):
        raise _wrong(where, value, _INSTANT)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong(where, value, _INSTANT) from error
    if instant.utcoffset() is None:
        raise LedgerError(f"{where}: {value!r} has no time zone\n  fix: write it in UTC, with a Z")
    return instant.astimezone(UTC)


def _wrong(where: str, value: Any, wanted: str) -> LedgerError:
    text = json.dumps(value)
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return LedgerError(f"{where}: {shown} is not what belongs there\n  fix: write {wanted}")
