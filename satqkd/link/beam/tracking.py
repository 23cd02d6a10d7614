"""Where the beam points when the mount lags, leads by too little, or has no light to follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.errors import require_fraction, require_not_negative, require_positive
from satqkd.link.scene import Scene
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """How the transmitter follows its target; the default follows without an error.

    Time for which a mount cannot follow at all, for its stops or rates, is no loss of light but
    lost from the pass; see :class:`satqkd.passes.mount.Mount`.
    """

    lag_s: float = 0.0
    """How long the beam is behind the line of sight: a servo's velocity lag. [s]"""
    point_ahead_error: float = 0.0
    """Share of the point-ahead angle that is not corrected, 0…1."""
    open_loop: bool = False
    """Whether it points by the ephemeris alone, without a beacon."""
    acquisition_field_rad: float | None = None
    """Full angle searched for the target before tracking begins; None where it is
    always found. [rad]"""

    def __post_init__(self) -> None:
        require_not_negative("lag_s", self.lag_s)
        require_fraction("point_ahead_error", self.point_ahead_error)
        if self.acquisition_field_rad is not None:
            require_positive("acquisition_field_rad", self.acquisition_field_rad)

    @property
    def perfect(self) -> bool:
        """Whether it adds nothing to the error of the pointing."""
        return self.lag_s == 0.0 and self.point_ahead_error == 0.0 and not self.open_loop

    def extra_bias_rad(
        self, scene: Scene, *, half_angle_rad: npt.ArrayLike, jitter_rad: float = 0.0
    ) -> FloatArray:
        """See :func:`equivalent_bias_rad`; to be added in squares to the bias of the pointing.

        ``half_angle_rad`` is the beam's ``fade_half_angle_rad``; neither lag nor point-ahead error
        has a sign that could make up for the other.

        Derived here: lag times angular rate, and a share of the point-ahead angle (Hemmati 2009;
        recalled).
        """
        behind_rad = self.lag_s * scene.angular_rate_rad_s
        ahead_rad = self.point_ahead_error * point_ahead_rad(scene)
        return equivalent_bias_rad(
            behind_rad + ahead_rad,
            along_track_rad=along_track_rad(scene) if self.open_loop else 0.0,
            half_angle_rad=half_angle_rad,
            jitter_rad=jitter_rad,
        )

    def acquisition_probability(self, scene: Scene) -> FloatArray:
        """See :func:`acquisition_probability`; 1 where no field is given."""
        if self.acquisition_field_rad is None:
            return np.ones(len(scene))
        return acquisition_probability(along_track_rad(scene), field_rad=self.acquisition_field_rad)


def point_ahead_rad(scene: Scene) -> FloatArray:
    r"""Angle between where light comes from and where to send it, :math:`2 v_\perp / c`. [rad]

    Parameters
    ----------
    scene
        Where the ends are; :math:`v_\perp` is the range times the rate of the line of sight.

    Notes
    -----
    The rate is that seen from the turning Earth, 1 % off that among the stars for a low orbit at
    1000 km; :func:`satqkd.passes.pointing.point_ahead_arcsec` has the latter.

    References
    ----------
    .. [1] H. Hemmati (ed.), *Near-Earth Laser Communications*, CRC Press, 2009, ch. 2; recalled.
    """
    return np.asarray(2.0 * scene.range_m * scene.angular_rate_rad_s / SPEED_OF_LIGHT_M_S)


def along_track_rad(scene: Scene) -> FloatArray:
    """1 σ of where the satellite is along its track, for the age of its elements. [rad]

    By definition: the error in time times the angular rate.
    """
    return np.asarray(scene.timing_error_s * scene.angular_rate_rad_s)


def equivalent_bias_rad(
    bias_rad: npt.ArrayLike,
    *,
    along_track_rad: npt.ArrayLike,
    half_angle_rad: npt.ArrayLike,
    jitter_rad: float = 0.0,
) -> FloatArray:
    r"""Bias that loses as much as one along the track whose size is uncertain.

    .. math:: b_e^2 = \frac{b^2}{1 + q} + \frac{\theta^2}{4} \ln(1 + q), \qquad
              q = \frac{4 s^2}{\theta^2}, \quad \theta^2 = \theta_h^2 + 4 \sigma^2

    Parameters
    ----------
    bias_rad
        Known error along the track :math:`b`. [rad]
    along_track_rad
        Gaussian error along the track :math:`s`, 1 σ, the same for a whole pass. [rad]
    half_angle_rad
        Angle at which the transmittance falls to 1/e² :math:`\theta_h`. [rad]
    jitter_rad
        Pointing error :math:`\sigma`, 1 σ per axis. [rad]

    Returns
    -------
    FloatArray
        :math:`b_e`, in the common shape of the arguments. [rad]

    Notes
    -----
    The loss is that of the mean over many passes. Within one pass the error stays: most then lose
    far more than the mean says, a few nothing.

    References
    ----------
    .. [1] Mean of :math:`\exp(-2 x^2 / \theta^2)` over a Gaussian x,
       :math:`e^{-2 b^2 / \theta^2 (1 + q)} / \sqrt{1 + q}`.

    Examples
    --------
    Without an uncertainty it is the bias:

    >>> float(equivalent_bias_rad(3e-6, along_track_rad=0.0, half_angle_rad=5e-6))
    3e-06
    """
    width2 = np.asarray(half_angle_rad, dtype=np.float64) ** 2 + 4.0 * jitter_rad**2
    uncertain = np.asarray(along_track_rad, dtype=np.float64) ** 2
    known = np.asarray(bias_rad, dtype=np.float64) ** 2
    q = np.maximum(4.0 * uncertain / width2, 1e-300)
    return np.asarray(np.sqrt(known / (1.0 + q) + uncertain * np.log1p(q) / q))


def acquisition_probability(along_track_rad: npt.ArrayLike, *, field_rad: float) -> FloatArray:
    r"""Probability that the satellite stands in the field searched for it.

    .. math:: P = \operatorname{erf}\left(\frac{\Phi}{2 \sqrt{2}\, s}\right)

    By definition of the normal distribution.

    Parameters
    ----------
    along_track_rad
        Gaussian error along the track :math:`s`, 1 σ. [rad]
    field_rad
        Full angle of the field :math:`\Phi`. [rad]

    Returns
    -------
    FloatArray
        Shaped like ``along_track_rad``.

    Notes
    -----
    Old elements err along the track far more than across it; the error across is left out.

    Examples
    --------
    A field of ±2 σ:

    >>> float(acquisition_probability(1e-3, field_rad=4e-3).round(4))
    0.9545
    """
    from scipy.special import erf  # noqa: PLC0415 -- only a field of acquisition needs it

    error = np.maximum(np.asarray(along_track_rad, dtype=np.float64), field_rad * 1e-9)
    return np.asarray(erf(field_rad / (2.0 * math.sqrt(2.0) * error)))
