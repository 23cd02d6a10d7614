"""The one door for files that are read: regular, not too large, unpacked, text in UTF-8.

Every reader goes through it, so that a pipe, a device, a folder, a packed or a binary file ends in
the same sentence everywhere.
"""

from __future__ import annotations

import errno
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from satqkd.errors import Finding, SatqkdError

HEAD_BYTES: Final = 65_536
"""As much of a file is looked at to tell what it holds. [B]"""

_GZIP: Final = b"\x1f\x8b"
_PACKED: Final = {
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
}
"""How files begin that are packed in a way that is named and not opened."""

_UNPACK_BYTES: Final = 1 << 20
"""Unpacked at a time. [B]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file cannot be taken, and what to do."""

    message: str
    fix: str
    line: int = 1
    column: int = 0


class InputFileError(SatqkdError):
    """A file cannot be read as text."""

    def __init__(self, why: Unreadable, *, file: str) -> None:
        self.why, self.file = why, file
        super().__init__(str(self.finding))

    @property
    def finding(self) -> Finding:
        """The same as a finding in the file."""
        w = self.why
        return Finding(file=self.file, line=w.line, column=w.column, message=w.message, fix=w.fix)


def read_content(path: Path, *, most_bytes: int) -> bytes:
    """Read the bytes of a regular file, but no pipe or device, which might never end.

    Parameters
    ----------
    path
        The file; a link to one is one.
    most_bytes
        Larger files are refused. [B]

    Raises
    ------
    InputFileError
        If it is no regular file, too large, or the system does not give it.
    """
    data = _read(path, most_bytes + 1)
    if len(data) > most_bytes:
        raise InputFileError(_too_large(most_bytes), file=str(path))
    return data


def read_head(path: Path) -> bytes:
    """Read the beginning of a regular file, unpacked: :data:`HEAD_BYTES` or fewer."""
    data = _read(path, HEAD_BYTES)
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, HEAD_BYTES)
    except zlib.error as error:
        raise InputFileError(_damaged(error), file=str(path)) from error


def text_of(data: bytes, *, file: str, most_bytes: int) -> str:
    r"""Return the text of a file's bytes: unpacked, without byte-order mark, lines ending in \n.

    Parameters
    ----------
    data
        What :func:`read_content` gave.
    file
        What the file is called in the error.
    most_bytes
        Nothing is unpacked beyond this. [B]

    Raises
    ------
    InputFileError
        If it is packed otherwise than by gzip, damaged, too large when unpacked or no UTF-8.

    Examples
    --------
    >>> text_of(b"\xef\xbb\xbfa\r\nb\rc", file="x", most_bytes=99)
    'a\nb\nc'
    """
    kind = packed(data)
    if kind:
        why = Unreadable(message=f"is packed ({kind})", fix="unpack it; only gzip is opened here")
        raise InputFileError(why, file=file)
    plain = _unpacked(data, file, most_bytes) if data.startswith(_GZIP) else data
    try:
        text = plain.decode()
    except UnicodeDecodeError as error:
        raise InputFileError(_not_utf8(plain, error.start), file=file) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def packed(data: bytes) -> str:
    """Name the way of packing that is not opened; empty where there is none."""
    return next((kind for start, kind in _PACKED.items() if data.startswith(start)), "")


def why_unreadable(error: OSError | ValueError) -> Unreadable:
    """Say in a sentence what the system said."""
    if isinstance(error, FileNotFoundError):
        return Unreadable(
            message="there is no such file or folder",
            fix="correct the path, or put the file there",
        )
    if isinstance(error, IsADirectoryError):
        return Unreadable(message="this is a folder, not a file", fix="name a file in it")
    why = error.strerror if isinstance(error, OSError) else error
    return Unreadable(message=f"cannot be read: {why}", fix="make it readable, or take it away")


def _read(path: Path, most: int) -> bytes:
    try:
        before = path.stat()
        if stat.S_ISDIR(before.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))  # noqa: TRY301 -- one answer
        with path.open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        raise InputFileError(why_unreadable(error), file=str(path)) from error


def _unpacked(data: bytes, file: str, most_bytes: int) -> bytes:
    """Open gzip, one member after the other, never beyond the cap."""
    parts: list[bytes] = []
    size = 0
    rest = data
    try:
        while rest.strip(b"\x00"):
            unpacker = zlib.decompressobj(wbits=31)
            while not unpacker.eof:
                part = unpacker.decompress(rest, _UNPACK_BYTES)
                rest = unpacker.unconsumed_tail
                size += len(part)
                if size > most_bytes:
                    raise InputFileError(_too_large(most_bytes), file=file)
                if not part and not rest and not unpacker.eof:
                    raise zlib.error("it is cut off")  # noqa: TRY301 -- one answer to both
                parts.append(part)
            rest = unpacker.unused_data
    except zlib.error as error:
        raise InputFileError(_damaged(error), file=file) from error
    return b"".join(parts)


def _too_large(most_bytes: int) -> Unreadable:
    size = f"{most_bytes // 1_000_000} MB" if most_bytes >= 1_000_000 else f"{most_bytes} B"
    fix = "split it, or check that it is the file you meant"
    return Unreadable(message=f"is larger than {size}", fix=fix)


def _damaged(error: zlib.error) -> Unreadable:
    return Unreadable(
        message=f"is packed (gzip) and cannot be opened: {error}", fix="download it again"
    )


def _not_utf8(data: bytes, at: int) -> Unreadable:
    line_start = data.rfind(b"\n", 0, at) + 1
    message = f"byte 0x{data[at]:02X} is not UTF-8 text"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message += "; the file looks like UTF-16"
    return Unreadable(
        message=message,
        fix="save the file as UTF-8 (plain ASCII is), or download it again",
        line=data.count(b"\n", 0, at) + 1,
        column=len(data[line_start:at].decode().removeprefix("\ufeff")) + 1,
    )
