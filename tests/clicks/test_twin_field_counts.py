import numpy as np
import pytest

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.twin_field_counts import expected_counts
from satqkd.clicks.two_arms import TwoArms


def counts(variance=0.0, least_balance=0.0):
    return expected_counts(
        TwoArms(
            transmittance_a=np.array([2e-3, 2e-3, 1e-3]),
            transmittance_b=np.array([1e-3, 1e-3, 1e-3]),
            variance_a=np.full(3, variance),
            variance_b=np.full(3, variance),
            background_rate_hz=np.zeros(3),
            weight_s=np.array([1.0, 3.0, 2.0]),
            starts=np.array([0, 2, 3]),
        ),
        node=InterferingNode(
            efficiency=0.5,
            dark_rate_hz=0.0,
            gate_s=1e-9,
            misalignment=0.1,
            least_balance=least_balance,
        ),
        intensities=np.array([0.0, 0.1, 0.4, 0.5]),
        probabilities=np.array([0.6, 0.1, 0.2, 0.1]),
        signal_rate_hz=1e8,
        slice_half_width_rad=1e-3,
    )


def test_single_senders_click_as_their_light():
    """One sender alone clicks once for each detected photon; nobody, never."""
    got = counts()
    assert got.pulses == pytest.approx([4e8, 2e8])
    # to first order in the light, 2e-4 photons
    assert got.clicks[3, 0] == pytest.approx([4e8 * 0.06 * 5e-4, 2e8 * 0.06 * 2.5e-4], rel=1e-3)
    assert got.clicks[0, 3] == pytest.approx([4e8 * 0.06 * 2.5e-4, 2e8 * 0.06 * 2.5e-4], rel=1e-3)
    assert (got.clicks[0, 0] == 0.0).all()


def test_wrong_ports_see_misalignment_and_uneven_light():
    """Equal arms err by the misalignment, arms of two to one by more."""
    got = counts()
    expected = 0.1 * 0.5 * np.array([3e-3, 2e-3])
    error = got.slice_errors / (got.slice_pairs * expected)
    uneven = 0.5 * (1 - 0.8 * 2 * np.sqrt(2.0) / 3.0)
    assert error == pytest.approx([uneven, 0.1], rel=1e-3)


def test_dropped_slots_take_their_pulses_along():
    """What is kept counts fewer pulses and a smaller share of errors."""
    every, alike = counts(variance=0.5), counts(variance=0.5, least_balance=0.5)
    assert (alike.pulses < every.pulses).all()
    assert (alike.slice_errors / alike.slice_pairs < every.slice_errors / every.slice_pairs).all()
