"""Who may ask the desk, and for what: read before anything else of a request is.

The desk listens on this computer only. Others who could reach it are other people of the computer,
pages of the web that the operator's browser shows, and names that somebody lets point here.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from satqkd.console.published import ADDRESS, Published
from satqkd.console.refusals import Refusal, refusal_page

LARGEST_BODY: Final = 2_000_000
"""What a form may hold, an uploaded log included. [B]"""
LONGEST_TARGET: Final = 4_000
"""Longest address with its query. [characters]"""
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
READING: Final = ("GET", "HEAD")
KEY: Final = "key"
"""Name in the address that the desk prints."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Of every answer."""


def _fresh() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What lets a browser in; made anew each time a desk starts. 128 bit each."""

    key: str = field(default_factory=_fresh)
    """In the address that the desk prints."""
    cookie: str = field(default_factory=_fresh)
    """What a browser that showed the key sends from then on."""
    form: str = field(default_factory=_fresh)
    """In every form: a page from elsewhere cannot know it."""

    def same_form(self, token: str) -> bool:
        """Whether a form is of a page of this desk."""
        return hmac.compare_digest(token.encode(), self.form.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets through what may pass, and gives every answer its headers."""

    app: ASGIApp
    secrets: Secrets
    port: int
    read_only: str = ""
    """Why nothing may be changed; empty where it may."""
    published: Callable[[], Published | None] = lambda: None
    """Says which calendar is published, if one is."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        said = _headers(scope)
        answer = _with_headers(send)
        refused = self._refused(scope, said)
        if refused is not None:
            await refusal_page(refused)(scope, receive, answer)
        elif not self._has_cookie(said) and not self._subscribes(scope):
            await self._let_in(scope, receive, answer)
        else:
            await self.app(scope, _bounded(receive), answer)

    def _refused(self, scope: Scope, said: Mapping[str, list[str]]) -> Refusal | None:
        """Say why a request is refused, whoever asks; None where it may go on."""
        hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        host = said.get("host", [])
        if len(host) != 1 or host[0].lower() not in hosts:
            return Refusal.HOST
        query = scope.get("query_string") or b""
        if len(scope["path"]) + len(query) > LONGEST_TARGET:
            return Refusal.LONG
        if scope["method"] in READING:
            return None
        if scope["method"] != "POST":
            return Refusal.METHOD
        return self._refused_form(said, host[0].lower())

    def _refused_form(self, said: Mapping[str, list[str]], host: str) -> Refusal | None:
        origin, site = said.get("origin", []), said.get("sec-fetch-site", [])
        if origin != [f"http://{host}"] and not (not origin and site == ["same-origin"]):
            return Refusal.ORIGIN
        if not self._has_cookie(said):
            return Refusal.STRANGER
        if self.read_only:
            return Refusal.READ_ONLY
        kind = (said.get("content-type") or [""])[0].partition(";")[0].strip().lower()
        if kind not in FORMS:
            return Refusal.KIND
        length = (said.get("content-length") or ["0"])[0]
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return Refusal.SIZE
        return None

    def _has_cookie(self, said: Mapping[str, list[str]]) -> bool:
        given = cookies(said.get("cookie", [])).get(self.cookie_name, "")
        return hmac.compare_digest(given.encode(), self.secrets.cookie.encode())

    def _subscribes(self, scope: Scope) -> bool:
        """Whether a program shows the key of the calendar: that opens the calendar alone."""
        if scope["path"] != ADDRESS or scope["method"] not in READING:
            return False
        asked = parse_qs((scope.get("query_string") or b"").decode("latin-1"))
        known, given = self.published(), asked.get(KEY, [""])[0]
        return known is not None and hmac.compare_digest(given.encode(), known.key.encode())

    @property
    def cookie_name(self) -> str:
        """Name of the cookie: browsers do not tell ports apart, two desks must."""
        return f"desk-{self.port}"

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the key of the address for a cookie, and lead to the address without it."""
        asked = parse_qs((scope.get("query_string") or b"").decode("latin-1"))
        given = asked.pop(KEY, [""])[0]
        if not hmac.compare_digest(given.encode(), self.secrets.key.encode()):
            await refusal_page(Refusal.STRANGER)(scope, receive, send)
            return
        rest = urlencode(asked, doseq=True)
        path = "/" + scope["path"].lstrip("/\\")
        target = path.encode().decode("latin-1") + (f"?{rest}" if rest else "")
        cookie = f"{self.cookie_name}={self.secrets.cookie}; HttpOnly; SameSite=Strict; Path=/"
        await send(
            {
                "type": "http.response.start",
                "status": 303,
                "headers": [
                    (b"location", _quoted(target)),
                    (b"set-cookie", cookie.encode()),
                    (b"content-length", b"0"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": b""})


def cookies(lines: Iterable[str]) -> dict[str, str]:
    """Return the cookies of a request; of a line that is none nothing."""
    found: dict[str, str] = {}
    for line in lines:
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(line)
        except CookieError:
            continue
        found |= {name: morsel.value for name, morsel in jar.items()}
    return found


def _quoted(target: str) -> bytes:
    """Return an address that no header ends early."""
    from urllib.parse import quote  # noqa: PLC0415 - of the first request alone

    return quote(target, safe="/?&=%-._~:").encode("ascii")


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.encode(): value.encode() for name, value in HEADERS.items()}
            kept = [(name, value) for name, value in message["headers"] if name not in own]
            message = {**message, "headers": [*kept, *own.items()]}
        await send(message)

    return sent


class TooLargeError(Exception):
    """A form holds more than it may; told as soon as that is seen."""


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def received() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body") or b"")
        if taken > LARGEST_BODY:
            raise TooLargeError
        return message

    return received
