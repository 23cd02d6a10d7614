"""Ctrl-C is answered by the command alone: workers go on until they are told to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Final

_CTRL_C: Final = (signal.SIGINT,)


@contextmanager
def ctrl_c_held_back() -> Iterator[None]:
    """Let threads that begin meanwhile, and all processes that these start, never see a Ctrl-C.

    A terminal sends it to every process of a command. One that comes meanwhile is answered when
    this thread is done here.

    Notes
    -----
    Threads and processes inherit which signals are blocked. The tracker of shared resources is
    started first: to start it unblocks the signal (Python 3.11 to 3.13).
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CTRL_C)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
