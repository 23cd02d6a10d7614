"""From plain values to the dataclasses of the domain, every mistake with its place.

The dataclasses say all there is to know: a field called ``aperture_m`` is read from the key
``aperture`` as a quantity in metres, a field without a unit as a plain number or text.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, NewType, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from satqkd.config.floor_text import parse_floor
from satqkd.config.flow_text import flow_text
from satqkd.config.instant import parse_instant
from satqkd.config.manoeuvre_text import parse_manoeuvre
from satqkd.config.mistake import NO_SUCH_KEY, Mistake, did_you_mean, meant, quoted
from satqkd.config.models import MODELS, NAMED_BY, UNSAID
from satqkd.config.orbit_text import parse_local_time, parse_walker
from satqkd.config.quantity import (
    LIMITS,
    check_limits,
    example_of,
    key_of,
    parse_field,
    parse_whole,
    unit_of,
)
from satqkd.config.yaml_nodes import Document, Place
from satqkd.config.zones import zone_fix
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.synthetic import LocalTime, WalkerPattern
from satqkd.errors import Finding, NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import KEY_BASES
from satqkd.key.statistics.concentration import INTERVALS
from satqkd.key.statistics.secrecy import COUNTINGS
from satqkd.link.air.transmittance_table import TransmittanceTable
from satqkd.mission.demand import Floor

ZoneName = NewType("ZoneName", str)
"""Name of a zone in the IANA time zone database."""

Written = NewType("Written", str)
"""A value of another file, whatever it is, as one line of YAML."""

Reader = Callable[[Any], Any]
"""Turns a mapping, a list or text into a value, or raises :class:`Mistake`."""

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "bound": tuple(INTERVALS),
    "key_bases": tuple(KEY_BASES),
    "epsilon_counting": tuple(COUNTINGS),
}
"""What a text can be, by the field, where its type does not say it."""


def structure(document: Document, kind: Any, *, at: Place = ()) -> tuple[Any, list[Finding]]:
    """Read the value at a place of a document as a ``kind``; None when there are findings."""
    if document.value is None:
        return None, []
    value = document.value
    for part in at:
        value = value[part]
    try:
        return _reader(kind, "")(value), []
    except (BaseValidationError, Mistake) as error:
        return None, list(_findings(error, document, at))


def unset_defaults(value: Any, written: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield place and text of every default in ``value`` that ``written`` does not override."""
    if isinstance(value, tuple) and isinstance(written, list):
        for index, (inner, text) in enumerate(zip(value, written, strict=True)):
            yield from unset_defaults(inner, text, (*place, index))
    if not is_dataclass(value) or not isinstance(written, dict):
        return
    for field in fields(value):
        inner, key = getattr(value, field.name), key_of(field.name)
        if key in written or is_dataclass(inner):
            yield from unset_defaults(inner, written.get(key, {}), (*place, key))
        elif isinstance(inner, bool):
            yield (*place, key), str(inner).lower()
        elif isinstance(inner, int | float):
            yield (*place, key), f"{inner:g} {unit_of(field.name)}".rstrip()
        elif isinstance(inner, str):
            yield (*place, key), inner


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook_factory(is_dataclass, _dataclass_hook)
    return converter


def _dataclass_hook(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name], field.name) for field in fields(kind)}
    overrides: dict[str, Any] = {
        name: override(rename=key_of(name), struct_hook=_ignoring_type(read_field))
        for name, read_field in readers.items()
    }
    read = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **overrides)

    def hook(value: Any, _: Any) -> Any:
        written = _mapping(value, list(_keys(kind)))
        try:
            return read(written, kind)
        except ClassValidationError as error:
            more = list(_failed_checks(kind, _readable(written, kind, readers), error))
            raise ClassValidationError(error.message, [*error.exceptions, *more], kind) from error

    return hook


def _readable(
    written: Mapping[str, Any], kind: Any, readers: Mapping[str, Reader]
) -> dict[str, Any]:
    """Return the fields whose values can be read, and the defaults of those not written."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        if key_of(field.name) in written:
            with suppress(BaseValidationError, Mistake):
                values[field.name] = readers[field.name](written[key_of(field.name)])
        elif field.default is not MISSING:
            values[field.name] = field.default
        elif field.default_factory is not MISSING:
            values[field.name] = field.default_factory()
    return values


def _failed_checks(
    kind: Any, values: Mapping[str, Any], error: ClassValidationError
) -> Iterator[NonPhysicalError]:
    """Yield what the ``_check_*`` methods of a class say that ``error`` does not say already.

    Each runs as soon as the fields that it looks at can be read, whatever the others hold.
    """
    partial = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(partial, name, value)
    reported = {str(inner) for inner in error.exceptions if isinstance(inner, NonPhysicalError)}
    for name in dir(kind):
        if name.startswith("_check_"):
            try:
                with suppress(AttributeError):  # a field that cannot be read
                    getattr(partial, name)()
            except NonPhysicalError as found:
                if str(found) not in reported:
                    yield found


def _ignoring_type(reader: Reader) -> Callable[[Any, Any], Any]:
    return lambda value, _: reader(value)


def _reader(kind: Any, field: str) -> Reader:
    """Return what reads a value of ``kind`` for the field."""
    if kind in _SCALARS:
        read = _SCALARS[kind]
        return lambda value: read(_text(value), field)
    if kind is Written:
        return _written
    if kind in MODELS:
        key = NAMED_BY.get(kind, "model")
        return lambda value: _model(value, MODELS[kind], UNSAID.get(kind), key)
    if is_dataclass(kind):
        return lambda value: _structured(value, kind)
    if get_origin(kind) in _GENERICS:
        return _GENERICS[get_origin(kind)](get_args(kind), field)
    raise TypeError(f"nothing reads a {kind}")


def _structured(value: Any, kind: Any) -> Any:
    return _converter().structure(value, kind)


def _union_reader(kinds: tuple[Any, ...], field: str) -> Reader:
    """Read ``X | None`` as X, and ``X | str`` as the name of an X or an X written out.

    Where X has keys of its own, the word ``none`` stands for None.
    """
    others = [kind for kind in kinds if kind not in {str, types.NoneType}]
    read = _reader(others[0] if others else str, field)
    if str not in kinds and types.NoneType in kinds and is_dataclass(others[0]):
        return lambda value: None if value == "none" else read(value)
    if str not in kinds:
        return read
    return lambda value: _text(value) if isinstance(value, str) else read(value)


SINGLE: Final = frozenset({"clear_fraction"})
"""Lists whose one value may stand without brackets."""


def _tuple_reader(kinds: tuple[Any, ...], field: str) -> Reader:
    """Read ``tuple[X, ...]`` as any number of X, ``tuple[X, X]`` as two."""
    read = _reader(kinds[0], field)
    length = None if kinds[1:] == (...,) else len(kinds)
    if field in SINGLE:
        return lambda value: _list([value] if isinstance(value, str) else value, read, length)
    return lambda value: _list(value, read, length)


def _dict_reader(kinds: tuple[Any, ...], _field: str) -> Reader:
    """Read ``dict[str, str]`` as texts by key, ``dict[str, Written]`` as values of any kind."""
    return _settings if kinds[1] is Written else _reasons


def _literal_reader(words: tuple[Any, ...], _field: str) -> Reader:
    return lambda value: _one_of(_text(value), words)


_GENERICS: Final[dict[Any, Callable[[tuple[Any, ...], str], Reader]]] = {
    Union: _union_reader,
    types.UnionType: _union_reader,
    tuple: _tuple_reader,
    dict: _dict_reader,
    Literal: _literal_reader,
}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        shape = "a list" if isinstance(value, list) else "a mapping"
        raise Mistake(f"must be a single value, not {shape}", "write one value behind the colon")
    if not value.strip():
        raise Mistake("has no value", "write one, or remove the key")
    return value.strip()


def _mapping(value: Any, keys: list[str]) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    known = ", ".join(keys) or "name: value"
    raise Mistake("must be a mapping of keys to values", f"indent its keys below it: {known}")


def _reasons(value: Any) -> dict[str, str]:
    texts, errors = {}, []
    for key, text in _mapping(value, []).items():
        try:
            texts[key] = _text(text)
        except Mistake as error:
            error.add_note(AttributeValidationNote("", key, str))
            errors.append(error)
    if errors:
        raise IterableValidationError("in a mapping", errors, dict)
    return texts


def _written(value: Any) -> Written:
    if isinstance(value, str):
        _text(value)
    return Written(flow_text(value))


def _settings(value: Any) -> dict[str, Written]:
    _reasons({key: text for key, text in _mapping(value, []).items() if isinstance(text, str)})
    return {key: Written(flow_text(one)) for key, one in value.items()}


def _list(value: Any, read: Reader, length: int | None) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Mistake("must be a list", "write it as [a, b] or with a '-' before each item")
    if length is not None and len(value) != length:
        raise Mistake(f"must have {length} items, got {len(value)}", f"give exactly {length}")
    items, errors = [], []
    for index, item in enumerate(value):
        try:
            items.append(read(item))
        except (BaseValidationError, Mistake) as error:
            error.add_note(IterableValidationNote("", index, None))
            errors.append(error)
    if errors:
        raise IterableValidationError("in a list", errors, tuple)
    return tuple(items)


def _model(value: Any, models: Mapping[str, Any], unsaid: str | None, key: str) -> Any:
    choice = _mapping(value, [key])
    names = ", ".join(models)
    if key not in choice and unsaid is not None:
        return _structured(choice, models[unsaid])
    if key not in choice:
        _refuse_misspelt(choice, key, models)
        raise Mistake(f"does not say which {key} it is", f"add '{key}:' with one of: {names}")
    try:
        kind = models[_one_of(_text(choice[key]), tuple(models))]
    except Mistake as error:
        error.add_note(AttributeValidationNote("", key, str))
        raise
    return _structured({k: v for k, v in choice.items() if k != key}, kind)


def _refuse_misspelt(choice: Mapping[str, Any], key: str, models: Mapping[str, Any]) -> None:
    """Raise :class:`Mistake` where a key that no model has is like the one that names it."""
    known = {name for kind in models.values() for name in _keys(kind)}
    for written in choice:
        fix = did_you_mean(written, [key])
        if written not in known and meant(fix):
            error = Mistake(NO_SUCH_KEY, fix)
            error.add_note(AttributeValidationNote("", written, str))
            raise error


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Mistake(f"{quoted(text)} is not known here", did_you_mean(text, known))
    return text


def _whole(text: str, field: str) -> int:
    value = parse_whole(text, example_of(field))
    check_limits(value, text, field)
    return value


def _yes_or_no(text: str, _: str) -> bool:
    if text not in {"true", "false"}:
        raise Mistake(f"{quoted(text)} is neither true nor false", "write 'true' or 'false'")
    return text == "true"


def parse_zone(text: str) -> ZoneName:
    """Read the name of a time zone."""
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError) as error:
        raise Mistake(f"{quoted(text)} is no time zone", zone_fix(text)) from error
    return ZoneName(text)


# A table is read where its path is known, see satqkd.config.tables; until then the path is it.
_SCALARS: Final[dict[Any, Callable[[str, str], Any]]] = {
    float: parse_field,
    int: _whole,
    bool: _yes_or_no,
    str: lambda text, field: _one_of(text, WORDS[field]) if field in WORDS else text,
    datetime: lambda text, _: parse_instant(text),
    ZoneName: lambda text, _: parse_zone(text),
    LocalTime: lambda text, _: parse_local_time(text),
    WalkerPattern: lambda text, _: parse_walker(text),
    Floor: lambda text, _: parse_floor(text),
    Manoeuvre: lambda text, _: parse_manoeuvre(text),
    TransmittanceTable: lambda text, _: text,
}


_FIXES: Final = {"is missing": "add it", "stands beside": "remove one of the two"}
"""What mends a value that is wrong in itself, by how its message begins."""


def _findings(error: Exception, document: Document, place: Place) -> Iterator[Finding]:
    """Walk a tree of exceptions; each leaf is a mistake, the notes on the way are its place."""
    place = (*place, *_steps(error))
    if isinstance(error, BaseValidationError):
        misspelt = _meant_keys(error)
        for inner in error.exceptions:
            if not misspelt.intersection(_missed(inner)):
                yield from _findings(inner, document, place)
    elif isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(error.extra_fields):
            fix = did_you_mean(key, _keys(error.cl))
            yield document.finding((*place, key), NO_SUCH_KEY, fix, at_key=True)
    elif isinstance(error, KeyError):
        yield document.finding(place, "is missing", f"add '{_example(error)}'")
    elif isinstance(error, NonPhysicalError):
        where = (*place, *map(key_of, error.field.split(".")))
        fix = next(
            (fix for begin, fix in _FIXES.items() if error.message.startswith(begin)),
            "correct the value",
        )
        yield document.finding(where, error.message, fix)
    elif isinstance(error, Mistake):
        at_key = error.message == NO_SUCH_KEY
        yield document.finding(place, error.message, error.fix, at_key=at_key)
    else:
        raise error


def _meant_keys(error: BaseValidationError) -> set[str | int]:
    """Return the keys that are there, but misspelt: to call them missing too would mislead."""
    return {
        meant(did_you_mean(key, _keys(inner.cl)))
        for inner in error.exceptions
        if isinstance(inner, ForbiddenExtraKeysError)
        for key in inner.extra_fields
    }


def _missed(error: BaseException) -> Place:
    """Return the keys that an error misses."""
    if isinstance(error, NonPhysicalError):
        return (key_of(error.field),)
    return _steps(error) if isinstance(error, KeyError) else ()


def _notes(error: BaseException) -> list[AttributeValidationNote | IterableValidationNote]:
    kinds = (AttributeValidationNote, IterableValidationNote)
    return [note for note in getattr(error, "__notes__", []) if isinstance(note, kinds)]


def _steps(error: BaseException) -> Place:
    return tuple(
        note.index if isinstance(note, IterableValidationNote) else key_of(note.name)
        for note in reversed(_notes(error))
    )


def _example(error: BaseException) -> str:
    note = _notes(error)[-1]
    name = note.name if isinstance(note, AttributeValidationNote) else ""
    known = name in LIMITS or unit_of(name)
    return f"{key_of(name)}: {example_of(name) if known else '…'}"


def _keys(kind: Any) -> Iterator[str]:
    return (key_of(field.name) for field in fields(kind))
