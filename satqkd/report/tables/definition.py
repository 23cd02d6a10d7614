"""What a column of one name says in every table that has it."""

from __future__ import annotations

from typing import NamedTuple


class Definition(NamedTuple):
    """What a column of one name says in every table."""

    unit: str
    """Unit as people write it; ``UTC`` for instants, empty for text and pure numbers."""
    description: str
    """What the value means, in one sentence that is true of every table that has it."""
    digits: int | None = None
    """Decimals; None where the tables differ in them, or show numbers in full."""
