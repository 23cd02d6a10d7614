from __future__ import annotations

import numpy as np
import pytest

from satqkd.key.asymptotic.decoy_bb84 import rate_with_decoys
from satqkd.key.bb84.one_decoy import one_decoy_events
from satqkd.key.bb84.two_decoy import two_decoy_events
from satqkd.key.statistics.concentration import chernoff

GYS = {"background_probability": 1.7e-6, "intrinsic_error": 0.033, "ec_efficiency": 1.22}
KM = np.linspace(0.0, 170.0, 17_001)
ETA = 0.045 * 10.0 ** (-0.021 * KM)


def reach_km(decoys, intensities):
    rate = rate_with_decoys(
        ETA, decoys=decoys, intensities=intensities, vacuum_is_secret=False, **GYS
    )
    positive = np.flatnonzero(rate > 0)

    assert (np.diff(positive) == 1).all()
    return KM[positive[-1]]


def test_gobby_yuan_shields_reach_as_far_as_published():
    """142 km with all decoys, 140.5 km with vacuum and a weak one (Ma et al. 2005, fig. 3)."""
    # Read to a tenth of a kilometre at μ = 0.48 and ν = 0.05.
    assert reach_km("infinite", (0.48,)) == pytest.approx(142.05, abs=0.1)
    assert reach_km("two", (0.48, 0.05, 0.0)) == pytest.approx(140.55, abs=0.1)


def test_fewer_decoys_reach_less_far():
    """One decoy falls short of two, none falls far short of one."""
    none, one, two, every = (
        reach_km(*each)
        for each in (
            ("none", (0.003,)),
            ("one", (0.48, 0.05)),
            ("two", (0.48, 0.05, 0.0)),
            ("infinite", (0.48,)),
        )
    )

    assert none < 45
    assert 100 < one < two < every


@pytest.mark.parametrize("background", [0.0, 1e-7, 1e-5])
def test_finite_analyses_meet_the_formulas(block, background):
    """Without statistics their single photons are those of the rates."""
    eta = np.array([0.3, 1e-2, 1e-3, 1e-4])
    for intensities, analysis, decoys in (
        ((0.5, 0.1), one_decoy_events, "one"),
        ((0.5, 0.1, 0.01), two_decoy_events, "two"),
    ):
        p = (1.0 - 2e-7, *[2e-7 / (len(intensities) - 1)] * (len(intensities) - 1))
        counts = block(
            eta,
            pulses=1.0,
            intensities=intensities,
            probabilities=p,
            p_key_basis=0.5,
            background=background,
        )
        events = analysis(counts, interval=chernoff, log_term=0.0)
        mu = np.array(intensities)
        tau = (np.array(p) * mu * np.exp(-mu)).sum()
        in_signal = events.single_photons / 0.25 / tau * mu[0] * np.exp(-mu[0])
        error = events.check_single_photon_errors / np.maximum(events.check_single_photons, 1e-300)
        rate = rate_with_decoys(
            eta,
            decoys=decoys,
            intensities=intensities,
            background_probability=background,
            intrinsic_error=0.01,
            ec_efficiency=1.0,
            vacuum_is_secret=False,
        )
        q = background + (1 - background) * -np.expm1(-eta * mu[0])
        e = np.minimum(0.5 * background + 0.01 * -np.expm1(-eta * mu[0]), 0.5 * q) / q
        expected = np.maximum(in_signal * (1 - h(np.minimum(error, 0.5))) - q * h(e), 0.0)

        # Errors of the rare decoys are counted on top of the signal's.
        assert rate == pytest.approx(expected, rel=1e-5, abs=1e-15)


def test_no_rate_passes_the_repeaterless_bound():
    """No number of decoys beats -log2(1 - η)."""
    eta = 10.0 ** -np.linspace(0.01, 10, 200)
    for decoys, intensities in (("none", (0.01,)), ("one", (0.9, 0.1)), ("infinite", (0.9,))):
        rate = rate_with_decoys(
            eta,
            decoys=decoys,
            intensities=intensities,
            background_probability=0.0,
            intrinsic_error=0.0,
        )

        assert np.isfinite(rate).all()
        assert (rate < -np.log1p(-eta) / np.log(2)).all()


def h(x):
    x = np.clip(x, 1e-300, 1 - 1e-16)
    return -x * np.log2(x) - (1 - x) * np.log2(1 - x)
