"""Intrinsic error of a polarisation-coded link."""

from __future__ import annotations

import math
from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_between, require_not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarisation:
    """What keeps the polarisation sent from being the one received."""

    source_contrast: float = math.inf
    """Power in the wanted over the unwanted polarisation of the light sent (280 for 280:1)."""
    analyser_contrast: float = math.inf
    """The same for perfect light behind the analyser."""
    rotation_rad: float = 0.0
    """Constant angle between the two frames that compensation leaves. [rad]"""
    rotation_rms_rad: float = 0.0
    """Fluctuation about it, 1 σ. [rad]"""
    preparation_rms_rad: float = 0.0
    """Angles of the source's states about their ideal ones, root mean square. [rad]"""

    def __post_init__(self) -> None:
        for name in ("source_contrast", "analyser_contrast"):
            self._check_contrast(name)
        require_between("rotation_rad", self.rotation_rad, -math.pi / 4.0, math.pi / 4.0)
        require_not_negative("rotation_rms_rad", self.rotation_rms_rad)
        require_not_negative("preparation_rms_rad", self.preparation_rms_rad)

    def _check_contrast(self, name: str) -> None:
        contrast = getattr(self, name)
        if not contrast >= 1.0:
            raise NonPhysicalError(name, f"must be at least 1, got {contrast:g}")

    @property
    def visibility(self) -> float:
        r"""Difference over sum of right and wrong clicks.

        .. math:: V = V_s V_a \cos(2 \delta)\, e^{-2 (\sigma_r^2 + \sigma_p^2)}, \qquad
                  V_i = \frac{C_i - 1}{C_i + 1}

        for the contrasts :math:`C_i`, the constant angle :math:`\delta` (whose error alone is
        :math:`\sin^2 \delta`, by Malus's law) and Gaussian angles of standard deviation
        :math:`\sigma_r` and :math:`\sigma_p`.

        Derived here: Malus's law, averaged over the Gaussian angles.
        """
        variance = self.rotation_rms_rad**2 + self.preparation_rms_rad**2
        turned = math.cos(2.0 * self.rotation_rad) * math.exp(-2.0 * variance)
        return _visibility(self.source_contrast) * _visibility(self.analyser_contrast) * turned

    @property
    def intrinsic_error(self) -> float:
        """Error fraction of signal clicks.

        By definition: the visibility is the difference of right and wrong over their sum.

        Examples
        --------
        >>> print(f"{Polarisation(source_contrast=280).intrinsic_error:.5f}")
        0.00356
        """
        return 0.5 * (1.0 - self.visibility)


def _visibility(contrast: float) -> float:
    return 1.0 - 2.0 / (contrast + 1.0)
