"""Integrals over panels against closed forms, and cuts of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from satqkd.passes.quadrature import (
    LONGEST_S,
    even_panels,
    longest_panel_s,
    panels_of,
    rule,
)

LENGTHS = st.floats(0.01, 2_000.0)


def over(begin_s, end_s, *, longest_s=100.0):
    """One interval of one stretch."""
    return panels_of(
        np.array([0, 1]), np.array([begin_s]), np.array([end_s]), longest_s=np.array([longest_s])
    )


@pytest.mark.parametrize("nodes", [1, 3, 5, 8])
def test_a_rule_is_exact_for_polynomials_up_to_its_degree(nodes):
    """Gauss-Lobatto of n nodes: up to 2n − 3, and no further; of one node: straight lines."""
    at, weight = rule(nodes)
    degree = max(2 * nodes - 3, 1)
    integrals = [weight @ at**power for power in range(degree + 2)]
    expected = [(1.0 - (-1.0) ** (power + 1)) / (power + 1) for power in range(degree + 2)]

    assert integrals[:-1] == pytest.approx(expected[:-1], abs=1e-14)
    assert abs(integrals[-1] - expected[-1]) > 1e-4


def test_a_link_over_a_pass_is_summed_to_1e_8():
    """The square of a range that is least in the middle, through air, as a station sees it."""

    def link(t):
        range2 = 500.0**2 + (7.0 * t) ** 2
        return np.exp(-0.3 * np.sqrt(range2) / 500.0) / range2

    panels = panels_of(
        np.array([0, 2]),
        np.array([-240.0, 0.0]),
        np.array([0.0, 240.0]),
        longest_s=np.full(2, float(longest_panel_s(np.array([7.0 / 500.0]))[0])),
    )
    time_s, weight_s = panels.points()

    assert time_s.size < 50
    whole = 2.0 * quad(link, 0.0, 240.0, epsabs=0.0, epsrel=1e-12)[0]
    assert weight_s @ link(time_s) == pytest.approx(whole, rel=1e-8)


@given(begin=st.floats(-1e6, 1e6), length=LENGTHS, longest=st.floats(1.0, 300.0))
def test_nodes_lie_within_and_weights_add_up(begin, length, longest):
    """In order, off the very ends, whatever the length."""
    panels = over(begin, begin + length, longest_s=longest)
    time_s, weight_s = panels.points()

    assert weight_s.sum() == pytest.approx(length, rel=1e-6, abs=1e-9)
    assert (np.diff(time_s) >= 0.0).all()
    within = min(1e-5, 1e-3 * 0.5 * float((panels.end_s - panels.begin_s).min()))
    rounding = 4.0 * float(np.spacing(abs(begin) + length))
    assert time_s.min() >= begin + within - rounding
    assert time_s.max() <= begin + length - within + rounding
    assert (panels.end_s - panels.begin_s).max() <= longest * (1.0 + 1e-6)


@given(length=LENGTHS, share=st.floats(0.0, 1.0))
def test_the_integral_up_to_an_instant_is_that_of_the_polynomial(length, share):
    """A quartic, which five nodes hold; the first and last of them stand 10 µs within."""
    panels = over(0.0, length)
    time_s, _ = panels.points()
    at_s = share * length
    panel = np.array([min(int(np.searchsorted(panels.end_s, at_s)), len(panels) - 1)])
    x = time_s / length

    _, weight_s = panels.up_to(panel, np.array([at_s]))
    inside = slice(panels.nodes[panel[0]], panels.nodes[panel[0] + 1])
    before = panels.integrals(x**4)[: panel[0]].sum()

    assert before + weight_s @ x[inside] ** 4 == pytest.approx(
        length * share**5 / 5.0, rel=1e-6, abs=4e-6 + 1e-6 * length
    )


def test_a_whole_multiple_of_the_longest_is_as_many_panels():
    """However it was rounded; and their offsets are those of the panels."""
    panels = panels_of(
        np.array([0, 1, 2]),
        np.array([0.0, 0.1]),
        np.array([240.0, 0.1 + 3 * 0.1]),
        longest_s=np.array([120.0, 0.1]),
    )
    assert panels.starts.tolist() == [0, 2, 5]
    assert len(panels) == panels.nodes.size - 1 == 5


def test_beyond_a_panel_nothing_more_is_summed():
    """Before its begin nothing, behind its end all of it."""
    panels = over(0.0, 50.0)
    last = len(panels) - 1
    inside = slice(panels.nodes[last], panels.nodes[last + 1])
    values = np.exp(panels.points()[0] / 50.0)
    for at_s, wanted in ((-9.0, 0.0), (99.0, panels.integrals(values)[last])):
        _, weight_s = panels.up_to(np.array([last]), np.array([at_s]))
        assert weight_s @ values[inside] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_panels_of_fast_passes_are_shorter():
    """A low pass near the zenith turns by 1.5° a second; a slow one has the longest panel."""
    fast, slow = longest_panel_s(np.radians([1.5, 0.01]))

    assert fast == pytest.approx(57.3, abs=0.1)
    assert slow == LONGEST_S


def test_panels_of_some_intervals_are_theirs():
    """Also of one without a panel."""
    panels = panels_of(
        np.array([0, 1, 1, 3]),
        np.array([0.0, 200.0, 300.0]),
        np.array([90.0, 240.0, 420.0]),
        longest_s=np.full(3, 100.0),
    )
    time_s, _ = panels.points()
    taken = panels.take(np.array([2, 1]))

    assert taken.starts.tolist() == [0, 3, 3]
    assert taken.points()[0].tolist() == time_s[panels.node_starts[2] :].tolist()


def test_what_does_not_change_needs_one_node():
    """A session over the ground."""
    panels = even_panels(np.array([0.0, 3600.0]), np.array([3600.0, 5000.0]))
    time_s, weight_s = panels.points()

    assert time_s.tolist() == [1800.0, 4300.0]
    assert weight_s.tolist() == [3600.0, 1400.0]
    assert panels.integrals(np.array([2.0, 3.0])).tolist() == [7200.0, 4200.0]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_what_rises_as_a_polynomial_is_what_its_nodes_add_up_to(share):
    """Of panels with few nodes and with many: the polynomial, and weights times values."""
    panels = panels_of(
        np.array([0, 1, 2]), np.array([0.0, 500.0]), np.array([70.0, 520.0]),
        longest_s=np.full(2, 80.0),
    )  # fmt: skip
    panel = np.arange(len(panels))
    held = 3.0 + np.sin(panels.points()[0])
    at_s = panels.begin_s + share * (panels.end_s - panels.begin_s)
    row, weight_s = panels.up_to(panel, at_s)
    powers = (2.0 * share - 1.0) ** np.arange(9)

    assert np.unique(np.diff(panels.nodes)).tolist() == [5, 8]
    assert powers @ panels.rising(panel, held) == pytest.approx(
        np.bincount(row, weight_s * held), abs=1e-9
    )
