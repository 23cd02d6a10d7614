"""Key estimators by the name they have in a mission file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.key.decoy_bb84 import DecoyBB84
from satqkd.key.result import KeyEstimator

ESTIMATORS: Final[Mapping[str, type[KeyEstimator]]] = {"decoy-bb84": DecoyBB84}
