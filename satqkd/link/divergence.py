"""Loss because the beam is wider than the receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from satqkd.errors import require_positive
from satqkd.units import FloatArray, loss_db


class Beam(Protocol):
    """How a beam spreads between transmitter and receiver."""

    divergence_rad: float

    def divergence_loss_db(
        self, range_m: FloatArray, *, tx_aperture_m: float, rx_aperture_m: float
    ) -> FloatArray:
        """Loss of a centred beam that overfills the receiver, shaped like ``range_m``. [dB]"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTopBeam:
    """A uniformly bright cone: the rule of thumb behind the figures printed for Micius."""

    divergence_rad: float
    """Full angle of the cone. [rad]"""

    def __post_init__(self) -> None:
        require_positive("divergence_rad", self.divergence_rad)

    def divergence_loss_db(
        self, range_m: FloatArray, *, tx_aperture_m: float, rx_aperture_m: float
    ) -> FloatArray:
        """See :func:`flat_top_loss_db`."""
        return flat_top_loss_db(
            range_m,
            tx_aperture_m=tx_aperture_m,
            rx_aperture_m=rx_aperture_m,
            divergence_rad=self.divergence_rad,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianBeam:
    """A Gaussian beam of measured divergence, in the far field."""

    divergence_rad: float
    """Full angle at 1/e² of the peak intensity. [rad]"""

    def __post_init__(self) -> None:
        require_positive("divergence_rad", self.divergence_rad)

    def divergence_loss_db(
        self, range_m: FloatArray, *, tx_aperture_m: float, rx_aperture_m: float
    ) -> FloatArray:
        """See :func:`gaussian_loss_db`; the beam leaves with 1/e² diameter ``tx_aperture_m``."""
        return gaussian_loss_db(
            range_m,
            waist_m=0.5 * tx_aperture_m,
            rx_aperture_m=rx_aperture_m,
            divergence_rad=self.divergence_rad,
        )


def flat_top_loss_db(
    range_m: FloatArray, *, tx_aperture_m: float, rx_aperture_m: float, divergence_rad: float
) -> FloatArray:
    r"""Loss of a uniformly bright cone of light.

    .. math:: T = \min\left(1, \frac{D_r^2}{(D_t + \theta L)^2}\right)

    Parameters
    ----------
    range_m
        Slant range :math:`L`. [m]
    tx_aperture_m, rx_aperture_m
        Diameters :math:`D_t` and :math:`D_r`. [m]
    divergence_rad
        Full angle :math:`\theta`. [rad]

    Returns
    -------
    FloatArray
        Loss, shaped like ``range_m``. [dB]

    Notes
    -----
    Leaves out the profile of a real beam: at 10 µrad a Gaussian beam read as 1/e² full angle
    loses 3 dB less, which is why a preset has to say which convention its paper used.

    References
    ----------
    .. [1] Rule that reproduces the 22 dB at 1200 km of S.-K. Liao et al., *Nature* 549, 43
       (2017), as used in the OpenSATQKD code for the same passes.

    Examples
    --------
    Micius at 1200 km (the paper prints 22 dB):

    >>> loss = flat_top_loss_db(np.array([1.2e6]), tx_aperture_m=0.3, rx_aperture_m=1.0,
    ...                         divergence_rad=10e-6)
    >>> round(float(loss[0]), 1)
    21.8
    """
    spot_m = tx_aperture_m + divergence_rad * range_m
    return loss_db(np.minimum(1.0, (rx_aperture_m / spot_m) ** 2))


def gaussian_loss_db(
    range_m: FloatArray, *, waist_m: float, rx_aperture_m: float, divergence_rad: float
) -> FloatArray:
    r"""Loss of a centred Gaussian beam at a circular receiver.

    .. math:: T = 1 - \exp\left(-\frac{D_r^2}{2 w(L)^2}\right), \qquad
              w(L)^2 = w_0^2 + (\theta L / 2)^2

    Parameters
    ----------
    range_m
        Slant range :math:`L`. [m]
    waist_m
        1/e² intensity radius where the beam leaves :math:`w_0`. [m]
    rx_aperture_m
        Receiver diameter :math:`D_r`, unobscured. [m]
    divergence_rad
        Full angle at 1/e² intensity :math:`\theta`; for a diffraction-limited beam
        :math:`2\lambda/(\pi w_0)`, see :func:`diffraction_divergence_rad`. [rad]

    Returns
    -------
    FloatArray
        Loss, shaped like ``range_m``. [dB]

    Notes
    -----
    Leaves out truncation at the transmitter (0.6–1 dB) and a central obscuration.

    References
    ----------
    .. [1] B. E. A. Saleh and M. C. Teich, *Fundamentals of Photonics*, 2nd ed., Wiley, 2007,
       sec. 3.1.

    Examples
    --------
    Far enough out, ten times the range costs 20 dB:

    >>> near, far = gaussian_loss_db(np.array([1e6, 1e7]), waist_m=0.05, rx_aperture_m=0.5,
    ...                              divergence_rad=10e-6)
    >>> round(float(far - near), 1)
    20.0
    """
    beam_radius_m = np.hypot(waist_m, 0.5 * divergence_rad * range_m)
    return loss_db(-np.expm1(-0.5 * (rx_aperture_m / beam_radius_m) ** 2))


def diffraction_divergence_rad(*, wavelength_m: float, waist_m: float) -> float:
    r"""Full 1/e² angle of an unclipped Gaussian beam, :math:`2\lambda/(\pi w_0)`. [rad]

    Parameters
    ----------
    wavelength_m
        Vacuum wavelength. [m]
    waist_m
        1/e² intensity radius of the waist. [m]

    References
    ----------
    .. [1] B. E. A. Saleh and M. C. Teich, *Fundamentals of Photonics*, 2nd ed., Wiley, 2007,
       eq. 3.1-19.

    Examples
    --------
    >>> theta = diffraction_divergence_rad(wavelength_m=1550e-9, waist_m=0.075)
    >>> round(theta * 1e6, 1)  # Ntanos et al. 2021 print "about 13"
    13.2
    """
    return float(2.0 * wavelength_m / (np.pi * waist_m))
