"""The mission that a study varies: its files as they were read, and the mission of a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from satqkd.config.load import load_mission
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.read_once import Files
from satqkd.config.set_values import STATIONS, index_of, path_steps
from satqkd.config.yaml_nodes import Document, Place, read_file
from satqkd.errors import Finding, InputError
from satqkd.mission.mission import Mission, SetValue
from satqkd.study.kept import kept_satellites, kept_stations
from satqkd.study.variable import Keep, Setting

EACH = "*"
"""Stands for each item of a list in a path."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Base:
    """A mission's files as they were when the study began, and what is set at every point."""

    mission: Path
    stations: Path
    settings: tuple[Setting, ...] = ()
    files: Files = field(default_factory=Files)
    """What was read: other processes need no disk."""

    def at(self, settings: Sequence[Setting] = (), keeps: Sequence[Keep] = ()) -> Mission:
        """Return the mission of a point.

        Parameters
        ----------
        settings
            Set in place of what the files say, after those of every point.
        keeps
            Lists of which a part is kept, before anything is set.

        Raises
        ------
        InputError
            If what is set cannot stand there.
        """
        files = self.files.copy()
        documents = self.documents(keeps)
        for path, document in zip((self.mission, self.stations), documents, strict=True):
            files.put(path, document)
        every = _latest((*self.settings, *settings))
        values = [one for setting in every for one in expanded(setting, documents)]
        return load_mission(self.mission, self.stations, set_values=values, files=files)

    def documents(self, keeps: Sequence[Keep] = ()) -> tuple[Document, Document]:
        """Return the mission's file and the stations', with the parts that are kept.

        Raises
        ------
        InputError
            If there are not so many, or a name is of none.
        """
        mission = self.files.once(self.mission, read_file)
        stations = replace(self.files.once(self.stations, read_file), items="stations")
        for keep in keeps:
            try:
                if keep.list == "satellites":
                    mission = kept_satellites(mission, keep)
                else:
                    mission, stations = kept_stations(mission, stations, keep)
            except Mistake as mistake:
                finding = Finding(
                    file=keep.by, line=0, where=f"keep: {keep.list}", message=mistake.message,
                    fix=mistake.fix,
                )  # fmt: skip
                raise InputError([finding]) from mistake
        return mission, stations


def _latest(settings: Sequence[Setting]) -> list[Setting]:
    """Return settings of which a later one of the same path takes the place of the earlier."""
    found: dict[str, Setting] = {}
    for one in settings:
        found.pop(one.path, None)
        found[one.path] = one
    return list(found.values())


def expanded(setting: Setting, documents: tuple[Document, Document]) -> Iterator[SetValue]:
    """Yield a setting for each item of the lists that its path names by ``[*]``.

    Findings name it once, as it is written in the study.

    Raises
    ------
    InputError
        If there is no list where the path has ``[*]``.
    """
    typed = f"{setting.by} {setting.path}={setting.value}"
    for path in _paths(setting.path, setting, documents):
        yield SetValue(path=path, value=setting.value, by=setting.by, typed=typed)


def _paths(path: str, setting: Setting, documents: tuple[Document, Document]) -> Iterator[str]:
    head, each, rest = path.partition(f"[{EACH}]")
    if not each:
        yield path
        return
    try:
        count = len(_list_at(head, documents))
    except Mistake as mistake:
        raise InputError(
            [Finding(file=setting.by, line=0, where=path, message=mistake.message,
                     fix=mistake.fix)]
        ) from mistake  # fmt: skip
    for index in range(count):
        yield from _paths(f"{head}[{index}]{rest}", setting, documents)


def _list_at(path: str, documents: tuple[Document, Document]) -> list[Any]:
    steps, document = path_steps(path), documents[0]
    if steps[0].word == STATIONS:
        steps, document = steps[1:], documents[1]
    value: Any = document.value
    place: Place = ()
    for step in steps:
        if isinstance(value, list):
            part: int | str = index_of(value, step, document, place)
        elif isinstance(value, dict) and step.word in value:
            part = step.word
        else:
            known = value if isinstance(value, dict) else ()
            raise Mistake(
                f"there is nothing called {quoted(step.word)}", did_you_mean(step.word, known)
            )
        value, place = value[part], (*place, part)
    if not isinstance(value, list):
        raise Mistake(f"'{path}' is no list", f"leave out '[{EACH}]'")
    return value
