"""A file whose hash is known when it has been written."""

from __future__ import annotations

import hashlib
import io
from typing import Any, BinaryIO


class HashedFile(io.RawIOBase):
    """Passes what is written, in order, to an open file; closing it leaves that file open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Hash of what has been written, as hexadecimal digits."""
        return self._hash.hexdigest()

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def tell(self) -> int:
        """Bytes written."""
        return self._file.tell()

    def write(self, data: Any, /) -> int:
        """Write all of some bytes."""
        self._hash.update(data)
        return self._file.write(data)
