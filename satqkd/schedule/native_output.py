"""Keep what compiled code prints away from the answer."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STDOUT = 1
"""Where compiled code prints, whatever ``sys.stdout`` has become."""


@contextmanager
def silenced() -> Iterator[None]:
    """Drop what compiled code prints to standard output.

    Some versions of HiGHS print a banner before output can be switched off; one line of it makes
    JSON on standard output unreadable. The file descriptor is the whole process's: other threads
    are silenced too.
    """
    kept = _copy_of_stdout()
    _flush_c()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDOUT)
        yield
    finally:
        try:
            _flush_c()
        finally:  # also where Ctrl-C comes meanwhile: what is printed later would be lost
            if kept is None:
                os.close(_STDOUT)
            else:
                os.dup2(kept, _STDOUT)
                os.close(kept)
            if nowhere != _STDOUT:
                os.close(nowhere)


def _copy_of_stdout() -> int | None:
    """Return another descriptor of standard output; None where it is closed."""
    try:
        return os.dup(_STDOUT)
    except OSError:
        return None


def _flush_c() -> None:
    """Write out what C has buffered, so that it goes where it was printed to."""
    c = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    c.fflush(None)
