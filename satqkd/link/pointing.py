"""Loss because the beam does not hit the receiver's centre."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol, Self

from satqkd.errors import require_not_negative, require_range
from satqkd.link.divergence import Beam


class Pointing(Protocol):
    """How well a beam is pointed."""

    def pointing_loss_db(self, beam: Beam) -> float:
        """Mean loss, the same at every range. [dB]"""
        ...

    def best(self) -> Self:
        """Return the least lossy case of what is known."""
        ...

    def worst(self) -> Self:
        """Return the most lossy case of what is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPointing:
    """A loss that somebody states, with the range they leave open."""

    loss_db: float
    """Mean loss. [dB]"""
    loss_range_db: tuple[float, float] | None = None
    """Smallest and largest loss thought possible. [dB]"""

    def __post_init__(self) -> None:
        require_not_negative("loss_db", self.loss_db)
        self._check_range()

    def _check_range(self) -> None:
        require_range("loss_range_db", self.loss_range_db, self.loss_db)
        if self.loss_range_db is not None:
            require_not_negative("loss_range_db", self.loss_range_db[0])

    def pointing_loss_db(self, beam: Beam) -> float:
        """Return the stated loss, whatever the beam. [dB]"""
        del beam
        return self.loss_db

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
    """A Gaussian random walk of the beam about its target."""

    jitter_rad: float
    """1 σ per axis. [rad]"""

    def __post_init__(self) -> None:
        require_not_negative("jitter_rad", self.jitter_rad)

    def pointing_loss_db(self, beam: Beam) -> float:
        """See :func:`jitter_loss_db`."""
        return jitter_loss_db(self.jitter_rad, divergence_rad=beam.divergence_rad)

    def best(self) -> JitterPointing:
        """Return this; no range is stated for a jitter."""
        return self

    def worst(self) -> JitterPointing:
        """Return this; no range is stated for a jitter."""
        return self


def jitter_loss_db(jitter_rad: float, *, divergence_rad: float) -> float:
    r"""Mean loss of a jittering Gaussian beam much wider than the receiver.

    .. math:: \langle T \rangle = \frac{\theta_h^2}{\theta_h^2 + 4 \sigma^2}, \qquad
              \theta_h = \theta / 2

    Parameters
    ----------
    jitter_rad
        Pointing error :math:`\sigma`, 1 σ per axis. [rad]
    divergence_rad
        Full divergence at 1/e² intensity :math:`\theta`. [rad]

    Returns
    -------
    float
        Loss of the *mean* transmittance. [dB]

    Notes
    -----
    The mean only; the spread of the transmittance from pulse to pulse is left out. For a
    flat-top beam this is an approximation that takes its cone angle for the 1/e² width.

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
    return 10.0 * math.log10(1.0 + 4.0 * (jitter_rad / half_rad) ** 2)
