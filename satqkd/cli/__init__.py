"""Reads, calls, prints."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Run the command line; a signal is answered from the first moment, while all is loaded too."""
    from satqkd.cli.exit_codes import DEFECT, SIGNALLED

    def stopped(number: int, frame: FrameType | None) -> None:
        del frame
        with suppress(OSError):  # past the buffers: one of them may be what it interrupts
            os.write(2, b"stopped\n")
        sys.exit(SIGNALLED + number)

    signal.signal(signal.SIGTERM, stopped)
    signal.signal(signal.SIGINT, stopped)
    try:
        from satqkd.cli.app import main as run
    except Exception:  # noqa: BLE001  # Python would end with 1, which says that the answer is no
        import traceback

        traceback.print_exc()
        sys.exit(DEFECT)
    run()
