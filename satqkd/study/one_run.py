"""One run at a time works in the folder of a study."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from satqkd.errors import SatqkdError
from satqkd.study.folder import written

try:
    import fcntl
except ImportError:  # pragma: no cover  # Windows: nothing keeps two runs apart
    fcntl = None  # type: ignore[assignment]

LOCK: Final = ".lock"
_HELD: Final = {errno.EAGAIN, errno.EACCES}
"""Any other answer is that of a file system without locks, as shared ones of clusters are."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for one run; it ends with the process, however that ends.

    Raises
    ------
    SatqkdError
        If another run is at work in it.
    OutputError
        If it cannot be written.
    """
    with written(folder):
        file = (folder / LOCK).open("w", encoding="utf-8")
    with file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                raise SatqkdError(
                    f"{folder}: another run is at work in this folder\n"
                    f"  fix: wait for it, or look on: satqkd study status {folder}"
                ) from error
        yield


def at_work(folder: Path) -> bool:
    """Whether a run is at work in a folder now."""
    if fcntl is None:  # pragma: no cover  # Windows
        return False
    try:
        with (folder / LOCK).open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _HELD
    return False
