"""Messages as a page may show them."""

from __future__ import annotations

import re
from typing import Final

PATH: Final = re.compile(r"(?<![\w:/])(?:~|\.{1,2})?(?:/[^\s/:,;'\"()]+)+/?")
"""A path with a folder in it, or from the root."""


def without_paths(text: str) -> str:
    """Return a message that names files, and not where they lie.

    Examples
    --------
    >>> without_paths("/srv/ann/m/plan/plan.json: could not be read")
    'plan.json: could not be read'
    """
    return PATH.sub(lambda found: found.group(0).rstrip("/").rpartition("/")[2], text)
