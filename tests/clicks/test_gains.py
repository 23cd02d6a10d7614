from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.gains import (
    background_probability,
    error_gain,
    gain,
    intrinsic_error_from_contrast,
    stray_clicks,
)

probabilities = st.floats(0.0, 1.0)
losses_db = st.floats(0.0, 200.0)


def test_500_clicks_a_second_in_a_nanosecond():
    """Sidhu et al. (npj Quantum Inf. 8, 18) quote 5e-7 for 500 cps and gates of 1 ns."""
    assert float(stray_clicks(500.0, gate_s=1e-9)) == pytest.approx(5e-7, rel=1e-12)


def test_micius_contrast():
    """A contrast of 280 to 1 is an error of 1/281 (Liao et al., Nature 549, 43)."""
    assert intrinsic_error_from_contrast(280.0) == 1 / 281


def test_background_of_few_clicks_adds_up_and_of_many_saturates():
    """Four detectors see four times as much, but never more than certainty."""
    few, many = background_probability(
        dark_rate_hz=25.0, background_rate_hz=np.array([75.0, 1e12]), gate_s=1e-9, detectors=4
    )

    # Half of the product of 4e-7 is left out.
    assert few == pytest.approx(4e-7, rel=3e-7)
    assert many == 1.0


def test_no_digit_is_lost_at_200_db():
    """Where a photon in 1e20 arrives the gain is the product of its parts."""
    assert float(gain(1e-20, intensity=0.5, background_probability=0.0)) == pytest.approx(
        5e-21, rel=1e-15
    )
    assert float(
        error_gain(1e-20, intensity=0.5, background_probability=0.0, intrinsic_error=0.01)
    ) == pytest.approx(5e-23, rel=1e-15)


def test_background_errors_do_not_depend_on_the_intensity():
    """Half of the background is wrong, not half of what is left of it after e^-μ."""
    wrong = error_gain(
        0.0, intensity=np.array([0.0, 0.1, 0.8]), background_probability=1e-5, intrinsic_error=0.0
    )

    assert wrong.tolist() == [5e-6] * 3


def test_signal_and_background_unite_as_probabilities():
    """In full daylight a pulse still clicks at most once."""
    assert float(gain(1.0, intensity=50.0, background_probability=0.9)) <= 1.0
    assert float(gain(0.5, intensity=0.8, background_probability=0.2)) == pytest.approx(
        1 - 0.8 * np.exp(-0.4), rel=1e-15
    )


@given(losses_db, st.floats(0.0, 10.0), probabilities, st.floats(0.0, 0.5))
def test_errors_are_at_most_half_of_the_clicks(loss_db, intensity, background, intrinsic):
    """Nothing is worse than tossing a coin, and no probability leaves 0 to 1."""
    eta = 10 ** (-loss_db / 10)
    click = float(gain(eta, intensity=intensity, background_probability=background))
    wrong = float(
        error_gain(
            eta,
            intensity=intensity,
            background_probability=background,
            intrinsic_error=intrinsic,
        )
    )

    assert 0.0 <= 2.0 * wrong <= click <= 1.0


@given(losses_db, losses_db, st.floats(0.0, 10.0), probabilities)
def test_less_light_never_clicks_more(one_db, other_db, intensity, background):
    """The gain falls with loss."""
    near, far = (10 ** (-x / 10) for x in sorted([one_db, other_db]))

    assert gain(far, intensity=intensity, background_probability=background) <= gain(
        near, intensity=intensity, background_probability=background
    )
