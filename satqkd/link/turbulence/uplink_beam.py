"""What turbulence does to a beam that starts in it: spread, wander, scintillation."""

from __future__ import annotations

from functools import lru_cache
from math import gamma

import numpy as np

from satqkd.link.beam.tracking import point_ahead_rad
from satqkd.link.bilinear import bilinear
from satqkd.link.curve import Curve
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import (
    LOG_SHARES_LEFT,
    NOLL_RESIDUALS,
    AdaptiveOptics,
    residual_structure,
    residual_variance_rad2,
)
from satqkd.link.turbulence.profile import (
    LOWEST_DEG,
    Turbulence,
    greenwood_frequency_hz,
    layer_heights_m,
    layers_m13,
    secant,
    spherical_fried_parameter_m,
)
from satqkd.link.turbulence.scintillation import saturated_variance
from satqkd.units import FloatArray, loss_db

_WIDTHS = np.geomspace(1e-3, 1e3, 512)
"""Numerical: widths of the beam over Fried's parameter of the table of the Strehl ratio."""
_SHAPED = np.geomspace(1e-3, 1e2, 96)
"""Numerical: the same for shaped wavefronts."""
_LONGEST = float(secant(np.array(LOWEST_DEG)))
"""Longest path through the air that counts, over that at the zenith."""
_LOG_SECANTS = np.linspace(0.0, np.log(_LONGEST), 33)
"""Numerical: logarithms of that path at which the scintillation on the axis is tabulated."""
_LOG_RANGES = np.linspace(np.log(1e5), np.log(5e7), 49)
"""Numerical: and of the range, 100 to 50 000 km. [m]"""
_SHIFTS_RAD = np.concatenate([[0.0], np.geomspace(1e-8, 1e-2, 127)])
"""Numerical: angles times secant at which the correlation of tilts is tabulated. [rad]"""


def uplink_spread_db(
    scene: Scene,
    turbulence: Turbulence,
    *,
    beam_radius_m: float,
    divergence_rad: float,
    wavelength_m: float,
    adaptive_optics: AdaptiveOptics | None = None,
) -> FloatArray:
    r"""Loss of mean power at a satellite because turbulence spreads the beam and moves it.

    .. math:: \langle T \rangle = \frac{\theta^2}{\theta_{ST}^2 + 4\sigma_\alpha^2}, \qquad
              \theta_{ST}^2 = \frac{\theta^2}{S} - 4\sigma_{\alpha,0}^2

    Derived here: of the long-term spread (Andrews and Phillips 2005, sec. 12.6.1; recalled) the
    tilt is taken out and what steering leaves of it put back.

    Parameters
    ----------
    scene
        Where the satellite is.
    turbulence
        The air.
    beam_radius_m
        1/e² intensity radius where the beam leaves :math:`w_0`. [m]
    divergence_rad
        Full 1/e² angle of the beam without turbulence :math:`2\theta`. [rad]
    wavelength_m
        Wavelength. [m]
    adaptive_optics
        What corrects the beam beforehand by the light of the satellite; None leaves it to
        wander. Three modes steer it, more shape its wavefront as well.

    Returns
    -------
    FloatArray
        Shaped like the scene; the long-term spread :math:`S` of :func:`long_term_strehl` where
        nothing tracks. [dB]

    Notes
    -----
    On axis of a beam much wider than the satellite. Shaping is used where it beats steering
    alone, which for the point-ahead angle of a low satellite it seldom does.
    """
    r0_m = _fried_m(scene, turbulence, wavelength_m)
    beam = _tilted_beam(
        scene,
        turbulence,
        beam_radius_m=beam_radius_m,
        divergence_rad=divergence_rad,
        wavelength_m=wavelength_m,
        adaptive_optics=adaptive_optics,
        r0_m=r0_m,
    )
    kept = _shorter(divergence_rad, beam)
    if adaptive_optics is not None and adaptive_optics.modes > 3:
        diameters = np.sqrt(8.0) * beam_radius_m / r0_m
        variance = residual_variance_rad2(
            adaptive_optics,
            scene,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            diameters=diameters,
            offset_rad=point_ahead_rad(scene) + adaptive_optics.beacon_offset_rad,
        )
        shaped = corrected_beam_strehl(
            _coherent_m(divergence_rad, wavelength_m, beam_radius_m) / r0_m,
            variance_rad2=variance,
            radii=beam_radius_m / r0_m,
        )
        kept = np.maximum(kept, shaped)
    return loss_db(np.minimum(kept, 1.0))


def uplink_variance(
    scene: Scene,
    turbulence: Turbulence,
    *,
    beam_radius_m: float,
    divergence_rad: float,
    wavelength_m: float,
    adaptive_optics: AdaptiveOptics | None = None,
) -> FloatArray:
    r"""Variance of the power at a satellite over its squared mean: scintillation and wander.

    .. math:: 1 + v = (1 + \sigma_I^2)\left(1 + \frac{1}{b(b+2)}\right), \qquad
              b = \frac{\theta_{ST}^2}{4\sigma_\alpha^2}

    Parameters
    ----------
    scene
        Where the satellite is.
    turbulence
        The air.
    beam_radius_m
        1/e² intensity radius where the beam leaves. [m]
    divergence_rad
        Full 1/e² angle of the beam without turbulence. [rad]
    wavelength_m
        Wavelength. [m]
    adaptive_optics
        What steers the beam by the light of the satellite; None leaves it to wander.

    Returns
    -------
    FloatArray
        Shaped like the scene.

    Notes
    -----
    A receiver on a satellite is a point in the pattern of an uplink. The on-axis index is that
    of :func:`on_axis_variance`, saturated; wander is Gaussian on each axis. The patches into which
    a beam several Fried parameters wide breaks up are left out; they take the index towards 1.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.6 (recalled).
    """
    r0_m = _fried_m(scene, turbulence, wavelength_m)
    short_rad2, tilt_rad2 = _tilted_beam(
        scene,
        turbulence,
        beam_radius_m=beam_radius_m,
        divergence_rad=divergence_rad,
        wavelength_m=wavelength_m,
        adaptive_optics=adaptive_optics,
        r0_m=r0_m,
    )
    weak = on_axis_variance(
        scene.elevation_deg,
        scene.range_m,
        turbulence=turbulence,
        beam_radius_m=beam_radius_m,
        divergence_rad=divergence_rad,
        wavelength_m=wavelength_m,
        site_height_m=scene.site_height_m,
    )
    wander = (4.0 * tilt_rad2) ** 2 / (short_rad2 * (short_rad2 + 8.0 * tilt_rad2))
    return np.asarray((1.0 + saturated_variance(weak, large_scale=0.56)) * (1.0 + wander) - 1.0)


def long_term_strehl(widths: FloatArray) -> FloatArray:
    r"""Mean irradiance on the axis of a beam in turbulence over that without.

    .. math:: S = \int_0^\infty 2t\,\exp\left[-t^2
              - 3.44 \left(\sqrt2\,\frac{w}{r_0}\,t\right)^{5/3}\right] dt

    Parameters
    ----------
    widths
        1/e² intensity radius that gives the beam's divergence by diffraction, over the Fried
        parameter :math:`w/r_0`, any shape.

    Returns
    -------
    FloatArray
        Same shape; interpolated to 1e-3 dB. [ratio]

    References
    ----------
    .. [1] Extended Huygens–Fresnel principle; its limits for small and large :math:`w/r_0` are
       the long-term spread of L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through
       Random Media*, 2nd ed., SPIE, 2005, sec. 12.6.1 (recalled).

    Examples
    --------
    >>> long_term_strehl(np.array([0.01, 0.1, 1.0])).round(3)
    array([0.997, 0.888, 0.109])
    """
    return np.asarray(np.exp(_log_strehls().at(np.log(widths))))


def corrected_beam_strehl(
    widths: FloatArray, *, variance_rad2: FloatArray, radii: FloatArray
) -> FloatArray:
    r"""Mean irradiance on the axis of a beam shaped beforehand over that without turbulence.

    Derived here: the long-term spread (Andrews and Phillips 2005) with what the corrector leaves.

    Parameters
    ----------
    widths
        As for :func:`long_term_strehl`.
    variance_rad2
        Phase variance that the corrector leaves, same shape. [rad²]
    radii
        1/e² intensity radius where the beam leaves, over the Fried parameter; one ratio to
        ``widths`` throughout.

    Returns
    -------
    FloatArray
        Same shape: the integral of :func:`long_term_strehl` over
        :func:`~satqkd.link.turbulence.adaptive_optics.residual_structure` of a disc of diameter
        :math:`\sqrt8` radii.
    """
    uncorrected = NOLL_RESIDUALS[0] * (np.sqrt(8.0) * radii) ** (5.0 / 3.0)
    share = np.maximum(variance_rad2 / uncorrected, 1e-300)
    if widths.size == 0:
        return np.ones(widths.shape)
    table = _log_gains(float(radii.flat[0] / widths.flat[0]))
    log_gain = bilinear(table, (np.log(widths), np.log(_SHAPED)), (np.log(share), LOG_SHARES_LEFT))
    return np.asarray(np.exp(log_gain) * long_term_strehl(widths))


def beam_tilt_rad2(
    r0_m: FloatArray, *, beam_radius_m: float, wavelength_m: float, outer_scale_m: float | None
) -> FloatArray:
    r"""Variance of the direction of a Gaussian beam behind turbulence, per axis.

    .. math:: \sigma_\alpha^2 = 0.1219\,\lambda^2 w_0^{-1/3} r_0^{-5/3}

    Parameters
    ----------
    r0_m
        Fried parameter. [m]
    beam_radius_m
        1/e² intensity radius where it leaves :math:`w_0`. [m]
    wavelength_m
        Wavelength. [m]
    outer_scale_m
        Size of the largest eddies in von Kármán's spectrum; None for no limit. [m]

    Returns
    -------
    FloatArray
        Shaped like ``r0_m``. [rad²]

    Notes
    -----
    The tilt whose removal leaves most light on the axis: gradients weighted by the beam's
    amplitude. The centroid of the pattern, weighted by intensity, moves 1.12 times as much in
    variance, and the wander of Andrews and Phillips' sec. 6.6 counted alike 0.89 times.

    References
    ----------
    .. [1] J. H. Churnside and R. J. Lataitis, "Wander of an optical beam in the turbulent
       atmosphere", *Applied Optics* 29, 926 (1990), for the centroid (recalled).
    """
    tilt = _TILT * wavelength_m**2 * beam_radius_m ** (-1.0 / 3.0) * r0_m ** (-5.0 / 3.0)
    return np.asarray(tilt * _outer_scale_share(outer_scale_m, beam_radius_m))


def tilt_correlation(
    shift_rad: FloatArray, *, turbulence: Turbulence, beam_radius_m: float, site_height_m: float
) -> FloatArray:
    r"""Correlation of a beam's tilt in two directions.

    .. math:: c = \frac{\int C_n^2\,{}_1F_1\left(\tfrac16; 1;
              -\tfrac{\theta^2 h^2}{2 w_0^2}\right) dh}{\int C_n^2\,dh}

    Parameters
    ----------
    shift_rad
        Angle between them times the secant of the zenith angle :math:`\theta`. [rad]
    turbulence
        The air.
    beam_radius_m
        1/e² intensity radius :math:`w_0`. [m]
    site_height_m
        Height of the station. [m]

    Returns
    -------
    FloatArray
        Shaped like ``shift_rad``; steering by the one leaves 2 (1 − c) of the tilt's variance in
        the other.

    References
    ----------
    .. [1] The transform of Kolmogorov's spectrum under the filter of a Gaussian beam; compare
       R. J. Sasiela, *Electromagnetic Wave Propagation in Turbulence*, 2nd ed., SPIE, 2007,
       ch. 7, for uniform discs (recalled).
    """
    return _correlations(turbulence, beam_radius_m, site_height_m).at(shift_rad)


def on_axis_variance(
    elevation_deg: FloatArray,
    range_m: FloatArray,
    *,
    turbulence: Turbulence,
    beam_radius_m: float,
    divergence_rad: float,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    r"""Scintillation index on the axis of an uplink beam in weak turbulence, tilt apart.

    .. math:: \sigma^2 = 8.70\,k^{7/6} L^{5/6} \sec\zeta\;\mathrm{Re}\int C_n^2 \left\{
              \xi^{5/6}[\Lambda\xi + i(1 - \bar\Theta\xi)]^{5/6} - \Lambda^{5/6}\xi^{5/3}
              \right\} dh, \qquad \xi = 1 - \frac{h \sec\zeta}{L}

    Parameters
    ----------
    elevation_deg, range_m
        Where the satellite is. [°], [m]
    turbulence
        The air.
    beam_radius_m
        1/e² intensity radius where the beam leaves. [m]
    divergence_rad
        Full 1/e² angle without turbulence; more than diffraction is taken as defocus. [rad]
    wavelength_m
        Wavelength. [m]
    site_height_m
        Height of the station. [m]

    Returns
    -------
    FloatArray
        Shaped like ``elevation_deg``; interpolated in elevation and range, 100 to 50 000 km.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.6.2 (recalled), with Gaussian beam parameters
       :math:`\Lambda, \Theta` at the satellite.
    """
    table = _on_axis_table(turbulence, beam_radius_m, divergence_rad, wavelength_m, site_height_m)
    path = np.log(secant(elevation_deg))
    return np.asarray(np.exp(bilinear(table, (path, _LOG_SECANTS), (np.log(range_m), _LOG_RANGES))))


_PHASE_TILT = 2.0 * np.pi**2 * 0.033_005_4 * gamma(1.0 / 6.0) * 2.0 ** (1.0 / 6.0)
"""Twice the variance of the angle, per axis, of a beam of radius 1 m behind 1 m^(1/3)."""
_TILT = 0.5 * _PHASE_TILT / (0.423 * (2.0 * np.pi) ** 2)
"""The variance for a Fried's parameter, beam radius and wavelength of 1 m each. [rad²]"""


def _fried_m(scene: Scene, turbulence: Turbulence, wavelength_m: float) -> FloatArray:
    return spherical_fried_parameter_m(
        scene.elevation_deg,
        scene.range_m,
        turbulence=turbulence,
        wavelength_m=wavelength_m,
        site_height_m=scene.site_height_m,
    )


def _tilted_beam(
    scene: Scene,
    turbulence: Turbulence,
    *,
    beam_radius_m: float,
    divergence_rad: float,
    wavelength_m: float,
    adaptive_optics: AdaptiveOptics | None,
    r0_m: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Squared half width of the steady beam and variance of its direction, per axis. [rad²]"""
    half_rad = 0.5 * divergence_rad
    coherent_m = _coherent_m(divergence_rad, wavelength_m, beam_radius_m)
    unlimited = beam_tilt_rad2(
        r0_m, beam_radius_m=beam_radius_m, wavelength_m=wavelength_m, outer_scale_m=None
    )
    short_rad2 = half_rad**2 / long_term_strehl(coherent_m / r0_m) - 4.0 * unlimited
    tilt = unlimited * _outer_scale_share(turbulence.outer_scale_m, beam_radius_m)
    if adaptive_optics is not None and adaptive_optics.modes >= 2:
        left = _steering(
            scene,
            turbulence,
            adaptive_optics,
            beam_radius_m=beam_radius_m,
            wavelength_m=wavelength_m,
            r0_m=r0_m,
        )
        tilt = tilt * (left if adaptive_optics.modes >= 3 else 0.5 * (1.0 + left))
    return np.maximum(short_rad2, half_rad**2), tilt


def _coherent_m(divergence_rad: float, wavelength_m: float, beam_radius_m: float) -> float:
    """Radius of a beam that diffraction alone would spread as much. [m]"""
    return min(2.0 * wavelength_m / (np.pi * divergence_rad), beam_radius_m)


def _outer_scale_share(outer_scale_m: float | None, beam_radius_m: float) -> float:
    """Share of the tilt's variance that eddies up to the outer scale make."""
    if outer_scale_m is None:
        return 1.0
    from scipy.special import hyperu  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    scaled = 0.5 * (2.0 * np.pi * beam_radius_m / outer_scale_m) ** 2
    return float(scaled ** (1.0 / 6.0) * hyperu(2.0, 7.0 / 6.0, scaled) / gamma(1.0 / 6.0))


def _steering(
    scene: Scene,
    turbulence: Turbulence,
    optics: AdaptiveOptics,
    *,
    beam_radius_m: float,
    wavelength_m: float,
    r0_m: FloatArray,
) -> FloatArray:
    """Share of the tilt's variance left by steering after a beacon; all delay put on the tilt."""
    path = secant(scene.elevation_deg)
    left = 2.0 - 2.0 * tilt_correlation(
        (point_ahead_rad(scene) + optics.beacon_offset_rad) * path,
        turbulence=turbulence,
        beam_radius_m=beam_radius_m,
        site_height_m=scene.site_height_m,
    )
    if optics.bandwidth_hz is not None:
        greenwood_hz = greenwood_frequency_hz(
            scene.elevation_deg,
            scene.angular_rate_rad_s,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            site_height_m=scene.site_height_m,
        )
        diameters = np.sqrt(8.0) * beam_radius_m / r0_m
        delay = (greenwood_hz / optics.bandwidth_hz / diameters) ** (5.0 / 3.0)
        left = left + delay / NOLL_RESIDUALS[0]
    return np.asarray(np.minimum(left, 1.0))


def _shorter(divergence_rad: float, beam: tuple[FloatArray, FloatArray]) -> FloatArray:
    short_rad2, tilt_rad2 = beam
    return np.asarray((0.5 * divergence_rad) ** 2 / (short_rad2 + 4.0 * tilt_rad2))


@lru_cache(maxsize=1)
def _log_strehls() -> Curve:
    t, step = _log_spaced()
    spread = 3.44 * (np.sqrt(2.0) * np.multiply.outer(_WIDTHS, t)) ** (5.0 / 3.0)
    table = np.log(np.exp(-(t**2) - spread) @ (2.0 * t**2 * step))
    return Curve.through(np.log(_WIDTHS), table)


@lru_cache(maxsize=16)
def _log_gains(ratio: float) -> FloatArray:
    """Logarithm of what shaping gains, over widths and shares left; radii ``ratio`` as large."""
    t, step = _log_spaced()
    structure = 6.88 * (np.sqrt(2.0) * np.multiply.outer(_SHAPED, t)) ** (5.0 / 3.0)
    uncorrected = NOLL_RESIDUALS[0] * (np.sqrt(8.0) * ratio * _SHAPED) ** (5.0 / 3.0)
    left = residual_structure(
        structure[:, np.newaxis],
        variance_rad2=np.multiply.outer(uncorrected, np.exp(LOG_SHARES_LEFT))[..., np.newaxis],
        open_variance_rad2=uncorrected[:, np.newaxis, np.newaxis],
    )
    strehl = np.exp(-0.5 * left) @ (2.0 * t**2 * np.exp(-(t**2)) * step)
    return np.asarray(np.log(strehl / strehl[:, -1:]))


def _log_spaced() -> tuple[FloatArray, float]:
    t = np.exp(np.linspace(-17.0, 2.0, 600))
    return t, float(np.log(t[1] / t[0]))


@lru_cache(maxsize=256)
def _correlations(turbulence: Turbulence, beam_radius_m: float, site_height_m: float) -> Curve:
    from scipy.special import hyp1f1  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    apart = (np.multiply.outer(_SHIFTS_RAD, layer_heights_m(turbulence)) / beam_radius_m) ** 2
    layers = layers_m13(turbulence, site_height_m=site_height_m)
    table = hyp1f1(1.0 / 6.0, 1.0, -0.5 * apart) @ layers / layers.sum()
    return Curve.through(_SHIFTS_RAD, table)


@lru_cache(maxsize=256)
def _on_axis_table(
    turbulence: Turbulence,
    beam_radius_m: float,
    divergence_rad: float,
    wavelength_m: float,
    site_height_m: float,
) -> FloatArray:
    """Logarithm of the index over secants and ranges."""
    k = 2.0 * np.pi / wavelength_m
    path = np.exp(_LOG_SECANTS)[:, None, None]
    range_m = np.exp(_LOG_RANGES)[None, :, None]
    xi = np.maximum(1.0 - layer_heights_m(turbulence) * path / range_m, 0.0)
    diffraction = 2.0 * range_m / (k * beam_radius_m**2)
    width = 1.0 + (0.5 * divergence_rad * range_m / beam_radius_m) ** 2
    width = np.maximum(width, 1.0 + diffraction**2)
    curved, spread = np.sqrt(width - diffraction**2) / width, diffraction / width
    wave = (spread * xi + 1j * (1.0 - xi + curved * xi)) ** (5.0 / 6.0)
    kernel = xi ** (5.0 / 6.0) * wave.real - spread ** (5.0 / 6.0) * xi ** (5.0 / 3.0)
    integral = kernel @ layers_m13(turbulence, site_height_m=site_height_m)
    scale = 8.70 * k ** (7.0 / 6.0) * (range_m ** (5.0 / 6.0) * path)[:, :, 0]
    return np.asarray(np.log(scale * integral))
