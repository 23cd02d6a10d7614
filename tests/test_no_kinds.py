"""Kinds of protocols, sources, links and clocks have the same verbs: no code tells them apart.

Reads the code. What ``config`` can read as one of several models is such a kind, and so are its
base classes and siblings; a new one guards itself as soon as a file can name it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import satqkd
from satqkd.config.models import MODELS
from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.key.node.middle import ReceivingNode, SendingNode
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.way import STATION_WAYS, WAYS, LinkDirection

PACKAGE = Path(satqkd.__file__).parent

OUTSIDE_FILES = (
    *MODELS.values(),
    {"elements": ElementSet, "ephemeris": Trajectory},
    {"sky": SkyLight},
    {direction: type(way) for direction, way in {**WAYS, **STATION_WAYS}.items()},
    {"receives": ReceivingNode, "sends": SendingNode},
)
"""Registries of kinds: those of files, and those that no file names with ``model``."""


def family(kind: type) -> Iterator[type]:
    """A class and all that derive from it."""
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


KINDS = {
    one.__name__ for models in OUTSIDE_FILES for kind in models.values() for one in family(kind)
} | {getattr(union, "__name__", "") for union in MODELS}
WORDS = {name for models in MODELS.values() for name in models} | set(get_args(LinkDirection))

ALLOWED = {
    ("elements/library.py", "isinstance ElementSet"): (
        "'divided' is where files are read: a folder holds elements and ephemerides side by side"
    ),
    ("report/export/atomic_swap.py", "hasattr"): "asks the system's library, no kind of ours",
    ("cli/streams.py", "getattr raw with a default"): "asks a stream of the interpreter",
    ("cli/plain_help.py", "hasattr"): "asks the command-line library, no kind of ours",
    ("cli/plain_values.py", "getattr type_descriptor with a default"): "asks the same library",
    ("cli/plain_values.py", "getattr annotation with a default"): "asks the same library",
    ("cli/plain_help.py", "getattr commands with a default"): "asks the same library",
}
"""What may stand, by file and test, and why."""

READERS = {"config"}
"""Packages that make the kinds from what is written."""


def names(node: ast.AST) -> set[str]:
    """Last parts of all names in an expression."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def calls(node: ast.Call) -> Iterator[str]:
    """Tests by a function."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in {"isinstance", "issubclass"}:
        for kind in sorted(names(node.args[1]) & KINDS):
            yield f"{name} {kind}"
    if name == "hasattr":
        yield name
    if name == "getattr" and len(node.args) == 3 and isinstance(node.args[1], ast.Constant):
        yield f"getattr {node.args[1].value} with a default"


def comparisons(node: ast.Compare) -> Iterator[str]:
    """Tests by a type or by a word that names a kind."""
    sides = [node.left, *node.comparators]
    types = any(
        (isinstance(side, ast.Call) and "type" in names(side.func))
        or (isinstance(side, ast.Attribute) and side.attr in {"__class__", "__name__"})
        for side in sides
    )
    if types:
        for kind in sorted(set().union(*map(names, sides)) & KINDS):
            yield f"type is {kind}"
    fields = [side.attr for side in sides if isinstance(side, ast.Attribute)]
    words = {
        one.value
        for side in sides
        for one in ast.walk(side)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    for field in fields:
        if field in {"model", "direction", "kind", "__name__"} and words & WORDS:
            yield f".{field} == {' '.join(sorted(words & WORDS))}"


def tellings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every test for a kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, said) for said in calls(node))
        elif isinstance(node, ast.Compare):
            yield from ((node.lineno, said) for said in comparisons(node))
        elif isinstance(node, ast.MatchClass):
            for kind in sorted(names(node.cls) & KINDS):
                yield node.lineno, f"case {kind}"


def found() -> Iterator[tuple[str, int, str]]:
    """File, line and test, in every package that does not read files into kinds."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE)
        if file.parts[0] not in READERS:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from ((file.as_posix(), line, said) for line, said in tellings(tree))


def test_no_code_asks_of_which_kind_a_thing_is():
    """It asks the thing itself, by a verb that its siblings have too."""
    wrong = [
        f"{file}:{line}: {said}" for file, line, said in found() if (file, said) not in ALLOWED
    ]

    assert not wrong, "\n".join(wrong)


def test_every_exception_is_still_needed():
    """One that nothing uses has to go."""
    there = {(file, said) for file, _, said in found()}

    assert set(ALLOWED) <= there


def test_what_files_can_name_is_guarded():
    """Protocols, sources, links and clocks, their unions and what derives from them."""
    assert {
        "BestOf", "DecoySource", "FibreLink", "CombTransfer", "SkyInAnyAir", "ClockSystem",
        "SinglePhotonBB84", "BBM92", "TableAir", "ElementSet", "Uplink",
    } <= KINDS  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "isinstance(system, CombTransfer)",
        "isinstance(link, timing.CombTransfer | HorizontalLink)",
        "isinstance(protocol, (BBM92, BestOf))",
        "issubclass(kind, FibreLink)",
        "type(source) is DecoySource",
        "type(source) == DecoySource",
        "source.__class__ in (DecoySource, SinglePhotonSource)",
        "hasattr(system, 'abort_qber')",
        "getattr(system, 'abort_qber', None)",
        "link.direction == 'uplink'",
        "link.direction in {'fibre', 'horizontal'}",
        "preset.model != 'decoy-bb84'",
        "type(system).__name__ == 'CombTransfer' or system.kind == 'linear-optical-sampling'",
        "match system:\n    case SinglePhotonTiming(): pass",
    ],
)
def test_each_way_to_tell_kinds_apart_is_seen(line):
    """By whatever means."""
    assert list(tellings(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "isinstance(value, float)",
        "getattr(self, name)",
        "data.kind == 'clicks'",
        "links[craft.direction]",
        "coupling is not None",
    ],
)
def test_plain_values_may_be_told_apart(line):
    """Numbers, data and what is not given."""
    assert not list(tellings(ast.parse(line)))
