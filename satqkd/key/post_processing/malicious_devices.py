"""Key from devices of which some may be malicious: spare modules, and shares of every bit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class MaliciousDevices:
    r"""How many devices there are, and how many of them may work for the eavesdropper.

    The keys of :math:`n` pairs of modules, of which :math:`t` may be corrupted, are pooled. At
    either end, :math:`m` classical units of which :math:`t'` may be corrupted see only shares of
    the bits: one share for each group of :math:`t'` units, held by all units outside the group.

    References
    ----------
    .. [1] M. Curty and H.-K. Lo, "Foiling covert channels and malicious classical post-processing
       units in quantum key distribution", *npj Quantum Inf.* 5, 14 (2019).
    .. [2] W. Li et al., "Experimental quantum key distribution secure against malicious devices",
       *Phys. Rev. Applied* 15, 034081 (2021).
    .. [3] U. Maurer, "Secure multi-party computation made simple", *Discrete Appl. Math.* 154, 370
       (2006): sharing among all groups.
    """

    module_pairs: int = 1
    """Pairs of quantum modules :math:`n`."""
    corrupted_pairs: int = 0
    """Pairs of which at least one module may be corrupted :math:`t`, fewer than there are."""
    units: int = 1
    """Post-processing units of either end :math:`m`."""
    corrupted_units: int = 0
    """Of these may be corrupted :math:`t'`, fewer than a third."""

    def __post_init__(self) -> None:
        self._check_pairs()
        self._check_units()

    def _check_pairs(self) -> None:
        if not 0 <= self.corrupted_pairs < self.module_pairs:
            raise NonPhysicalError(
                "corrupted_pairs",
                f"must lie between 0 and module_pairs - 1 ({self.module_pairs - 1}): a key "
                f"needs one honest pair, got {self.corrupted_pairs}",
            )

    def _check_units(self) -> None:
        if self.corrupted_units < 0:
            raise NonPhysicalError(
                "corrupted_units", f"must not be negative, got {self.corrupted_units}"
            )
        least = 3 * self.corrupted_units + 1
        if self.units < least:
            raise NonPhysicalError(
                "units",
                f"must be at least 3 corrupted_units + 1 ({least}), so that honest copies are "
                f"the majority of every share, got {self.units}",
            )

    @property
    def shares(self) -> int:
        """Shares each bit is split into, C(m, t')."""
        return math.comb(self.units, self.corrupted_units)

    @property
    def copies(self) -> int:
        """Units that hold each share, m - t'."""
        return self.units - self.corrupted_units

    @property
    def holders(self) -> IntArray:
        """Units that hold each share, from 0, shape (shares, copies)."""
        left_out = combinations(range(self.units), self.corrupted_units)
        return np.array(
            [[unit for unit in range(self.units) if unit not in group] for group in left_out],
            dtype=np.int64,
        )

    @property
    def pooled_share(self) -> float:
        """Share of the bits of equal modules that is left, (n - t) / n."""
        return (self.module_pairs - self.corrupted_pairs) / self.module_pairs

    def pooled_bits(self, secure_bits: npt.ArrayLike) -> IntArray:
        """Key that is left when the keys of all pairs of modules are pooled.

        Parameters
        ----------
        secure_bits
            Key of each pair of modules, shape (module_pairs, ...). [bit]

        Returns
        -------
        IntArray
            Those of all pairs but the :math:`t` longest: (n - t) N of equal ones. [bit]

        Examples
        --------
        >>> int(MaliciousDevices(module_pairs=2, corrupted_pairs=1).pooled_bits([137, 137]))
        137
        """
        bits = np.asarray(secure_bits, dtype=np.int64)
        if bits.shape[:1] != (self.module_pairs,):
            raise NonPhysicalError(
                "secure_bits",
                f"must hold one row for each of the {self.module_pairs} pairs of modules, got "
                f"shape {bits.shape}",
            )
        kept = self.module_pairs - self.corrupted_pairs
        return np.asarray(np.sort(bits, axis=0)[:kept].sum(axis=0))

    def communication(
        self, *, raw_bits: npt.ArrayLike, public_bits: npt.ArrayLike, key_bits: npt.ArrayLike
    ) -> Communication:
        """Bits that travel inside one end.

        Parameters
        ----------
        raw_bits
            Bits that a module hands over, of all modules. [bit]
        public_bits
            Bits that the units announce: basis choices, syndromes, hashes. [bit]
        key_bits
            Bits of the pooled key. [bit]

        Returns
        -------
        Communication
            By purpose.
        """
        raw, public, key = (
            np.asarray(bits, dtype=np.float64) for bits in (raw_bits, public_bits, key_bits)
        )
        each = float(self.shares * self.copies)
        return Communication(
            sharing_bits=each * raw,
            checking_bits=each * (self.copies - 1) * raw,
            announcing_bits=each * (self.units - 1) * public,
            delivery_bits=each * key,
            random_bits=(self.shares - 1) * raw,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Communication:
    """What shares cost."""

    sharing_bits: FloatArray
    """From the modules to the units: every share to each of its holders. [bit]"""
    checking_bits: FloatArray
    """Between the units: holders send their copies to each other. [bit]"""
    announcing_bits: FloatArray
    """Between the units: holders send their copies of public bits to all others. [bit]"""
    delivery_bits: FloatArray
    """From the units to whom the key is for: all copies of its shares. [bit]"""
    random_bits: FloatArray
    """Random bits the modules need to split theirs. [bit]"""

    @property
    def total_bits(self) -> FloatArray:
        """All that travels. [bit]"""
        return np.asarray(
            self.sharing_bits + self.checking_bits + self.announcing_bits + self.delivery_bits
        )
