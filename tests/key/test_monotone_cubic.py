"""Monotone cubics, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from satqkd.key.monotone_cubic import between, slopes

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@st.composite
def curves(draw):
    """Rising nodes with what they hold, and where to read it off."""
    count = draw(st.integers(1, 8))
    steps = draw(st.lists(st.floats(1e-3, 1e3), min_size=count, max_size=count))
    held = draw(st.lists(st.just(0.0) | NUMBERS, min_size=count, max_size=count))
    x = np.cumsum(steps)
    share = draw(st.lists(st.floats(0.0, 1.0), max_size=5))
    at = np.clip(x[0] + np.array(share) * (x[-1] - x[0]), x[0], x[-1])
    return x, np.array(held), np.concatenate([at, x])


@settings(max_examples=50, deadline=None)
@given(st.lists(curves(), min_size=1, max_size=4))
def test_many_at_once_are_what_scipy_says_of_each(several):
    found = between(
        np.cumsum([0, *(x.size for x, _, _ in several)]),
        np.concatenate([x for x, _, _ in several]),
        np.concatenate([y for _, y, _ in several]),
        bounds=np.cumsum([0, *(at.size for _, _, at in several)]),
        at=np.concatenate([at for _, _, at in several]),
    )
    wanted = [
        PchipInterpolator(x, y)(at) if x.size > 1 else np.full(at.size, y[0])
        for x, y, at in several
    ]
    assert found == pytest.approx(np.concatenate(wanted), rel=1e-9, abs=1e-6)


@given(curves().filter(lambda one: one[0].size > 1))
def test_slopes_are_those_of_scipy(one):
    x, y, _ = one
    wanted = PchipInterpolator(x, y).derivative()(x)
    assert slopes(x[None], y[None])[0] == pytest.approx(wanted, rel=1e-6, abs=1e-6)
