import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.twin_field_clicks import (
    one_click_probability,
    port_click_probabilities,
    slice_share,
)

REFERENCE = Path(__file__).parent.parent / "reference" / "twin_field.json"
ROWS = json.loads(REFERENCE.read_text(encoding="utf-8"))["clicks"]


def column(name):
    return np.array([float(row[name]) for row in ROWS])


def test_one_click_matches_forty_digits():
    """From 1e-18 to 5 photons, with darks from 0 to 1e-3, eleven digits agree."""
    got = one_click_probability(column("a"), column("b"), dark_probability=column("p"))
    np.testing.assert_allclose(got, column("one"), rtol=1e-11, atol=0)


def test_ports_match_the_integral_over_the_phase():
    """The series agrees with the integral over slice and phase error to eleven digits."""
    for row in ROWS:
        number = {name: float(value) for name, value in row.items()}
        right, wrong = port_click_probabilities(
            number["a"],
            number["b"],
            dark_probability=number["p"],
            misalignment=number["e"],
            phase_variance_rad2=number["variance"],
            slice_half_width_rad=number["half"],
        )
        assert right == pytest.approx(number["right"], rel=1e-11, abs=0)
        assert wrong == pytest.approx(number["wrong"], rel=1e-11, abs=0)


@given(st.floats(0.0, 700.0), st.floats(0.0, 700.0), st.floats(0.0, 0.9))
def test_bright_light_never_overflows(a, b, dark):
    """Any light gives a probability."""
    one = one_click_probability(a, b, dark_probability=dark)
    right, wrong = port_click_probabilities(a, b, dark_probability=dark, misalignment=0.1)
    for probability in (one, right, wrong):
        assert 0.0 <= probability <= 1.0


@given(st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_a_slice_of_every_phase_is_no_slice(a, b):
    """Phases up to a quarter turn, both signs: right and wrong add up to any one click."""
    right, wrong = port_click_probabilities(
        a, b, dark_probability=1e-6, slice_half_width_rad=np.pi / 2
    )
    any_one = one_click_probability(a, b, dark_probability=1e-6)
    assert right + wrong == pytest.approx(float(any_one), rel=1e-9, abs=1e-15)
    assert slice_share(np.pi / 2) == 1.0


def test_an_unknown_phase_leaves_both_ports_alike():
    """With a large phase error neither port is the right one."""
    right, wrong = port_click_probabilities(
        0.1, 0.1, dark_probability=0.0, phase_variance_rad2=200.0
    )
    assert right == pytest.approx(float(wrong), rel=1e-12)


def test_light_of_one_arm_alone_takes_either_port():
    """Without a partner nothing interferes."""
    right, wrong = port_click_probabilities(1e-3, 0.0, dark_probability=0.0)
    assert right == pytest.approx(float(wrong), rel=1e-12)
