"""Values that a description of air or pointing states, for whoever knows them better."""

from __future__ import annotations

from typing import NamedTuple


class Stated(NamedTuple):
    """A value and the range it is given with."""

    value: float
    limits: tuple[float, float] | None = None
    """Smallest and largest value thought possible."""
