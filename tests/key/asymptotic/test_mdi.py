from __future__ import annotations

import numpy as np
import pytest

from satqkd.key.asymptotic.mdi import infinite_decoy_mdi

TEXTBOOK = {
    "intensity_a": 0.3,
    "intensity_b": 0.3,
    "dark_probability": 3.01e-6,
    "misalignment": 0.015,
}


def test_every_term_equals_its_forty_digit_value(reference):
    """Losses of 0 to 100 dB an arm, detectors without noise, pulses that never interfere."""
    for case in reference("mdi.json")["infinite"]:
        loss_a, loss_b, mu_a, mu_b, dark, error, overlap = case["inputs"]
        rate = infinite_decoy_mdi(
            10 ** (-loss_a / 10),
            10 ** (-loss_b / 10),
            intensity_a=mu_a,
            intensity_b=mu_b,
            dark_probability=dark,
            misalignment=error,
            overlap=overlap,
        )
        for name in rate.__slots__:
            # Errors of 0 come out as differences of gains; rates near 0 of private and leaked bits.
            scale = float(rate.gain_z) if name == "rate" else 1e-3 if "error" in name else 0.0
            assert float(getattr(rate, name)) == pytest.approx(
                float(case[name]), rel=1e-9, abs=1e-9 * scale
            ), (name, case["inputs"])


def test_printed_formula_gives_the_numbers_made_from_it():
    """100 km of fibre with detectors of 14.5 % (validation case M-1), own code, six digits."""
    rate = infinite_decoy_mdi(0.0145, 0.0145, **TEXTBOOK, as_printed=True)

    expected = {
        "rate": 3.18649e-6,
        "gain_z": 9.45173e-6,
        "qber_z": 0.0176747,
        "gain_x": 1.88718e-5,
        "qber_x": 0.257906,
        "phase_error": 0.0157926,
        "single_photon_yield": 1.05297e-4,
    }
    for name, value in expected.items():
        # Six digits were printed.
        assert float(getattr(rate, name)) == pytest.approx(value, rel=1e-5)


def test_printed_formula_understates_errors_by_the_dark_probability():
    """It has 1 - p² where the gains have (1 - p)²."""
    exact = infinite_decoy_mdi(0.0145, 0.0145, **TEXTBOOK)
    printed = infinite_decoy_mdi(0.0145, 0.0145, **TEXTBOOK, as_printed=True)

    # The share of clicks with light from both sides is 0.998, that of right ones 0.97.
    assert float(exact.phase_error - printed.phase_error) == pytest.approx(0.97 * 3.01e-6, rel=3e-3)
    assert float(exact.rate) < float(printed.rate)


def test_errors_of_lasers_that_interfere_are_a_quarter():
    """Half of the coincidences come from two photons of one side (validation case M-2)."""
    rate = infinite_decoy_mdi(
        0.01, 0.01, intensity_a=0.1, intensity_b=0.1, dark_probability=0.0, misalignment=0.0
    )

    # Clicks of three photons and more add some thousandths of the light.
    assert float(rate.qber_x) == pytest.approx(0.25, abs=1e-3)
    assert float(rate.phase_error) == pytest.approx(0.0, abs=1e-15)


def test_no_key_without_interference():
    """Below a visibility of 0.28 even endless decoys leave nothing at 1.5 % misalignment."""
    visibility = np.linspace(0.0, 0.5, 51)
    rate = np.array(
        [
            infinite_decoy_mdi(
                0.0145,
                0.0145,
                intensity_a=0.3,
                intensity_b=0.3,
                dark_probability=1e-8,
                misalignment=0.015,
                overlap=2 * v,
            ).rate
            for v in visibility
        ]
    )

    assert (np.diff(rate) >= 0).all()
    assert rate[visibility < 0.28].max() == 0.0
    assert rate[visibility > 0.30].min() > 0.0


def test_rate_lies_below_the_repeaterless_bound():
    """From 0 to 100 dB the node is no repeater: its rate falls as the whole loss does."""
    eta = 10.0 ** (-np.linspace(0.01, 5, 100))
    rate = infinite_decoy_mdi(
        eta,
        eta,
        intensity_a=0.5,
        intensity_b=0.5,
        dark_probability=0.0,
        misalignment=0.0,
        ec_efficiency=1.0,
    ).rate

    assert (rate < -np.log1p(-(eta**2)) / np.log(2)).all()
    # At high loss the rate is proportional to the product of both transmittances.
    assert rate[-1] / rate[-21] == pytest.approx((eta[-1] / eta[-21]) ** 2, rel=1e-3)


def test_pulses_that_arrive_equally_bright_interfere_best():
    """Behind unequal arms the errors are least when the weaker arm's sender is brighter."""
    common = {"dark_probability": 1e-9, "misalignment": 0.0}
    errors = [
        float(
            infinite_decoy_mdi(
                0.1, 0.01, intensity_a=0.01 / root, intensity_b=0.01 * root, **common
            ).qber_x
        )
        for root in (1.0, 10**0.4, 10**0.5, 10**0.6, 10.0)
    ]

    assert min(errors) == errors[2]
    assert errors[0] == pytest.approx(errors[4], rel=1e-3)
