"""The engines, by the names that ``--reconcile`` takes."""

from __future__ import annotations

from typing import Final

from satqkd.distil.reconcile.cascade import CASCADE, CASCADE_FAST
from satqkd.distil.reconcile.dealt import Dealt
from satqkd.distil.reconcile.engine import Engine
from satqkd.distil.reconcile.ldpc import LDPC, LDPC_BLIND
from satqkd.errors import NonPhysicalError

ENGINES: Final[tuple[Engine, ...]] = (CASCADE, Dealt(engine=CASCADE_FAST), LDPC_BLIND, LDPC)
"""The one that tells least first."""


def engine_names() -> list[str]:
    """Return the names of all engines."""
    return [each.name for each in ENGINES]


def engine(name: str) -> Engine:
    """Return the engine of a name.

    Raises
    ------
    NonPhysicalError
        If none is called so.

    Examples
    --------
    >>> engine("cascade").frame_bits
    65536
    """
    for each in ENGINES:
        if each.name == name:
            return each
    raise NonPhysicalError("engine", f"must be one of {', '.join(engine_names())}, got {name!r}")
