"""Loss because the beam does not hit the receiver's centre."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from satqkd.errors import require_not_negative, require_range
from satqkd.link.beam.pointing_fading import pointing_quantile, pointing_variance
from satqkd.link.stated import Stated
from satqkd.units import FloatArray


class Pointing(Protocol):
    """How well a beam is pointed."""

    @property
    def stated_loss_db(self) -> float:
        """Mean loss that is known without the beam. [dB]"""
        ...

    @property
    def error_rad(self) -> tuple[float, float]:
        """Bias, and jitter 1 σ per axis, that the beam's capture is to be averaged over. [rad]"""
        ...

    def variance(
        self, half_angle_rad: npt.ArrayLike, *, extra_bias_rad: npt.ArrayLike = 0.0
    ) -> FloatArray:
        """Variance of the transmittance over its mean squared.

        ``half_angle_rad`` is the beam's ``fade_half_angle_rad``.
        """
        ...

    def quantile(
        self,
        p: npt.ArrayLike,
        half_angle_rad: npt.ArrayLike,
        *,
        extra_bias_rad: npt.ArrayLike = 0.0,
    ) -> FloatArray:
        """Transmittance over its mean that is not reached for the share ``p`` of the time."""
        ...

    def constants(self) -> Mapping[str, Stated]:
        """Return what it states that flown passes may know better, by name."""
        ...

    def with_constant(self, name: str, stated: Stated) -> Self:
        """Return the pointing with another value of one of :meth:`constants`."""
        ...

    def best(self) -> Self:
        """Return the least lossy case of what is known."""
        ...

    def worst(self) -> Self:
        """Return the most lossy case of what is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPointing:
    """A stated loss, with its stated range; its variance is not given."""

    loss_db: float
    """Mean loss. [dB]"""
    loss_range_db: tuple[float, float] | None = None
    """Smallest and largest possible loss; None where not given. [dB]"""

    def __post_init__(self) -> None:
        require_not_negative("loss_db", self.loss_db)
        self._check_range()

    def _check_range(self) -> None:
        require_range("loss_range_db", self.loss_range_db, self.loss_db)
        if self.loss_range_db is not None:
            require_not_negative("loss_range_db", self.loss_range_db[0])

    @property
    def stated_loss_db(self) -> float:
        """Mean loss. [dB]"""
        return self.loss_db

    @property
    def error_rad(self) -> tuple[float, float]:
        """No bias and no jitter beyond what is stated as a loss. [rad]"""
        return 0.0, 0.0

    def variance(
        self, half_angle_rad: npt.ArrayLike, *, extra_bias_rad: npt.ArrayLike = 0.0
    ) -> FloatArray:
        """Return 0: a mean loss says nothing about its spread."""
        del extra_bias_rad
        return np.zeros(np.shape(half_angle_rad))

    def quantile(
        self,
        p: npt.ArrayLike,
        half_angle_rad: npt.ArrayLike,
        *,
        extra_bias_rad: npt.ArrayLike = 0.0,
    ) -> FloatArray:
        """Return 1: a mean loss says nothing about its spread."""
        del extra_bias_rad
        return np.ones(np.broadcast_shapes(np.shape(p), np.shape(half_angle_rad)))

    def constants(self) -> Mapping[str, Stated]:
        """Return the loss. [dB]"""
        return {"pointing_loss_db": Stated(self.loss_db, self.loss_range_db)}

    def with_constant(self, name: str, stated: Stated) -> StatedPointing:
        """Return the pointing with another loss."""
        del name
        return replace(self, loss_db=stated.value, loss_range_db=stated.limits)

    def best(self) -> StatedPointing:
        """Return the low end of the range."""
        low = self.loss_range_db[0] if self.loss_range_db else self.loss_db
        return replace(self, loss_db=low)

    def worst(self) -> StatedPointing:
        """Return the high end of the range."""
        high = self.loss_range_db[1] if self.loss_range_db else self.loss_db
        return replace(self, loss_db=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class JitterPointing:
    """A Gaussian random walk of the beam about a place beside its target."""

    jitter_rad: float
    """1 σ per axis. [rad]"""
    bias_rad: float = 0.0
    """Constant error between the axes of beam and receiver. [rad]"""
    jitter_range_rad: tuple[float, float] | None = None
    """Smallest and largest possible jitter; None where not given. [rad]"""

    def __post_init__(self) -> None:
        require_not_negative("jitter_rad", self.jitter_rad)
        require_not_negative("bias_rad", self.bias_rad)
        self._check_range()

    def _check_range(self) -> None:
        require_range("jitter_range_rad", self.jitter_range_rad, self.jitter_rad)
        if self.jitter_range_rad is not None:
            require_not_negative("jitter_range_rad", self.jitter_range_rad[0])

    @property
    def stated_loss_db(self) -> float:
        """Nothing: all of the loss follows from the beam. [dB]"""
        return 0.0

    @property
    def error_rad(self) -> tuple[float, float]:
        """Bias, and jitter 1 σ per axis. [rad]"""
        return self.bias_rad, self.jitter_rad

    def variance(
        self, half_angle_rad: npt.ArrayLike, *, extra_bias_rad: npt.ArrayLike = 0.0
    ) -> FloatArray:
        """See :func:`satqkd.link.beam.pointing_fading.pointing_variance`; biases add in squares.

        The distribution is that of Farid and Hranilovic 2007.
        """
        return pointing_variance(
            half_angle_rad=half_angle_rad,
            jitter_rad=self.jitter_rad,
            bias_rad=np.hypot(self.bias_rad, extra_bias_rad),
        )

    def quantile(
        self,
        p: npt.ArrayLike,
        half_angle_rad: npt.ArrayLike,
        *,
        extra_bias_rad: npt.ArrayLike = 0.0,
    ) -> FloatArray:
        """See :func:`satqkd.link.beam.pointing_fading.pointing_quantile`; biases add in squares.

        The distribution is that of Farid and Hranilovic 2007.
        """
        return pointing_quantile(
            p,
            half_angle_rad=half_angle_rad,
            jitter_rad=self.jitter_rad,
            bias_rad=np.hypot(self.bias_rad, extra_bias_rad),
        )

    def constants(self) -> Mapping[str, Stated]:
        """Return the jitter. [rad]"""
        return {"pointing_jitter_rad": Stated(self.jitter_rad, self.jitter_range_rad)}

    def with_constant(self, name: str, stated: Stated) -> JitterPointing:
        """Return the pointing with another jitter."""
        del name
        return replace(self, jitter_rad=stated.value, jitter_range_rad=stated.limits)

    def best(self) -> JitterPointing:
        """Return the steady end of the range."""
        limits = self.jitter_range_rad
        return replace(self, jitter_rad=limits[0]) if limits else self

    def worst(self) -> JitterPointing:
        """Return the restless end of the range."""
        limits = self.jitter_range_rad
        return replace(self, jitter_rad=limits[1]) if limits else self


def jitter_loss_db(jitter_rad: float, *, divergence_rad: float, bias_rad: float = 0.0) -> float:
    r"""Mean loss of a jittering Gaussian beam much wider than the receiver.

    .. math:: \langle T \rangle = \frac{\theta_h^2}{\theta_h^2 + 4 \sigma^2}
              \exp\left(-\frac{2 b^2}{\theta_h^2 + 4 \sigma^2}\right), \qquad
              \theta_h = \theta / 2

    Parameters
    ----------
    jitter_rad
        Pointing error :math:`\sigma`, 1 σ per axis. [rad]
    divergence_rad
        Full divergence at 1/e² intensity :math:`\theta`. [rad]
    bias_rad
        Constant pointing error :math:`b`. [rad]

    Returns
    -------
    float
        Loss of the *mean* transmittance. [dB]

    Notes
    -----
    The mean only; for the spread see :mod:`satqkd.link.beam.pointing_fading`. For a flat-top beam
    this is an approximation that takes its cone angle for the 1/e² width.

    References
    ----------
    .. [1] The mean of :math:`\exp(-2 r^2/\theta_h^2)` over a Rayleigh-distributed :math:`r`;
       for the distribution see A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25,
       1702 (2007).

    Examples
    --------
    >>> round(jitter_loss_db(1.2e-6, divergence_rad=10e-6), 2)
    0.9
    """
    half_rad = 0.5 * divergence_rad
    widened = 1.0 + 4.0 * (jitter_rad / half_rad) ** 2
    missed = 2.0 * (bias_rad / half_rad) ** 2 / widened
    return 10.0 * (math.log10(widened) + missed / math.log(10.0))
