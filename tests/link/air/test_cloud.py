"""Thin cloud."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.link.air.cloud import cloud_loss_db


def test_a_veil_takes_its_optical_depth_times_airmass():
    """Depth 1 is a factor of e, 4.34 dB, for each airmass."""
    loss = cloud_loss_db(np.array([1.0, 2.5]), optical_depth=0.4)

    assert 10.0 ** (-0.1 * loss) == pytest.approx(np.exp([-0.4, -1.0]), rel=1e-12)


def test_no_cloud_no_loss():
    """The line stays, at 0."""
    assert not cloud_loss_db(np.array([1.0, 5.0]), optical_depth=0.0).any()
