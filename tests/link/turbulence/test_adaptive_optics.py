"""What adaptive optics leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gamma

from satqkd.errors import NonPhysicalError
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import (
    NOLL_RESIDUALS,
    AdaptiveOptics,
    noll_residual_rad2,
    residual_structure,
    residual_variance_rad2,
)
from satqkd.link.turbulence.profile import Turbulence, greenwood_frequency_hz, isoplanatic_angle_rad

PASS = Scene.dark(np.array([1.2e6, 6e5]), np.array([25.0, 70.0]))
DIAMETERS = np.array([6.0, 3.0])


def residual(optics, offset_rad=0.0, diameters=DIAMETERS):
    return residual_variance_rad2(
        optics,
        PASS,
        turbulence=Turbulence(),
        wavelength_m=850e-9,
        diameters=diameters,
        offset_rad=offset_rad,
    )


def mode_variance(n):
    """Variance of a Zernike mode of radial order n for D = r0: its transform in the spectrum."""
    # 0.0229 f^(-11/3) against (n + 1) [2 J(πf)/(πf)]², an integral of Weber and Schafheitlin.
    weber = gamma(14 / 3) * gamma(n - 5 / 6) / gamma(17 / 6) ** 2 / gamma(n + 23 / 6)
    return 0.0229 * 8 * np.pi ** (8 / 3) * (n + 1) * weber / 2 ** (14 / 3)


def test_table_is_noll_s_to_its_printed_digits():
    """Neighbours differ by the modes' own variances; the first is that of the whole disc."""
    orders = np.repeat(np.arange(1, 6), np.arange(2, 7))
    exact = [mode_variance(n) for n in orders]
    last = [1e-3] * 4 + [1e-4] * 16  # the coarser of the two neighbours' last digits
    # Half the structure function over all distances x in a disc of diameter 1.
    whole = quad(
        lambda x: x ** (8 / 3) * 16 / np.pi * (np.arccos(x) - x * np.sqrt(1 - x * x)), 0, 1
    )

    # Noll's 0.023 for 0.0229 and his 6.88 leave 1.0299 where the integral is 1.0324.
    assert 3.44194 * whole[0] == pytest.approx(NOLL_RESIDUALS[0], rel=3e-3)
    for step, value, digit in zip(-np.diff(NOLL_RESIDUALS), exact, last, strict=True):
        assert step == pytest.approx(value, abs=1.1 * digit)


def test_many_modes_follow_noll_s_asymptote():
    """0.2944 J^(−√3/2), within 2 % of the table at its end and never above it."""
    assert noll_residual_rad2(22) < noll_residual_rad2(21)
    assert noll_residual_rad2(21) == pytest.approx(0.2944 * 21 ** (-np.sqrt(3) / 2), rel=0.02)
    assert noll_residual_rad2(100) == pytest.approx(0.2944 * 100 ** (-0.8660254))


def test_errors_add_up():
    """Modes left, delay and distance to the beacon, each as its author wrote it, while small."""
    optics = AdaptiveOptics(modes=15, bandwidth_hz=2000.0)
    air = {"turbulence": Turbulence(), "wavelength_m": 850e-9, "site_height_m": 0.0}
    greenwood = greenwood_frequency_hz(PASS.elevation_deg, PASS.angular_rate_rad_s, **air)
    isoplanatic = isoplanatic_angle_rad(PASS.elevation_deg, **air)
    error = (greenwood / 2000.0) ** (5 / 3) + (2e-6 / isoplanatic) ** (5 / 3)
    corrected = (1.0299 - 0.0279) * DIAMETERS ** (5 / 3)
    expected = 0.0279 * DIAMETERS ** (5 / 3) + corrected * (1.0 - np.exp(-error / corrected))
    faint = residual(AdaptiveOptics(modes=15, bandwidth_hz=1e5), offset_rad=2e-8)
    small = (greenwood / 1e5) ** (5 / 3) + (2e-8 / isoplanatic) ** (5 / 3)

    assert residual(optics, offset_rad=2e-6) == pytest.approx(expected)
    assert faint == pytest.approx(0.0279 * DIAMETERS ** (5 / 3) + small, rel=1e-6)


@given(
    modes=st.integers(1, 200),
    more=st.integers(0, 50),
    bandwidth=st.floats(1.0, 1e5),
    offset=st.floats(0.0, 1e-3),
)
def test_more_modes_never_leave_more(modes, more, bandwidth, offset):
    """Nor than no correction at all, however late or far the beacon."""
    fewer = residual(AdaptiveOptics(modes=modes, bandwidth_hz=bandwidth), offset)
    most = residual(AdaptiveOptics(modes=modes + more, bandwidth_hz=bandwidth), offset)

    faster = residual(AdaptiveOptics(modes=modes, bandwidth_hz=2.0 * bandwidth), offset)

    assert (most <= fewer + 1e-12).all()
    assert (faster <= fewer + 1e-12).all()
    assert (fewer <= 1.0299 * DIAMETERS ** (5 / 3) + 1e-12).all()


def test_a_slow_corrector_helps_a_little():
    """A tenth of the Greenwood frequency is not nothing: the residual lies below the whole."""
    slow = residual(AdaptiveOptics(modes=15, bandwidth_hz=5.0))

    assert (slow < 1.0299 * DIAMETERS ** (5 / 3)).all()


def test_structure_left_has_its_limits():
    """Nothing corrected leaves turbulence, far points twice the variance, neighbours all."""
    left = residual_structure(
        np.array([3.0, 1e9, 1e-9, 3.0]),
        variance_rad2=np.array([5.0, 0.2, 0.2, 0.0]),
        open_variance_rad2=np.full(4, 5.0) * [1.0, 1e9, 1.0, 1.0],
    )

    assert left == pytest.approx([3.0, 0.4, 1e-9, 0.0])


def test_impossible_correctors_are_refused():
    """Piston is always counted; bandwidths are above 0, offsets not below."""
    with pytest.raises(NonPhysicalError, match="modes"):
        AdaptiveOptics(modes=0)
    with pytest.raises(NonPhysicalError, match="bandwidth_hz"):
        AdaptiveOptics(modes=3, bandwidth_hz=0.0)
    with pytest.raises(NonPhysicalError, match="beacon_offset_rad"):
        AdaptiveOptics(modes=3, beacon_offset_rad=-1e-6)
