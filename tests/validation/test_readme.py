"""The README's table of figures is the one satqkd prints."""

from __future__ import annotations

from pathlib import Path

from satqkd.validation.page import validation_table
from satqkd.validation.run import run_cases

README = Path(__file__).parents[2] / "README.md"
CASES = ["O-1", "O-2", "L-1", "L-4", "K-1", "K-3", "P-1", "P-2"]
BEGIN, END = "<!-- validation:begin -->\n", "<!-- validation:end -->"


def test_the_table_is_current():
    """Between the markers stands what the cases give now; paste it from the failure."""
    text = README.read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]

    assert shown.strip() == validation_table(run_cases(CASES)).strip()
