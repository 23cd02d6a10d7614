"""The folder of a study: what its files are called, and what they tell without a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from satqkd.errors import OutputError, SatqkdError
from satqkd.study.rows_file import SUFFIX

POINTS: Final = "points"
LOG: Final = "log.jsonl"
"""When what was done, where, and how long it took: differs from run to run."""
ORIGIN: Final = "origin.json"
"""Where the files of study and mission are, from the folder; differs from place to place."""


def log_of(folder: Path) -> list[Mapping[str, Any]]:
    """Return the notes of all runs in a folder; a last one that is not whole is left out."""
    found = []
    path = folder / LOG
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def keys_done(folder: Path) -> set[str]:
    """Return the rows that have a file, whether or not a summary has them yet."""
    return {path.name.removesuffix(SUFFIX) for path in (folder / POINTS).glob(f"*{SUFFIX}")}


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn a disk that takes nothing into a message.

    Raises
    ------
    OutputError
        With what to do, in place of any error of the disk.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}\n"
            f"  fix: make room or name another folder, then go on: satqkd study resume {path}"
        ) from error


def read_json(path: Path) -> dict[str, Any]:
    """Read what a study wrote of itself.

    Raises
    ------
    SatqkdError
        If the file is not as it was written.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SatqkdError(
            f"{path}: is not as it was written\n  fix: name another folder: --to FOLDER"
        ) from error
    return found
