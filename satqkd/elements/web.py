"""One host, asked over HTTP: no redirect away from it, no answer without end."""

from __future__ import annotations

import http.client
import ipaddress
import re
import ssl
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import IO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlencode, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

import satqkd
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import FetchError

MOST_BYTES: Final = 256 * 2**20
"""Largest answer; a catalogue of half a million objects takes about this in JSON. [bytes]"""

_CHUNK: Final = 1 << 16
"""What is read at once. [bytes]"""


def fetch_error(name: str, what: str) -> FetchError:
    """Put a failure into one line."""
    return FetchError(f"{name}: {what}; nothing was written")


class Session:
    """Requests to one host that share their cookies."""

    def __init__(self, base: str, *, timeout_s: float, most_bytes: int = MOST_BYTES) -> None:
        self._base = base.rstrip("/")
        self._origin = _origin(self._base)
        self._timeout_s, self._most_bytes = timeout_s, most_bytes
        self.name = shown(self._origin.netloc)
        self._opener: OpenerDirector = build_opener(
            HTTPSHandler(context=ssl.create_default_context()),
            HTTPCookieProcessor(CookieJar()),
            _SameHost(self._origin),
        )

    def require_secrecy(self) -> None:
        """Refuse to send a password in the clear, other than to this machine.

        Raises
        ------
        FetchError
            If the address begins with ``http:``.
        """
        if self._origin.scheme != "https" and not _is_loopback(self._origin.hostname or ""):
            raise FetchError(f"{self.name}: a password is sent over https only, not over http")

    def get(self, path: str) -> bytes:
        """Ask for a path."""
        return self._answer(path, None)

    def post(self, path: str, form: Mapping[str, str]) -> bytes:
        """Send a form."""
        return self._answer(path, urlencode(form).encode())

    def _answer(self, path: str, form: bytes | None) -> bytes:
        agent = {"User-Agent": f"satqkd/{satqkd.__version__}"}
        request = Request(self._base + path, data=form, headers=agent)  # noqa: S310  # see _origin
        deadline = time.monotonic() + self._timeout_s
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return self._body(response, deadline)
        except HTTPError as error:
            with error:
                what = f"answered {error.code} {shown(str(error.reason))}{_advice(error.code)}"
                if form is None:  # an answer to a login may hold what was sent
                    what += _sentence(error)
            raise fetch_error(self.name, what) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise fetch_error(self.name, self._said(error)) from error

    def _body(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        announced = response.length
        chunks: list[bytes] = []
        size = 0
        while chunk := response.read1(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._most_bytes:
                what = f"its answer is longer than {self._most_bytes} bytes, which is too much"
                raise fetch_error(self.name, what)
            if time.monotonic() > deadline:
                raise TimeoutError
        if announced is not None and size < announced:
            what = f"its answer was cut off: {size} of {announced} bytes arrived"
            raise fetch_error(self.name, what)
        return b"".join(chunks)

    def _said(self, error: Exception) -> str:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, TimeoutError):
            return f"did not answer within {self._timeout_s:g} s; try again, or raise --timeout"
        if isinstance(cause, http.client.IncompleteRead):
            return f"its answer was cut off after {len(cause.partial)} bytes of a part"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate cannot be trusted ({shown(cause.verify_message)})"
        if isinstance(cause, OSError) and cause.strerror:
            return f"cannot be reached ({shown(cause.strerror)})"
        return f"gave no usable answer ({type(cause).__name__}: {shown(str(cause))})"


_SENTENCE_BYTES: Final = 8_192
"""As much of a refusal is read. [B]"""
_SENTENCE_LENGTH: Final = 300
"""As much of it is shown. [characters]"""


class _SameHost(HTTPRedirectHandler):
    """Follows redirects that stay where they are."""

    def __init__(self, origin: SplitResult) -> None:
        self._origin = origin

    def redirect_request(  # noqa: PLR0917  # urllib calls it so
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> Request | None:
        to = urlsplit(newurl)
        if (to.scheme, to.netloc) != (self._origin.scheme, self._origin.netloc):
            fp.close()
            what = f"sends us on to {shown(f'{to.scheme}://{to.netloc}')}, which is another place"
            raise fetch_error(shown(self._origin.netloc), what)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _origin(base: str) -> SplitResult:
    """Take an address apart that is allowed to be asked."""
    try:
        parts = urlsplit(base)
        _ = parts.port
    except ValueError as error:
        raise FetchError(f"{shown(base)!r} is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchError("the source's address must begin with https:// and name a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise FetchError("the source's address must hold no user name, question mark or '#'")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: HTTPError) -> str:
    """Return what the server itself says in the body of a refusal, tags left out; one line."""
    try:
        body = error.read(_SENTENCE_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    words = re.sub(r"(?is)<(script|style|head)\b.*?</\1>|<[^>]*>", " ", body).split()
    text = " ".join(words)[:_SENTENCE_LENGTH]
    said = "".join(char if char.isprintable() else "?" for char in text)
    return f"; it says: {said}" if said else ""


def _advice(code: int) -> str:
    if code in {401, 403}:
        return " (not allowed: log in, or wait; too many requests are shut out)"
    if code == 404:
        return " (no such object or group)"
    if code == 429:
        return " (too many requests: wait)"
    return " (try again later)" if code >= 500 else ""
