"""One desk of a mission acts; a second one only reads, and says so."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # pragma: no cover  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK: Final = "desk.lock"
"""Name beside the ledger."""


@dataclass(slots=True, kw_only=True)
class Seat:
    """Whether a desk may act."""

    handle: int | None
    """Of the lock that it holds; None where it holds none."""
    read_only: str
    """Why it may not; empty where it may."""

    def leave(self) -> None:
        """Let the next desk act."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


def take_seat(folder: Path) -> Seat:
    """Hold the lock of a mission's desk; it ends with the process, however that ends.

    Parameters
    ----------
    folder
        Where the ledger lies, or would.
    """
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        return Seat(handle=None, read_only=f"nothing can be written here ({error.strerror})")
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            holder = os.pread(handle, 40, 0).decode("ascii", "replace").strip()
            os.close(handle)
            who = f"process {holder}" if holder.isdigit() else "another process"
            return Seat(handle=None, read_only=f"another desk of this mission is open ({who})")
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return Seat(handle=handle, read_only="")
