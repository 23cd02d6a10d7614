"""A column that several tables have is described in one place and means the same in all."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from satqkd.report import tables
from satqkd.report.tables.column import Column
from satqkd.report.tables.definitions import DEFINITIONS
from satqkd.report.tables.joint import joint_columns
from satqkd.report.tables.kinds import Kinds
from satqkd.report.tables.rates import rate_columns
from satqkd.report.tables.waterfall import joint_waterfall_columns
from satqkd.study.rates import PROTOCOLS

FOLDER = Path(tables.__file__).parent
STATIONS = ("one", "other")

Table = tuple[Column[Any], ...]


def _every_table() -> dict[str, Table]:
    """Every tuple of columns and every single column of the package, and those made on demand."""
    found: dict[str, Table] = {
        "joint_columns": joint_columns(STATIONS),
        "joint_waterfall_columns": joint_waterfall_columns(STATIONS),
        "rate_columns": rate_columns(tuple(PROTOCOLS)),
    }
    for info in pkgutil.iter_modules(tables.__path__, f"{tables.__name__}."):
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, Kinds):
                shapes = {"passes": value.passes, "joint": value.joint, "links": value.links}
                found |= {f"{info.name}.{name}.{k}": one.columns for k, one in shapes.items()}
            several = value if isinstance(value, tuple) else (value,)
            if several and all(isinstance(one, Column) for one in several):
                found[f"{info.name}.{name}"] = several
    return found


TABLES = _every_table()
NAMES = {column.name for table in TABLES.values() for column in table}


def _texts(node: ast.expr) -> list[str]:
    """What stands in a node as text; in an f-string its fixed parts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(text for part in node.values for text in _texts(part))]
    return []


def _described(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of columns beside a sentence, in a call, a tuple or a mapping, and their lines."""
    for node in ast.walk(tree):
        beside: list[tuple[ast.expr, list[ast.expr]]] = []
        if isinstance(node, ast.Call) and node.args:
            beside = [(node.args[0], node.args[1:])]
        elif isinstance(node, ast.Tuple) and node.elts:
            beside = [(node.elts[0], node.elts[1:])]
        elif isinstance(node, ast.Dict):
            beside = [
                (key, value.args if isinstance(value, ast.Call) else [value])
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
            ]
        for name, others in beside:
            sentences = [t for one in others for t in _texts(one) if t.endswith(".")]
            for text in _texts(name):
                if text in NAMES and sentences:
                    yield text, node.lineno


def _places(sources: dict[str, str]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = defaultdict(list)
    for file, text in sources.items():
        for name, line in _described(ast.parse(text)):
            places[name].append(f"{file}:{line}")
    return places


SOURCES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py"))}


def test_a_name_has_one_unit_and_one_meaning_in_all_tables():
    """Whoever joins two tables on a column finds the same thing in both."""
    meanings: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for where, table in TABLES.items():
        for column in table:
            meanings[column.name][column.unit, column.description].append(where)

    several = {name: dict(told) for name, told in meanings.items() if len(told) > 1}
    assert not several


def test_no_table_names_a_column_twice():
    """A header names each column once."""
    for where, table in TABLES.items():
        names = [column.name for column in table]
        assert len(names) == len(set(names)), where


def test_a_name_is_described_in_one_place_of_the_source():
    """What a second table has, too, is described in ``definitions.py`` and nowhere else."""
    twice = {name: places for name, places in _places(SOURCES).items() if len(places) > 1}
    assert not twice


def test_every_definition_is_of_a_column_of_a_table():
    """What no table has any more is described no longer."""
    assert set(DEFINITIONS) <= NAMES


def test_the_search_finds_every_way_to_describe_a_column():
    """Calls, tuples and mappings with a sentence; not those that only name a column."""
    source = """
Column("qber", "", "An error fraction.", values)
column("qber", values)
_OF = {"qber": Definition("", "An error " "fraction.")}
_MORE = (("qber", "An error fraction.", get), ("qber", get))
_told("qber", f"An error of {what}.")
"""
    lines = [line for name, line in _described(ast.parse(source)) if name == "qber"]
    assert sorted(lines) == [2, 4, 5, 6]


def test_the_walk_sees_the_tables():
    """An empty walk would pass every test here."""
    assert len(TABLES) > 25
    assert {"secure_bits", "pass_id", "unit", "one_loss_db"} <= NAMES
    assert len(_places(SOURCES)) > 150
