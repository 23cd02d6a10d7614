from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.fading import faded_click_probability, fading_margin_db, fading_nodes
from satqkd.errors import NonPhysicalError

photons = st.floats(1e-12, 2.0)
variances = st.floats(0.0, 2.0)


def test_clicks_agree_with_quadrature_within_what_is_said(reference):
    """The gamma form keeps the accuracy its documentation states."""
    for row in reference("fading.json")["clicks"]:
        ours = float(faded_click_probability(row["photons"], variance=row["variance"]))
        mild, jittery = row["variance"] <= 0.25, row["pointing_exponent"] == "1.5"
        if row["photons"] <= 0.1:
            allowed = (2e-4 if jittery else 1e-4) if mild else 1e-3
        else:
            allowed = (0.95e-2 if jittery else 0.4e-2) if mild else 2e-2
        assert ours == pytest.approx(row["click"], rel=allowed), row


def test_nodes_integrate_exactly(reference):
    """64 nodes give the mean clicks of a log-normal times a power law."""
    for row in reference("fading.json")["clicks"]:
        nodes = fading_nodes(
            row["scintillation_variance"], pointing_exponent=float(row["pointing_exponent"])
        )
        ours = nodes.weight @ -np.expm1(-row["photons"] * nodes.factor)
        # What 8 x 8 nodes leave at an exponent of 1.5 and one photon a pulse: 3e-6.
        assert ours == pytest.approx(row["click"], rel=4e-6), row


def test_margins_are_those_of_the_distribution(reference):
    """The level that is passed 99 % of the time, for both causes alone and together."""
    rows = reference("fading.json")["margins"]
    ours = fading_margin_db(
        [row["scintillation_variance"] for row in rows],
        pointing_exponent=[float(row["pointing_exponent"]) for row in rows],
    )

    assert ours == pytest.approx([row["margin_db"] for row in rows], rel=1e-12, abs=1e-12)


def test_no_variance_is_no_fading():
    """The limit is reached without a step, down to the smallest number of photons."""
    x = 10.0 ** -np.arange(0.0, 20.0)

    for variance in (0.0, 1e-300, 1e-30, 1e-17):
        assert faded_click_probability(x, variance=variance) == pytest.approx(
            -np.expm1(-x), rel=1e-15
        )


def test_nodes_of_a_series_have_a_column_a_sample():
    """Every sample may have its own scintillation; the mean stays 1."""
    nodes = fading_nodes(np.array([0.0, 0.1, 0.4]), pointing_exponent=4.34, points=6)

    assert nodes.factor.shape == (36, 3)
    assert nodes.weight @ nodes.factor == pytest.approx([1.0] * 3, rel=1e-14)
    assert nodes.weight.sum() == pytest.approx(1.0, rel=1e-14)


def test_a_margin_joins_its_limits():
    """Where one cause is far smaller than the other the margin is that of the other."""
    assert fading_margin_db(0.1, pointing_exponent=1e9) == pytest.approx(
        float(fading_margin_db(0.1)), rel=1e-7
    )
    assert fading_margin_db(1e-14, pointing_exponent=4.0) == pytest.approx(
        float(fading_margin_db(0.0, pointing_exponent=4.0)), rel=1e-6
    )


def test_impossible_fading_is_refused():
    """A negative variance, an exponent of 0 and a share of 1 mean nothing."""
    for mistake in (
        lambda: fading_nodes(-0.1),
        lambda: fading_nodes(0.1, pointing_exponent=0.0),
        lambda: fading_margin_db(0.1, share=1.0),
    ):
        with pytest.raises(NonPhysicalError):
            mistake()


@given(photons, variances, variances)
def test_fading_never_helps(x, one, other):
    """The more the light fluctuates, the fewer pulses click; never more than photons arrive."""
    calm, rough = sorted([one, other])
    clicks = [float(faded_click_probability(x, variance=v)) for v in (0.0, calm, rough)]

    assert 0.0 < clicks[2] <= clicks[1] * (1 + 1e-15) <= clicks[0] * (1 + 3e-15) <= x * (1 + 4e-15)


@given(variances, photons, photons)
def test_more_light_clicks_more_through_fading(variance, one, other):
    """The mean gain grows with the mean transmittance."""
    less, more = sorted([one, other])

    assert faded_click_probability(less, variance=variance) <= faded_click_probability(
        more, variance=variance
    ) * (1 + 1e-15)


@given(variances, st.floats(0.5, 1e4), st.floats(0.01, 0.5))
def test_a_larger_share_of_the_time_needs_a_larger_margin(variance, exponent, beyond):
    """Margins grow with the share of time they cover."""
    margin = [
        float(fading_margin_db(variance, pointing_exponent=exponent, share=share))
        for share in (1.0 - beyond, 1.0 - beyond / 2.0)
    ]

    assert margin[0] <= margin[1]
