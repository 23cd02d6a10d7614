"""What the tests of clocks share."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from satqkd.timing.series import TimingSeries

REFERENCE = Path(__file__).parents[1] / "reference" / "timing.json"


@pytest.fixture(scope="session")
def reference():
    """What make_timing.py worked out with 40 digits."""
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def light(reference):
    """Cases of light between two moving ends, one array a quantity: (n,) or (3, n)."""
    cases = reference["light"]
    return {name: np.array([case[name] for case in cases]).T for name in cases[0]}


def passes(*lengths_s, speed_m_s=7000.0, closest_m=8e5):
    """Straight fly-bys sampled every second, one after the other."""
    columns = {"time_s": [], "weight_s": [], "range_m": [], "range_rate_m_s": []}
    for number, length in enumerate(lengths_s):
        t = np.arange(length) - 0.5 * (length - 1)
        distance = np.hypot(closest_m, speed_m_s * t)
        columns["time_s"].append(6000.0 * number + t)
        columns["weight_s"].append(np.ones_like(t))
        columns["range_m"].append(distance)
        columns["range_rate_m_s"].append(speed_m_s**2 * t / distance)
    series = {name: np.concatenate([np.zeros(0), *parts]) for name, parts in columns.items()}
    starts = np.concatenate([[0], np.cumsum(lengths_s)]).astype(np.int64)
    asymmetry = series["range_m"] * series["range_rate_m_s"] / 299792458.0**2
    return TimingSeries(starts=starts, asymmetry_s=asymmetry, **series)


@pytest.fixture(scope="session")
def flown():
    """Make fly-bys of some lengths."""
    return passes
