from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.single_photon import (
    SinglePhotonBB84,
    advantage_db,
    best_brightness,
    single_photon_rate,
)

PAPER = {"background_probability": 0.0, "intrinsic_error": 0.025, "ec_efficiency": 1.16}
"""Error fraction recalled for Zhang et al., Phys. Rev. Lett. 134, 210801 (2025); f assumed."""


def test_brightness_lies_2_87_db_above_a_coherent_pulse():
    """0.71 photons against at most 1/e of them in laser light (published: 2.87 dB)."""
    assert 10 * math.log10(0.71 * math.e) == pytest.approx(2.856, abs=5e-4)
    # 0.71(2) leaves 0.12 dB.
    assert 10 * math.log10(0.71 * math.e) == pytest.approx(2.87, abs=0.13)


def test_79_percent_is_2_53_db():
    """The two ways in which the advantage is printed are one."""
    assert 10 * math.log10(1.79) == pytest.approx(2.53, abs=0.02)


class TestFieldTrial:
    """1.08e-3 bit per pulse at 14.6 dB, 2.53 dB above lasers: which assumptions give both.

    Published: brightness 0.71, channel 14.6 dB, rate, advantage. Not known: g², error fraction,
    loss of the receiver, share of matching bases. Assumed here: half of the bases match, 2.5 %
    of errors, every pulse of several photons tagged at the brightness of 0.71.
    """

    def rate(self, *, g2, receiver_db, brightness=0.71):
        eta = 10 ** (-0.1 * (14.6 + receiver_db))
        return eta, 0.5 * single_photon_rate(eta, brightness=brightness, g2=g2, **PAPER).item()

    def test_a_g2_of_half_a_percent_gives_rate_and_advantage(self):
        """Two unknowns, two figures: 0.55 % and a receiver of 6.5 dB."""
        eta, rate = self.rate(g2=0.0055, receiver_db=6.53)

        assert rate == pytest.approx(1.08e-3, rel=0.01)
        assert advantage_db(2 * rate, transmittance=eta, **PAPER) == pytest.approx(2.53, abs=0.05)

    def test_the_recalled_g2_of_two_percent_cannot_give_the_advantage(self):
        """Whatever the receiver and however dimmed, tagging then costs more than 2.5 dB."""
        for receiver_db in (0.0, 2.0, 4.0, 6.5):
            eta = 10 ** (-0.1 * (14.6 + receiver_db))
            _, rate = best_brightness(np.array([eta]), brightness=0.71, g2=0.02, **PAPER)
            if 0.5 * rate.item() <= 1.1e-3:
                ahead = advantage_db(rate, transmittance=eta, **PAPER)
                assert ahead.item() < 1.0

    def test_at_few_clicks_tagged_pulses_explain_them_all(self):
        """At p_click = 3.3e-3 a brightness of 0.71 and a g² of 2 % leave no key."""
        assert self.rate(g2=0.02, receiver_db=8.7)[1] == 0.0


def test_dimming_pays_over_lossy_links():
    """The best brightness falls with the loss, and makes at least as much key."""
    eta = 10.0 ** -np.linspace(0.5, 4.0, 36)
    mu, rate = best_brightness(eta, brightness=0.7, g2=0.01, **PAPER)
    bright = single_photon_rate(eta, brightness=0.7, g2=0.01, **PAPER)

    assert (rate >= bright).all()
    assert (np.diff(mu[rate > 0]) <= 0).all()
    assert mu[0] == 0.7
    assert mu[rate > 0][-1] < 0.1


def quantum_dot_counts(loss_db, *, sifted):
    """Blocks of a telecom dot (assumed: 0.05 photons, errors 1 %; g² 5.6 %) of one size."""
    source = SinglePhotonSource(
        pulse_rate_hz=228e6, brightness=0.05, g2=0.056, p_key_basis=0.9, intrinsic_error=0.01
    )
    detector = Detector(efficiency=1.0, dark_rate_hz=0.0, gate_s=1e-9, p_key_basis=0.9)
    eta = 10 ** (-0.1 * loss_db)
    rates = click_rates(eta, background_rate_hz=0.0, source=source, detector=detector)
    seconds = sifted / (0.81 * rates.click_rate_hz)
    return integrate_counts(
        rates,
        weight_s=seconds,
        starts=np.arange(eta.size + 1),
        source=source,
        detector=detector,
    )


def test_bigger_blocks_stand_more_loss():
    """The order printed by Yang et al., Light Sci. Appl. 13, 150 (2024): 1e3 < 1e5 < 1e8 < inf."""
    loss_db = np.linspace(0.0, 35.0, 1401)
    reach = []
    for sifted in (1e3, 1e5, 1e8):
        bits = SinglePhotonBB84(ec_efficiency=1.1).secure_bits(
            quantum_dot_counts(loss_db, sifted=sifted)
        )
        keyed = np.flatnonzero(bits > 0)
        reach.append(loss_db[keyed[-1]] if keyed.size else 0.0)
    rate = single_photon_rate(
        10 ** (-0.1 * loss_db),
        brightness=0.05,
        g2=0.056,
        background_probability=0.0,
        intrinsic_error=0.01,
        ec_efficiency=1.1,
    )
    reach.append(loss_db[np.flatnonzero(rate > 0)[-1]])

    assert reach == sorted(reach)
    # The last step, from 1e8 to infinity, is the smallest.
    assert reach[3] - reach[2] < reach[2] - reach[1] < 10.0


def test_many_pulses_give_the_asymptotic_rate():
    """A block of 1e16 clicks makes what the formula says."""
    loss_db = np.array([5.0, 15.0, 20.0])
    counts = quantum_dot_counts(loss_db, sifted=1e16)
    bits = SinglePhotonBB84(ec_efficiency=1.1).secure_bits(counts)
    rate = single_photon_rate(
        10 ** (-0.1 * loss_db),
        brightness=0.05,
        g2=0.056,
        background_probability=0.0,
        intrinsic_error=0.01,
        ec_efficiency=1.1,
    )

    # Chance costs 1e-5 of the phase error of 1e14 check clicks.
    assert bits / counts.key_pulses == pytest.approx(rate, rel=1e-4)


def test_no_rate_passes_the_repeaterless_bound():
    """A perfect source stays below -log2(1 - η)."""
    eta = 10.0 ** -np.linspace(0.01, 10, 200)
    rate = single_photon_rate(
        eta, brightness=1.0, g2=0.0, background_probability=0.0, intrinsic_error=0.0
    )

    assert (rate < -np.log1p(-eta) / np.log(2)).all()


def test_lasers_without_key_are_infinitely_far_behind():
    """Where background drowns the laser the ratio is infinite, not an error."""
    noise = {"background_probability": 0.3, "intrinsic_error": 0.0}

    assert advantage_db(1e-6, transmittance=1e-6, **noise).item() == math.inf


def test_decoys_are_refused(block):
    """With decoys there is a better analysis."""
    with pytest.raises(NonPhysicalError, match="must be a single one for bb84"):
        SinglePhotonBB84().key(block())
