"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# No timed assertion: the machine is shared. The same examples every run: a gate must not dice.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")
