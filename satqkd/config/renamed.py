"""Keys of files that had another name in the version before."""

from __future__ import annotations

import re
import warnings
from typing import Final

from satqkd.errors import SatqkdWarning

RENAMED: Final = {"sender_a": "transmitter_a", "sender_b": "transmitter_b"}
"""The name of today by that of version 0.1, which is read until the next version."""

_WORD = re.compile(r"\w+")


def renamed(path: str, *, at: str) -> str:
    """Return a key, or a path of keys, by the names of today; a warning names the new one.

    Parameters
    ----------
    path
        As it is written: a key, or a path such as those below ``assumed:`` and of ``--set``.
    at
        In which file, or which path of an option.
    """

    def today(found: re.Match[str]) -> str:
        old = found[0]
        if old not in RENAMED:
            return old
        warnings.warn(
            SatqkdWarning(
                f"{at}: '{old}' is called '{RENAMED[old]}' now: write that, the next version no "
                "longer reads the old name"
            ),
            stacklevel=2,
        )
        return RENAMED[old]

    return _WORD.sub(today, path)
