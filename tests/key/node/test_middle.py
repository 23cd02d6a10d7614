"""A node that receives from two ends, and one that sends to both."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.key.node.middle import RECEIVES, SENDS


def test_stray_light_of_both_telescopes_meets_in_a_node_that_receives():
    """Where the ends have the detectors, each has its own."""
    first, second = np.array([3.0]), np.array([4.0])

    assert RECEIVES.stray_hz(first, second)[0].tolist() == [7.0]
    assert RECEIVES.stray_hz(first, second)[1] is None
    assert SENDS.stray_hz(first, second) == (first, second)


def test_only_a_node_with_detectors_announces_clicks():
    """8 clicks in 1024 uses: 7 bits and more for the place of each, one for the detectors."""
    clicks, uses = np.array([8.0]), np.array([1024.0])
    share = 8.0 / 1024.0
    place = np.log2(1.0 / share) + (1.0 / share - 1.0) * np.log2(1.0 / (1.0 - share))

    assert RECEIVES.announced_bits(clicks, uses) == pytest.approx(8.0 * (place + 1.0))
    assert SENDS.announced_bits(clicks, uses).tolist() == [0.0]
