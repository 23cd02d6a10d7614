"""Lines of a file that a ledger takes in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1_000_000_000
"""Far above the ledger of any mission. [B]"""


def lines_of(file: Path) -> list[str]:
    """Read the lines of a text file.

    Raises
    ------
    SatqkdError
        If it cannot be read, or is no UTF-8 text.
    """
    from satqkd.elements.input_file import read_content, text_of

    content = read_content(file, most_bytes=MOST_BYTES)
    return text_of(content, file=str(file), most_bytes=MOST_BYTES).split("\n")
