"""Where the draft is kept: known to every page, without what reads it."""

from __future__ import annotations

from typing import Final

DRAFT: Final = "draft.json"
"""Its name in the folder of the plans."""
