"""The loss of a rough wavefront against the mean over random phases."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.link.beam.strehl import strehl_loss_db
from satqkd.link.beam.truncated_beam import TruncatedBeam
from satqkd.units import transmittance


def test_marechals_limit_is_four_fifths():
    """A fourteenth of a wave leaves 0.80, as textbooks print (recalled)."""
    assert transmittance(strehl_loss_db(1 / 14)) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("waves", [0.02, 0.07, 0.15])
def test_it_is_the_peak_behind_gaussian_phases(waves):
    """|⟨exp(iφ)⟩|² by Gauss–Hermite quadrature of a Gaussian phase, to 1e-9."""
    x, weight = np.polynomial.hermite_e.hermegauss(40)
    mean = weight @ np.exp(2j * np.pi * waves * x) / weight.sum()

    assert transmittance(strehl_loss_db(waves)) == pytest.approx(abs(mean) ** 2, rel=1e-9)


def test_a_perfect_wavefront_loses_nothing():
    """The default of a truncated beam."""
    assert TruncatedBeam(beam_diameter_m=0.2).wavefront_db() == 0.0
