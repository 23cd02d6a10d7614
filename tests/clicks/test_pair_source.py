"""Coincidences of entangled pairs."""

import json
from pathlib import Path

import numpy as np
import pytest

from satqkd.clicks.pair_source import (
    PairReceiver,
    PairSource,
    coincidence_probability,
    expected_coincidences,
)
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError

ROWS = json.loads(
    (Path(__file__).parents[1] / "reference" / "bbm92.json").read_text(encoding="utf-8")
)
SOURCE = PairSource(pair_rate_hz=5.9e6, intrinsic_error=0.03)
RECEIVER = PairReceiver(efficiency=0.5, dark_rate_hz=100.0, window_s=2.5e-9)


def links(loss_db, *, seconds=100.0, variance=0.0, background_b_hz=None):
    eta = np.array([10 ** (-loss_db / 20)])
    return TwoArms(
        transmittance_a=eta,
        transmittance_b=eta,
        variance_a=np.array([variance]),
        variance_b=np.array([variance]),
        background_rate_hz=np.zeros(1),
        background_b_rate_hz=background_b_hz,
        weight_s=np.array([seconds]),
        starts=np.array([0, 1]),
    )


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_coincidences_match_forty_digits(row):
    """Both to nine digits; errors of perfect pairs are what accidentals leave of a difference."""
    m, a, b, pa, pb, e, g = map(float, row["given"])
    clicks, errors = coincidence_probability(
        m, a, b, dark_a=pa, dark_b=pb, intrinsic_error=e, inside=g
    )
    assert float(clicks) == pytest.approx(float(row["clicks"]), rel=1e-9)
    assert float(errors) == pytest.approx(float(row["errors"]), rel=1e-9)


def test_rate_is_pairs_times_both_links():
    """Weak light: half of the pairs that arrive are in equal bases, shared between the two."""
    told = expected_coincidences(links(40.0), source=SOURCE, receiver=RECEIVER)
    assert told.clicks.sum() == pytest.approx(100.0 * 5.9e6 * 1e-4 * 0.25 * 0.5, rel=0.05)


def test_noise_of_one_end_alone_adds_errors():
    """The second end may have a sky of its own."""
    quiet, loud = (
        expected_coincidences(
            links(60.0, background_b_hz=noise), source=SOURCE, receiver=RECEIVER
        ).errors.sum()
        for noise in (None, np.array([1e4]))
    )
    assert loud > 2.0 * quiet


def test_jitter_loses_pairs_out_of_the_window():
    """A window of two standard deviations either way keeps 95 %."""
    assert PairReceiver(
        efficiency=0.5, dark_rate_hz=0.0, window_s=4e-9, jitter_s=1e-9
    ).inside == pytest.approx(0.9545, abs=1e-4)


def test_more_loss_never_gives_more():
    """0 to 200 dB: finite, falling."""
    counts = [
        expected_coincidences(links(loss), source=SOURCE, receiver=RECEIVER).clicks.sum()
        for loss in range(0, 201, 10)
    ]
    assert np.all(np.isfinite(counts))
    assert np.all(np.diff(counts) <= 0.0)


def test_impossible_sources_are_refused():
    """No pairs, and an error beyond one half."""
    with pytest.raises(NonPhysicalError):
        PairSource(pair_rate_hz=0.0, intrinsic_error=0.0)
    with pytest.raises(NonPhysicalError):
        PairSource(pair_rate_hz=1e6, intrinsic_error=0.6)
