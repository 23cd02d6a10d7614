"""The desk on this computer's own address: a socket, a server, an end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from satqkd.errors import SatqkdError

ADDRESS: Final = "127.0.0.1"
"""This computer alone, always; a tunnel serves others."""
FIRST_PORT: Final = 8790
PORTS: Final = 50
"""So many are tried one after another."""
MOST_OPEN: Final = 100
"""Connections; beyond, the one that has been silent longest gives way to a new one."""
PATIENCE_S: Final = 20.0
"""So long a request may take to arrive whole. [s]"""
KEEP_S: Final = 15
"""So long a connection is kept for the next request. [s]"""
LARGEST_HEAD: Final = 32_768
"""Of a request without its form. [B]"""


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
            own.listen(128)
        except OSError:
            own.close()
        else:
            return own
    which = f"{FIRST_PORT} to {FIRST_PORT + PORTS - 1} are" if port is None else f"{port} is"
    raise SatqkdError(f"{which} not free on {ADDRESS}\n  fix: name another port with --port")


class PatientProtocol(H11Protocol):
    """HTTP that waits for nobody for ever: slow and idle connections give way to new ones."""

    _late: asyncio.TimerHandle | None = None
    since: float = 0.0
    """When it was made, by the clock of the loop. [s]"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and end the one that has waited longest where there are too many."""
        super().connection_made(transport)
        self.since = self.loop.time()
        idle = [one for one in _in_order(self.connections) if one is not self and one.waits]
        for one in idle[: max(0, len(self.connections) - MOST_OPEN)]:
            one.transport.abort()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """End it."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrives."""
        if self._late is None:
            self._expect()
        super().data_received(data)
        if self.whole:
            self._forget()

    @property
    def waits(self) -> bool:
        """Whether it is not being answered."""
        return self.cycle is None or self.cycle.response_complete or not self.whole

    @property
    def whole(self) -> bool:
        """Whether all of a request is there."""
        return self.cycle is not None and not self.cycle.more_body

    def _expect(self) -> None:
        self._late = self.loop.call_later(PATIENCE_S, self.transport.abort)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def _in_order(connections: object) -> list[PatientProtocol]:
    """Return connections, the one open longest first."""
    own = [one for one in list(connections) if hasattr(one, "waits")]  # type: ignore[call-overload]
    return sorted(own, key=lambda one: one.since)


def serve(app: ASGIApp, own: socket.socket, *, ready: Callable[[], None]) -> None:
    """Answer until somebody ends it.

    Parameters
    ----------
    app
        The desk behind its guard.
    own
        Where it listens.
    ready
        Called once it answers.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_S,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )
    server = _Server(config, ready)
    server.run(sockets=[own])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
