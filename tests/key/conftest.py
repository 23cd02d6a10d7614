from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from satqkd.clicks.counts import Counts
from satqkd.clicks.gains import error_gain, gain

REFERENCE = Path(__file__).parent.parent / "reference"


def _block(
    transmittance=1e-3,
    *,
    pulses=1e10,
    intensities=(0.6, 0.15, 0.0),
    probabilities=(0.7, 0.2, 0.1),
    background=1e-7,
    intrinsic_error=0.01,
    p_key_basis=0.9,
):
    """Counts of blocks sent through a steady channel, one for each transmittance."""
    eta, sent = np.broadcast_arrays(
        np.atleast_1d(np.asarray(transmittance, dtype=float)), np.asarray(pulses, dtype=float)
    )
    mu, p = np.array(intensities), np.array(probabilities)
    column = eta[:, np.newaxis]
    each = sent[:, np.newaxis] * p
    clicks = each * gain(column, intensity=mu, background_probability=background)
    errors = each * error_gain(
        column,
        intensity=mu,
        background_probability=background,
        intrinsic_error=intrinsic_error,
    )
    key, check = p_key_basis**2, (1 - p_key_basis) ** 2
    return Counts(
        intensities=mu,
        probabilities=p,
        pulses=sent,
        key_clicks=key * clicks,
        key_errors=key * errors,
        check_clicks=check * clicks,
        check_errors=check * errors,
    )


@pytest.fixture(scope="session")
def block():
    return _block


@pytest.fixture(scope="session")
def reference():
    def read(name):
        return json.loads((REFERENCE / name).read_text(encoding="utf-8"))

    return read
