"""Which files of a folder hold elements, by the ends of their names."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from satqkd.elements.message_form import OMM_SUFFIXES
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding, SatqkdWarning

SUFFIXES: Final = tuple(sorted((".3le", ".oem", ".tle", ".txt", *OMM_SUFFIXES)))
"""Ends of the names, in any case, of the files that are read in a folder."""

NOTES: Final = (".md", ".rst")
"""Ends of the names of files for people, which nobody expects to be read."""

_MOST_NAMED: Final = 5
"""Files that are not read are named one by one up to this number."""


def element_files(path: Path, findings: list[Finding]) -> list[Path]:
    """List the files to read; what cannot be listed becomes a finding."""
    if not _is_folder(path) or path.suffix.lower() in SUFFIXES:
        return [path]
    before = len(findings)
    there = sorted(_walk(path, findings), key=lambda file: file.relative_to(path).parts)
    files = [file for file in there if file.name.lower().endswith(SUFFIXES)]
    unread = [file for file in there if not file.name.lower().endswith((*SUFFIXES, *NOTES))]
    if not files and len(findings) == before:
        findings.append(
            Finding(
                file=str(path),
                line=1,
                message="no element file in this folder",
                fix=f"put element sets into it as {_endings()}",
            )
        )
    elif unread:
        _warn_of_unread(path, [shown(str(file.relative_to(path))) for file in unread])
    return files


def _endings() -> str:
    return ", ".join("*" + suffix for suffix in SUFFIXES)


def _warn_of_unread(folder: Path, names: list[str]) -> None:
    """Say in one line which files are passed over, and which would not be."""
    more = len(names) - _MOST_NAMED
    warnings.warn(
        f"{folder}: not read for the end of the name: {', '.join(names[:_MOST_NAMED])}"
        f"{f' and {more} more' if more > 0 else ''}; read are {_endings()}",
        SatqkdWarning,
        stacklevel=2,
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    """Yield every file below a folder, hidden ones apart; a folder named as one is one."""

    def refuse(error: OSError) -> None:
        findings.append(unreadable(str(error.filename), error))

    for root, folders, files in os.walk(folder, onerror=refuse):
        element_like = [name for name in folders if name.lower().endswith(SUFFIXES)]
        folders[:] = sorted(n for n in folders if n[0] != "." and n not in element_like)
        yield from (Path(root, name) for name in (*files, *element_like) if name[0] != ".")


def unreadable(file: str, error: OSError | ValueError) -> Finding:
    """Return what is wrong with a file or folder that cannot be read."""
    if isinstance(error, FileNotFoundError):
        message, fix = "there is no such file or folder", "correct the path, or put the file there"
    elif isinstance(error, IsADirectoryError):
        message, fix = "this is a folder, not a file of element sets", "rename the folder"
    else:
        why = error.strerror if isinstance(error, OSError) else error
        message, fix = f"cannot be read: {why}", "make it readable, or take it away"
    return Finding(file=file, line=1, message=message, fix=fix)
