"""The key one basis makes, term by term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.units import FloatArray


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
    """Bits nobody else knows before error correction. [bit]"""
    leak_ec_bits: FloatArray
    """Bits announced by error correction. [bit]"""
    cost_bits: float
    """Bits a finite block pays for the failure probabilities. [bit]"""

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
            return f"error correction leaks {leak:.0f} of {private:.0f} private bits"
        return (
            f"block too small: {private - leak:.0f} private bits do not pay the "
            f"{self.cost_bits:.0f}-bit finite-key cost"
        )
