"""The server itself: slow clients, many of them, and forms without end."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from satqkd.console import serve as served
from satqkd.console.app import desk_app
from satqkd.console.listening import listening
from satqkd.errors import SatqkdError


async def _act(request):
    async with request.form() as form:
        return PlainTextResponse(f"done {sorted(form)}")


@pytest.fixture
def running(tmp_path, desk_of, monkeypatch):
    """A desk without a plan that answers; patience and room are small."""
    monkeypatch.setattr(served, "PATIENCE_S", 0.4)
    monkeypatch.setattr(served, "MOST_OPEN", 8)
    desk, own = desk_of(tmp_path), listening(None)
    port, ready, server = own.getsockname()[1], threading.Event(), []
    app = desk_app(desk, port=port, more=[Route("/act", _act, methods=["POST"])])
    monkeypatch.setattr(served._Server, "install_signal_handlers", lambda _: None, raising=False)
    begin = served._Server.__init__

    def noted(self, *words):
        begin(self, *words)
        server.append(self)

    monkeypatch.setattr(served._Server, "__init__", noted)
    thread = threading.Thread(target=lambda: served.serve(app, own, ready=ready.set))
    thread.start()
    assert ready.wait(20)
    yield port, desk
    server[0].should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    own.close()


def opened(port):
    own = socket.create_connection(("127.0.0.1", port), timeout=20)
    own.settimeout(20)
    return own


def asked(port, desk, path="/help"):
    cookie = f"desk-{port}={desk.secrets.cookie}"
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    with opened(port) as own:
        own.sendall(f"{head}Connection: close\r\n\r\n".encode())
        return everything(own)


def everything(own):
    parts = []
    while part := own.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_it_listens_on_this_computer_alone(running):
    port, desk = running
    assert asked(port, desk).startswith(b"HTTP/1.1 200")
    with pytest.raises(SatqkdError, match=f"{port} is not free"):
        listening(port)


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET /help HTT", b"GET /help HTTP/1.1\r\nHost: x\r\n",
     b"POST /act HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nab"],
)  # fmt: skip
def test_a_request_that_does_not_come_is_given_up(running, begun):
    """Else the read below would run into its own end, and fail."""
    port, desk = running
    with opened(port) as own:
        own.sendall(begun)
        with suppress(ConnectionResetError):
            everything(own)
    assert asked(port, desk).startswith(b"HTTP/1.1 200")


def test_so_is_the_second_on_a_connection(running):
    port, desk = running
    cookie = f"desk-{port}={desk.secrets.cookie}"
    whole = f"GET /alive HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    with opened(port) as own:
        own.sendall(whole)
        assert own.recv(1_000).startswith(b"HTTP/1.1 204")
        own.sendall(whole[:30])
        with suppress(ConnectionResetError):
            assert everything(own) == b""


def test_many_that_say_nothing_keep_nobody_out(running):
    port, desk = running
    silent = [opened(port) for _ in range(60)]
    try:
        assert asked(port, desk).startswith(b"HTTP/1.1 200")
    finally:
        for own in silent:
            own.close()


def test_a_form_without_end_is_cut_off(running):
    """It says that it is small enough, or nothing; it ends where it is too large."""
    port, desk = running
    cookie = f"desk-{port}={desk.secrets.cookie}"
    head = (
        f"POST /act HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    piece = b"186a0\r\n" + b"a" * 100_000 + b"\r\n"
    sent = 0
    with opened(port) as own:
        own.sendall(head.encode())
        try:
            for _ in range(1_000):
                own.sendall(piece)
                sent += 100_000
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert sent < 50_000_000
    assert asked(port, desk).startswith(b"HTTP/1.1 200")


def test_what_is_no_request_is_refused(running):
    port, desk = running
    for nonsense in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"a" * 100_000):
        with opened(port) as own:
            own.sendall(nonsense)
            with suppress(ConnectionResetError):
                assert everything(own)[:12] in {b"HTTP/1.1 400", b""}
    assert asked(port, desk).startswith(b"HTTP/1.1 200")


def test_the_desk_begins_without_what_plans():
    """It listens the sooner: missions, forecasts and plans are loaded when they are asked for."""
    heavy = ("satqkd.mission.mission", "satqkd.forecast", "satqkd.network.plan", "scipy", "erfa")
    code = (
        "import sys, satqkd.console.app, satqkd.console.acting, satqkd.console.serve; "
        f"print([one for one in {heavy!r} if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
