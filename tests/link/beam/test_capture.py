"""Capture by an annulus against brute quadrature, and the laws it obeys."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.capture import (
    LEAST_CAPTURE,
    fade_radius_m,
    gaussian_capture,
    jittered_radius_m,
)
from satqkd.link.beam.truncated_beam import TruncatedBeam

CASES = json.loads(
    (Path(__file__).parents[2] / "reference" / "capture.json").read_text(encoding="utf-8")
)
ENDS = ("tx_aperture_m", "wavelength_m", "rx_aperture_m", "obscuration", "jitter_rad")


def beam_of(case):
    if "divergence_rad" in case:
        return GaussianBeam(divergence_rad=case["divergence_rad"])
    return TruncatedBeam(
        beam_diameter_m=case["beam_diameter_m"], obscuration=case["tx_obscuration"]
    )


@pytest.mark.parametrize("series", [False, True], ids=["one bias", "a bias each"])
@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_captures_are_the_double_integrals(case, series):
    """48 cases with offset and jitter, by tests/reference/make_capture.py, within 0.01 dB."""
    bias = np.array([case["bias_rad"]]) if series else case["bias_rad"]
    ours = beam_of(case).capture(
        np.array([case["range_m"]]), bias_rad=bias, **{name: case[name] for name in ENDS}
    )

    # required: 0.01 dB; interpolation leaves 5e-5 dB
    assert 10.0 * np.log10(ours[0] / case["capture"]) == pytest.approx(0.0, abs=5e-4)


def test_the_cases_hold_bias_jitter_and_obscuration():
    """More than forty, and none of the terms is always zero."""
    assert len(CASES) >= 40
    for name in ("bias_rad", "jitter_rad", "obscuration"):
        assert sum(case[name] > 0.0 for case in CASES) > 15
    assert sum(min(case["bias_rad"], case["jitter_rad"]) > 0.0 for case in CASES) > 8


WIDE = st.floats(0.75, 1e4)  # 1/e² radius for a receiver of 1 m: above its diameter over √2


@given(radius=WIDE, offset=st.floats(0.0, 3.0), more=st.floats(0.0, 2.0), e=st.floats(0.0, 0.9))
def test_more_offset_never_catches_more(radius, offset, more, e):
    """For a beam wider than the receiver; offsets in beam radii."""
    near, far = gaussian_capture(
        radius,
        rx_aperture_m=1.0,
        obscuration=e,
        offset_m=radius * np.array([offset, offset + more]),
    )

    assert far <= near * (1.0 + 2e-7)  # the series' own error


@given(radius=WIDE, jitter=st.floats(0.0, 3.0), more=st.floats(0.0, 3.0), e=st.floats(0.0, 0.9))
def test_more_jitter_never_catches_more(radius, jitter, more, e):
    """For a centred beam wider than the receiver."""
    steady, restless = (
        gaussian_capture(
            jittered_radius_m(radius, range_m=radius, jitter_rad=value),
            rx_aperture_m=1.0,
            obscuration=e,
        )
        for value in (jitter, jitter + more)
    )

    assert restless <= steady * (1.0 + 1e-12)


@given(radius=st.floats(1e-3, 1e4), offset=st.floats(0.0, 10.0), e=st.floats(0.0, 0.99))
def test_a_capture_is_a_share(radius, offset, e):
    """Between 0 and 1 however wide, far off or obscured."""
    caught = gaussian_capture(radius, rx_aperture_m=1.0, obscuration=e, offset_m=offset)

    assert LEAST_CAPTURE <= caught <= 1.0


def test_a_beam_beside_the_receiver_leaves_a_finite_loss():
    """A thousand radii off the axis."""
    assert gaussian_capture(1.0, rx_aperture_m=0.5, offset_m=1e3) == LEAST_CAPTURE


def test_series_and_distribution_meet():
    """The two ways of computing agree on both sides of where one takes over."""
    radius = np.linspace(0.8, 1.4, 61)
    caught = gaussian_capture(radius, rx_aperture_m=1.0, obscuration=0.3, offset_m=0.6)

    assert np.abs(np.diff(np.log(caught), 3)).max() < 1e-4  # no step


@pytest.mark.parametrize("radius", [0.6, 1.0, 6.0])
@pytest.mark.parametrize("e", [0.0, 0.4])
def test_the_fading_radius_has_the_curvature_of_the_capture(radius, e):
    """The loss of a hundredth of a radius of offset."""
    offset = 0.01 * radius
    centred, off = gaussian_capture(
        radius, rx_aperture_m=1.0, obscuration=e, offset_m=np.array([1e-9, offset])
    )
    fading = fade_radius_m(radius, rx_aperture_m=1.0, obscuration=e)

    # the next order in the offset
    assert 2.0 * (offset / fading) ** 2 == pytest.approx(-np.log(off / centred), rel=1e-3)


def test_a_receiver_that_takes_all_does_not_fade():
    """A beam of a tenth of the receiver."""
    assert fade_radius_m(0.01, rx_aperture_m=1.0) == np.inf
