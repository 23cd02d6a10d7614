"""Curves through tables: smooth where the table bends, and never beyond it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.curve import Curve

STEPS = st.lists(st.floats(0.1, 3.0), min_size=3, max_size=20)
RISES = st.lists(st.floats(-5.0, 5.0), min_size=20, max_size=20)


@given(STEPS, RISES)
def test_it_runs_through_the_points_and_stays_between_neighbours(steps, rises):
    """Whatever the table: so it grows wherever the table does."""
    nodes = np.cumsum(steps)
    values = np.cumsum(rises)[: nodes.size]
    curve = Curve.through(nodes, values)

    assert curve.at(nodes) == pytest.approx(values, abs=1e-12)
    for left in range(nodes.size - 1):
        between = curve.at(np.linspace(nodes[left], nodes[left + 1], 41))
        low, high = np.sort(values[left : left + 2])
        assert low - 1e-9 <= between.min() <= between.max() <= high + 1e-9


@given(STEPS, RISES)
def test_it_has_no_corner(steps, rises):
    """Slopes on either side of a node are the same."""
    nodes = np.cumsum(steps)
    curve = Curve.through(nodes, np.cumsum(rises)[: nodes.size])

    inner, by = nodes[1:-1], 1e-6
    before = (curve.at(inner) - curve.at(inner - by)) / by
    behind = (curve.at(inner + by) - curve.at(inner)) / by
    assert behind == pytest.approx(before, abs=0.05)


def test_a_parabola_that_grows_is_itself():
    """Uneven nodes, also in the first and last interval."""
    nodes = np.array([0.0, 0.5, 2.0, 3.0, 3.2, 5.0])
    curve = Curve.through(nodes, (nodes + 1.0) ** 2)

    place = np.linspace(0.0, 5.0, 101)
    assert curve.at(place) == pytest.approx((place + 1.0) ** 2, abs=1e-12)


def test_beyond_its_ends_it_is_held():
    """As any table here."""
    curve = Curve.through(np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 6.0]))

    assert curve.at(np.array([-7.0, 9.0])).tolist() == [3.0, 6.0]


def test_it_follows_a_smooth_function_closer_than_straight_lines_do():
    """By a factor of ten, at 20 nodes of an exponential."""
    nodes, place = np.linspace(0.0, 3.0, 20), np.linspace(0.0, 3.0, 997)
    curve = Curve.through(nodes, np.exp(nodes))

    straight = np.abs(np.interp(place, nodes, np.exp(nodes)) - np.exp(place)).max()
    assert np.abs(curve.at(place) - np.exp(place)).max() < 0.1 * straight
