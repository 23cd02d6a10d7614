from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.clicks.gains import error_gain, gain
from satqkd.clicks.two_detectors import coherent_pulse, no_photon, single_photon


def test_poissonian_mixture_of_photon_numbers_is_the_coherent_pulse():
    """To first order in μ a pulse is empty or holds one photon."""
    mu, eta, dark, error = 1e-6, 0.3, 1e-4, 0.02
    click, wrong = coherent_pulse(eta, intensity=mu, dark_probability=dark, intrinsic_error=error)
    one, one_wrong = single_photon(eta, dark_probability=dark, intrinsic_error=error)
    empty = no_photon(dark_probability=dark)

    # Two photons, which are left out here, are rarer by μ / 2.
    assert float(click) - empty * math.exp(-mu) == pytest.approx(mu * float(one), rel=1e-5)
    assert float(wrong) - 0.5 * empty * math.exp(-mu) == pytest.approx(
        mu * float(one_wrong), rel=1e-5
    )


def test_agrees_with_the_simple_model_when_clicks_are_rare():
    """Without double clicks errors are half the background and e_d of the signal."""
    eta = 10.0 ** -np.linspace(3, 20, 35)
    dark, mu, error = 1e-7, 0.5, 0.01
    background = no_photon(dark_probability=dark)
    click, wrong = coherent_pulse(eta, intensity=mu, dark_probability=dark, intrinsic_error=error)

    assert click == pytest.approx(
        gain(eta, intensity=mu, background_probability=background), rel=1e-13
    )
    # Double clicks, of signal alone or with background, are 1e-3 of the rest at 30 dB.
    assert wrong == pytest.approx(
        error_gain(eta, intensity=mu, background_probability=background, intrinsic_error=error),
        rel=1e-3,
    )
