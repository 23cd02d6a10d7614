"""Loss because the beam is wider than the receiver."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from satqkd.errors import require_positive
from satqkd.link.beam.capture import (
    LEAST_CAPTURE,
    fade_radius_m,
    gaussian_capture,
    jittered_radius_m,
)
from satqkd.link.beam.pointing_fading import pointing_moment
from satqkd.units import FloatArray, loss_db

Convention = Literal["full 1/e2", "half 1/e2", "full 1/e", "half 1/e", "fwhm", "half fwhm"]
"""What an angle is measured to: full or half, where the intensity is 1/e², 1/e or 1/2."""

FULL_ANGLES: Final[dict[Convention, float]] = {
    "full 1/e2": 1.0,
    "half 1/e2": 2.0,
    "full 1/e": math.sqrt(2.0),
    "half 1/e": math.sqrt(8.0),
    "fwhm": math.sqrt(2.0 / math.log(2.0)),
    "half fwhm": math.sqrt(8.0 / math.log(2.0)),
}
"""Full 1/e² angle of a Gaussian beam over its angle in each convention."""


class Beam(Protocol):
    """How a beam spreads between transmitter and receiver."""

    divergence_rad: float

    def far_field_rad(self, *, tx_aperture_m: float, wavelength_m: float) -> float:
        """Full 1/e² angle far away, or what comes nearest to it. [rad]"""
        ...

    def sent_radius_m(self, *, tx_aperture_m: float) -> float:
        """1/e² intensity radius where the beam leaves. [m]"""
        ...

    def truncation_db(self, *, tx_aperture_m: float) -> float:
        """Loss at the edges of the transmitter's mirrors. [dB]"""
        ...

    def wavefront_db(self) -> float:
        """Loss to the errors of the wavefront. [dB]"""
        ...

    def capture(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
        bias_rad: npt.ArrayLike = 0.0,
        jitter_rad: float = 0.0,
    ) -> FloatArray:
        """Mean share of the light sent that an annular receiver catches, shaped like ``range_m``.

        ``bias_rad`` is one number or shaped like ``range_m``; ``jitter_rad`` is 1 σ per axis.
        """
        ...

    def fade_half_angle_rad(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
    ) -> FloatArray:
        """Pointing error that leaves 1/e² of the light, taken as Gaussian. [rad]"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTopBeam:
    """A uniformly bright cone: the rule of thumb behind the figures printed for Micius."""

    divergence_rad: float
    """Full angle of the cone. [rad]"""

    def __post_init__(self) -> None:
        require_positive("divergence_rad", self.divergence_rad)

    def far_field_rad(self, *, tx_aperture_m: float, wavelength_m: float) -> float:
        """Full angle of the cone. [rad]"""
        del tx_aperture_m, wavelength_m
        return self.divergence_rad

    def sent_radius_m(self, *, tx_aperture_m: float) -> float:
        """Half the aperture. [m]"""
        return 0.5 * tx_aperture_m

    def truncation_db(self, *, tx_aperture_m: float) -> float:
        """Nothing: the cone is what leaves the telescope. [dB]"""
        del tx_aperture_m
        return 0.0

    def wavefront_db(self) -> float:
        """Nothing: it is in the divergence. [dB]"""
        return 0.0

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

    def capture(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
        bias_rad: npt.ArrayLike = 0.0,
        jitter_rad: float = 0.0,
    ) -> FloatArray:
        """See :class:`Beam`; off its axis the cone counts as Gaussian, its angle as 1/e².

        On its axis the rule of :func:`flat_top_loss_db`; off it the power law of Farid and
        Hranilovic 2007.
        """
        del wavelength_m
        filled = rx_aperture_m / (tx_aperture_m + self.divergence_rad * range_m)
        kept = np.minimum(1.0, filled**2) - np.minimum(1.0, (obscuration * filled) ** 2)
        off = pointing_moment(
            1.0,
            half_angle_rad=0.5 * self.divergence_rad,
            jitter_rad=jitter_rad,
            bias_rad=bias_rad,
        )
        return np.asarray(np.maximum(kept * off, LEAST_CAPTURE))

    def fade_half_angle_rad(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
    ) -> FloatArray:
        """Half the cone's angle, at every range. [rad]

        By definition of the cone.
        """
        del tx_aperture_m, wavelength_m, rx_aperture_m, obscuration
        return np.broadcast_to(0.5 * self.divergence_rad, np.shape(range_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianBeam:
    """A Gaussian beam of measured divergence that leaves as wide as the transmitter's aperture."""

    divergence_rad: float
    """Angle in the far field. [rad]"""
    divergence_is: Convention = "full 1/e2"
    """What the angle is measured to."""

    def __post_init__(self) -> None:
        require_positive("divergence_rad", self.divergence_rad)

    @property
    def full_divergence_rad(self) -> float:
        """Full angle at 1/e² of the peak intensity. [rad]

        By definition of the widths of a Gaussian, which :data:`FULL_ANGLES` takes to 1/e².
        """
        return FULL_ANGLES[self.divergence_is] * self.divergence_rad

    def far_field_rad(self, *, tx_aperture_m: float, wavelength_m: float) -> float:
        """Full angle at 1/e² of the peak intensity. [rad]"""
        del tx_aperture_m, wavelength_m
        return self.full_divergence_rad

    def sent_radius_m(self, *, tx_aperture_m: float) -> float:
        """Half the aperture. [m]"""
        return 0.5 * tx_aperture_m

    def truncation_db(self, *, tx_aperture_m: float) -> float:
        """Nothing: what is measured has left the telescope. [dB]"""
        del tx_aperture_m
        return 0.0

    def wavefront_db(self) -> float:
        """Nothing: it is in the divergence. [dB]"""
        return 0.0

    def radius_m(self, range_m: FloatArray, *, tx_aperture_m: float) -> FloatArray:
        """1/e² intensity radius, shaped like ``range_m``. [m]

        References
        ----------
        .. [1] B. E. A. Saleh and M. C. Teich, *Fundamentals of Photonics*, 2nd ed., Wiley, 2007,
           sec. 3.1: the hyperbola of a Gaussian beam.
        """
        return np.asarray(np.hypot(0.5 * tx_aperture_m, 0.5 * self.full_divergence_rad * range_m))

    def divergence_loss_db(
        self, range_m: FloatArray, *, tx_aperture_m: float, rx_aperture_m: float
    ) -> FloatArray:
        """See :func:`gaussian_loss_db`; the beam leaves with 1/e² diameter ``tx_aperture_m``.

        A Gaussian beam of Saleh and Teich 2007.
        """
        return gaussian_loss_db(
            range_m,
            waist_m=0.5 * tx_aperture_m,
            rx_aperture_m=rx_aperture_m,
            divergence_rad=self.full_divergence_rad,
        )

    def capture(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
        bias_rad: npt.ArrayLike = 0.0,
        jitter_rad: float = 0.0,
    ) -> FloatArray:
        """See :func:`satqkd.link.beam.capture.gaussian_capture`; jitter widens the mean beam.

        The capture of Farid and Hranilovic 2007, whose radius jitter widens.
        """
        del wavelength_m
        mean_radius_m = jittered_radius_m(
            self.radius_m(range_m, tx_aperture_m=tx_aperture_m),
            range_m=range_m,
            jitter_rad=jitter_rad,
        )
        return gaussian_capture(
            mean_radius_m,
            rx_aperture_m=rx_aperture_m,
            obscuration=obscuration,
            offset_m=np.asarray(bias_rad, dtype=np.float64) * range_m,
        )

    def fade_half_angle_rad(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
    ) -> FloatArray:
        """See :func:`satqkd.link.beam.capture.fade_radius_m`. [rad]

        Derived here, as the radius is; compare Farid and Hranilovic 2007.
        """
        del wavelength_m
        radius_m = fade_radius_m(
            self.radius_m(range_m, tx_aperture_m=tx_aperture_m),
            rx_aperture_m=rx_aperture_m,
            obscuration=obscuration,
        )
        return radius_m / range_m


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
    Leaves out truncation at the transmitter (0.6–1 dB), for which there is
    :class:`satqkd.link.beam.truncated_beam.TruncatedBeam`, and a central obscuration.

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
