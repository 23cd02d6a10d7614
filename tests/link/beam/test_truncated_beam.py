"""Diffraction of a truncated Gaussian beam against closed forms."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import j0, j1

from satqkd.errors import NonPhysicalError
from satqkd.link.beam.truncated_beam import (
    TruncatedBeam,
    caught,
    core_divergence,
    on_axis_efficiency,
    pupil_transfer,
    truncation_loss_db,
)
from satqkd.units import transmittance

POINT = np.array([1e-3])
MICIUS = {"tx_aperture_m": 0.3, "wavelength_m": 848.6e-9, "rx_aperture_m": 1.0}
RANGES_M = np.geomspace(3e5, 4e7, 60)


def per_area(ratio, obscuration):
    """On-axis density per (λ/D)² of the light behind the aperture."""
    share = caught(POINT, ratio=ratio, obscurations=(obscuration, 0.0))[0]
    return share / (np.pi * POINT[0] ** 2)


@pytest.mark.parametrize("ratio", [0.3, 1.12, 2.2])
@pytest.mark.parametrize("obscuration", [0.0, 0.3])
def test_on_axis_it_is_the_gain_of_klein_and_degnan(ratio, obscuration):
    """Appl. Opt. 13, 2134: gain / 4π is the on-axis power per solid angle, cut-off included."""
    passed = transmittance(truncation_loss_db(ratio, obscuration=obscuration))

    # a receiver of a thousandth of λ/D is not quite a point
    assert per_area(ratio, obscuration) * passed == pytest.approx(
        0.25 * np.pi * on_axis_efficiency(ratio, obscuration=obscuration), rel=5e-6
    )


@pytest.mark.parametrize("obscuration", [0.0, 0.1, 0.2, 0.3])
def test_the_best_truncation_is_the_one_printed(obscuration):
    """α = 1.12 − 1.30 ε² + 2.12 ε⁴ loses less than 0.1 % against the best ratio found."""
    ratios = np.linspace(0.7, 1.5, 801)
    gains = [on_axis_efficiency(ratio, obscuration=obscuration) for ratio in ratios]
    printed = 1.12 - 1.30 * obscuration**2 + 2.12 * obscuration**4

    assert ratios[np.argmax(gains)] == pytest.approx(printed, abs=0.01)  # printed to 0.01
    assert on_axis_efficiency(printed, obscuration=obscuration) > 0.999 * max(gains)


def test_an_evenly_lit_disc_encircles_as_airy_found():
    """1 − J₀² − J₁² of π D θ / λ, over four decades of receivers."""
    size = np.geomspace(0.01, 100.0, 301)
    exact = 1.0 - j0(np.pi * size) ** 2 - j1(np.pi * size) ** 2
    ours = caught(size, ratio=1e-3, obscurations=(0.0, 0.0))

    assert np.abs(10.0 * np.log10(ours / exact)).max() < 2e-3  # interpolation between the rings


def test_an_evenly_lit_disc_transfers_what_goodman_prints():
    """(2/π)(arccos x − x √(1 − x²)), within 5e-7."""
    x = np.linspace(0.0, 1.0, 51)
    exact = 2.0 / np.pi * (np.arccos(x) - x * np.sqrt(1.0 - x**2))

    assert pupil_transfer(x, ratio=1e-3) == pytest.approx(exact, abs=5e-7)


@pytest.mark.parametrize("x", [0.05, 0.2, 0.33, 0.5, 0.66, 0.9])
def test_a_ring_transfers_its_overlap_with_itself(x):
    """mpmath over the chords of an evenly lit ring and its shifted copy."""
    inner = 0.3

    def chord(y, radius, middle):
        half = mpmath.sqrt(max(radius**2 - y**2, 0))
        return (middle - half, middle + half) if half else None

    def overlap(y):
        total = mpmath.mpf(0)
        discs = [chord(y, 1, 0), chord(y, 1, 2 * x)]
        holes = [chord(y, inner, 0), chord(y, inner, 2 * x)]
        begin, end = max(disc[0] for disc in discs), min(disc[1] for disc in discs)
        if end <= begin:
            return total
        gone = [(max(a, begin), min(b, end)) for a, b in filter(None, holes)]
        gone = [(a, b) for a, b in gone if b > a]
        lost = sum(b - a for a, b in gone)
        if len(gone) == 2:
            lost -= max(min(gone[0][1], gone[1][1]) - max(gone[0][0], gone[1][0]), 0)
        return end - begin - lost

    kinks = {0.0, inner, float(np.sqrt(1.0 - x**2))}
    kinks |= {float(np.sqrt(inner**2 - x**2))} if x < inner else set()
    kinks |= {y for y in (_corner(inner, x),) if y}
    area = 2 * mpmath.quad(overlap, sorted(kinks))
    exact = float(area / (mpmath.pi * (1 - inner**2)))

    assert pupil_transfer(np.array([x]), ratio=1e-3, obscuration=inner)[0] == pytest.approx(
        exact, abs=1e-6
    )


def _corner(inner, x):
    """Height at which the edge of one disc meets that of the other's hole."""
    along = (1.0 - inner**2 + 4.0 * x**2) / (4.0 * x)
    return float(np.sqrt(1.0 - along**2)) if abs(along) < 1.0 else 0.0


@pytest.mark.parametrize("ratio", [0.5, 1.12, 2.5])
@pytest.mark.parametrize("obscuration", [0.0, 0.4])
def test_the_core_is_curved_as_said(ratio, obscuration):
    """A small offset loses what the Gaussian of that divergence loses."""
    half = 0.5 * core_divergence(ratio, obscuration=obscuration)
    pupil = {"ratio": ratio, "obscurations": (obscuration, 0.0)}
    kept = caught(POINT, bias=0.02, **pupil)[0] / caught(POINT, **pupil)[0]

    assert -np.log(kept) == pytest.approx(2.0 * (0.02 / half) ** 2, rel=1e-3)  # next order


def test_a_beam_hardly_cut_diffracts_as_a_gaussian():
    """Far inside its aperture the far field is 2λ/πw₀, in width and capture."""
    beam = TruncatedBeam(beam_diameter_m=0.06)
    exact = 2.0 * 848.6e-9 / (np.pi * 0.03)
    ours = beam.far_field_rad(tx_aperture_m=0.3, wavelength_m=848.6e-9)
    share = beam.capture(np.array([1.2e6]), **MICIUS)[0]

    assert ours == pytest.approx(exact, rel=1e-8)  # what is cut, 4e-10
    assert share == pytest.approx(-np.expm1(-2.0 * (0.5 / (0.6e6 * exact)) ** 2), rel=1e-4)
    assert beam.truncation_db(tx_aperture_m=0.3) < 1e-6


@pytest.mark.parametrize("jitter_rad", [0.0, 1e-6])
def test_series_of_biases_are_the_single_ones(jitter_rad):
    """A bias for each sample is read from a grid in two dimensions, to 1e-3 dB."""
    beam = TruncatedBeam(beam_diameter_m=0.27, obscuration=0.3)
    biases = np.linspace(0.0, 3e-6, RANGES_M.size)
    ends = {**MICIUS, "obscuration": 0.3, "jitter_rad": jitter_rad}
    together = beam.capture(RANGES_M, bias_rad=biases, **ends)
    alone = [
        beam.capture(RANGES_M[i : i + 1], bias_rad=float(biases[i]), **ends)[0]
        for i in range(0, RANGES_M.size, 7)
    ]

    assert np.abs(10.0 * np.log10(together[::7] / alone)).max() < 1e-3


@given(
    diameter=st.floats(0.05, 1.0),
    tx=st.floats(0.0, 0.5),
    jitter=st.sampled_from([0.0, 0.5e-6, 1e-6, 3e-6]),
    bias=st.sampled_from([0.0, 1e-6, 2e-6]),
)
def test_jitter_and_bias_cost_light_and_range_does_too(diameter, tx, jitter, bias):
    """For a core wider than the receiver, up to the error of interpolation."""
    beam = TruncatedBeam(beam_diameter_m=diameter, obscuration=tx)
    calm = beam.capture(RANGES_M, **MICIUS)
    ours = beam.capture(RANGES_M, **MICIUS, jitter_rad=jitter, bias_rad=bias)

    assert (ours <= calm * (1.0 + 1e-4)).all()
    assert (ours > 0.0).all()
    assert (np.diff(calm) < 0.0).all()
    assert (calm <= 1.0).all()


def test_no_samples_no_captures():
    """An empty pass."""
    assert TruncatedBeam(beam_diameter_m=0.2).capture(np.zeros(0), **MICIUS).size == 0


def test_a_receiver_next_door_takes_nearly_everything():
    """Ten metres away, where the receiver is far wider than any ring."""
    beam = TruncatedBeam(beam_diameter_m=0.2, obscuration=0.2)

    assert beam.capture(np.array([10.0]), **MICIUS)[0] == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("beam_diameter_m", 0.0),
        ("obscuration", 1.0),
        ("obscuration", -0.1),
        ("wavefront_error_rms", -0.1),
        ("beam_diameter_m", float("nan")),
    ],
)
def test_impossible_beams_are_refused(field, value):
    """Each by its field's name."""
    with pytest.raises(NonPhysicalError, match=field):
        TruncatedBeam(**{"beam_diameter_m": 0.2, field: value})
