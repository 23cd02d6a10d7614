"""How exact the geometry is: a table that the tests measure and keep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "geometry.json"
"""Written by ``tests/passes/test_accuracy.py``, which also holds it against a new measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One quantity, the worst error that was found, and how large it may be."""

    quantity: str
    against: str
    """An independent way to the same quantity."""
    worst: float
    """Worst error found, in ``unit``; kept to two digits."""
    tolerance: float
    """Largest error that goes, in ``unit``."""
    unit: str
    why: str
    """Why the tolerance is no smaller."""

    @staticmethod
    def of(  # noqa: PLR0917  # a row of a table
        quantity: str, against: str, worst: float, tolerance: float, unit: str, why: str
    ) -> Measured:
        """Make a row from its cells in order."""
        return Measured(
            quantity=quantity, against=against, worst=float(worst), tolerance=float(tolerance),
            unit=unit, why=why,
        )  # fmt: skip

    def kept(self) -> dict[str, str | float]:
        """Return the row as the table keeps it."""
        return {**asdict(self), "worst": float(f"{self.worst:.2g}")}


def read_measured() -> tuple[Measured, ...]:
    """Read the table that is kept."""
    return tuple(Measured(**row) for row in json.loads(TABLE.read_text(encoding="utf-8")))


def measured_table(rows: Iterable[Measured]) -> str:
    """Return a Markdown table, one quantity a row."""
    lines = [
        f"| {row.quantity} | {row.against} | {_with_unit(row.worst, row.unit)} "
        f"| {_with_unit(row.tolerance, row.unit)} | {row.why} |"
        for row in rows
    ]
    head = "| quantity | against | worst error | tolerance | why |\n|---|---|---|---|---|"
    return "\n".join([head, *lines]) + "\n"


def _with_unit(value: float, unit: str) -> str:
    return f"{value:g} {unit}".rstrip()
