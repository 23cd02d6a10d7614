"""Scenes for tests that speak of some of the series only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.link.scene import Scene


@pytest.fixture
def a_scene():
    def make(range_m, elevation_deg, **changes):
        distance_m = np.atleast_1d(np.asarray(range_m, dtype=np.float64))
        return replace(Scene.dark(distance_m, np.zeros_like(distance_m) + elevation_deg), **changes)

    return make
