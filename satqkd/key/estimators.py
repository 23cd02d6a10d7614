"""Key estimators, and their parts, by the name they have in a mission file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.key.decoy_bb84 import DecoyBB84
from satqkd.key.error_correction import (
    EfficiencyTable,
    ErrorCorrection,
    FiniteLengthCode,
    StatedEfficiency,
)
from satqkd.key.result import KeyEstimator
from satqkd.key.single_photon import SinglePhotonBB84

ESTIMATORS: Final[Mapping[str, type[KeyEstimator]]] = {
    "decoy-bb84": DecoyBB84,
    "bb84": SinglePhotonBB84,
}

ERROR_CORRECTIONS: Final[Mapping[str, type[ErrorCorrection]]] = {
    "stated": StatedEfficiency,
    "table": EfficiencyTable,
    "finite-length": FiniteLengthCode,
}
"""Models of what error correction announces."""
