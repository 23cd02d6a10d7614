"""Aperture averaging of one layer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gamma

from satqkd.link.turbulence import aperture_averaging
from satqkd.link.turbulence.aperture_averaging import averaging_factor

REFERENCE = Path(__file__).parents[2] / "reference" / "turbulence.json"
CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))["averagings"]


@pytest.mark.parametrize("case", CASES)
def test_factor_is_the_mean_covariance_over_the_aperture(case):
    """Real space and spatial frequencies agree; 0.1 % of 0.5 % allowed for interpolation."""
    ours = averaging_factor(np.array([case["size"]]), obscuration=case["obscuration"])

    assert ours[0] == pytest.approx(case["factor"], rel=1e-3)


def test_large_telescopes_follow_the_power_minus_7_3():
    """Far above the Fresnel length: ∫ u^(4/3) F² du / 2, here for the disc in closed form."""
    # ∫ s^(-2/3) J1(s)² ds by Weber and Schafheitlin, times (2/x)^(7/3) · 4/2 / 0.8644.
    lam = 2 / 3
    weber = (
        gamma(lam)
        * gamma(1.5 - lam / 2)
        / (2**lam * gamma((1 + lam) / 2) ** 2 * gamma(1.5 + lam / 2))
    )
    size = np.array([1e3, 1e4, 1e6])
    exact = 2.0 * weber * (2.0 / size) ** (7 / 3) / 0.864401

    # The next term falls as x^(-2/3), 2 % at 1000; beyond 2000 the table's slope is held.
    assert averaging_factor(size, obscuration=0.0) == pytest.approx(exact, rel=0.03)


@given(small=st.floats(1e-3, 1e5), growth=st.floats(1.001, 100.0), eps=st.sampled_from([0.0, 0.4]))
def test_a_larger_telescope_never_averages_less(small, growth, eps):
    """Between 0 and 1, falling with size."""
    factor = averaging_factor(np.array([small, small * growth]), obscuration=eps)

    assert 0.0 < factor[1] <= factor[0] <= 1.0


def test_the_table_of_a_disc_is_what_its_integral_gives():
    """To its last digit; it is kept so that most links need not integrate."""
    assert (
        pytest.approx(aperture_averaging.integrated_log_factors(0.0), abs=6e-7)
        == aperture_averaging._LOG_FACTORS_OF_A_DISC
    )
