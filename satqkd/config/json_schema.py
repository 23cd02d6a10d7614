"""Schemas of the files for editors, made from what reads them.

Draft 7 of JSON schema, which YAML language servers support best. A schema accepts all that files
may hold and refuses most slips: a misspelt key, a bare number for a quantity, a model that is none.
How values go together is checked only by :func:`satqkd.config.load.load_mission`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from satqkd.config.bare import KINDS, kind_of
from satqkd.config.file_keys import (
    LEAST,
    LIMITED_AS,
    Key,
    Models,
    Shape,
    keys,
    models_of,
    shape_of,
    summary,
)
from satqkd.config.files import MissionFile, PresetFile, StationEntry
from satqkd.config.preset import list_presets
from satqkd.config.quantity import LIMITS
from satqkd.config.quantity_pattern import NUMBER, quantity
from satqkd.config.structure import SINGLE
from satqkd.config.study_file import StudyFile

FILES: Final = ("mission", "stations", *KINDS, "study")
"""Kinds of files there are schemas of."""

Schema = dict[str, Any]

_TEXT: Final = ["string", "number", "boolean"]
"""What YAML may take a text for: a name can be 2024."""

_FLIES_OR_STANDS: Final = [
    {"required": ["satellites"]},
    {"required": ["links"], "properties": {"links": {"minItems": 1}}},
]
"""A mission has satellites, or links on the ground."""


def schema_text(file: str) -> str:
    """Return the schema of a kind of file, of :data:`FILES`, as JSON."""
    return json.dumps(schema(file), indent=1, ensure_ascii=False) + "\n"


def schema(file: str) -> Schema:
    """Return the schema of a kind of file, of :data:`FILES`."""
    defined: dict[str, Schema] = {}
    if file == "mission":
        top = {**_reference(MissionFile, defined)}
        defined[MissionFile.__name__]["anyOf"] = _FLIES_OR_STANDS
    elif file == "study":
        top = {**_reference(StudyFile, defined)}
    elif file == "stations":
        top = {"type": "array", "items": _reference(StationEntry, defined)}
    else:
        top = _own_file(file, defined)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"satqkd: {file}",
        **top,
        "definitions": dict(sorted(defined.items())),
    }


def _own_file(kind: str, defined: dict[str, Schema]) -> Schema:
    """Return what a file of its own can be: with its sources, or the value itself."""
    with_sources = _mapping(PresetFile, defined, without={*KINDS} - {kind})
    with_sources["properties"]["kind"]["enum"] = [kind]
    with_sources["required"].append(kind)
    bare = _value(shape_of(kind_of(kind), kind), defined, more=("assumed",))
    return {"if": {"required": ["kind"]}, "then": with_sources, "else": bare}


def _reference(kind: Any, defined: dict[str, Schema]) -> Schema:
    """Return a reference to the schema of a dataclass, which is defined when first met."""
    name = kind.__name__
    if name not in defined:
        defined[name] = {}  # for what is written below itself
        defined[name] = _mapping(kind, defined)
    return {"$ref": f"#/definitions/{name}"}


def _mapping(
    kind: Any,
    defined: dict[str, Schema],
    *,
    model: Schema | None = None,
    more: tuple[str, ...] = (),
    without: Collection[str] = (),
) -> Schema:
    properties = dict(model or {})
    for key in keys(kind):
        if key.name not in without:
            properties[key.name] = _key(key, defined)
    for name in more:
        properties[name] = _reasons()
    return {
        "type": "object",
        "description": summary(kind),
        "properties": properties,
        "required": [key.name for key in keys(kind) if key.required],
        "additionalProperties": False,
    }


def _key(key: Key, defined: dict[str, Schema]) -> Schema:
    said = [key.meaning]
    if key.shape.limits and key.shape.sort != "word":
        said.append(f"Range: {key.shape.limits}.")
    if key.default:
        said.append(f"Default: {key.default}.")
    inner = _value(key.shape, defined)
    whole = {"allOf": [inner]} if "$ref" in inner else inner
    examples = {} if _has_keys(key.shape) else {"examples": [key.shape.example]}
    return {"description": " ".join(said), **whole, **examples}


def _has_keys(shape: Shape) -> bool:
    return shape.sort in {"mapping", "models", "list", "reasons", "yes-no", "word"}


def _value(shape: Shape, defined: dict[str, Schema], *, more: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a value, or of the words that may stand for it."""
    inner = _SORTS[shape.sort](shape, defined) if not more else _whole(shape, defined, more)
    choices: list[Schema] = []
    if shape.named:
        names = [preset.name for preset in list_presets() if preset.kind == shape.named]
        choices += [{"enum": names}, {"type": "string", "pattern": r"\.[yY][aA]?[mM][lL]$"}]
    if shape.none:
        choices.append({"enum": ["none"]})
    if shape.text:
        choices.append({"type": "string"})
    return {"anyOf": [*choices, inner]} if choices else inner


def _whole(shape: Shape, defined: dict[str, Schema], more: tuple[str, ...]) -> Schema:
    """Return the schema of a mapping that has more keys where it is a file."""
    if shape.sort == "models":
        return _models(models_of(shape.of), defined, more)
    return _mapping(shape.of, defined, more=more)


def _models(models: Models, defined: dict[str, Schema], more: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a value whose key ``model`` says what else it has."""
    name = {"description": "Which kind it is.", "enum": list(models.kinds)}
    branches = []
    for word, kind in models.kinds.items():
        said: Schema = {"properties": {models.key: {"const": word}}}
        if models.unsaid != word:
            said["required"] = [models.key]
        model = {models.key: {"const": word, "description": summary(kind)}}
        branches.append({"if": said, "then": _mapping(kind, defined, model=model, more=more)})
    required = [] if models.unsaid else [models.key]
    return {
        "type": "object",
        "properties": {models.key: name},
        "required": required,
        "allOf": branches,
    }


def _defined_models(shape: Shape, defined: dict[str, Schema]) -> Schema:
    name = getattr(shape.of, "__name__", "") or f"any {shape.field}"
    if name not in defined:
        defined[name] = {}
        defined[name] = _models(models_of(shape.of), defined)
    return {"$ref": f"#/definitions/{name.replace(' ', '%20')}"}


def _list(shape: Shape, defined: dict[str, Schema]) -> Schema:
    items: Any
    if shape.length is None:
        least = {"minItems": LEAST[shape.field]} if shape.field in LEAST else {}
        items = _value(shape.of, defined)
        found: Schema = {"type": "array", "items": items, **least}
        return {"anyOf": [found, dict(items)]} if shape.field in SINGLE else found
    fields = LIMITED_AS.get(shape.field)
    items = _value(shape.of, defined)
    if fields:
        items = [_value(replace(shape.of, field=field), defined) for field in fields]
    return {"type": "array", "items": items, "minItems": shape.length, "maxItems": shape.length}


def _reasons() -> Schema:
    return {
        "type": "object",
        "description": "For each assumed value, why this one: path and reason.",
        "additionalProperties": {"type": _TEXT},
    }


def _quantity(shape: Shape, defined: dict[str, Schema]) -> Schema:
    name, defined_as = quantity(shape.field)
    defined[name] = defined_as
    return {"$ref": f"#/definitions/{name}"}


def _number(shape: Shape, _: dict[str, Schema]) -> Schema:
    ends: Schema = {}
    if shape.field in LIMITS:
        ends = {"minimum": LIMITS[shape.field].low, "maximum": LIMITS[shape.field].high}
    if shape.sort == "whole":
        return {"type": ["integer", "string"], "pattern": r"^\s*[+-]?\d+\s*$", **ends}
    return {"type": ["number", "string"], "pattern": rf"^\s*{NUMBER}(\s*%)?\s*$", **ends}


def _fixed(found: Schema) -> Callable[[Shape, dict[str, Schema]], Schema]:
    return lambda _, __: dict(found)


_SORTS: Final[Mapping[str, Callable[[Shape, dict[str, Schema]], Schema]]] = {
    "quantity": _quantity,
    "number": _number,
    "whole": _number,
    "text": _fixed({"type": _TEXT}),
    "word": lambda shape, _: {"enum": list(shape.words)},
    "yes-no": _fixed({"enum": [True, False, "true", "false"]}),
    "instant": _fixed(
        {
            "type": "string",
            "pattern": r"^\s*\d{4}.*\d.*(Z|[+-]\d{2}(:?\d{2})?(:?\d{2})?)\s*$",
            "patternErrorMessage": "write a date and time with its zone: 2026-05-05T18:00:00Z",
        }
    ),
    "zone": _fixed({"type": "string"}),
    "local time": _fixed({"type": "string", "pattern": r"^\s*\d{2}:\d{2}(:\d{2})?\s*$"}),
    "pattern": _fixed({"type": "string", "pattern": r"^\s*\d+(\.\d+)? *: *\d+/\d+/\d+\s*$"}),
    "floor": _fixed(
        {
            "type": "string",
            "pattern": r"^\s*\+?[\d.]+([eE][+-]?\d+)?\s*[kMG]?bit\s*\/\s*(night|d|week)\s*$",
            "patternErrorMessage": "write an amount of key by the night, d or week: 10 kbit/night",
        }
    ),
    "manoeuvre": _fixed(
        {
            "type": "string",
            "pattern": r"^\s*\d{4}-.*\d",
            "patternErrorMessage": "write an instant or a interval: 2016-12-22T10:00Z to "
            "2016-12-22T10:20Z by 0.3 m/s",
        }
    ),
    "path": _fixed({"type": "string"}),
    "mapping": lambda shape, defined: _reference(shape.of, defined),
    "models": _defined_models,
    "list": _list,
    "reasons": lambda _, __: _reasons(),
    "value": _fixed({}),
    "settings": _fixed({"type": "object", "description": "Paths and the values set there."}),
}
