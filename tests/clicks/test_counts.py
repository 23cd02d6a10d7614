"""Blocks joined, taken apart and swapped keep what they know of the light."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.clicks.counts import Counts
from satqkd.clicks.photon_numbers import poissonian_multi_photon


def counts(blocks, intensities, *, multi_photon=None):
    kinds = len(intensities)
    clicks = np.full((blocks, kinds), 100.0)
    return Counts(
        intensities=np.array(intensities),
        probabilities=np.full(kinds, 1.0 / kinds),
        pulses=np.full(blocks, 1e6),
        key_clicks=clicks,
        key_errors=0.01 * clicks,
        check_clicks=clicks,
        check_errors=0.01 * clicks,
        key_pulses=np.full(blocks, 4e5),
        check_pulses=np.full(blocks, 1e5),
        multi_photon=None if multi_photon is None else np.array(multi_photon),
    )


def test_a_dot_beside_a_laser_stays_a_dot():
    """Joined, the dot keeps its pairs and the laser is told those of its light."""
    joined = Counts.join([counts(2, [0.5, 0.1]), counts(1, [0.7], multi_photon=[1e-3])])

    laser = poissonian_multi_photon([0.5, 0.1])
    assert joined.multi_photon == pytest.approx(np.array([laser, laser, [1e-3, 0.0]]))
    assert joined.key_pulses.tolist() == [4e5] * 3


def test_lasers_alone_need_say_nothing():
    """Their photon numbers follow from the intensities."""
    assert Counts.join([counts(2, [0.5, 0.1]), counts(1, [0.4])]).multi_photon is None


def test_taken_and_swapped_blocks_keep_what_they_know():
    """Pairs and pulses of each basis go with the blocks."""
    dot = counts(3, [0.7], multi_photon=[1e-3])

    taken = dot.take(np.array([2, 0])).swapped()

    assert taken.multi_photon.tolist() == [[1e-3], [1e-3]]
    assert (taken.key_pulses == 1e5).all()
    assert (taken.check_pulses == 4e5).all()


def test_small_intensities_keep_their_digits():
    """Half the square, where 1 - (1 + mu) exp(-mu) has none left; and the formula elsewhere."""
    # The next term is a third of mu.
    assert poissonian_multi_photon(1e-9) == pytest.approx(0.5e-18, rel=1e-8)
    assert poissonian_multi_photon(0.5) == pytest.approx(1.0 - 1.5 * np.exp(-0.5), rel=1e-14)
