from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.key.statistics.mixture import mixture, over_intensities


def test_photon_numbers_are_poissonian_for_each_intensity(block):
    """tau_0 and tau_1 are the weighted Poisson probabilities."""
    mix = mixture(block())

    assert mix.vacuum.item() == pytest.approx(
        0.7 * math.exp(-0.6) + 0.2 * math.exp(-0.15) + 0.1, rel=1e-15
    )
    assert mix.single.item() == pytest.approx(
        0.7 * 0.6 * math.exp(-0.6) + 0.2 * 0.15 * math.exp(-0.15), rel=1e-15
    )


def test_sum_over_intensities_is_one_number_a_block(block):
    """Rows are summed, not columns."""
    counts = block(np.array([1e-2, 1e-3]))

    assert over_intensities(counts.key_clicks) == pytest.approx(counts.key_clicks.sum(axis=1))
