from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.pass_clicks import pass_clicks
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.key.bb84.settings import Settings, counts_with

SOURCE = DecoySource(
    pulse_rate_hz=1e8,
    intensities=(0.8, 0.1, 0.0),
    probabilities=(0.5, 0.25, 0.25),
    p_key_basis=0.7,
    intrinsic_error=0.01,
)
STARTS = np.array([0, 40, 40, 100])
WEIGHT_S = np.linspace(0.5, 2.0, 100)


def link(best_db):
    loss_db = best_db + 12 * np.linspace(-1, 1, 100) ** 2
    return {
        "transmittance": 10 ** (-0.1 * loss_db),
        "background_rate_hz": np.linspace(50, 500, 100),
        "source": SOURCE,
        "variance": np.linspace(0.05, 0.3, 100),
    }


@pytest.mark.parametrize("best_db", [0.0, 10.0, 30.0, 60.0])
@pytest.mark.parametrize("afterpulses", [0.0, 0.02])
def test_polynomials_count_what_the_samples_do(best_db, afterpulses):
    """A pass in a few numbers clicks as its series, also an empty one and without any loss."""
    detector = Detector(
        efficiency=0.5, dark_rate_hz=25.0, gate_s=1e-9, afterpulse_probability=afterpulses
    )
    settings = {"detector": detector, "weight_s": WEIGHT_S, "starts": STARTS}
    given = link(best_db)
    eta = given.pop("transmittance")
    passes = pass_clicks(eta, **given, **settings)
    flown = Settings(
        intensities=np.tile(SOURCE.intensities, (3, 1)),
        probabilities=np.tile(SOURCE.probabilities, (3, 1)),
        p_key_basis=np.full(3, 0.7),
    )
    ours = counts_with(passes, flown, receiver_p_key_basis=0.5)
    exact = integrate_counts(
        click_rates(eta, **given, detector=detector), **settings, source=SOURCE
    )

    for name in ("key_clicks", "check_clicks", "key_errors", "check_errors", "key_pulses"):
        # The polynomials are told to 1e-7; after-pulses of stray clicks are capped at half of them
        # only where nothing is sent, which is where errors start from.
        rel = 1e-3 if "errors" in name else 1e-6
        assert getattr(ours, name) == pytest.approx(getattr(exact, name), rel=rel)


@pytest.mark.parametrize("share", [1.0, 0.3, 1e-3])
def test_dimmed_single_photons_click_as_their_samples_do(share):
    """Pairs fall with the square of what is let through, single photons with it."""
    dot = SinglePhotonSource(
        pulse_rate_hz=1e8, brightness=0.7, g2=0.3, p_key_basis=0.7, intrinsic_error=0.01
    )
    detector = Detector(efficiency=0.9, dark_rate_hz=25.0, gate_s=1e-9)
    settings = {"detector": detector, "weight_s": WEIGHT_S, "starts": STARTS}
    given = {**link(0.0), "source": dot}
    eta = given.pop("transmittance")
    ours = counts_with(
        pass_clicks(eta, **given, **settings),
        Settings(
            intensities=np.full((3, 1), 0.7 * share),
            probabilities=np.ones((3, 1)),
            p_key_basis=np.full(3, 0.7),
        ),
        receiver_p_key_basis=0.5,
        g2=dot.g2,
    )
    dim = replace(dot, brightness=0.7 * share)
    exact = integrate_counts(
        click_rates(eta, **{**given, "source": dim}, detector=detector),
        **{**settings, "source": dim},
    )

    for name in ("key_clicks", "check_clicks", "key_errors", "check_errors", "key_pulses"):
        # Errors by light and by background are taken for a sum, which they are to some 1e-8.
        rel = 1e-7 if "errors" in name else 1e-12
        assert getattr(ours, name) == pytest.approx(getattr(exact, name), rel=rel)
    assert ours.multi_photon == pytest.approx(exact.multi_photon.item(), rel=1e-12)


def test_a_longer_pass_clicks_more():
    """Twice the time is twice of everything."""
    detector = Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=1e-9)
    given = link(30.0)
    passes = pass_clicks(
        given.pop("transmittance"), **given, detector=detector, weight_s=WEIGHT_S, starts=STARTS
    )
    mu = np.full(3, 0.5)

    assert passes.times(2.0).clicks(mu) == pytest.approx(2 * passes.clicks(mu))
    assert passes.take(np.array([2])).clicks(mu[:1]) == pytest.approx(passes.clicks(mu)[2:])


def test_dead_time_is_that_of_the_source_as_it_is():
    """Live fractions are taken at the mean light of the source's own intensities."""
    detector = Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=1e-9, dead_time_s=50e-9)
    given = link(20.0)
    eta = given.pop("transmittance")
    settings = {"detector": detector, "weight_s": WEIGHT_S, "starts": STARTS}
    passes = pass_clicks(eta, **given, **settings)
    exact = integrate_counts(
        click_rates(eta, **given, detector=detector), **settings, source=SOURCE
    )
    mine = 0.35 * 0.5 * passes.clicks(np.full(3, 0.8))

    # Two kinds of pulses stand for three.
    assert mine == pytest.approx(exact.key_clicks[:, 0], rel=1e-4)
