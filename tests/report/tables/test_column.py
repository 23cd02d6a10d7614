"""Columns fill themselves, round, and refuse what no report may show."""

import numpy as np
import pytest

from satqkd.report.tables.column import Column, cells, choose, present

HALVES = Column("half_s", "s", "Half of it.", lambda rows: np.asarray(rows) / 2, digits=1)
NAMES = Column("name", "", "What it is called.", lambda rows: [f"n{row}" for row in rows])


def test_cells_are_plain_python_values_rounded_to_the_digits():
    """A numpy column becomes Python floats with so many decimals."""
    assert cells(HALVES, [1.0, 2.26]) == [0.5, 1.1]
    assert all(type(cell) is float for cell in cells(HALVES, [1.0, 2.26]))


def test_a_rounded_zero_has_no_sign():
    """A tiny negative number does not become minus zero."""
    assert str(cells(HALVES, [-0.001])[0]) == "0.0"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_by_name(bad):
    """A NaN that reached a report is a defect, not an empty cell."""
    with pytest.raises(ValueError, match="half_s"):
        cells(HALVES, [1.0, bad])


def test_present_puts_none_where_a_value_means_nothing():
    """An absent value is None."""
    assert present(np.array([1.5, np.inf]), np.array([True, False])) == [1.5, None]


def test_choose_keeps_the_order_of_the_table_and_refuses_strangers():
    """Names choose columns; they do not order them."""
    assert choose([HALVES, NAMES], ["name", "half_s"]) == [HALVES, NAMES]
    with pytest.raises(ValueError, match="width"):
        choose([HALVES, NAMES], ["name", "width"])
