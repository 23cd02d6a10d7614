"""The text of a file that a station recorded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from satqkd.elements.input_file import InputFileError, read_content, text_of
from satqkd.errors import InputError

MAX_BYTES: Final = 50_000_000
"""Weeks of passes, second by second. [B]"""


def recorded(path: Path) -> tuple[str, str]:
    """Return the text of a file, and the SHA-256 of its bytes.

    Raises
    ------
    InputError
        If it cannot be read, is too large, or is no text.
    """
    try:
        data = read_content(path, most_bytes=MAX_BYTES)
        text = text_of(data, file=str(path), most_bytes=MAX_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    return text, hashlib.sha256(data).hexdigest()
