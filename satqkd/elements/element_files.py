"""Which files of a folder hold orbit data, by what they hold, and which are passed over."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from satqkd.elements.input_file import (
    InputFileError,
    packed,
    read_head,
    why_unreadable,
)
from satqkd.elements.message_form import OMM_SUFFIXES
from satqkd.elements.orbit_formats import RefusedFormat, format_of
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding, SatqkdWarning

SUFFIXES: Final = tuple(sorted((".3le", ".cpf", ".oem", ".sat", ".tle", ".txt", *OMM_SUFFIXES)))
"""Ends of the names, in any case, of the files of a folder that have to hold orbit data; others
are read where they do."""

NOTES: Final = (".md", ".rst")
"""Ends of the names of files for people: where they hold no orbit data nobody expects them read."""

_MOST_NAMED: Final = 5
"""Files that are passed over are named one by one up to this number."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PassedOver:
    """A file of a named folder that was not read, and why."""

    path: str
    """Below the folder as the user gave it."""
    why: str


def element_files(path: Path, findings: list[Finding]) -> tuple[list[Path], list[PassedOver]]:
    """List the files to read and those passed over; what cannot be listed becomes a finding.

    Warns
    -----
    SatqkdWarning
        For files that are passed over.
    """
    if not _is_folder(path) or path.suffix.lower() in SUFFIXES:
        return [path], []
    before = len(findings)
    there = sorted(_walk(path, findings), key=lambda file: file.relative_to(path).parts)
    files: list[Path] = []
    passed: list[PassedOver] = []
    for file in there:
        why = _why_not(file)
        if why is None:
            files.append(file)
        elif why:
            passed.append(PassedOver(path=str(file), why=why))
    if passed:
        _warn_of(path, passed)
    if not files and len(findings) == before:
        findings.append(
            Finding(
                file=str(path),
                line=1,
                message="no element file in this folder",
                fix=f"put element sets or ephemerides into it, such as {_endings()}",
            )
        )
    return files, passed


def _why_not(file: Path) -> str | None:
    """Say why a file is passed over; None where it is read, empty where nobody expects it."""
    hidden = file.name.startswith(".")
    if not hidden and file.name.lower().removesuffix(".gz").endswith(SUFFIXES):
        return None
    quiet = hidden or file.name.lower().endswith(NOTES)
    try:
        data = read_head(file)
    except InputFileError as error:
        return "" if quiet else error.why.message
    kind = packed(data)
    text = data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    found = format_of(text) if "\x00" not in text and not kind else None
    why: str | None = "holds no orbit data that is recognised"
    if isinstance(found, RefusedFormat):
        why = f"is {found.name}: {found.instead}"
    elif found:
        why = "is hidden, though it holds orbit data" if hidden else None
    elif not data.strip():
        why = "is empty"
    elif kind:
        why = f"is packed ({kind}): unpack it"
    return "" if quiet and not found else why


def _endings() -> str:
    return ", ".join("*" + suffix for suffix in SUFFIXES)


def _warn_of(folder: Path, passed: list[PassedOver]) -> None:
    """Say in one line which files are passed over, and why."""
    more = len(passed) - _MOST_NAMED
    named = "; ".join(
        f"{shown(str(Path(one.path).relative_to(folder)))} {one.why}"
        for one in passed[:_MOST_NAMED]
    )
    warnings.warn(
        f"{folder}: passed over: {named}{f'; and {more} more' if more > 0 else ''}",
        SatqkdWarning,
        stacklevel=2,
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    """Yield every file below a folder, hidden folders apart; a folder named as a file is one."""

    def refuse(error: OSError) -> None:
        findings.append(unreadable(str(error.filename), error))

    for root, folders, files in os.walk(folder, onerror=refuse):
        element_like = [name for name in folders if name.lower().endswith(SUFFIXES)]
        folders[:] = sorted(n for n in folders if n[0] != "." and n not in element_like)
        yield from (Path(root, name) for name in (*files, *element_like))


def unreadable(file: str, error: OSError | ValueError) -> Finding:
    """Return what is wrong with a file or folder that cannot be read."""
    return InputFileError(why_unreadable(error), file=file).finding
