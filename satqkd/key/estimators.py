"""Key estimators, and their parts, by the name they have in a mission file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.key.bbm92 import BBM92
from satqkd.key.best_of import BestOf
from satqkd.key.curty_azuma_lo import CurtyAzumaLo
from satqkd.key.decoy_bb84 import DecoyBB84
from satqkd.key.error_correction import (
    EfficiencyTable,
    ErrorCorrection,
    FiniteLengthCode,
    StatedEfficiency,
)
from satqkd.key.mdi_four_intensity import FourIntensityMDI
from satqkd.key.result import KeyEstimator, TwoArmEstimator
from satqkd.key.sending_or_not_sending import SendingOrNotSending
from satqkd.key.single_photon import SinglePhotonBB84

ESTIMATORS: Final[Mapping[str, type[KeyEstimator]]] = {
    "decoy-bb84": DecoyBB84,
    "bb84": SinglePhotonBB84,
    "best-of": BestOf,
}

TWO_ARM_ESTIMATORS: Final[Mapping[str, type[TwoArmEstimator]]] = {
    "sending-or-not-sending": SendingOrNotSending,
    "curty-azuma-lo": CurtyAzumaLo,
    "mdi": FourIntensityMDI,
    "bbm92": BBM92,
}
"""Estimators of key over two links at once, with a node in the middle."""

ERROR_CORRECTIONS: Final[Mapping[str, type[ErrorCorrection]]] = {
    "stated": StatedEfficiency,
    "table": EfficiencyTable,
    "finite-length": FiniteLengthCode,
}
"""Models of what error correction announces."""
