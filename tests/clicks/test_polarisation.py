from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.gains import intrinsic_error_from_contrast
from satqkd.clicks.polarisation import Polarisation
from satqkd.errors import NonPhysicalError

contrasts = st.floats(1.0, 1e6)
PERFECT = 1e300


def test_contrast_alone_is_the_known_error():
    """280 to 1 in the source is 1/281, behind the analyser as well."""
    source = Polarisation(source_contrast=280.0, analyser_contrast=PERFECT)
    analyser = Polarisation(source_contrast=PERFECT, analyser_contrast=280.0)

    assert source.intrinsic_error == pytest.approx(intrinsic_error_from_contrast(280.0), rel=1e-12)
    assert analyser.intrinsic_error == source.intrinsic_error


def test_rotation_alone_is_malus():
    """A frame turned by δ sends sin²δ to the wrong detector."""
    turned = Polarisation(source_contrast=PERFECT, analyser_contrast=PERFECT, rotation_rad=0.1)

    assert turned.intrinsic_error == pytest.approx(math.sin(0.1) ** 2, rel=1e-12)


def test_fluctuations_are_a_gaussian_mean():
    """Rotation and preparation average sin² over their angles."""
    both = Polarisation(
        source_contrast=PERFECT,
        analyser_contrast=PERFECT,
        rotation_rad=0.05,
        rotation_rms_rad=0.03,
        preparation_rms_rad=0.04,
    )
    z, weight = np.polynomial.hermite_e.hermegauss(20)
    mean = weight @ np.sin(0.05 + 0.05 * z) ** 2 / weight.sum()

    assert both.intrinsic_error == pytest.approx(mean, rel=1e-12)


def test_impossible_optics_are_refused():
    """A contrast below 1 has its states exchanged."""
    with pytest.raises(NonPhysicalError, match="source_contrast must be at least 1"):
        Polarisation(source_contrast=0.5, analyser_contrast=100.0)
    with pytest.raises(NonPhysicalError, match="rotation_rad"):
        Polarisation(source_contrast=100.0, analyser_contrast=100.0, rotation_rad=1.0)


@given(contrasts, contrasts, st.floats(-0.78, 0.78), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_no_imperfection_helps_another(source, analyser, turn, rms, more):
    """Errors stay below chance, and are at least those of the contrasts alone."""
    plain = Polarisation(source_contrast=source, analyser_contrast=analyser)
    turned = Polarisation(
        source_contrast=source,
        analyser_contrast=analyser,
        rotation_rad=turn,
        rotation_rms_rad=rms,
    )
    worse = Polarisation(
        source_contrast=source,
        analyser_contrast=analyser,
        rotation_rad=turn,
        rotation_rms_rad=rms + more,
        preparation_rms_rad=more,
    )

    assert plain.intrinsic_error <= turned.intrinsic_error <= worse.intrinsic_error <= 0.5
