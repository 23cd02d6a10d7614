"""The key one basis makes, term by term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.key.reasons import correction_costs_more, too_small
from satqkd.units import FloatArray

_DIM: Final = "dim the source (for passes, forecast --optimise pass finds how far)"
_MOSTLY_SINGLE: Final = 0.8
"""Where at least this share of the clicks is single photons', dimming is not what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BasisKey:
    """Terms of the key length of each block: arrays of shape (blocks,)."""

    sifted_bits: FloatArray
    """Clicks of all intensities. [bit]"""
    errors: FloatArray
    """Errors among them. [bit]"""
    check_clicks: FloatArray
    """Clicks that test the phase."""
    check_single_photons: FloatArray
    """Lower bound on the single photons among them."""
    vacuum_bits: FloatArray
    """Lower bound on sifted bits from empty pulses. [bit]"""
    single_photon_bits: FloatArray
    """Lower bound on sifted bits from single photons. [bit]"""
    phase_error: FloatArray
    """Upper bound on the error fraction of the latter in the other basis, at most 0.5."""
    private_bits: FloatArray
    """Private bits before error correction. [bit]"""
    leak_ec_bits: FloatArray
    """Bits announced by error correction. [bit]"""
    cost_bits: float
    """Bits a finite block pays for the failure probabilities. [bit]"""
    decoys: bool = True
    """Whether decoys bound the photon numbers; without, pulses of several photons are insecure."""

    @property
    def length_bits(self) -> FloatArray:
        """Key length as the formula has it: not rounded, negative where there is no key. [bit]"""
        return self.private_bits - self.leak_ec_bits - self.cost_bits

    @property
    def secure_bits(self) -> FloatArray:
        """Key length as whole bits, 0 where the phase error is not bounded. [bit]"""
        whole = np.floor(np.maximum(self.length_bits, 0.0))
        return np.where(self.phase_error < 0.5, whole, 0.0)

    def why_zero(self, block: int) -> str:
        """Say why ``block`` has no key."""
        sifted = self.sifted_bits[block]
        if not sifted > 0.0:
            return "no clicks"
        if not self.decoys and self.check_clicks[block] >= 1.0:
            return self._told_without_decoys(block)
        return self._told(block)

    def _told_without_decoys(self, block: int) -> str:
        """Say also how much of the key is due to pulses that may hold several photons."""
        single = min(
            self.single_photon_bits[block] / self.sifted_bits[block],
            self.check_single_photons[block] / self.check_clicks[block],
        )
        if self.check_single_photons[block] < 1.0 or single <= 0.0:
            return f"pulses of several photons may have made every click: {_DIM}"
        if single >= _MOSTLY_SINGLE:
            return self._told(block)
        return (
            f"{self._told(block)}; pulses of several photons may have made "
            f"{1.0 - single:.0%} of the clicks: {_DIM}"
        )

    def _told(self, block: int) -> str:
        sifted = self.sifted_bits[block]
        if self.check_single_photons[block] < 1.0:
            return (
                "no usable check-basis events bound the phase error "
                f"({self.check_clicks[block]:.0f} check clicks prove no single photon)"
            )
        if self.single_photon_bits[block] <= 0.0:
            return f"no single photon can be proven among {sifted:.0f} sifted bits"
        if self.phase_error[block] >= 0.5:
            return (
                "phase error bound reaches 50 % "
                f"({self.check_single_photons[block]:.0f} single photons in the check basis)"
            )
        private, leak = self.private_bits[block], self.leak_ec_bits[block]
        if leak >= private:
            return correction_costs_more(leak, private)
        return too_small(private - leak, self.cost_bits)
