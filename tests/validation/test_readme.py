"""The README's short form of the validation is what satqkd prints."""

from __future__ import annotations

from pathlib import Path

from satqkd.validation.summary import summary
from satqkd.validation.told import summary_text

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- validation:begin -->\n", "<!-- validation:end -->"


def test_the_short_form_is_current(outcomes):
    """Between the markers stands what the cases give now; paste it from the failure."""
    text = README.read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]

    assert shown.strip() == summary_text(summary(list(outcomes.values()))).strip()
