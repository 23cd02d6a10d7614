from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.afterpulse import with_afterpulses
from satqkd.clicks.gains import click_and_error

AFTER_PULSE, STRAY, INTRINSIC = 1e-3, 1e-8, 1e-3


def test_makes_the_counts_of_satquma(reference):
    """K-2: light worked back from its clicks gives clicks of empty pulses, and all errors."""
    table = reference("satquma_counts.json")
    row, p = table["rows"][0], np.array(table["probabilities"])
    sent = row["pulses"] * 0.7611**2 * p
    seen = np.array(row["key_clicks"]) / sent / (1.0 + AFTER_PULSE)
    photons = -np.log1p(-(seen - 2.0 * STRAY) / (1.0 - 2.0 * STRAY))
    plain = click_and_error(
        np.maximum(photons, 0.0),
        intensity=1.0,
        background_probability=2.0 * STRAY,
        intrinsic_error=INTRINSIC,
    )
    click, error = with_afterpulses(*plain, probability=AFTER_PULSE)

    # Its clicks of empty pulses are a difference from 1, which leaves nine digits.
    assert sent * click == pytest.approx(row["key_clicks"], rel=1e-9)
    # Its counts share the errors of a second over the intensities: only their sum is its own.
    assert (sent * error).sum() == pytest.approx(sum(row["key_errors"]), rel=1e-9)


def test_none_changes_nothing():
    """A detector without after-pulses counts what it counted."""
    click, error = with_afterpulses([0.3, 1e-9], [0.01, 5e-10], probability=0.0)

    assert click.tolist() == [0.3, 1e-9]
    assert error.tolist() == [0.01, 5e-10]


@given(st.floats(0.0, 1.0), st.floats(0.0, 0.5), st.floats(0.0, 1.0))
def test_errors_are_at_most_half_of_the_clicks(click, qber, probability):
    """After-pulses raise clicks and errors, never past certainty and chance."""
    made, wrong = with_afterpulses(click, qber * click, probability=probability)

    assert click <= made <= 1.0
    assert qber * click <= wrong <= 0.5 * made
