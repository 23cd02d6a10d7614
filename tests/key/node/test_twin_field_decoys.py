import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.twin_field_counts import expected_counts
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.node.twin_field_decoys import twin_field_single_photons
from satqkd.key.statistics.concentration import chernoff


def counts(a, b, *, dark=1e-7, misalignment=0.03, seconds=1e5):
    zero = np.zeros(1)
    return expected_counts(
        TwoArms(
            transmittance_a=np.array([a]),
            transmittance_b=np.array([b]),
            variance_a=zero,
            variance_b=zero,
            background_rate_hz=zero,
            weight_s=np.array([seconds]),
            starts=np.array([0, 1]),
        ),
        node=InterferingNode(
            efficiency=1.0,
            dark_rate_hz=-np.log1p(-dark) / 1e-9,
            gate_s=1e-9,
            misalignment=misalignment,
        ),
        intensities=np.array([0.0, 0.05, 0.4, 0.5]),
        probabilities=np.array([0.6, 0.1, 0.2, 0.1]),
        signal_rate_hz=1e8,
        slice_half_width_rad=0.1,
    )


@settings(deadline=None)
@given(st.floats(-5.0, -0.1), st.floats(-5.0, -0.1), st.floats(0.0, 1e-5))
def test_bounds_lie_on_the_safe_side_of_the_truth(log_a, log_b, dark):
    """Yields are at most those of a photon, the phase error at least its own."""
    a, b = 10.0**log_a, 10.0**log_b
    got = twin_field_single_photons(
        counts(a, b, dark=dark, misalignment=0.03), interval=None, log_term=0.0, errors_log_term=0.0
    )
    for eta, bound in ((a, got.yield_a[0]), (b, got.yield_b[0])):
        true = (1 - dark) * (eta + 2 * dark * (1 - eta))
        assert bound <= true * (1 + 1e-9)
        assert bound > 0.9 * true
    # a photon in both arms at once, both ports dark alike; the slice only adds to the error
    wrong = 0.5 * (0.5 * (a + b) - 0.94 * np.sqrt(a * b)) * (1 - dark)
    wrong += dark * (1 - dark) * (1 - 0.5 * (a + b))
    mean = (1 - dark) * (0.5 * (a + b) + 2 * dark * (1 - 0.5 * (a + b)))
    assert got.phase_error[0] >= min(wrong / mean, 0.5) * (1 - 1e-9)


def test_fluctuations_widen_every_bound():
    """A finite block proves lower yields and a higher phase error."""
    block = counts(1e-3, 1e-3)
    endless = twin_field_single_photons(block, interval=None, log_term=0.0, errors_log_term=0.0)
    finite = twin_field_single_photons(
        block, interval=chernoff, log_term=23.0, errors_log_term=23.0
    )
    assert finite.yield_a[0] < endless.yield_a[0]
    assert finite.phase_error[0] > endless.phase_error[0]


def test_no_pulses_prove_nothing():
    """An empty block has yield 0 and an unknown phase."""
    got = twin_field_single_photons(
        counts(1e-3, 1e-3, seconds=0.0), interval=chernoff, log_term=23, errors_log_term=23
    )
    assert got.yield_a[0] == got.yield_b[0] == 0.0
    assert got.phase_error[0] == 0.5


def test_equal_arms_prove_most_of_what_is_there():
    """At equal arms the phase error bound is within a fifth of misalignment."""
    got = twin_field_single_photons(
        counts(1e-3, 1e-3, dark=0.0), interval=None, log_term=0.0, errors_log_term=0.0
    )
    assert got.phase_error[0] == pytest.approx(0.03, rel=0.2)
