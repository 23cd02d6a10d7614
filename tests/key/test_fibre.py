"""The 115.8 Mb/s system: W. Li et al., Nat. Photonics 17, 416 (2023), abstract only.

Published: 2.5 GHz, 115.8 Mb/s over 10 km, multi-pixel nanowires. Recalled: one decoy, 2.2 dB at
10 km, 8 pixels, 233 bit/s over 328 km (55 dB). Assumed: the rest.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.source import DecoySource
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.one_decoy import one_decoy_events
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.key.statistics.concentration import hoeffding
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.mixture import by_intensity, mixture
from satqkd.key.statistics.sampling import unseen_error_fraction


def key_rate_hz(loss_db, *, pixels=8, dead_time_s=30e-9, seconds=0.4, error=0.005):
    source = DecoySource(
        pulse_rate_hz=2.5e9,
        intensities=(0.5, 0.15),
        probabilities=(0.7, 0.3),
        p_key_basis=0.9,
        intrinsic_error=error,
    )
    detector = Detector(
        efficiency=0.6,
        dark_rate_hz=20.0,
        gate_s=0.2e-9,
        p_key_basis=0.9,
        dead_time_s=dead_time_s,
        pixels=pixels,
    )
    rates = click_rates(
        np.array([10 ** (-0.1 * loss_db)]),
        background_rate_hz=0.0,
        source=source,
        detector=detector,
    )
    counts = integrate_counts(
        rates,
        weight_s=np.array([seconds]),
        starts=np.array([0, 1]),
        source=source,
        detector=detector,
    )
    result = DecoyBB84().key(counts)
    return result.secure_bits.item() / seconds, result.sifted_bits.item() / seconds


def test_ten_kilometres_make_as_much_as_published():
    """A block of 1e9 pulses over 2.2 dB on eight pixels of 30 ns."""
    # Intensities, bases and dead time are not known: 40 %.
    assert key_rate_hz(2.2)[0] == pytest.approx(115.8e6, rel=0.4)


def test_a_single_pixel_could_not():
    """Saturation is what the pixels are for."""
    assert key_rate_hz(2.2, pixels=1)[0] < 0.5 * key_rate_hz(2.2)[0]
    assert key_rate_hz(2.2)[0] < key_rate_hz(2.2, dead_time_s=0.0)[0]


def test_328_kilometres_make_hundreds_of_bits_per_second():
    """A day over 55 dB, with 2 dB of optics, 20 Hz of dark clicks, 1 % of errors (assumed)."""
    rate = key_rate_hz(57.0, seconds=86_400.0, error=0.01)[0]

    # Recalled 233 bit/s; nothing of the receiver is known, and dark counts decide: a factor of 3.
    assert 233 / 3 < rate < 3 * 233


def test_published_rate_per_pulse_lies_below_single_photons_of_a_laser():
    """0.0463 bit per pulse is less than 1/e of the pulses that arrive."""
    per_pulse = 115.8e6 / 2.5e9

    assert per_pulse == pytest.approx(0.04632, rel=1e-12)
    assert per_pulse < 10**-0.22 / math.e


def test_slow_computers_are_the_limit():
    """Key that is made faster than it can be distilled is lost or waits."""
    made, sifted = key_rate_hz(2.2)
    slow = PostProcessing(sifted_rate_hz=0.25 * sifted)

    assert slow.limited_rate_hz(made, sifted_hz=sifted) == pytest.approx(0.25 * made)


def test_one_decoy_vector_to_the_bit(block):
    """Without the cap on errors an earlier program of our own made exactly 126 201 879 bits."""
    counts = block(pulses=1e12, intensities=(0.5, 0.15), probabilities=(0.7, 0.3), p_key_basis=0.9)
    log_term = math.log(19 / 1e-9)
    events = one_decoy_events(counts, interval=hoeffding, log_term=log_term)
    mix = mixture(counts)
    lower, upper = hoeffding(by_intensity(counts.check_errors), log_term=log_term)
    wrong = mix.single / 0.35 * (mix.weights[0] * upper[0] - mix.weights[1] * lower[1])
    phi = unseen_error_fraction(
        wrong, sample=events.check_single_photons, rest=events.single_photons, log_term=log_term
    )
    n, m = counts.key_clicks.sum(), counts.key_errors.sum()
    cost = 6 * math.log2(19 / 1e-9) + math.log2(2 / 1e-15)
    private = events.vacuum + events.single_photons * (1 - binary_entropy(phi))
    length = private - 1.16 * n * binary_entropy(m / n) - cost

    assert phi.item() == pytest.approx(0.02359738, abs=5e-9)
    assert math.floor(length.item()) == 126_201_879
