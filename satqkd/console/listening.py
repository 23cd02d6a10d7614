"""Where the desk listens: on this computer, before anything else of it is loaded."""

from __future__ import annotations

import socket
from typing import Final

from satqkd.errors import SatqkdError

ADDRESS: Final = "127.0.0.1"
"""This computer alone, always; a tunnel serves others."""
FIRST_PORT: Final = 8790
PORTS: Final = 50
"""So many are tried one after another."""


def listening(port: int | None) -> socket.socket:
    """Return a socket that listens already: on this port, or on the first free one.

    Raises
    ------
    SatqkdError
        If none is free.
    """
    tried = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (port,)
    for number in tried:
        own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind((ADDRESS, number))
            own.listen(64)
        except OSError:
            own.close()
        else:
            return own
    which = f"{FIRST_PORT} to {FIRST_PORT + PORTS - 1} are" if port is None else f"{port} is"
    raise SatqkdError(f"{which} not free on {ADDRESS}\n  fix: name another port with --port")
