"""Standard output and error as one door: what cannot be written is said once and never a crash."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from satqkd.cli.exit_codes import NOT_WRITTEN

_PLAIN = {"─": "-", "–": "-", "−": "-", "’": "'"}
"""Signs of tables and texts that have a like in ASCII, as wide."""
_HANDLER = "satqkd-plain"


class StreamLostError(Exception):
    """A standard stream takes no more: its reader has gone, its disk is full."""


class _Door(io.RawIOBase):
    """The raw end of a stream; after a first failure it swallows the rest."""

    def __init__(self, raw: io.RawIOBase | None, name: str) -> None:
        self._raw, self._name, self._lost = raw, name, False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._raw is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def write(self, data: Any, /) -> int | None:
        if self._lost:
            return len(data)
        try:
            self.fileno()
            return None if self._raw is None else self._raw.write(data)
        except OSError as error:
            self._lost = True
            raise StreamLostError(
                f"{self._name} could not be written: {error.strerror or error}"
            ) from error


class _Text(io.TextIOWrapper):
    """Text on a stream; click writes UTF-8 to any stream that calls itself ASCII."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        said = str(super().encoding)
        return f"{said} only" if codecs.lookup(said).name == "ascii" else said


@contextmanager
def guarded() -> Iterator[None]:
    """Guard the standard streams of a run.

    Where one cannot be written the run ends with one line on standard error, as long as that
    can be written, and exit code 74. Characters that a stream's encoding lacks are written as
    ASCII escapes, lines and dashes as ``-``.
    """
    _hold_descriptors()
    codecs.register_error(_HANDLER, _plain)
    sys.stdout = _guarded(sys.stdout, "standard output")
    sys.stderr = _guarded(sys.stderr, "standard error")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    except StreamLostError as lost:
        with suppress(StreamLostError):
            sys.stderr.write(f"{lost}\n")
            sys.stderr.flush()
        sys.exit(NOT_WRITTEN)


def put(chunks: Iterable[bytes]) -> None:
    """Write UTF-8 text to standard output as it comes."""
    as_it_is = sys.stdout.encoding.lower() in {"utf-8", "utf8"}
    for chunk in chunks:
        if as_it_is:
            sys.stdout.flush()
            sys.stdout.buffer.write(chunk)
        else:
            sys.stdout.write(chunk.decode("utf-8"))
    sys.stdout.flush()


def _guarded(stream: Any, name: str) -> io.TextIOWrapper:
    """Put a door before a stream; None is a stream that was closed before the run began."""
    if stream is None:
        closed = io.BufferedWriter(_Door(None, name))
        return _Text(closed, encoding="utf-8", errors=_HANDLER, line_buffering=True)
    door = _Door(getattr(stream.buffer, "raw", stream.buffer), name)
    errors = stream.errors
    return _Text(
        io.BufferedWriter(door),
        encoding=stream.encoding,
        errors=_HANDLER if errors in {"strict", "surrogateescape"} else errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _hold_descriptors() -> None:
    """Keep files from getting the number of a standard stream that was closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    plain = (_PLAIN.get(char) or char.encode("unicode_escape").decode("ascii") for char in text)
    return "".join(plain), error.end
