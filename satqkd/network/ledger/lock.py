"""One writer at a time: the second waits, and if that takes too long is told who writes."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from satqkd.errors import LedgerBusyError, OutputError
from satqkd.network.ledger.schema import WAIT_S

try:
    import fcntl
except ImportError:  # pragma: no cover  # Windows: SQLite's own lock is all there is
    fcntl = None  # type: ignore[assignment]

_BETWEEN_S: Final = 0.02
"""How long between two tries. [s]"""
_HELD = {errno.EAGAIN, errno.EACCES}


@contextmanager
def only_writer(path: Path, author: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock of a ledger; it ends with the process, however that ends.

    Parameters
    ----------
    path
        The ledger; the lock is the file ``….lock`` beside it, and says who holds it.
    author
        Command that writes.
    wait_s
        How long to wait for another one. [s]

    Raises
    ------
    LedgerBusyError
        With the holder's process, machine and command.
    OutputError
        If there can be no lock.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(
            f"{lock}: could not be opened ({error.strerror or error}); nothing is booked\n"
            "  fix: allow writing beside the ledger"
        ) from error
    try:
        _take(handle, path, wait_s)
        _sign(handle, f"process {os.getpid()} on {socket.gethostname()}: {author}")
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, wait_s: float) -> None:
    if fcntl is None:  # pragma: no cover  # Windows
        return
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _HELD:
                return  # a file system without locks: SQLite's own is all there is
            if time.monotonic() >= until:
                holder = os.pread(handle, 2000, 0).decode("utf-8", "replace").strip()
                raise LedgerBusyError(
                    f"{path}: another command writes to it ({holder or 'it left no name'}); "
                    f"waited {wait_s:g} s, nothing is booked\n"
                    "  fix: try again when it is done"
                ) from error
            time.sleep(_BETWEEN_S)
        else:
            return


def _sign(handle: int, who: str) -> None:
    """Leave a name; a full disk keeps nobody from writing a name less."""
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, who.encode("utf-8"), 0)
    except OSError:
        return
