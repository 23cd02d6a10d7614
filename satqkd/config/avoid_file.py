"""The table of windows to avoid that a mission file names."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from satqkd.config.mistake import did_you_mean, quoted
from satqkd.config.read_once import Files
from satqkd.config.yaml_nodes import Document
from satqkd.elements.synthetic import design_name
from satqkd.errors import Finding, InputError, SatqkdWarning
from satqkd.mission.avoid import AvoidWindow, parse_avoid
from satqkd.mission.mission import Mission


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidFile:
    """What was read."""

    windows: tuple[AvoidWindow, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Hash of the file, by its path; empty where none is named."""


def read_avoid(mission: Document, files: Files) -> tuple[AvoidFile, list[Finding]]:
    """Read the table that a mission file names; empty where it names none."""
    written = mission.value.get("avoid") if isinstance(mission.value, dict) else None
    if not isinstance(written, str) or not written.strip():
        return AvoidFile(), []
    path = Path(mission.file).parent / written.strip()
    try:
        content = files.once(path, Path.read_bytes)
        windows = parse_avoid(content.decode("utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        return AvoidFile(), [mission.finding(("avoid",), f"{path}: {why}", "correct the path")]
    except InputError as error:
        return AvoidFile(), list(error.findings)
    return AvoidFile(windows=windows, hashes={str(path): hashlib.sha256(content).hexdigest()}), []


def warn_of_no_window(avoid: AvoidFile) -> None:
    """Tell that a table was read which names no window."""
    for file in () if avoid.windows else avoid.hashes:
        warnings.warn(f"{file}: names no window to avoid", SatqkdWarning, stacklevel=3)


def require_known(mission: Mission, avoid: AvoidFile) -> None:
    """Refuse windows of satellites and stations that a mission does not have.

    Raises
    ------
    InputError
        With the line of each.
    """
    flown = [craft.satellite for craft in mission.spacecraft]
    known = {
        "satellite": [
            *dict.fromkeys(name for one in flown for name in (one.name, design_name(one)))
        ],
        "station": [ground.site.name for ground in mission.stations],
    }
    findings = []
    for window in avoid.windows:
        for kind, name in (("satellite", window.satellite), ("station", window.station)):
            if name is not None and name not in known[kind]:
                message = f"there is no {kind} {quoted(name)} in the mission"
                fix = f"{did_you_mean(name, known[kind])}, or leave the cell empty for every one"
                (file,) = avoid.hashes
                findings.append(Finding(file=file, line=window.line, message=message, fix=fix))
    if findings:
        raise InputError(findings)
