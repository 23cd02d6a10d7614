"""Names of points: hashes of what they rest on, and of the code that works them out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import satqkd
from satqkd.config.yaml_nodes import read_text
from satqkd.errors import InputError
from satqkd.study.base import Base
from satqkd.study.measure import Measure
from satqkd.study.point import Point
from satqkd.study.study import Study
from satqkd.study.variable import Setting

DIGITS: Final = 16
"""Of a point's name: of a million points two are called the same with a chance of 3e-8."""
_WORDS: Final = re.compile(r"\w[\w. /]*", re.ASCII)
"""A value that YAML reads as it stands: most are, and need no reading."""
_SOURCES: Final = (".py", ".yaml", ".json", ".csv", ".txt")


@cache
def code_version() -> str:
    """Return the version with a hash of every source file and preset of the package."""
    digest = hashlib.sha256()
    for name, entry in sorted(_sources(files("satqkd"), "")):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(entry.read_bytes()).digest())
    return f"{satqkd.__version__}+{digest.hexdigest()[:DIGITS]}"


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SOURCES):
            yield f"{prefix}{entry.name}", entry


class Names:
    """Names the points of a study."""

    def __init__(self, study: Study) -> None:
        self._base = study.base
        self._inputs: dict[tuple[Setting, ...], list[list[str]]] = {}
        self._common: dict[str, Any] = {
            "code": code_version(),
            "measures": [_of_measure(one) for one in study.measures],
            "realisations": study.realisations,
            "seed": study.seed,
            "plan": study.plan,
        }

    def __call__(self, point: Point) -> str:
        """Return the name of a point."""
        resolved = {
            **self._common,
            "inputs": self.inputs(point),
            "settings": [[one.path, one.value] for one in (*self._base.settings, *point.settings)],
            "keeps": [[one.list, one.first, one.names] for one in point.keeps],
            "variables": [level.number for level in point.levels],
        }
        text = json.dumps(resolved, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]

    def inputs(self, point: Point) -> list[list[str]]:
        """Return name and hash of each file that a point rests on.

        Those of the mission as it stands, but where settings name files themselves.
        """
        naming = tuple(one for one in point.settings if self._names_a_file(one))
        if naming not in self._inputs:
            self._inputs[naming] = _hashes(self._base, naming)
        return self._inputs[naming]

    @property
    def every_input(self) -> tuple[tuple[str, str], ...]:
        """Name and hash of each file of the mission, and of those that points named so far read."""
        self.inputs(Point(levels=()))
        return tuple(
            sorted({(name, sha256) for one in self._inputs.values() for name, sha256 in one})
        )

    def _names_a_file(self, setting: Setting) -> bool:
        folders = {self._base.mission.parent, self._base.stations.parent}
        text = setting.value
        value = text if _WORDS.fullmatch(text) else read_text(text, file=setting.by).value
        return any(_exists(folder, leaf) for leaf in _leaves(value) for folder in folders)


def _of_measure(measure: Measure) -> list[str]:
    return [measure.name, measure.unit, measure.expression.text]


def _hashes(base: Base, naming: tuple[Setting, ...]) -> list[list[str]]:
    try:
        mission = base.at(naming)
    except InputError:  # settings that go together only with others: the point itself says why
        mission = base.at()
    return sorted([Path(one.path).name, one.sha256] for one in mission.inputs)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _exists(folder: Path, text: str) -> bool:
    try:
        return bool(text.strip()) and (folder / text.strip()).exists()
    except (OSError, ValueError):  # no name of a file, whatever else it is
        return False
