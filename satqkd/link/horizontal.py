"""A free-space link between two places on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError, require_between, require_positive
from satqkd.link.air.level_air import LevelAir
from satqkd.link.beam.beam_lines import beam_lines_db
from satqkd.link.beam.pointing_fading import pointing_spread, pointing_variance
from satqkd.link.budget import Budget
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.level_turbulence import (
    LevelTurbulence,
    beam_at_receiver,
    level_averaging,
    level_fried_parameter_m,
    level_point_variance,
    level_rytov_variance,
)
from satqkd.link.turbulence.scintillation import saturated_variance
from satqkd.link.turbulence.uplink_beam import beam_tilt_rad2, long_term_strehl
from satqkd.units import loss_db


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizontalPath:
    """Two telescopes that point at each other over the ground."""

    length_m: float
    """Distance between them. [m]"""
    transmitter: Transmitter
    receiver: Receiver
    height_m: float = 0.0
    """Height of the path above sea level. [m]"""
    air: LevelAir
    turbulence: LevelTurbulence

    def __post_init__(self) -> None:
        require_positive("length_m", self.length_m)
        require_between("height_m", self.height_m, -1_000.0, 10_000.0)
        require_uncorrected(self.transmitter, self.receiver)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blur:
    """By how much turbulence widens a beam and moves it, 1 σ per axis."""

    steady_rad: float
    """Of the widening that stays when the wander is followed. [rad]"""
    wander_rad: float
    """Of the direction of the beam. [rad]"""

    @property
    def total_rad(self) -> float:
        """Of the mean beam. [rad]

        Derived here: variances of independent Gaussian widenings add.
        """
        return float(np.hypot(self.steady_rad, self.wander_rad))


def require_uncorrected(transmitter: Transmitter, receiver: Receiver) -> None:
    """Raise :class:`NonPhysicalError` where there are adaptive optics at either end."""
    message = "is worked out for links to satellites only: leave it out"
    if transmitter.adaptive_optics is not None:
        raise NonPhysicalError("transmitter.adaptive_optics", message)
    if receiver.coupling is not None and receiver.coupling.corrected:
        raise NonPhysicalError("receiver.coupling.adaptive_optics", message)


def horizontal_budget(path: HorizontalPath) -> Budget:
    r"""Losses and normalised variance of a path over the ground, one sample.

    Derived here: independent factors multiply. Each term has its source where it is worked out.

    Parameters
    ----------
    path
        The two ends and the air.

    Returns
    -------
    Budget
        ``beam_spread`` is what the mean beam loses by :func:`turbulent_blur`; negative where it
        moves light out of the shadow of the receiver's secondary.

    Notes
    -----
    The variance is :math:`(1 + \bar A \sigma_I^2)(1 + v_w)(1 + v_p) - 1` of scintillation
    (saturated, averaged over the aperture), wander and pointing. A telescope that takes in the
    whole beam receives less variance than this: scintillation moves light about within it.
    """
    tx, rx = path.transmitter, path.receiver
    blur = turbulent_blur(path)
    lines: dict[str, npt.ArrayLike] = {
        "tx_optics": float(loss_db(tx.efficiency)),
        **_beam_lines(path),
        "beam_spread": _mean_capture_db(path, blur.total_rad) - _mean_capture_db(path, 0.0),
        **path.air.lines_db(path.length_m, wavelength_m=tx.wavelength_m, height_m=path.height_m),
        "rx_optics": float(loss_db(rx.efficiency)),
        "coupling": _coupling_db(path),
    }
    half_rad = _half_angle_rad(path, rx.aperture_m, rx.obscuration)
    wander = pointing_variance(
        half_angle_rad=np.hypot(half_rad, 2.0 * blur.steady_rad), jitter_rad=blur.wander_rad
    )
    mispointed = tx.pointing.variance(np.hypot(half_rad, 2.0 * blur.total_rad))
    variance = (1.0 + scintillation(path)) * (1.0 + wander) * (1.0 + mispointed) - 1.0
    spread = pointing_spread(
        np.hypot(half_rad, 2.0 * blur.total_rad), jitter_rad=tx.pointing.error_rad[1]
    )
    return Budget.of(lines, variance, 1, pointing_spread=spread)


def turbulent_blur(path: HorizontalPath) -> Blur:
    r"""Widening of a beam by turbulence, as a Gaussian that leaves as much light on the axis.

    .. math:: \sigma^2 = \frac{W^2}{4 L^2} \left(\frac{1}{S} - 1\right)

    Derived here: a Gaussian beam widened by :math:`2 \sigma L` has :math:`W^2 / (W^2 + 4 \sigma^2
    L^2)` of its irradiance left on the axis, which is :math:`S`.

    Parameters
    ----------
    path
        The two ends and the air.

    Notes
    -----
    :math:`S` is :func:`~satqkd.link.turbulence.uplink_beam.long_term_strehl` of :math:`\lambda L /
    \pi W` and the Fried parameter of a point source; the wander's share is
    :func:`~satqkd.link.turbulence.uplink_beam.beam_tilt_rad2`.
    """
    if path.turbulence.cn2_m23 == 0.0:
        return Blur(steady_rad=0.0, wander_rad=0.0)
    wavelength_m = path.transmitter.wavelength_m
    r0_m = _fried_parameter_m(path)
    radius_m = arriving_radius_m(path)
    coherent_m = wavelength_m * path.length_m / (np.pi * radius_m)
    strehl = float(long_term_strehl(np.array([coherent_m / r0_m]))[0])
    total_rad2 = (0.5 * radius_m / path.length_m) ** 2 * max(1.0 / strehl - 1.0, 0.0)
    unlimited_rad2, wander_rad2 = (
        float(
            beam_tilt_rad2(
                np.array([r0_m]),
                beam_radius_m=path.transmitter.sent_radius_m,
                wavelength_m=wavelength_m,
                outer_scale_m=outer_scale_m,
            )[0]
        )
        for outer_scale_m in (None, path.turbulence.outer_scale_m)
    )
    return Blur(
        steady_rad=float(np.sqrt(max(total_rad2 - unlimited_rad2, 0.0))),
        wander_rad=float(np.sqrt(min(wander_rad2, total_rad2))),
    )


def scintillation(path: HorizontalPath) -> float:
    """Variance of the power in the receiver over its squared mean, wander apart.

    Parameters
    ----------
    path
        The two ends and the air.

    Notes
    -----
    The point's index of :func:`~satqkd.link.turbulence.level_turbulence.level_point_variance`
    saturated by
    :func:`~satqkd.link.turbulence.scintillation.saturated_variance`, whose coefficient goes from
    0.56 for a spherical wave to 1.12 for a plane one, times
    :func:`~satqkd.link.turbulence.level_turbulence.level_averaging`.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd ed.,
       SPIE, 2005, ch. 8 to 10 (recalled).
    """
    if path.turbulence.cn2_m23 == 0.0:
        return 0.0
    wavelength_m = path.transmitter.wavelength_m
    beam = beam_at_receiver(
        path.length_m,
        wavelength_m=wavelength_m,
        sent_radius_m=path.transmitter.sent_radius_m,
        arriving_radius_m=arriving_radius_m(path),
    )
    rytov = level_rytov_variance(
        path.length_m, cn2_m23=path.turbulence.cn2_m23, wavelength_m=wavelength_m
    )
    averaging = level_averaging(
        path.length_m,
        beam,
        aperture_m=path.receiver.aperture_m,
        obscuration=path.receiver.obscuration,
        wavelength_m=wavelength_m,
    )
    point = saturated_variance(
        level_point_variance(rytov, beam), large_scale=0.56 * (1.0 + min(beam.curvature, 1.0))
    )
    return averaging * float(point)


def arriving_radius_m(path: HorizontalPath) -> float:
    """1/e² intensity radius of the beam at the receiver, in calm air. [m]"""
    return path.length_m * _half_angle_rad(path, 1e-3 * path.transmitter.aperture_m, 0.0)


def _fried_parameter_m(path: HorizontalPath) -> float:
    return level_fried_parameter_m(
        path.length_m,
        cn2_m23=path.turbulence.cn2_m23,
        wavelength_m=path.transmitter.wavelength_m,
    )


def _half_angle_rad(path: HorizontalPath, rx_aperture_m: float, obscuration: float) -> float:
    """Angle within which the light that a telescope catches falls to 1/e², in calm air. [rad]"""
    tx = path.transmitter
    half_rad = tx.beam.fade_half_angle_rad(
        np.array([path.length_m]),
        tx_aperture_m=tx.aperture_m,
        wavelength_m=tx.wavelength_m,
        rx_aperture_m=rx_aperture_m,
        obscuration=obscuration,
    )
    return float(half_rad[0])


def _beam_lines(path: HorizontalPath) -> dict[str, npt.ArrayLike]:
    tx, rx = path.transmitter, path.receiver
    return beam_lines_db(
        np.array([path.length_m]),
        beam=tx.beam,
        pointing=tx.pointing,
        tx_aperture_m=tx.aperture_m,
        wavelength_m=tx.wavelength_m,
        rx_aperture_m=rx.aperture_m,
        obscuration=rx.obscuration,
    )


def _mean_capture_db(path: HorizontalPath, blur_rad: float) -> float:
    """Loss of the mean capture with the pointing's own error and a blur. [dB]"""
    tx, rx = path.transmitter, path.receiver
    bias_rad, jitter_rad = tx.pointing.error_rad
    caught = tx.beam.capture(
        np.array([path.length_m]),
        tx_aperture_m=tx.aperture_m,
        wavelength_m=tx.wavelength_m,
        rx_aperture_m=rx.aperture_m,
        obscuration=rx.obscuration,
        bias_rad=bias_rad,
        jitter_rad=float(np.hypot(jitter_rad, blur_rad)),
    )
    return float(loss_db(caught)[0])


def _coupling_db(path: HorizontalPath) -> float:
    rx = path.receiver
    if rx.coupling is None:
        return 0.0
    calm = path.turbulence.cn2_m23 == 0.0
    return rx.coupling.still_loss_db(
        0.0 if calm else rx.aperture_m / _fried_parameter_m(path),
        aperture_m=rx.aperture_m,
        obscuration=rx.obscuration,
        wavelength_m=path.transmitter.wavelength_m,
    )
