"""What can be written in the files, from the dataclasses that read them.

For the pages and schemas that explain the files; reading needs none of it.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import textwrap
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from satqkd.config.bare import KINDS
from satqkd.config.models import MODELS, NAMED_BY, UNSAID
from satqkd.config.quantity import LIMITS, as_written, example_of, key_of, limits_text, unit_of
from satqkd.config.structure import WORDS, Written, ZoneName
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.synthetic import LocalTime, WalkerPattern
from satqkd.link.air.transmittance_table import TransmittanceTable
from satqkd.mission.demand import Floor

Sort = Literal[
    "quantity", "number", "whole", "text", "word", "yes-no", "instant", "zone", "local time",
    "floor", "manoeuvre", "pattern", "path", "mapping", "models", "list", "reasons", "value",
    "settings",
]  # fmt: skip

EXAMPLES: Final[Mapping[str, str]] = {
    "text": "MySat",
    "yes-no": "true",
    "instant": "2026-05-05T18:00:00Z",
    "zone": "Europe/Vienna",
    "local time": "22:30",
    "floor": "10 kbit/night",
    "manoeuvre": "2026-05-06T10:00Z to 2026-05-06T10:20Z by 0.3 m/s",
    "pattern": '"97.6:12/3/1"',
    "path": "air.csv",
    "reasons": '{limits.max_range: "a guess"}',
    "value": "80 mm",
    "settings": "{limits.min_elevation: 20 deg}",
}
"""How one writes a value of a sort."""

TEXTS: Final[Mapping[str, str]] = {
    "elements": "data/tle",
    "manoeuvres": "[2026-05-06T10:00Z]",
    "calibration": "calibration/calibration.yaml",
    "ledger": "ops.sqlite",
    "blocks": "until 1 Mbit",
    "opening_counts": "flown.csv",
    "object_id": "2016-051A",
    "station": "Graz",
    "stations": "[Graz, Matera]",
    "between": "[Graz, Matera]",
    "links": "[North, South]",
    "clouds": "clouds.csv",
    "avoid": "windows.csv",
    "why": "maintenance",
    "title": "Our 80 cm telescope",
    "cite": '["S.-K. Liao et al., Nature 549, 43 (2017)"]',
    "source": '"all-sky camera, 2024 and 2025"',
    "payload": "micius-2017",
    "terminal": "xinglong-1m",
    "contacts": "[mysat-graz-1918, mysat-graz-1934]",
    "pinned": "[mysat-graz-1918]",
    "banned": "[mysat-graz-1934]",
    "protocol": "twin-field-2025",
    "clock": "qstt-micius-2020",
}
"""How one writes a text, by its field, where no sort says it."""

LEAST: Final = {"of": 2}
"""Items that a list has to have, by its field; the others may be empty."""

LIMITED_AS: Final = {"horizon_deg": ("horizon_deg", "horizon_elevation_deg")}
"""For a list of fixed length the fields whose limits its items have, where they differ: of a
horizon azimuth and elevation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a value can look like."""

    sort: Sort
    field: str
    of: Any = None
    """The dataclass of a mapping, the type with several models; of a list, the shape of an item."""
    words: tuple[str, ...] = ()
    """What a word can be."""
    length: int | None = None
    """Items of a list; None for any number."""
    named: str = ""
    """Kind of preset that may be named instead; empty for none."""
    none: bool = False
    """Whether the word ``none`` can be written instead."""
    text: bool = False
    """Whether a text that is no preset can stand instead, such as a name of something built in."""

    @property
    def unit(self) -> str:
        """Unit of a quantity, or of those in a list; empty for what has none."""
        if self.sort == "list":
            return str(self.of.unit)
        return unit_of(self.field) if self.sort == "quantity" else ""

    @property
    def limits(self) -> str:
        """What a number or quantity can sensibly be; the words of a word."""
        if self.sort == "list":
            return str(self.of.limits)
        if self.sort == "word":
            return ", ".join(self.words)
        if self.sort in {"quantity", "number", "whole"} and self.field in LIMITS:
            return limits_text(self.field)
        return ""

    @property
    def example(self) -> str:
        """How one writes it; empty for what has keys of its own and no name."""
        if self.field in LIMITS:
            return example_of(self.field)
        if self.sort == "word":
            return self.words[0]
        texts = (self.of.sort if self.sort == "list" else self.sort) in {"text", "manoeuvre"}
        if self.field in TEXTS and (texts or self.named):
            return TEXTS[self.field]
        return EXAMPLES.get(self.sort, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a mapping."""

    name: str
    shape: Shape
    required: bool
    default: str
    """As one would write it; empty for what is then not there, or has defaults of its own."""
    absent: bool
    """Whether leaving it out means that there is none."""
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The kinds a value can be of."""

    key: str
    """The key that names the kind."""
    kinds: Mapping[str, Any]
    unsaid: str | None
    """The kind meant where none is named."""


def models_of(kind: Any) -> Models:
    """Return the kinds that a value of the type can be of."""
    return Models(key=NAMED_BY.get(kind, "model"), kinds=MODELS[kind], unsaid=UNSAID.get(kind))


@cache
def keys(kind: Any) -> tuple[Key, ...]:
    """Return the keys of a dataclass in their order."""
    hints, meanings = get_type_hints(kind), _meanings(kind)
    return tuple(
        Key(
            name=key_of(field.name),
            shape=shape_of(hints[field.name], field.name),
            required=field.default is MISSING and field.default_factory is MISSING,
            default=_default(field.default, field.name),
            absent=field.default is None,
            meaning=meanings.get(field.name, ""),
        )
        for field in fields(kind)
    )


def summary(kind: Any) -> str:
    """Return the first sentence about a dataclass."""
    return _plain((inspect.getdoc(kind) or "").split("\n\n")[0], kind)


def shape_of(kind: Any, field: str) -> Shape:
    """Return what a value of a type can look like; as :func:`satqkd.config.structure.structure`."""
    if kind in _SORTS:
        return _scalar(kind, field)
    if kind in MODELS or is_dataclass(kind):
        return Shape(sort="models" if kind in MODELS else "mapping", field=field, of=kind)
    return _GENERICS[get_origin(kind)](get_args(kind), field)


_SORTS: Final[dict[Any, Sort]] = {
    float: "number",
    int: "whole",
    bool: "yes-no",
    str: "text",
    datetime: "instant",
    ZoneName: "zone",
    Written: "value",
    LocalTime: "local time",
    WalkerPattern: "pattern",
    Floor: "floor",
    Manoeuvre: "manoeuvre",
    TransmittanceTable: "path",
}


def _scalar(kind: Any, field: str) -> Shape:
    if kind is str and field in WORDS:
        return Shape(sort="word", field=field, words=WORDS[field])
    if kind is float and unit_of(field):
        return Shape(sort="quantity", field=field)
    return Shape(sort=_SORTS[kind], field=field)


def _of_union(kinds: tuple[Any, ...], field: str) -> Shape:
    others = [kind for kind in kinds if kind not in {str, types.NoneType}]
    if not others:
        return shape_of(str, field)
    inner = shape_of(others[0], field)
    named = field if str in kinds and field in KINDS else ""
    text = str in kinds and bool(others) and not named
    none = str not in kinds and types.NoneType in kinds and is_dataclass(others[0])
    return Shape(
        sort=inner.sort, field=field, of=inner.of, words=inner.words, length=inner.length,
        named=named, none=none, text=text,
    )  # fmt: skip


def _of_tuple(kinds: tuple[Any, ...], field: str) -> Shape:
    length = None if kinds[1:] == (...,) else len(kinds)
    return Shape(sort="list", field=field, of=shape_of(kinds[0], field), length=length)


_GENERICS: Final[dict[Any, Callable[[tuple[Any, ...], str], Shape]]] = {
    Union: _of_union,
    types.UnionType: _of_union,
    tuple: _of_tuple,
    dict: lambda kinds, field: Shape(
        sort="settings" if kinds[1] is Written else "reasons", field=field
    ),
    Literal: lambda words, field: Shape(sort="word", field=field, words=words),
}


def _default(value: Any, field: str) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if value == math.inf:
        return "infinite"
    if isinstance(value, int | float):
        unit = unit_of(field)
        return " ".join(as_written(value, unit, example_of(field))) if unit else f"{value:g}"
    return ""


def _meanings(kind: Any) -> dict[str, str]:
    """Return the docstrings of the fields of a dataclass and of those it derives from."""
    written = [_docstrings(one) for one in reversed(kind.__mro__) if is_dataclass(one)]
    return {name: _plain(text, kind) for one in written for name, text in one.items()}


def _docstrings(kind: Any) -> dict[str, str]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    found = {}
    for line, after in pairwise(getattr(tree, "body", [])):
        match line, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = text
    return found


def _plain(text: str, kind: Any) -> str:
    """Return a docstring as people who write files read it: keys for fields, no markup."""
    names = {field.name for field in fields(kind)}
    text = " ".join(text.split())
    text = re.sub(r" *\[[^\[\]]*\]$", "", text)  # the unit has its own place
    text = re.sub(r":math:`([^`]*)`|:\w+:`[~]?(?:[\w.]*\.)?(\w+)`", r"\1\2", text)
    text = re.sub(r"``([^`]*)``", lambda m: f"`{key_of(m[1]) if m[1] in names else m[1]}`", text)
    text = re.sub(r"; None (?:where|if) not given\b", "", text)  # a key left out is not given
    text = re.sub(r"\bNone where not given: ", "Not given: ", text)
    return re.sub(r"\bNone\b", "not given", text)
