"""What turbulence does to a wave on its way through the whole of the air."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from satqkd.errors import require_not_negative, require_positive
from satqkd.link.turbulence.cn2 import TOP_M, HufnagelValley, quadrature
from satqkd.link.turbulence.wind import BuftonWind
from satqkd.units import FloatArray

LOWEST_DEG = 5.0
"""Elevation below which turbulence is taken as at this one: the formulas' flat layers make the
path through air 10 km thick 17 % too long here, 5 % at 10°. [°]"""

_CLOSENESS_1_M = np.linspace(0.0, 1e-5, 65)
"""Numerical: path over range, from infinity to 100 km, at which moments are tabulated. [1/m]"""
_TURN_RATES_RAD_S = np.concatenate([[0.0], np.geomspace(1e-5, 1.0, 63)])
"""Numerical: rates of the line of sight times secant at which drifts are tabulated. [rad/s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turbulence:
    """The air above a station: a Hufnagel–Valley profile that a Bufton wind drives along.

    Kolmogorov's spectrum without an inner scale; the outer scale counts for the tilt of beams
    only.
    """

    ground_cn2_m23: float = 1.7e-14
    """Structure constant at the ground; HV-5/7's value, a clear night's is 10 times
    smaller to equal. [m^(-2/3)]"""
    high_wind_m_s: float = 21.0
    """Root mean square wind between 5 and 20 km; HV-5/7's value. [m/s]"""
    free_cn2_m23: float = 2.7e-16
    """Structure constant of the free air, carried down to sea level; HV-5/7's value.
    [m^(-2/3)]"""
    ground_wind_m_s: float = 2.8
    """Wind at the ground; assumed, so that Bufton's wind gives 21 m/s above. [m/s]"""
    telescope_height_m: float = 0.0
    """Height of the telescope above the ground, where the surface layer is weaker. [m]"""
    outer_scale_m: float | None = None
    """Size of the largest eddies; None for no limit. [m]"""
    profile_top_m: float = TOP_M
    """Height above the telescope at which its integrals end; with 20 km, typical of
    Recommendation ITU-R P.1622-1, 1.1 % of the integral that makes scintillation is left out and
    2.8 % of the one that makes the isoplanatic angle. [m]"""

    def __post_init__(self) -> None:
        require_not_negative("ground_cn2_m23", self.ground_cn2_m23)
        require_not_negative("high_wind_m_s", self.high_wind_m_s)
        require_not_negative("free_cn2_m23", self.free_cn2_m23)
        require_not_negative("ground_wind_m_s", self.ground_wind_m_s)
        require_not_negative("telescope_height_m", self.telescope_height_m)
        if self.outer_scale_m is not None:
            require_positive("outer_scale_m", self.outer_scale_m)
        require_positive("profile_top_m", self.profile_top_m)

    @property
    def profile(self) -> HufnagelValley:
        """Strength against height."""
        return HufnagelValley(
            ground_cn2_m23=self.ground_cn2_m23,
            high_wind_m_s=self.high_wind_m_s,
            free_cn2_m23=self.free_cn2_m23,
        )

    @property
    def calm(self) -> bool:
        """Whether there is none at any height."""
        return self.ground_cn2_m23 == self.free_cn2_m23 == self.high_wind_m_s == 0.0

    @property
    def wind(self) -> BuftonWind:
        """Wind against height."""
        return BuftonWind(ground_m_s=self.ground_wind_m_s)


def layer_heights_m(turbulence: Turbulence) -> FloatArray:
    """Heights above the telescope of the layers that stand for the air, shape (n,). [m]

    Those of :func:`~satqkd.link.turbulence.cn2.quadrature` up to the profile's top.
    """
    return quadrature(turbulence.profile_top_m)[0]


def layers_m13(turbulence: Turbulence, *, site_height_m: float) -> FloatArray:
    """Strength of the layers at :func:`layer_heights_m`.

    They sum to an integral over height.

    By definition of a sum of layers in place of an integral.

    Parameters
    ----------
    turbulence
        The air.
    site_height_m
        Height of the station. [m]

    Returns
    -------
    FloatArray
        Structure constant times thickness of each layer. [m^(1/3)]
    """
    heights_m, steps_m = quadrature(turbulence.profile_top_m)
    above_ground_m = heights_m + turbulence.telescope_height_m
    return turbulence.profile.cn2_m23(above_ground_m, site_height_m=site_height_m) * steps_m


def secant(elevation_deg: FloatArray) -> FloatArray:
    """Length of path per height, flat layers, not below :data:`LOWEST_DEG`.

    By definition: one over the sine of the elevation.
    """
    return np.asarray(1.0 / np.sin(np.radians(np.maximum(elevation_deg, LOWEST_DEG))))


def fried_parameter_m(
    elevation_deg: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Fried parameter of a plane wave from above.

    .. math:: r_0 = \left[0.423\,k^2 \sec\zeta \int C_n^2\,dh\right]^{-3/5}

    Parameters
    ----------
    elevation_deg
        Elevation of the source. [°]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``. [m]

    References
    ----------
    .. [1] D. L. Fried, *J. Opt. Soc. Am.* 56, 1372 (1966); L. C. Andrews and R. L. Phillips,
       *Laser Beam Propagation through Random Media*, 2nd ed., SPIE, 2005, eq. 12.23 (recalled).

    Examples
    --------
    >>> r0 = fried_parameter_m(np.array([90.0]), turbulence=Turbulence(), wavelength_m=500e-9,
    ...                        site_height_m=0.0)
    >>> round(100 * float(r0[0]), 2)  # HV-5/7 is named for these 5 cm
    4.96
    """
    moment = _moment(turbulence, 0.0, site_height_m)
    return _fried_m(moment * secant(elevation_deg), wavelength_m)


def spherical_fried_parameter_m(
    elevation_deg: FloatArray,
    range_m: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Fried parameter at the ground of the light of a point at the satellite.

    As :func:`fried_parameter_m` with weight :math:`(1 - h \sec\zeta / L)^{5/3}` in the integral.
    By reciprocity it is what an uplink beam sees at its transmitter.

    Parameters
    ----------
    elevation_deg, range_m
        Where the satellite is. [°], [m]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``. [m]

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.5 (recalled).
    """
    path = secant(elevation_deg)
    moment = np.interp(
        path / range_m, _CLOSENESS_1_M, _near_moments(turbulence, 0.0, 5.0 / 3.0, site_height_m)
    )
    return _fried_m(moment * path, wavelength_m)


def isoplanatic_angle_rad(
    elevation_deg: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Angle between two directions whose phases differ by 1 rad².

    .. math:: \theta_0 = \left[2.914\,k^2 \sec^{8/3}\zeta \int C_n^2 h^{5/3} dh\right]^{-3/5}

    Parameters
    ----------
    elevation_deg
        Elevation of the source. [°]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``. [rad]

    References
    ----------
    .. [1] D. L. Fried, "Anisoplanatism in adaptive optics", *J. Opt. Soc. Am.* 72, 52 (1982).
    """
    moment = _moment(turbulence, 5.0 / 3.0, site_height_m)
    k = 2.0 * np.pi / wavelength_m
    return np.asarray((2.914 * k**2 * moment * secant(elevation_deg) ** (8.0 / 3.0)) ** -0.6)


def greenwood_frequency_hz(
    elevation_deg: FloatArray,
    angular_rate_rad_s: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""How fast the phase changes.

    .. math:: f_G = \left[0.102\,k^2 \sec\zeta \int C_n^2 (v + \omega h \sec\zeta)^{5/3} dh
              \right]^{3/5}

    Parameters
    ----------
    elevation_deg
        Elevation of the satellite. [°]
    angular_rate_rad_s
        How fast the line of sight turns :math:`\omega`. [rad/s]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``. [Hz]

    Notes
    -----
    Wind and the turning of the telescope are added as if parallel: the upper limit.

    References
    ----------
    .. [1] D. P. Greenwood, *J. Opt. Soc. Am.* 67, 390 (1977); L. C. Andrews and R. L. Phillips,
       *Laser Beam Propagation through Random Media*, 2nd ed., SPIE, 2005, sec. 12.3 (recalled).
    """
    path = secant(elevation_deg)
    drift = np.interp(
        angular_rate_rad_s * path, _TURN_RATES_RAD_S, _drift_speeds(turbulence, site_height_m)
    )
    k = 2.0 * np.pi / wavelength_m
    moment = _moment(turbulence, 0.0, site_height_m)
    return np.asarray((0.102 * k**2 * moment * path) ** 0.6 * drift)


def rytov_variance(
    elevation_deg: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Variance of the log irradiance of a plane wave from above, at a point, weak turbulence.

    .. math:: \sigma_R^2 = 2.253\,k^{7/6} \sec^{11/6}\zeta \int C_n^2 h^{5/6} dh

    Parameters
    ----------
    elevation_deg
        Elevation of the source. [°]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``.

    References
    ----------
    .. [1] Recommendation ITU-R P.1622-1 (2022), sec. 2.5 (recalled).
    """
    return _rytov(
        _moment(turbulence, 5.0 / 6.0, site_height_m), secant(elevation_deg), wavelength_m
    )


def uplink_rytov_variance(
    elevation_deg: FloatArray,
    range_m: FloatArray,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Variance of the log irradiance at the satellite of a point source on the ground.

    As :func:`rytov_variance` with weight :math:`(1 - h \sec\zeta / L)^{5/6}` in the integral.

    Parameters
    ----------
    elevation_deg, range_m
        Where the satellite is. [°], [m]
    turbulence, site_height_m
        The air, and the height of the station in it [m].
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.6 (recalled).
    """
    path, power = secant(elevation_deg), 5.0 / 6.0
    moment = np.interp(
        path / range_m, _CLOSENESS_1_M, _near_moments(turbulence, power, power, site_height_m)
    )
    return _rytov(moment, path, wavelength_m)


def _fried_m(path_integral_m13: FloatArray, wavelength_m: float) -> FloatArray:
    k = 2.0 * np.pi / wavelength_m
    return np.asarray((0.423 * k**2 * path_integral_m13) ** -0.6)


def _rytov(moment: FloatArray | float, path: FloatArray, wavelength_m: float) -> FloatArray:
    k = 2.0 * np.pi / wavelength_m
    return np.asarray(2.253 * k ** (7.0 / 6.0) * path ** (11.0 / 6.0) * moment)


@lru_cache(maxsize=256)
def _moment(turbulence: Turbulence, power: float, site_height_m: float) -> float:
    """Integral of a power of the height over the profile, straight up."""
    heights_m = layer_heights_m(turbulence)
    return float(layers_m13(turbulence, site_height_m=site_height_m) @ heights_m**power)


@lru_cache(maxsize=256)
def _near_moments(
    turbulence: Turbulence, power: float, near: float, site_height_m: float
) -> FloatArray:
    """Moments with weight (1 − h q)^near, for the closenesses q of the satellite."""
    heights_m = layer_heights_m(turbulence)
    weight = np.maximum(1.0 - np.multiply.outer(_CLOSENESS_1_M, heights_m), 0.0) ** near
    layers = layers_m13(turbulence, site_height_m=site_height_m)
    return np.asarray(weight @ (layers * heights_m**power))


@lru_cache(maxsize=256)
def _drift_speeds(turbulence: Turbulence, site_height_m: float) -> FloatArray:
    """Mean speed (of power 5/3) across the path, for the turning rates times secant. [m/s]"""
    layers = layers_m13(turbulence, site_height_m=site_height_m)
    heights_m = layer_heights_m(turbulence)
    speed = turbulence.wind.wind_m_s(heights_m + site_height_m)
    crossing = speed + np.multiply.outer(_TURN_RATES_RAD_S, heights_m)
    return np.asarray((crossing ** (5.0 / 3.0) @ layers / layers.sum()) ** 0.6)
