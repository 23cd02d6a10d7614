"""Engines of ``distil`` as error correction of a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from satqkd.errors import NonPhysicalError
from satqkd.key.post_processing.measured_efficiencies import MEASURED_EFFICIENCIES
from satqkd.units import FloatArray

EngineName = Literal["cascade", "cascade-fast", "ldpc-blind", "ldpc"]
"""The engines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredEngine:
    """What ``satqkd distil`` tells on average with one of its engines.

    Failed frames are in it: they are told in full. The tag that compares both ends' bits is not.
    """

    engine: EngineName
    """By the name it has in ``satqkd distil --reconcile``."""

    def __post_init__(self) -> None:
        if self.engine not in MEASURED_EFFICIENCIES:
            known = ", ".join(MEASURED_EFFICIENCIES)
            raise NonPhysicalError("engine", f"must be one of {known}, got {self.engine!r}")

    def leak_bits(self, qber: FloatArray, *, sifted_bits: FloatArray) -> FloatArray:
        """f(Q, n)·n·h(Q) by the engine's table. [bit]

        By measurement: ``benchmarks/efficiencies.py``.
        """
        return MEASURED_EFFICIENCIES[self.engine].leak_bits(qber, sifted_bits=sifted_bits)
