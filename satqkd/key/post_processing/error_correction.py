"""What error correction announces, by the errors and the length of a block."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from satqkd.errors import NonPhysicalError, require_between, require_positive
from satqkd.key.post_processing.leakage import leak_bits, one_way_limit_bits
from satqkd.units import FloatArray, IntArray

_FLAWLESS: Final = 1e-12
"""Below this error fraction no block of any size holds an error."""


class ErrorCorrection(Protocol):
    """A way to make both sides' strings equal."""

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """Bits announced for blocks of ``sifted_bits`` with an error fraction ``qber``. [bit]"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedEfficiency:
    """Codes whose efficiency does not depend on the block."""

    ec_efficiency: float
    """Bits announced over Shannon's limit, at least 1."""

    def __post_init__(self) -> None:
        require_between("ec_efficiency", self.ec_efficiency, 1.0, 100.0)

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """f·n·h(Q). [bit]"""
        return leak_bits(qber, sifted_bits=sifted_bits, ec_efficiency=self.ec_efficiency)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLeak:
    """Blocks that are corrected already: what was told has been counted."""

    share: float
    """Bits announced for each sifted bit."""

    def __post_init__(self) -> None:
        require_between("share", self.share, 0.0, 1e18)

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """Their share, whatever the errors. [bit]

        By definition: bits announced.
        """
        del qber
        return self.share * sifted_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyTable:
    """Codes whose efficiency was measured at some error fractions and lengths.

    Between them it is interpolated, along the logarithm of the length; beyond them it stays.
    """

    qbers: tuple[float, ...]
    """Error fractions, rising."""
    block_bits: tuple[float, ...]
    """Lengths of blocks, rising. [bit]"""
    efficiencies: tuple[tuple[float, ...], ...]
    """Bits announced over Shannon's limit: a row a length, a column an error fraction."""

    def __post_init__(self) -> None:
        self._check_axes()
        self._check_efficiencies()

    def _check_axes(self) -> None:
        for name in ("qbers", "block_bits"):
            values = getattr(self, name)
            for value in values:
                require_positive(name, value)
            if not values or any(b <= a for a, b in pairwise(values)):
                raise NonPhysicalError(name, f"must rise from value to value, got {list(values)}")

    def _check_efficiencies(self) -> None:
        shape = (len(self.block_bits), len(self.qbers))
        got = [len(row) for row in self.efficiencies]
        if got != [shape[1]] * shape[0]:
            raise NonPhysicalError(
                "efficiencies",
                f"must be {shape[0]} rows (one a length) of {shape[1]} (one an error fraction), "
                f"got rows of {got}",
            )
        for row in self.efficiencies:
            for value in row:
                require_between("efficiencies", value, 1.0, 100.0)

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """f(Q, n)·n·h(Q). [bit]

        By definition of the efficiency: bits announced over Shannon's limit.
        """
        f = self.efficiency(qber, sifted_bits=sifted_bits)
        return f * leak_bits(qber, sifted_bits=sifted_bits, ec_efficiency=1.0)

    def efficiency(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """f(Q, n)."""
        table = np.array(self.efficiencies)
        row, upper = _between(np.log(np.maximum(sifted_bits, 1.0)), np.log(self.block_bits))
        column, right = _between(qber, np.array(self.qbers))
        next_row = np.minimum(row + 1, table.shape[0] - 1)
        next_column = np.minimum(column + 1, table.shape[1] - 1)
        low = table[row, column] * (1.0 - right) + table[row, next_column] * right
        high = table[next_row, column] * (1.0 - right) + table[next_row, next_column] * right
        return np.asarray(low * (1.0 - upper) + high * upper)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiniteLengthCode:
    """The larger of what a stated efficiency and the limit of a finite block announce.

    References
    ----------
    .. [1] M. Tomamichel et al., *Quantum Inf. Process.* 16, 280 (2017), eq. 6; taking the larger
       of the two is the practice of SatQuMA v2.0.0.
    """

    ec_efficiency: float = 1.16
    """Bits announced over Shannon's limit by long blocks, at least 1."""
    failure_probability: float = 1e-15
    """Probability that the corrected string is wrong."""

    def __post_init__(self) -> None:
        require_between("ec_efficiency", self.ec_efficiency, 1.0, 100.0)
        require_positive("failure_probability", self.failure_probability)
        require_between("failure_probability", self.failure_probability, 0.0, 1.0)

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """At most n, all there is to announce. [bit]"""
        stated = leak_bits(qber, sifted_bits=sifted_bits, ec_efficiency=self.ec_efficiency)
        usual = (qber > _FLAWLESS) & (qber < 0.5) & (sifted_bits >= 1.0)
        limit = one_way_limit_bits(
            np.where(usual, qber, 0.25),
            sifted_bits=np.where(usual, sifted_bits, 1e3),
            failure_probability=self.failure_probability,
        )
        most = np.maximum(sifted_bits, stated)
        return np.where(usual, np.minimum(np.maximum(stated, limit), most), stated)


def _between(values: FloatArray, nodes: FloatArray) -> tuple[IntArray, FloatArray]:
    """Index of the node at or before each value and the way to the next, 0…1."""
    held = np.clip(values, nodes[0], nodes[-1])
    index = np.clip(np.searchsorted(nodes, held, side="right") - 1, 0, max(nodes.size - 2, 0))
    gap = np.diff(nodes)[index] if nodes.size > 1 else 1.0
    return index, np.asarray((held - nodes[index]) / gap)
