"""What Ctrl-C does while a plan is made: the search ends, and what it found is kept."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from satqkd.cli.exit_codes import SIGNALLED

SHOW_CURSOR = "\x1b[?25h"
"""Of a terminal on which a bar hid it."""
STDERR = 2
"""Its descriptor: a handler must not wait for a buffer that it has interrupted."""


class CtrlC:
    """Whether it was pressed."""

    def __init__(self, left: str) -> None:
        self._left = left
        self.pressed = False

    def first(self, number: int, frame: FrameType | None) -> None:
        """End the search; the next one ends the process."""
        del number, frame
        self.pressed = True
        signal.signal(signal.SIGINT, self.again)
        _say("Ctrl-C: the best plan so far is kept, if there is one; again ends at once")
        raise KeyboardInterrupt

    def again(self, number: int, frame: FrameType | None) -> None:
        """End the process whatever it does: the solver may take its time to be cancelled."""
        del frame
        _say(f"{SHOW_CURSOR if sys.stderr.isatty() else ''}stopped\n{self._left}")
        os._exit(SIGNALLED + number)


@contextmanager
def ctrl_c_ends_the_search(left: str) -> Iterator[CtrlC]:
    """Let Ctrl-C raise KeyboardInterrupt, which the planner answers with its best plan so far.

    Parameters
    ----------
    left
        What a run that ends here has left behind, in words.

    Raises
    ------
    SystemExit
        With 130 where it came before there was any plan.
    """
    pressed = CtrlC(left)
    before = signal.signal(signal.SIGINT, pressed.first)
    try:
        yield pressed
    except KeyboardInterrupt:
        sys.stderr.write("stopped before there was a plan\n")
        sys.exit(SIGNALLED + signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def _say(text: str) -> None:
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    with suppress(OSError):
        os.write(STDERR, f"{clear}{text}\n".encode())
