"""Estimators of key over two links at once, by the name they have in a mission file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.curty_azuma_lo import CurtyAzumaLo
from satqkd.key.node.mdi_four_intensity import FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.result import TwoArmEstimator

TWO_ARM_ESTIMATORS: Final[Mapping[str, type[TwoArmEstimator]]] = {
    "sending-or-not-sending": SendingOrNotSending,
    "curty-azuma-lo": CurtyAzumaLo,
    "mdi": FourIntensityMDI,
    "bbm92": BBM92,
}
"""Those with a node in the middle."""
