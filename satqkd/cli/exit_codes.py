"""What the shell is told."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
ANSWER_IS_NO: Final = 1
WRONG_INPUT: Final = 2
SIGNALLED: Final = 128
"""Plus the number of the signal that stopped the run."""
