"""How fast detections become key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PostProcessing:
    """Computers that sift, correct and hash no faster than they can."""

    sifted_rate_hz: float = float("inf")
    """Most sifted bits that are corrected per second. [Hz]"""
    key_rate_hz: float = float("inf")
    """Most secret bits that come out per second. [Hz]"""

    def __post_init__(self) -> None:
        for name in ("sifted_rate_hz", "key_rate_hz"):
            if not getattr(self, name) > 0.0:
                raise NonPhysicalError(name, f"must be above 0, got {getattr(self, name):g}")

    def limited_rate_hz(self, made_hz: npt.ArrayLike, *, sifted_hz: npt.ArrayLike) -> FloatArray:
        """Key rate of a link that never stops.

        Derived here: what passes the slowest of three stages in a row.

        Parameters
        ----------
        made_hz
            Secret bits per second in what is detected. [Hz]
        sifted_hz
            Sifted bits per second they come from. [Hz]

        Returns
        -------
        FloatArray
            The smaller of what is made, of the same share of the sifted bits that can be
            corrected, and of what can come out. [Hz]

        Examples
        --------
        >>> float(PostProcessing(key_rate_hz=1e8).limited_rate_hz(1.2e8, sifted_hz=4e8))
        100000000.0
        """
        made, sifted = np.asarray(made_hz, dtype=float), np.asarray(sifted_hz, dtype=float)
        served = np.minimum(1.0, self.sifted_rate_hz / np.maximum(sifted, 1e-300))
        return np.asarray(np.minimum(made * served, self.key_rate_hz))
