"""Tables written a column at a time read as if written cell by cell.

The reference is the way of satqkd 0.1.0: every cell rounded, then formatted, then joined.
"""

import csv
import io
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.export import blocks
from satqkd.report.export.csv import to_csv
from satqkd.report.export.json import to_json
from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Column, Labels, Masked
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.series import SERIES_COLUMNS

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FLOATS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**9), 10**9).map(lambda number: (number + 0.5) / 1000.0)
    | st.sampled_from([-0.0, -4e-4, 0.5])
)
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-20_000, 20_000)


def old_cells(column, source):
    values = column.values(source)
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [
        round(value, column.digits) + 0.0
        if isinstance(value, float) and column.digits is not None
        else value
        for value in plain
    ]


def old_line(row):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()


def old_text(cell, digits):
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return visible(f"'{cell}" if cell.lstrip().startswith(FORMULA) else cell)
    return f"{cell:.{digits}f}" if isinstance(cell, float) and digits is not None else repr(cell)


def old_csv(columns, source):
    table = [[old_text(cell, c.digits) for cell in old_cells(c, source)] for c in columns]
    rows = [[c.name for c in columns], *zip(*table, strict=True)]
    return "".join(map(old_line, rows))


def old_json(columns, source):
    names = [column.name for column in columns]
    rows = zip(*(old_cells(column, source) for column in columns), strict=True)
    lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def agree(columns, source=None):
    assert to_csv(columns, source) == old_csv(columns, source)
    assert to_json(columns, source) == old_json(columns, source)


def of(values, digits=None, name="x"):
    return Column(name, "", "", lambda _: values, digits=digits)


def masked(draw, values):
    there = draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    return Masked(values, np.array(there, dtype=np.bool_))


@given(st.data(), st.lists(FLOATS, max_size=20), st.integers(0, 20) | st.none())
def test_floats(data, values, digits):
    """As an array, as a list, and with some of them missing."""
    numbers = np.array(values, dtype=np.float64)

    agree([of(numbers, digits)])
    agree([of(values, digits), of(masked(data.draw, numbers), digits, "y")])


@given(st.data(), st.lists(WHOLE, max_size=20))
def test_whole_numbers(data, values):
    """Up to the ends of 64 bits."""
    numbers = np.array(values, dtype=np.int64)

    agree([of(numbers), of(values, name="y"), of(masked(data.draw, numbers), 2, "z")])
    agree([of(numbers.view(np.uint64))])


@given(st.lists(st.text(max_size=12) | st.none(), max_size=20))
def test_texts(values):
    """Quoted, escaped and disarmed, as a list and as labels; also all alone in their row."""
    labels = Labels(np.arange(len(values)), values)

    agree([of(values)])
    agree([of(labels), of(values, name="y")])
    agree([of(np.array([value or "" for value in values], dtype=np.str_))])


@given(st.lists(FLOATS | WHOLE | st.booleans() | st.text(max_size=3) | st.none(), max_size=20))
def test_mixtures(values):
    """True is not 1, and 1 is not 1.0."""
    agree([of(values, 2), of(values, name="y")])


@pytest.mark.parametrize("rows", [0, 1, blocks._MOST_ROWS, blocks._MOST_ROWS + 1])
def test_tables_longer_than_a_block(rows):
    """Nothing is lost between two."""
    numbers = np.linspace(-1.0, 1.0, rows)

    agree(
        [
            of(numbers, 4),
            of(numbers < 0.0, name="y"),
            of([str(row) for row in range(rows)], name="z"),
        ]
    )


def test_long_texts_make_short_blocks():
    """One text as long as a book among short ones."""
    agree([of(["a" * 5_000_000, "b", "c"]), of(np.arange(3), name="y")])


def test_real_tables(plan, make_plan, scheduled_series):
    """Every column, also of a plan without passes."""
    for one in (plan, make_plan(())):
        agree(PASS_COLUMNS, pass_report(one.forecast, plan=one))
        agree(SERIES_COLUMNS, scheduled_series(one))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("write", [to_csv, to_json])
def test_a_number_that_is_not_finite_is_refused_by_name(bad, write):
    """Unless its row holds nothing."""
    values = np.array([1.0, bad])

    for column in (of(values, 1, "qber"), of([1.0, bad], name="qber")):
        with pytest.raises(ValueError, match=f"column qber holds {bad}"):
            write([column], None)
    write([of(Masked(values, np.array([True, False])), 1)], None)


def test_columns_of_different_lengths_are_refused():
    """A table has rows."""
    with pytest.raises(ValueError, match=r"\[1, 2\] rows"):
        to_csv([of([1.0]), of([1.0, 2.0])], None)
