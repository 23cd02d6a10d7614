import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.key.asymptotic.bounds import node_bound, plob_bound, tgw_bound


def test_sixty_seven_decibels_have_the_published_capacity():
    """67 dB, the loss of the free-space twin-field link, allow 2.88e-7 bit per use (T-5)."""
    assert plob_bound(10**-6.7) == pytest.approx(2.8786e-7, rel=1e-4)  # four digits typed in
    assert 6.92e-7 / plob_bound(10**-6.7) == pytest.approx(2.40, abs=0.005)


def test_half_the_light_carries_one_bit():
    """Half the light lost leaves one bit per use, and log2 3 by the looser bound."""
    assert plob_bound(0.5) == pytest.approx(1.0, rel=1e-15)
    assert tgw_bound(0.5) == pytest.approx(np.log2(3.0), rel=1e-15)


def test_no_loss_has_no_bound():
    """A perfect channel carries infinitely many bits, a dead one none."""
    assert plob_bound(1.0) == tgw_bound(1.0) == np.inf
    assert plob_bound(0.0) == tgw_bound(0.0) == 0.0


@given(st.floats(1e-300, 1e-9))
def test_a_weak_link_keeps_every_digit(eta):
    """Bounds of small transmittances are their first terms, not 0."""
    assert plob_bound(eta) == pytest.approx(eta * (1.0 + 0.5 * eta) / np.log(2.0), rel=1e-14)
    assert tgw_bound(eta) == pytest.approx(2.0 * eta / np.log(2.0), rel=1e-14)


@given(st.floats(1e-20, 0.999), st.floats(1e-20, 0.999))
def test_a_node_never_lowers_the_bound(a, b):
    """A node in the middle may only raise what both arms could carry as one."""
    assert plob_bound(a * b) <= node_bound(a, b) * (1 + 1e-12)
    assert plob_bound(a * b) <= tgw_bound(a * b)
