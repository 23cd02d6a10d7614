"""CSV that any spreadsheet opens and none runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.export.csv import to_csv
from satqkd.report.tables.column import Column
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report

NAME = Column("name", "", "Any text.", lambda rows: rows)


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_one_header_line_then_one_line_a_row(plan):
    """No comment lines, no carriage returns, a final line end."""
    text = to_csv(PASS_COLUMNS, pass_report(plan.forecast, plan=plan))

    assert text.endswith("\n")
    assert "\r" not in text
    assert read(text)[0] == [column.name for column in PASS_COLUMNS]
    assert len(text.splitlines()) == 1 + len(plan.forecast.passes)


def test_numbers_have_their_digits_flags_are_words_and_absence_is_empty():
    """What a cell is can be told from its text."""
    columns = (
        Column("loss_db", "dB", "", lambda _: [1.0, None], digits=2),
        Column("full", "", "", lambda _: [0.1, 1e-9]),
        Column("bits", "bit", "", lambda _: [-5, 12345]),
        Column("flag", "", "", lambda _: [True, False]),
    )

    assert to_csv(columns, None) == "loss_db,full,bits,flag\n1.00,0.1,-5,true\n,1e-09,12345,false\n"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@sum", " =1", "\t=1", "＝1"])
def test_text_that_looks_like_a_formula_is_disarmed(name):
    """An apostrophe in front makes it text."""
    assert read(to_csv((NAME,), [name]))[1][0].startswith("'")


@given(st.text(min_size=1))
def test_any_name_stays_in_its_cell(name):
    """No name opens a second cell or line, or begins like a formula."""
    rows = read(to_csv((NAME, NAME), [name]))

    assert len(rows) == 2
    assert len(rows[1]) == 2
    assert not rows[1][0].lstrip().startswith(("=", "+", "-", "@"))


def test_quotes_and_commas_follow_rfc_4180():
    """A quote is doubled inside quotes."""
    assert to_csv((NAME,), ['a "b", c']) == 'name\n"a ""b"", c"\n'
