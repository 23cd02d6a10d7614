"""Files put where none are yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from satqkd.errors import OutputError


def write_new(folder: Path, files: Mapping[Path, bytes], *, done: str) -> tuple[Path, ...]:
    """Write files into a folder, each whole or not at all; nothing is overwritten.

    Parameters
    ----------
    folder
        Where to; made where it is missing.
    files
        Contents by path in the folder.
    done
        What is then not done, such as ``copied``.

    Returns
    -------
    tuple[Path, ...]
        The files written.
    """
    refuse_present(folder, files, done=done)
    return tuple(_write(folder / path, content) for path, content in files.items())


def refuse_present(folder: Path, files: Mapping[Path, bytes], *, done: str) -> None:
    """Raise :class:`OutputError` if one of the files is there already."""
    present = [str(folder / path) for path in files if os.path.lexists(folder / path)]
    if present:
        raise OutputError(
            f"{', '.join(present)}: there already, nothing was {done}; "
            "name another folder, or move what is there"
        )


def _write(target: Path, content: bytes) -> Path:
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    return target
