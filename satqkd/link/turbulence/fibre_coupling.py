"""Loss between a telescope's focus and a fibre."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from satqkd.errors import require_positive
from satqkd.link.bilinear import bilinear
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import (
    LOG_SHARES_LEFT,
    NOLL_RESIDUALS,
    AdaptiveOptics,
    residual_structure,
    residual_variance_rad2,
)
from satqkd.link.turbulence.profile import Turbulence, fried_parameter_m
from satqkd.units import FloatArray, loss_db

_DIAMETERS = np.geomspace(1e-2, 1e3, 384)
"""Numerical: apertures over Fried's parameter at which the coupling is tabulated."""
_CORRECTED_DIAMETERS = np.geomspace(1e-2, 1e3, 192)
"""Numerical: the same where adaptive optics correct the wavefront."""


class Coupling(Protocol):
    """What takes the light behind a receiving telescope."""

    @property
    def corrected(self) -> bool:
        """Whether adaptive optics correct the wavefront before it."""
        ...

    def still_loss_db(
        self, diameters: float, *, aperture_m: float, obscuration: float, wavelength_m: float
    ) -> float:
        """Loss without correction for an aperture of so many Fried parameters, 0 if calm. [dB]"""
        ...

    def coupling_loss_db(
        self,
        scene: Scene,
        *,
        turbulence: Turbulence | None,
        aperture_m: float,
        obscuration: float,
        wavelength_m: float,
    ) -> FloatArray:
        """Loss of mean power into the fibre, shaped like the scene. [dB]"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleModeCoupling:
    """A single-mode fibre at the focal ratio that is best without turbulence."""

    adaptive_optics: AdaptiveOptics | None = None
    """What corrects the wavefront before it; None where it is not corrected."""

    @property
    def corrected(self) -> bool:
        """Whether there are adaptive optics."""
        return self.adaptive_optics is not None

    def still_loss_db(
        self, diameters: float, *, aperture_m: float, obscuration: float, wavelength_m: float
    ) -> float:
        """Loss without correction: that of the fibre's mode, times the Strehl ratio. [dB]"""
        del aperture_m, wavelength_m
        strehl = 1.0
        if diameters > 0.0:
            least = np.maximum(np.array([diameters]), _DIAMETERS[0])
            strehl = open_loop_strehl(least, obscuration=obscuration)[0]
        return float(loss_db(single_mode_efficiency(obscuration) * strehl))

    def coupling_loss_db(
        self,
        scene: Scene,
        *,
        turbulence: Turbulence | None,
        aperture_m: float,
        obscuration: float,
        wavelength_m: float,
    ) -> FloatArray:
        r"""Loss of mean power into the fibre.

        .. math:: \eta = \eta_0\,S(D/r_0, \sigma^2)

        Parameters
        ----------
        scene
            Where the satellite is.
        turbulence
            The air; None for calm air.
        aperture_m, obscuration
            Diameter :math:`D` [m] and central obscuration of the receiver.
        wavelength_m
            Wavelength. [m]

        Returns
        -------
        FloatArray
            Shaped like the scene. [dB]

        Notes
        -----
        :math:`\eta_0` is :func:`single_mode_efficiency`, :math:`S` :func:`open_loop_strehl`, or
        :func:`corrected_strehl` of the variance that adaptive optics leave. The mean only: the
        variance of the coupling is left out.

        References
        ----------
        .. [1] C. Ruilier, *Proc. SPIE* 3350, 319 (1998): :math:`\eta_0`.
        .. [2] Y. Dikmelik and F. M. Davidson, *Applied Optics* 44, 4946 (2005): :math:`S`.
        """
        best = loss_db(single_mode_efficiency(obscuration))
        if turbulence is None:
            return np.full(len(scene), float(best))
        r0_m = fried_parameter_m(
            scene.elevation_deg,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            site_height_m=scene.site_height_m,
        )
        diameters = aperture_m / r0_m
        strehl = open_loop_strehl(diameters, obscuration=obscuration)
        if self.adaptive_optics is not None:
            variance = residual_variance_rad2(
                self.adaptive_optics,
                scene,
                turbulence=turbulence,
                wavelength_m=wavelength_m,
                diameters=diameters,
                offset_rad=self.adaptive_optics.beacon_offset_rad,
            )
            strehl = corrected_strehl(diameters, variance_rad2=variance, obscuration=obscuration)
        return best + loss_db(np.minimum(strehl, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MultimodeCoupling:
    """A multimode fibre, or any field stop, that takes all light of a disc on the sky."""

    core_field_rad: float
    """Full angle on the sky that the core covers: its diameter over the focal length. [rad]"""

    def __post_init__(self) -> None:
        require_positive("core_field_rad", self.core_field_rad)

    @property
    def corrected(self) -> bool:
        """No: the core takes the light wherever it falls."""
        return False

    def still_loss_db(
        self, diameters: float, *, aperture_m: float, obscuration: float, wavelength_m: float
    ) -> float:
        """Loss outside the core. [dB]"""
        core = self.core_field_rad * aperture_m / wavelength_m
        least = np.maximum(np.array([diameters]), _DIAMETERS[0])
        return float(loss_db(encircled_energy(least, core_size=core, obscuration=obscuration))[0])

    def coupling_loss_db(
        self,
        scene: Scene,
        *,
        turbulence: Turbulence | None,
        aperture_m: float,
        obscuration: float,
        wavelength_m: float,
    ) -> FloatArray:
        """Loss of mean power outside the core, long exposure.

        Parameters
        ----------
        scene
            Where the satellite is.
        turbulence
            The air; None for calm air.
        aperture_m, obscuration
            Diameter [m] and central obscuration of the receiver.
        wavelength_m
            Wavelength. [m]

        Returns
        -------
        FloatArray
            Shaped like the scene; see :func:`encircled_energy`. [dB]

        References
        ----------
        .. [1] D. L. Fried, *J. Opt. Soc. Am.* 56, 1372 (1966): long exposure.
        """
        core = self.core_field_rad * aperture_m / wavelength_m
        if turbulence is None:
            calm = np.full(len(scene), _DIAMETERS[0])
            return loss_db(encircled_energy(calm, core_size=core, obscuration=obscuration))
        r0_m = fried_parameter_m(
            scene.elevation_deg,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            site_height_m=scene.site_height_m,
        )
        return loss_db(encircled_energy(aperture_m / r0_m, core_size=core, obscuration=obscuration))


def single_mode_efficiency(obscuration: float) -> float:
    r"""Largest share of a plane wave that a telescope puts into a single-mode fibre.

    .. math:: \eta_0 = \max_\beta \frac{2}{1 - \epsilon^2}
              \left[\frac{e^{-\beta^2\epsilon^2} - e^{-\beta^2}}{\beta}\right]^2

    Parameters
    ----------
    obscuration
        Diameter of the secondary over that of the primary :math:`\epsilon`.

    References
    ----------
    .. [1] C. Ruilier, "A study of degraded light coupling into single-mode fibers", *Proc. SPIE*
       3350, 319 (1998).

    Examples
    --------
    >>> round(single_mode_efficiency(0.0), 4)
    0.8145
    """
    return _fibre_mode(obscuration)[1]


def open_loop_strehl(diameters: FloatArray, *, obscuration: float) -> FloatArray:
    r"""Mean power in a single-mode fibre behind turbulence over that without it.

    .. math:: S_0 = \frac{\int C(\rho) \exp[-3.44\,(D\rho/2r_0)^{5/3}]\,\rho\,d\rho}
                         {\int C(\rho)\,\rho\,d\rho}

    Parameters
    ----------
    diameters
        Diameter of the telescope over the Fried parameter, any shape.
    obscuration
        Diameter of the secondary over that of the primary.

    Returns
    -------
    FloatArray
        Same shape; :math:`C` is the autocorrelation of the fibre's mode in the pupil.

    Notes
    -----
    The integral of Dikmelik and Davidson with the structure function's own power of 5/3, for
    which they put a square to make it closed in one variable less.

    References
    ----------
    .. [1] Y. Dikmelik and F. M. Davidson, "Fiber-coupling efficiency for free-space optical
       communication through atmospheric turbulence", *Applied Optics* 44, 4946 (2005).

    Examples
    --------
    >>> open_loop_strehl(np.array([0.1, 1.0, 10.0]), obscuration=0.0).round(3)
    array([0.982, 0.503, 0.011])
    """
    table = _log_open_loop(obscuration)
    return np.asarray(np.exp(np.interp(np.log(diameters), np.log(_DIAMETERS), table)))


def corrected_strehl(
    diameters: FloatArray, *, variance_rad2: FloatArray, obscuration: float
) -> FloatArray:
    """Mean power in a single-mode fibre behind adaptive optics over that without turbulence.

    Derived here: the integral of Dikmelik and Davidson 2005 with what the corrector leaves.

    Parameters
    ----------
    diameters
        Diameter of the telescope over the Fried parameter, any shape.
    variance_rad2
        Phase variance left, same shape. [rad²]
    obscuration
        Diameter of the secondary over that of the primary.

    Returns
    -------
    FloatArray
        Same shape: the integral of :func:`open_loop_strehl` over
        :func:`~satqkd.link.turbulence.adaptive_optics.residual_structure`, which it is where
        nothing is corrected, and 1 where all is. Interpolated to 0.02 dB.

    Notes
    -----
    Two modes beyond piston already help: with tip and tilt at D = 4 r0 five times the light.

    Examples
    --------
    >>> strength = 4.0 ** (5.0 / 3.0)
    >>> left = strength * np.array([1.0299, 0.134, 0.0])
    >>> corrected_strehl(np.full(3, 4.0), variance_rad2=left, obscuration=0.0).round(2)
    array([0.06, 0.32, 1.  ])
    """
    uncorrected = NOLL_RESIDUALS[0] * diameters ** (5.0 / 3.0)
    share = np.maximum(variance_rad2 / uncorrected, 1e-300)
    log_gain = bilinear(
        _log_gains(obscuration),
        (np.log(diameters), np.log(_CORRECTED_DIAMETERS)),
        (np.log(share), LOG_SHARES_LEFT),
    )
    return np.asarray(np.exp(log_gain) * open_loop_strehl(diameters, obscuration=obscuration))


def encircled_energy(diameters: FloatArray, *, core_size: float, obscuration: float) -> FloatArray:
    r"""Share of a star's light within a disc, long exposure.

    .. math:: E = \pi c \int_0^1 T(x) \exp\left[-3.44\left(\frac{D x}{r_0}\right)^{5/3}\right]
              J_1(\pi c x)\,dx

    Parameters
    ----------
    diameters
        Diameter of the telescope over the Fried parameter, any shape.
    core_size
        Full angle of the disc :math:`c` in units of λ/D.
    obscuration
        Diameter of the secondary over that of the primary.

    Returns
    -------
    FloatArray
        Same shape; :math:`T` is the telescope's optical transfer function.

    References
    ----------
    .. [1] D. L. Fried, *J. Opt. Soc. Am.* 56, 1372 (1966).
    .. [2] E. L. O'Neill, "Transfer function for an annular aperture", *J. Opt. Soc. Am.* 46, 285
       (1956).

    Examples
    --------
    Without turbulence the Airy disc, 2.44 λ/D across, holds 84 %:

    >>> encircled_energy(np.array([0.01]), core_size=2.44, obscuration=0.0).round(2)
    array([0.84])
    """
    table = _log_encircled(core_size, obscuration)
    return np.asarray(np.exp(np.interp(np.log(diameters), np.log(_DIAMETERS), table)))


@lru_cache(maxsize=64)
def _fibre_mode(obscuration: float) -> tuple[float, float]:
    """Best ratio of pupil radius to the mode's 1/e radius in it, and the efficiency there."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    def efficiency(beta: float) -> float:
        overlap = (np.exp(-((beta * obscuration) ** 2)) - np.exp(-(beta**2))) / beta
        return float(2.0 / (1.0 - obscuration**2) * overlap**2)

    beta = float(minimize_scalar(lambda b: -efficiency(b), bounds=(0.3, 1.5), method="bounded").x)
    return beta, efficiency(beta)


@lru_cache(maxsize=64)
def _log_open_loop(obscuration: float) -> FloatArray:
    rho, weight = _mode_pairs(obscuration)
    loss = 3.44 * np.multiply.outer(0.5 * _DIAMETERS, rho) ** (5.0 / 3.0)
    return np.asarray(np.log(np.exp(-loss) @ weight))


@lru_cache(maxsize=64)
def _log_gains(obscuration: float) -> FloatArray:
    """Logarithm of what correction gains, over diameters and shares of the variance left."""
    rho, weight = _mode_pairs(obscuration)
    structure = 6.88 * np.multiply.outer(0.5 * _CORRECTED_DIAMETERS, rho) ** (5.0 / 3.0)
    uncorrected = NOLL_RESIDUALS[0] * _CORRECTED_DIAMETERS ** (5.0 / 3.0)
    left = residual_structure(
        structure[:, np.newaxis],
        variance_rad2=np.multiply.outer(uncorrected, np.exp(LOG_SHARES_LEFT))[..., np.newaxis],
        open_variance_rad2=uncorrected[:, np.newaxis, np.newaxis],
    )
    strehl = np.exp(-0.5 * left) @ weight
    return np.asarray(np.log(strehl / strehl[:, -1:]))


def _mode_pairs(obscuration: float) -> tuple[FloatArray, FloatArray]:
    """Distances of points of the pupil in radii, and their weight in the fibre; sums to 1."""
    s, ds = _gauss(0.0, 1.0, 128)
    rho = 2.0 * s**3
    weight = _mode_autocorrelation(rho, obscuration) * rho * 6.0 * s**2 * ds
    return rho, weight / weight.sum()


def _mode_autocorrelation(rho: FloatArray, obscuration: float) -> FloatArray:
    """Integral over the pupil of the mode times itself moved by ``rho`` radii."""
    beta, _ = _fibre_mode(obscuration)
    r, dr = _gauss(obscuration, 1.0, 96)
    square = r**2 + rho[:, None] ** 2
    twice = 2.0 * r * rho[:, None]
    first = np.arccos(np.clip((square - obscuration**2) / twice, -1.0, 1.0))
    last = np.arccos(np.clip((square - 1.0) / twice, -1.0, 1.0))
    t, dt = _gauss(0.0, 1.0, 32)
    angle = first[..., None] + (last - first)[..., None] * t
    moved = np.exp(-(beta**2) * (square[..., None] - twice[..., None] * np.cos(angle))) @ dt
    return np.asarray((2.0 * (last - first) * moved) @ (r * np.exp(-((beta * r) ** 2)) * dr))


@lru_cache(maxsize=64)
def _log_encircled(core_size: float, obscuration: float) -> FloatArray:
    from scipy.special import j1  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    panels = 40 + int(core_size)
    edges = np.linspace(0.0, 1.0, panels + 1) ** 2
    t, dt = _gauss(0.0, 1.0, 8)
    x = (edges[:-1, None] + np.diff(edges)[:, None] * t).ravel()
    dx = (np.diff(edges)[:, None] * dt).ravel()
    weight = np.pi * core_size * j1(np.pi * core_size * x) * _annulus_transfer(x, obscuration) * dx
    loss = 3.44 * np.multiply.outer(_DIAMETERS, x) ** (5.0 / 3.0)
    return np.asarray(np.log(np.exp(-loss) @ weight))


def _annulus_transfer(x: FloatArray, obscuration: float) -> FloatArray:
    """Overlap of an annulus of diameter 1 with itself moved by ``x``, over its area."""
    outer = _lens_area(x, 0.5, 0.5)
    hole = 0.5 * obscuration
    both = _lens_area(x, 0.5, hole)
    inner = _lens_area(x, hole, hole)
    return np.asarray((outer - 2.0 * both + inner) / (0.25 * np.pi * (1.0 - obscuration**2)))


def _lens_area(x: FloatArray, a: float, b: float) -> FloatArray:
    """Common area of circles of radii a ≥ b whose centres are ``x`` apart."""
    if b == 0.0:
        return np.zeros_like(x)
    near = np.clip(x, a - b + 1e-15, a + b)
    first = np.arccos(np.clip((near**2 + a**2 - b**2) / (2.0 * near * a), -1.0, 1.0))
    second = np.arccos(np.clip((near**2 + b**2 - a**2) / (2.0 * near * b), -1.0, 1.0))
    kite = (a + b - near) * (near + a - b) * (near - a + b) * (near + a + b)
    return np.asarray(
        a**2 * first + b**2 * second - 0.5 * np.sqrt(np.maximum(kite, 0.0)), dtype=np.float64
    )


def _gauss(low: float, high: float, count: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    half = 0.5 * (high - low)
    return low + half * (1.0 + nodes), half * weights
