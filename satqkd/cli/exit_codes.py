"""What the shell is told."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
"""All went well."""
ANSWER_IS_NO: Final = 1
"""Nothing visible, no key, nothing to schedule, a validation failed."""
WRONG_INPUT: Final = 2
"""A file, an option or its value cannot be taken."""
DEFECT: Final = 70
"""A defect of satqkd itself (``EX_SOFTWARE`` of sysexits.h); the traceback says where."""
NOT_WRITTEN: Final = 74
"""Standard output or error could not be written (``EX_IOERR`` of sysexits.h)."""
SIGNALLED: Final = 128
"""Plus the number of the signal that stopped the run."""
