"""How much the power in a telescope on the ground fluctuates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from satqkd.link.scene import Scene
from satqkd.link.turbulence.aperture_averaging import averaging_factor
from satqkd.link.turbulence.profile import (
    LOWEST_DEG,
    Turbulence,
    layer_heights_m,
    layers_m13,
    rytov_variance,
    secant,
)
from satqkd.units import FloatArray

STRONGEST = 10.308_73
"""Weak index of a plane wave at which :func:`saturated_variance` is largest."""

_LONGEST = float(secant(np.array(LOWEST_DEG)))
"""Longest path through the air that counts, over that at the zenith."""
_SECANTS = np.geomspace(1.0, _LONGEST, 48)
"""Numerical: lengths of the path through the air, over that at the zenith, of the table."""


def downlink_variance(
    scene: Scene,
    turbulence: Turbulence,
    *,
    aperture_m: float,
    obscuration: float,
    wavelength_m: float,
) -> FloatArray:
    r"""Variance of the power received from a satellite, over its squared mean.

    .. math:: \sigma_P^2 = \sigma_I^2(\bar A\,\sigma_R^2), \qquad
              \bar A = \frac{\int C_n^2 h^{5/6} A(D\sqrt{k/(h\sec\zeta)})\,dh}
                            {\int C_n^2 h^{5/6}\,dh}

    Parameters
    ----------
    scene
        Where the satellite is.
    turbulence
        The air.
    aperture_m, obscuration
        Diameter :math:`D` [m] and central obscuration of the receiver.
    wavelength_m
        Wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like the scene.

    Notes
    -----
    The factor :math:`A` of :func:`~satqkd.link.turbulence.aperture_averaging.averaging_factor` is
    that of
    weak turbulence, :math:`\sigma_R^2` of :func:`~satqkd.link.turbulence.profile.rytov_variance`.
    What
    weak turbulence would do to the whole telescope saturates as :func:`saturated_variance` says
    of a point, and is held at its peak of 1.24 beyond: each layer adds its share, so that more
    turbulence never scintillates less. Left out: that strong turbulence breaks the pattern into
    finer and coarser speckles than a Fresnel length, of which a telescope averages the fine ones
    better and the coarse ones worse, and the slow fall from the peak to 1. Interpolated over
    elevation to 1e-4.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.4 and 12.5 (recalled).
    """
    table = _averaged_table(turbulence, scene.site_height_m, aperture_m, obscuration, wavelength_m)
    path = np.log(secant(scene.elevation_deg))
    return np.asarray(np.exp(np.interp(path, np.log(_SECANTS), table)))


def saturated_variance(weak_variance: npt.ArrayLike, *, large_scale: float = 1.11) -> FloatArray:
    r"""Scintillation index at a point, in turbulence of any strength.

    .. math:: \sigma_I^2 = \exp\left[\frac{0.49\,\sigma^2}{(1 + a\,\sigma^{12/5})^{7/6}}
              + \frac{0.51\,\sigma^2}{(1 + 0.69\,\sigma^{12/5})^{5/6}}\right] - 1

    Parameters
    ----------
    weak_variance
        Index that the theory of weak turbulence gives :math:`\sigma^2`, any shape.
    large_scale
        Coefficient :math:`a`: 1.11 for a plane wave, 0.56 for a beam far from its waist.

    Returns
    -------
    FloatArray
        Same shape: :math:`\sigma^2` where it is small, towards 1 where it is large.

    References
    ----------
    .. [1] L. C. Andrews, R. L. Phillips and C. Y. Hopen, *Waves in Random Media* 10, 53 (2000);
       *Laser Beam Propagation through Random Media*, 2nd ed., SPIE, 2005, ch. 12 (recalled).

    Examples
    --------
    >>> saturated_variance([0.01, 1.0, 100.0]).round(3)
    array([0.01 , 0.706, 1.138])
    """
    weak = np.asarray(weak_variance, dtype=np.float64)
    strength = weak**1.2
    large = 0.49 * weak / (1.0 + large_scale * strength) ** (7.0 / 6.0)
    small = 0.51 * weak / (1.0 + 0.69 * strength) ** (5.0 / 6.0)
    return np.asarray(np.expm1(large + small))


def lognormal_quantile(probability: npt.ArrayLike, *, variance: npt.ArrayLike) -> FloatArray:
    """Value that a log-normal fluctuation of mean 1 stays below with a probability.

    By definition of the log-normal distribution.

    Parameters
    ----------
    probability
        Between 0 and 1.
    variance
        Its variance, broadcast with ``probability``.

    Returns
    -------
    FloatArray
        Of their common shape.

    Examples
    --------
    >>> lognormal_quantile([0.1, 0.5, 0.9], variance=0.2).round(3)
    array([0.528, 0.913, 1.578])
    """
    from scipy.special import ndtri  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    log_variance = np.log1p(variance)
    return np.asarray(np.exp(np.sqrt(log_variance) * ndtri(probability) - 0.5 * log_variance))


def lognormal_moment(order: float, *, variance: npt.ArrayLike) -> FloatArray:
    """Mean of a power of a log-normal fluctuation of mean 1, shaped like ``variance``.

    By definition of the log-normal distribution.

    Parameters
    ----------
    order
        The power.
    variance
        Variance of the fluctuation.

    Examples
    --------
    >>> lognormal_moment(2.0, variance=0.25).item()
    1.25
    """
    return np.asarray((1.0 + np.asarray(variance)) ** (0.5 * order * (order - 1.0)))


@lru_cache(maxsize=256)
def _averaged_table(
    turbulence: Turbulence,
    site_height_m: float,
    aperture_m: float,
    obscuration: float,
    wavelength_m: float,
) -> FloatArray:
    """Logarithm of the variance at the tabulated secants."""
    heights_m = layer_heights_m(turbulence)
    path_m = np.multiply.outer(_SECANTS, heights_m)
    size = aperture_m * np.sqrt(2.0 * np.pi / wavelength_m / path_m)
    share = layers_m13(turbulence, site_height_m=site_height_m) * heights_m ** (5.0 / 6.0)
    averaging = averaging_factor(size, obscuration=obscuration) @ share / share.sum()
    weak = rytov_variance(
        np.degrees(np.arcsin(1.0 / _SECANTS)),
        turbulence=turbulence,
        wavelength_m=wavelength_m,
        site_height_m=site_height_m,
    )
    return np.asarray(np.log(saturated_variance(np.minimum(averaging * weak, STRONGEST))))
