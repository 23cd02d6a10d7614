"""Checks by the name they have in a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.validation.case import Check
from satqkd.validation.checks.clicks import (
    ClicksAlongPass,
    ClicksAlongTrack,
    ErrorOfContrast,
    SiftedRate,
)
from satqkd.validation.checks.flown import PublishedPass
from satqkd.validation.checks.key import (
    FiniteKeyCost,
    InfiniteDecoyRate,
    KeyAlongTrack,
    KeyOfCounts,
)
from satqkd.validation.checks.link import (
    DiffractionLimitedLoss,
    FlatTopLoss,
    LossOfEfficiency,
    StrayClicks,
)
from satqkd.validation.checks.orbit import MeanHeight, Overpass, Refusal

CHECKS: Final[Mapping[str, type[Check]]] = {
    "overpass": Overpass,
    "mean-height": MeanHeight,
    "refusal": Refusal,
    "flat-top-loss": FlatTopLoss,
    "diffraction-limited-loss": DiffractionLimitedLoss,
    "loss-of-efficiency": LossOfEfficiency,
    "stray-clicks": StrayClicks,
    "clicks-along-track": ClicksAlongTrack,
    "clicks-along-pass": ClicksAlongPass,
    "sifted-rate": SiftedRate,
    "error-of-contrast": ErrorOfContrast,
    "finite-key-cost": FiniteKeyCost,
    "key-of-counts": KeyOfCounts,
    "infinite-decoy-rate": InfiniteDecoyRate,
    "key-along-track": KeyAlongTrack,
    "published-pass": PublishedPass,
}
"""What ``checks`` in a case file can name."""
