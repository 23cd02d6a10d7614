"""What cannot be told apart is found and named."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.calibration.constants import Constant
from satqkd.calibration.telling import Held, tell_apart, weak_pairs


def constant(name, *, stated=1.0, limits=None):
    return Constant(
        name=name, stated=stated, stated_range=limits, scale="plain",
        low=-9.0, high=9.0, width=1.0, by=("loss",),
    )  # fmt: skip


@pytest.fixture
def mass():
    return np.linspace(1.0, 3.0, 20)


def test_all_are_free_where_the_data_see_each(mass):
    """A constant and a slope over a wide range of elevations."""
    jacobian = np.stack([np.ones(20), mass], axis=1)

    free, held = tell_apart(jacobian, [constant("pointing_loss_db"), constant("x")])

    assert (free, held) == ([0, 1], [])


def test_the_receiver_is_held_before_pointing(mass):
    """Both shift every row alike, and the receiver can be measured on the ground."""
    jacobian = np.stack([mass, np.ones(20), np.ones(20)], axis=1)
    names = ("zenith_transmittance", "pointing_loss_db", "receiver_efficiency")

    free, held = tell_apart(jacobian, [constant(name) for name in names])

    assert free == [0, 1]
    assert held == [Held(index=2, with_=(1,))]


def test_what_is_stated_most_narrowly_is_held():
    """Air and pointing seen at one elevation only."""
    jacobian = np.stack([np.full(20, 2.0), np.ones(20)], axis=1)
    wide = constant("zenith_transmittance", limits=(0.0, 2.0))
    narrow = constant("pointing_loss_db", limits=(0.9, 1.1))

    free, held = tell_apart(jacobian, [wide, narrow])

    assert (free, held) == ([0], [Held(index=1, with_=(0,))])


def test_one_row_fits_one_constant():
    """And every other names the one that stands for it."""
    names = ("zenith_transmittance", "pointing_loss_db", "receiver_efficiency")
    limits = ((0.0, 2.0), (0.9, 1.1), None)
    constants = [constant(n, limits=span) for n, span in zip(names, limits, strict=True)]

    free, held = tell_apart(np.array([[2.0, 1.0, 1.0]]), constants)

    assert free == [0]
    assert {one.index: one.with_ for one in held} == {1: (0,), 2: (0,)}


def test_what_the_data_do_not_notice_is_held(mass):
    """A night sky far below the signal."""
    jacobian = np.stack([mass, 1e-3 * np.sin(mass)], axis=1)

    free, held = tell_apart(jacobian, [constant("x"), constant("night_radiance_w_m2_sr_m")])

    assert (free, held) == ([0], [Held(index=1, with_=())])


def test_strong_correlation_is_told():
    """With its sign."""
    covariance = np.array([[4.0, -1.94, 0.0], [-1.94, 1.0, 0.0], [0.0, 0.0, 1.0]])

    assert weak_pairs(covariance) == [(0, 1, pytest.approx(-0.97))]
