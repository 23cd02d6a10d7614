"""Key estimators, and their parts, by the name they have in a mission file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.key.post_processing.error_correction import (
    EfficiencyTable,
    ErrorCorrection,
    FiniteLengthCode,
    StatedEfficiency,
)
from satqkd.key.post_processing.measured_engine import MeasuredEngine
from satqkd.key.result import KeyEstimator

ESTIMATORS: Final[Mapping[str, type[KeyEstimator]]] = {
    "decoy-bb84": DecoyBB84,
    "bb84": SinglePhotonBB84,
    "best-of": BestOf,
}

ERROR_CORRECTIONS: Final[Mapping[str, type[ErrorCorrection]]] = {
    "stated": StatedEfficiency,
    "table": EfficiencyTable,
    "finite-length": FiniteLengthCode,
    "measured": MeasuredEngine,
}
"""Models of what error correction announces."""


def estimator_name(estimator: KeyEstimator) -> str:
    """Return the name an estimator has in a mission file; that of its class where it has none."""
    names = {kind: name for name, kind in ESTIMATORS.items()}
    return names.get(type(estimator), type(estimator).__name__)
