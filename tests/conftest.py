"""What all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# No timed assertion: the machine is shared. The same examples every run: a gate must not dice.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")
