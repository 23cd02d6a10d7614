"""The page and the schemas that explain the files are those of the code that reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from satqkd.config.file_keys import Key, keys, models_of, shape_of
from satqkd.config.files import MissionFile, PresetFile, StationEntry
from satqkd.config.reference_page import reference_page
from satqkd.config.structure import _reader
from satqkd.config.yaml_nodes import read_text

DOCS = Path(__file__).parents[2] / "docs"


def mappings() -> dict[type, tuple[Key, ...]]:
    """Every mapping that can be written, with its keys."""
    found: dict[type, tuple[Key, ...]] = {}

    def walk(kind: type) -> None:
        if kind in found:
            return
        found[kind] = keys(kind)
        for key in found[kind]:
            shape = key.shape
            while shape.sort == "list":
                shape = shape.of
            if shape.sort == "mapping":
                walk(shape.of)
            elif shape.sort == "models":
                for model in models_of(shape.of).kinds.values():
                    walk(model)

    for kind in (MissionFile, StationEntry, PresetFile):
        walk(kind)
    return found


EVERY = [
    pytest.param(kind, key, id=f"{kind.__name__}.{key.name}")
    for kind, known in mappings().items()
    for key in known
]


def test_the_page_is_made_from_the_code():
    """To make it anew: satqkd reference > docs/file-reference.md."""
    assert (DOCS / "file-reference.md").read_text(encoding="utf-8") == reference_page()


def test_all_kinds_of_mappings_are_found():
    """The list the tests below go through is not empty by accident."""
    assert len(mappings()) > 60
    assert len(EVERY) > 350


@pytest.mark.parametrize(("kind", "key"), EVERY)
def test_every_key_has_a_meaning(kind, key):
    """A sentence without the marks of Python."""
    del kind
    assert key.meaning.endswith(".")
    assert not re.search(r"``|:\w+:|\bNone\b", key.meaning)


@pytest.mark.parametrize(("kind", "key"), EVERY)
def test_every_number_has_a_range(kind, key):
    """So that a slip of a unit is found."""
    del kind
    shape = key.shape
    while shape.sort == "list":
        shape = shape.of
    assert shape.sort not in {"quantity", "number", "whole"} or shape.limits


@pytest.mark.parametrize(
    ("kind", "key"),
    [param for param in EVERY if param.values[1].shape.sort not in {"mapping", "models"}],
)
def test_the_example_of_a_key_is_one(kind, key):
    """What the page shows can be written as it stands."""
    example = key.shape.example
    inner = key.shape.of
    if key.shape.sort == "list" and inner.sort in {"mapping", "models"}:
        assert not example
        return
    written = read_text(f"{key.name}: {example}", file="x.yaml")
    assert not written.findings
    (field,) = [f for f in kind.__dataclass_fields__ if f == key.shape.field]
    hint = get_type_hints(kind)[field]
    assert _reader(hint, field)(written.value[key.name]) is not None


@pytest.mark.parametrize(("kind", "key"), EVERY)
def test_a_default_can_be_written(kind, key):
    """As the page shows it, and it means the same."""
    if not key.default or key.default == "infinite" or key.default.startswith("0 "):
        return
    field = kind.__dataclass_fields__[key.shape.field]
    hint = get_type_hints(kind)[field.name]
    assert _reader(hint, field.name)(key.default) == pytest.approx(field.default)


def test_every_link_of_the_page_leads_somewhere():
    """Headings make the anchors."""
    page = reference_page()
    headings = re.findall(r"^#+ ((?!yaml-).*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    links = set(re.findall(r"\]\(#([^)]*)\)", page))

    assert len(anchors) == len(headings)
    assert links <= anchors


def test_a_table_has_as_many_cells_as_its_head():
    """Nothing in a meaning breaks a row."""
    rows = [line for line in reference_page().splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_what_nothing_can_describe_is_an_error():
    """A new sort of value has to be described before it can be read."""
    with pytest.raises(KeyError):
        shape_of(set, "x")
