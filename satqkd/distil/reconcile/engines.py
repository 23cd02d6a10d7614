"""The engines, by the names of ``--reconcile``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from satqkd.distil.reconcile.cascade import CASCADE, CASCADE_FAST
from satqkd.distil.reconcile.engine import Engine

ENGINES: Final[Mapping[str, Engine]] = MappingProxyType(
    {engine.name: engine for engine in (CASCADE, CASCADE_FAST)}
)
"""The one that tells least first."""
