"""One file on disk: whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from satqkd.errors import OutputError


def require_file(path: Path) -> None:
    """Refuse a place where something stands that is no file: a rename would put one in its place.

    Raises
    ------
    OutputError
        Of a folder, a device, a pipe.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder\n  fix: name a file")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: is a device or a pipe, and no file\n  fix: name a file")


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside its place, flushed, and put it there.

    Raises
    ------
    OutputError
        When it cannot be written; what stood there before still does.
    """
    require_file(path)
    if not path.parent.is_dir():
        raise OutputError(f"{path}: its folder does not exist\n  fix: create it first")
    part = path.with_name(f".{path.name}.tmp-{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: could not be written ({error.strerror or error})\n"
            "  fix: free space, allow writing there, or name another place with --out"
        ) from error
