"""What turbulence of one strength does to a beam along a level path."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from satqkd.errors import require_not_negative, require_positive
from satqkd.link.turbulence.aperture_averaging import averaging_factor
from satqkd.units import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_XI = (0.5 * (1.0 + _NODES)) ** 3
"""Numerical: places along the path, 0 to 1, close together near 0."""
_STEPS = 0.5 * _WEIGHTS * 3.0 * (0.5 * (1.0 + _NODES)) ** 2
"""Numerical: their weights in an integral along the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTurbulence:
    """Air as restless at one end as at the other: Kolmogorov's spectrum without an inner scale."""

    cn2_m23: float = 1.7e-14
    """Structure constant along the path; the default, that of HV-5/7 at the ground, is a
    day's near the ground. At night, or 10 m higher, 10 times smaller. [m^(-2/3)]"""
    outer_scale_m: float | None = None
    """Size of the largest eddies, about the height above the ground; None for no limit. [m]"""

    def __post_init__(self) -> None:
        require_not_negative("cn2_m23", self.cn2_m23)
        if self.outer_scale_m is not None:
            require_positive("outer_scale_m", self.outer_scale_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamAtReceiver:
    r"""A Gaussian beam where it arrives, in Andrews and Phillips' parameters.

    .. math:: \Lambda = \frac{2L}{k W^2}, \qquad \Theta = \frac{\Theta_0}{\Theta_0^2 + \Lambda_0^2}
    """

    diffraction: float
    r""":math:`\Lambda`: 0 for plane and spherical waves."""
    curvature: float
    r""":math:`\Theta`: 1 for a plane wave, 0 for a spherical one or a focused beam."""


def level_fried_parameter_m(length_m: float, *, cn2_m23: float, wavelength_m: float) -> float:
    r"""Fried parameter of a point source at the other end.

    .. math:: r_0 = \left[0.423\,k^2 C_n^2 L \cdot \tfrac38\right]^{-3/5}

    Parameters
    ----------
    length_m
        Length of the path :math:`L`. [m]
    cn2_m23
        Structure constant. [m^(-2/3)]
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    float
        [m]

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 6.4: 2.1 times a coherence radius of (0.546 Cn² k² L)^(-3/5)
       (recalled).

    Examples
    --------
    >>> r0 = level_fried_parameter_m(7.1e3, cn2_m23=1e-15, wavelength_m=1550e-9)
    >>> round(1e3 * r0, 1)  # mm
    173.6
    """
    k = 2.0 * math.pi / wavelength_m
    return float((0.423 * k**2 * cn2_m23 * length_m * 3.0 / 8.0) ** -0.6)


def level_rytov_variance(length_m: float, *, cn2_m23: float, wavelength_m: float) -> float:
    r"""Rytov variance, the log irradiance's of a plane wave in weak turbulence.

    .. math:: \sigma_R^2 = 1.23\,C_n^2 k^{7/6} L^{11/6}

    Parameters are those of :func:`level_fried_parameter_m`; a spherical wave has 0.4 times this,
    :math:`0.5\,C_n^2 k^{7/6} L^{11/6}`.

    References
    ----------
    .. [1] V. I. Tatarskii, *Wave Propagation in a Turbulent Medium*, McGraw-Hill, 1961;
       Recommendation ITU-R P.1814 (2007) for both waves (recalled).
    """
    k = 2.0 * math.pi / wavelength_m
    return float(1.23 * cn2_m23 * k ** (7.0 / 6.0) * length_m ** (11.0 / 6.0))


def beam_at_receiver(
    length_m: float, *, wavelength_m: float, sent_radius_m: float, arriving_radius_m: float
) -> BeamAtReceiver:
    r"""Find the parameters of a beam from its 1/e² intensity radii at both ends.

    .. math:: \Lambda_0 = \frac{2L}{k W_0^2}, \qquad
              \Theta_0^2 = \left(\frac{W}{W_0}\right)^2 - \Lambda_0^2

    Parameters
    ----------
    length_m
        Length of the path. [m]
    wavelength_m
        Wavelength. [m]
    sent_radius_m, arriving_radius_m
        Radii :math:`W_0` and :math:`W`. A beam narrower than diffraction lets it be counts as
        focused on the receiver. [m]

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd ed.,
       SPIE, 2005, ch. 4, for the parameters of a Gaussian beam (recalled).
    """
    k = 2.0 * math.pi / wavelength_m
    square = (arriving_radius_m / sent_radius_m) ** 2
    sent_diffraction = 2.0 * length_m / (k * sent_radius_m**2)
    sent_curvature = math.sqrt(max(square - sent_diffraction**2, 0.0))
    return BeamAtReceiver(
        diffraction=2.0 * length_m / (k * arriving_radius_m**2),
        curvature=sent_curvature / max(square, sent_diffraction**2),
    )


def level_point_variance(rytov_variance: float, beam: BeamAtReceiver) -> float:
    r"""Scintillation index on the axis of a beam, weak turbulence, its wander apart.

    .. math:: \sigma_B^2 = \frac{8.70}{1.23} \sigma_R^2\; \mathrm{Re}\int_0^1 \left\{
              \xi^{5/6}[\Lambda\xi + i(1 - \bar\Theta\xi)]^{5/6} - \Lambda^{5/6}\xi^{5/3}
              \right\} d\xi, \qquad \bar\Theta = 1 - \Theta

    Parameters
    ----------
    rytov_variance
        :func:`level_rytov_variance`.
    beam
        Where it arrives.

    Returns
    -------
    float
        The Rytov variance for a plane wave, 0.4 times that for a spherical one.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 8.2 (recalled).

    Examples
    --------
    >>> spherical = BeamAtReceiver(diffraction=0.0, curvature=0.0)
    >>> round(level_point_variance(1.0, spherical), 3)
    0.404
    """
    spread, bend = beam.diffraction, 1.0 - beam.curvature
    wave = (spread * _XI + 1j * (1.0 - bend * _XI)) ** (5.0 / 6.0)
    kernel = _XI ** (5.0 / 6.0) * wave.real - spread ** (5.0 / 6.0) * _XI ** (5.0 / 3.0)
    return float(8.70 / 1.23 * rytov_variance * max(float(kernel @ _STEPS), 0.0))


def level_averaging(
    length_m: float,
    beam: BeamAtReceiver,
    *,
    aperture_m: float,
    obscuration: float,
    wavelength_m: float,
) -> float:
    r"""Variance of the power in a telescope over that of the irradiance at a point.

    .. math:: \bar A = \frac{\int w(\xi)\,A(x(\xi))\,d\xi}{\int w(\xi)\,d\xi}, \qquad
              w = [\xi (1 - \bar\Theta\xi)]^{5/6}, \quad
              x = D \sqrt{\frac{k (1 - \bar\Theta\xi)}{L \xi}}

    Parameters
    ----------
    length_m
        Length of the path :math:`L`. [m]
    beam
        Where it arrives.
    aperture_m, obscuration
        Diameter :math:`D` [m] and central obscuration of the receiver.
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    float
        1 for a point.

    Notes
    -----
    :math:`A` is :func:`~satqkd.link.turbulence.aperture_averaging.averaging_factor`; :math:`\xi L`
    is the
    distance from the receiver. Exact for plane and spherical waves in weak turbulence: patches of
    a layer grow by :math:`1/(1 - \bar\Theta\xi)` up to the receiver. The beam's edge, which bends
    the weights a little, is left out.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 10.3 (recalled).
    """
    k = 2.0 * math.pi / wavelength_m
    remaining = 1.0 - (1.0 - beam.curvature) * _XI
    size: FloatArray = aperture_m * np.sqrt(k * remaining / (length_m * _XI))
    weight = (_XI * remaining) ** (5.0 / 6.0) * _STEPS
    return float(averaging_factor(size, obscuration=obscuration) @ weight / weight.sum())
