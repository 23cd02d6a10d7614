"""A file appears whole under its name, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from satqkd.errors import OutputError


def check_place(path: Path, *, replace: bool) -> None:
    """Refuse, before any work, a place where :func:`write_whole` may not write.

    Raises
    ------
    OutputError
        If a file stands there that must not be replaced, something that is no file, or if there
        is no such folder.
    """
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: is no file\n  fix: choose another name")
    if path.exists() and not replace:
        raise OutputError(
            f"{path}: is there already\n  fix: choose another name, or replace it with --force"
        )
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}\n  fix: make it first")


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file under a temporary name beside its place, flush it, and rename it.

    Parameters
    ----------
    path
        Where the file goes.
    content
        All of it.
    replace
        Whether a file that stands there may be replaced.

    Raises
    ------
    OutputError
        If it could not be written; then what stood there stands there still.
    """
    check_place(path, replace=replace)
    try:
        with temporary_file(path.parent, content) as temporary:
            if replace:
                temporary.replace(path)
            else:
                claim(path, temporary)
    except OSError as error:
        raise OutputError(
            f"{path}: could not be written ({error.strerror or error})\n"
            "  fix: free space or choose another place"
        ) from error


def claim(path: Path, temporary: Path) -> None:
    """Give a file its name, if no other file has it; else raise :class:`FileExistsError`."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        path.open("xb").close()
        temporary.replace(path)


@contextmanager
def temporary_file(folder: Path, content: bytes, *, private: bool = False) -> Iterator[Path]:
    """Write a flushed file with a name of its own, which is gone afterwards.

    A private one only its owner can read, from its first byte on.
    """
    path = folder / f".satqkd-{secrets.token_hex(4)}"
    opener = partial(os.open, mode=0o600 if private else 0o666)
    try:
        with open(path, "xb", opener=opener) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)
