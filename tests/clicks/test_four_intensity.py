from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.four_intensity import (
    CHECK_PAIRS,
    BellStateNode,
    FourIntensityTransmitter,
    pair_counts,
)
from satqkd.clicks.mdi_clicks import x_basis, z_basis
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError

FIRST = FourIntensityTransmitter(
    intensity_x=0.05, intensity_y=0.2, intensity_z=0.4, p_x=0.3, p_y=0.1, p_z=0.5
)
SECOND = FourIntensityTransmitter(
    intensity_x=0.1, intensity_y=0.5, intensity_z=0.6, p_x=0.2, p_y=0.2, p_z=0.4
)
NODE = BellStateNode(
    efficiency=0.5,
    dark_rate_hz=100.0,
    gate_s=1e-9,
    visibility=0.45,
    misalignment_x=0.01,
    misalignment_z=0.02,
)


def flight(samples=7, *, variance_a=0.0, variance_b=0.0):
    """Both arms along a pass cut into two stretches, with one sample that may not be used."""
    weight = np.ones(samples)
    weight[1] = 0.0
    return TwoArms(
        transmittance_a=np.geomspace(0.02, 0.1, samples),
        transmittance_b=np.geomspace(0.08, 0.01, samples),
        variance_a=np.full(samples, variance_a),
        variance_b=np.full(samples, variance_b),
        background_rate_hz=np.linspace(0.0, 1e4, samples),
        weight_s=weight,
        starts=np.array([0, 3, samples]),
    )


def counts(arms, node=NODE):
    return pair_counts(
        arms, transmitter_a=FIRST, transmitter_b=SECOND, node=node, pulse_rate_hz=1e9
    )


def test_steady_arms_give_the_gains_of_each_instant():
    """Each stretch adds up rate, sending probabilities and gain of its samples."""
    arms = flight()
    seen = counts(arms)
    used, dark = np.array([0, 2]), -np.expm1(-(100.0 + arms.background_rate_hz) * 1e-9)

    def total(letters, model, error):
        gain, wrong = model(
            0.5 * arms.transmittance_a * FIRST.intensity(letters[0]),
            0.5 * arms.transmittance_b * SECOND.intensity(letters[1]),
            dark_probability=dark,
            misalignment=error,
            overlap=0.9,
        )
        sent = 1e9 * FIRST.probability(letters[0]) * SECOND.probability(letters[1])
        return sent * gain[used].sum(), sent * wrong[used].sum()

    assert seen.pulses == pytest.approx([2e9, 4e9])
    assert (seen.key[0], seen.key_errors[0]) == pytest.approx(total("zz", z_basis, 0.02))
    assert seen.check_errors[0] == pytest.approx(total("xx", x_basis, 0.01)[1])
    for pair in CHECK_PAIRS:
        assert seen.of(pair)[0] == pytest.approx(total(pair, x_basis, 0.01)[0])


def test_fluctuation_is_averaged_before_anything_else():
    """Log-normal arms drawn at random give the same counts."""
    variance_a, variance_b = 0.3, 0.1
    generator = np.random.default_rng(260503)
    arms = flight(3, variance_a=variance_a, variance_b=variance_b)
    seen = counts(replace(arms, starts=np.array([0, 3])))
    draws = 200_000

    def drawn(mean, variance):
        sigma = np.sqrt(np.log1p(variance))
        return mean * np.exp(sigma * generator.standard_normal(draws) - sigma**2 / 2)

    expected = np.zeros(2)
    for i in (0, 2):
        dark = -np.expm1(-(100.0 + arms.background_rate_hz[i]) * 1e-9)
        gain, wrong = x_basis(
            0.5 * 0.05 * drawn(arms.transmittance_a[i], variance_a),
            0.5 * 0.1 * drawn(arms.transmittance_b[i], variance_b),
            dark_probability=dark,
            misalignment=0.01,
            overlap=0.9,
        )
        expected += 1e9 * 0.3 * 0.2 * np.array([gain.mean(), wrong.mean()])

    # A gain scatters by about its own size, the mean of 2e5 by 0.3 % at most.
    assert [seen.of("xx")[0], seen.check_errors[0]] == pytest.approx(expected, rel=1e-2)


def test_fluctuation_raises_pairs_of_one_side():
    """The same mean light makes more X errors when it comes and goes."""
    steady, faded = counts(flight()), counts(flight(variance_a=0.4, variance_b=0.4))

    assert faded.key == pytest.approx(steady.key, rel=0.02)
    assert (faded.check_errors / faded.of("xx") > steady.check_errors / steady.of("xx")).all()


def test_selection_keeps_like_instants():
    """Steady arms within 3 dB stay whole, others go; a wide limit changes nothing."""
    arms = flight()
    apart = np.abs(10 * np.log10(arms.transmittance_a / arms.transmittance_b))
    inside = (apart <= 3.0) & (arms.weight_s > 0)

    chosen = counts(arms, replace(NODE, max_imbalance_db=3.0))
    assert chosen.pulses == pytest.approx([1e9 * inside[:3].sum(), 1e9 * inside[3:].sum()])
    # Ratios beyond 6 σ, a share of 2e-9, are not looked at.
    assert counts(arms, replace(NODE, max_imbalance_db=60.0)).key == pytest.approx(
        counts(arms).key, rel=1e-8
    )


def test_time_bins_tell_one_of_two_states():
    """Every count is half."""
    one = counts(flight(), replace(NODE, bell_states=1))

    assert one.key == pytest.approx(0.5 * counts(flight()).key)
    assert one.check == pytest.approx(0.5 * counts(flight()).check)


def test_many_samples_add_up_like_few():
    """Work in portions leaves no trace."""
    arms = flight(1000)
    whole = counts(replace(arms, starts=np.array([0, 1000])))
    parts = counts(replace(arms, starts=np.array([0, 300, 300, 1000])))

    assert parts.key.sum() == pytest.approx(whole.key[0], rel=1e-12)
    assert parts.key[1] == 0.0


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: replace(FIRST, intensity_x=0.0), "intensity_x"),
        (lambda: replace(FIRST, intensity_y=0.04), "intensity_y"),
        (lambda: replace(FIRST, p_z=0.6), "p_z"),
        (lambda: replace(NODE, efficiency=0.0), "efficiency"),
        (lambda: replace(NODE, visibility=0.6), "visibility"),
        (lambda: replace(NODE, misalignment_x=0.7), "misalignment_x"),
        (lambda: replace(NODE, bell_states=3), "bell_states"),
        (lambda: replace(NODE, max_imbalance_db=-1.0), "max_imbalance_db"),
    ],
)
def test_what_cannot_be_is_refused(build, field):
    """The message names the field."""
    with pytest.raises(NonPhysicalError) as caught:
        build()

    assert caught.value.field == field
