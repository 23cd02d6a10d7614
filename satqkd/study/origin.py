"""Where the files are that a study was made of, and whether they still are what they were."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.study.base import Base
from satqkd.study.folder import ORIGIN, read_json
from satqkd.study.results import MANIFEST
from satqkd.study.variable import Setting

_STUDY, _MISSION, _STATIONS, _SET = "study", "mission", "stations", "set"
_NOWHERE: Final[dict[str, Any]] = {}


def origin_text(folder: Path, path: Path | None, base: Base) -> str:
    """Return ``origin.json``: where files are, from the folder, and what is set at every point.

    Parameters
    ----------
    folder
        Of the results.
    path
        The study's file; None for one made in code.
    base
        The mission's files.
    """
    told = {
        _STUDY: None if path is None else _from(folder, path),
        _MISSION: _from(folder, base.mission),
        _STATIONS: _from(folder, base.stations),
        _SET: [[one.path, one.value] for one in base.settings],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def _from(folder: Path, path: Path) -> str:
    return os.path.relpath(path.resolve(), folder.resolve())


def origin_of(folder: Path) -> Path:
    """Return where the file of the study in a folder is.

    Raises
    ------
    SatqkdError
        If the folder holds no study, one without a file, or its file has gone.
    """
    if not (folder / MANIFEST).exists():
        raise SatqkdError(
            f"{folder}: there is no study in this folder\n"
            "  fix: start one: satqkd study run study.yaml"
        )
    told = _told(folder)
    if _STUDY in told and told[_STUDY] is None:
        raise SatqkdError(
            f"{folder}: its study was made without a file\n"
            "  fix: give the command again that made it, such as satqkd study sensitivity"
        )
    path = _to(folder, told.get(_STUDY))
    if path is None or not path.exists():
        raise SatqkdError(
            f"{folder}: its study file {path or ''} is not there any more\n"
            f"  fix: name it: satqkd study run STUDY --to {folder}"
        )
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def mission_of(folder: Path, manifest: Mapping[str, Any]) -> Mission | None:
    """Return the mission that a study varies; None where its files are gone or others than then.

    Parameters
    ----------
    folder
        Of the results.
    manifest
        What the study kept of itself.
    """
    told = _told(folder)
    files = [_to(folder, told.get(one)) for one in (_MISSION, _STATIONS)]
    if files[0] is None or files[1] is None:
        return None
    settings = [Setting(path=path, value=value, by=_SET) for path, value in told.get(_SET, ())]
    try:
        mission = Base(mission=files[0], stations=files[1], settings=tuple(settings)).at()
    except SatqkdError:
        return None
    now = {(Path(one.path).name, one.sha256) for one in mission.inputs}
    before = {(str(one["file"]), str(one["sha256"])) for one in manifest.get("inputs") or []}
    return mission if now <= before else None


def _told(folder: Path) -> dict[str, Any]:
    return read_json(folder / ORIGIN) if (folder / ORIGIN).exists() else _NOWHERE


def _to(folder: Path, place: Any) -> Path | None:
    return Path(os.path.normpath(folder / str(place))) if place else None
