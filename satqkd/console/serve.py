"""The desk on this computer's own address: a socket, a server, an end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from typing import Final, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_OPEN: Final = 100
"""Connections; beyond, the one that has been silent longest gives way to a new one."""
AT_ONCE: Final = 64
"""Connections that are taken before any of them is heard."""
PATIENCE_S: Final = 20.0
"""So long a request may take to arrive whole. [s]"""
KEEP_S: Final = 15
"""So long a connection is kept for the next request. [s]"""
MOST_UNREAD: Final = 20_000_000
"""A form that is too large is told so when it has arrived; one of more than this is cut off. [B]"""
LARGEST_HEAD: Final = 32_768
"""Of a request without its form. [B]"""


class PatientProtocol(H11Protocol):
    """HTTP that waits for nobody for ever: slow and idle connections give way to new ones."""

    _late: asyncio.TimerHandle | None = None
    _taken: int = 0
    """Of a request that is not whole yet. [B]"""
    since: float = 0.0
    """When it was made, by the clock of the loop. [s]"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and end the one that has waited longest where there are too many."""
        super().connection_made(transport)
        self.since = self.loop.time()
        others = [one for one in _longest_silent_first(self.connections) if one is not self]
        for one in others[: max(0, len(self.connections) - MOST_OPEN)]:
            one.transport.abort()
            self.connections.discard(one)
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
        self._taken += len(data)
        if self.whole:
            self._forget()
        elif self._taken > MOST_UNREAD:
            self.transport.abort()

    @property
    def waits(self) -> bool:
        """Whether it is not being answered."""
        return self.cycle is None or self.cycle.response_complete or not self.whole

    @property
    def whole(self) -> bool:
        """Whether all of a request is there, and nothing of another."""
        if self.conn.their_state is h11.SEND_BODY:
            return False
        if self.conn.their_state is h11.IDLE:
            return self.cycle is not None and not self.conn.trailing_data[0]
        return True

    def _expect(self) -> None:
        self._late = self.loop.call_later(PATIENCE_S, self.transport.abort)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
            self._taken = 0


def _longest_silent_first(connections: Iterable[object]) -> list[PatientProtocol]:
    """Return connections: those that wait, then those that are answered, oldest first."""
    own = cast("list[PatientProtocol]", list(connections))
    return sorted(own, key=lambda one: (not one.waits, one.since))


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
        backlog=AT_ONCE,
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
