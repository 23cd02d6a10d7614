"""Names show what they hold and do nothing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.export.printable import visible


@given(st.text())
def test_nothing_in_the_answer_acts(text):
    """No control, format, surrogate or line-separating character gets through."""
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}

    assert not {unicodedata.category(char) for char in visible(text)} & hidden


def test_ordinary_names_of_any_script_stay_as_they_are():
    """Letters are letters."""
    assert visible("墨子 Tōkyō über") == "墨子 Tōkyō über"


def test_direction_marks_and_escapes_are_written_out():
    """A reader sees that they are there."""
    assert visible("a\u202eb\x00\x1b[2J") == r"a\u202eb\x00\x1b[2J"


def test_long_names_are_cut():
    """Five thousand characters become as many as asked for."""
    assert visible("x" * 5000, limit=10) == "x" * 9 + "…"
