"""Which of two paths runs: C, where it was built, or Python with the same bytes."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

try:
    from satqkd.distil import _native as _built  # type: ignore[attr-defined, unused-ignore]
except ImportError:
    _built = None

SWITCH: Final = "SATQKD_NATIVE"
"""Environment variable: 0 for Python although C was built."""


def native() -> Any:
    """Return the module built of C; None where there is none or :data:`SWITCH` forbids it."""
    return None if os.environ.get(SWITCH) == "0" else _built


def path_taken() -> str:
    """Say which path runs, for provenance."""
    return "Python" if native() is None else "C"


if __name__ == "__main__" and _built is None:
    sys.stderr.write(
        "satqkd: no part in C (no compiler, or no Python.h?); 'distil' runs in Python, slowly\n"
    )
