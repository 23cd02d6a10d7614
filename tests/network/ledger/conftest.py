"""A ledger in a folder of its own."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from satqkd.network.ledger import Ledger

sys.path.insert(0, str(Path(__file__).parent))

from booked import NOW, Opener


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "ops.sqlite"


@pytest.fixture
def opened(path: Path) -> Opener:
    """Open it, some hours after :data:`booked.NOW`."""

    def at(hours: float = 0.0, **more: object) -> Ledger:
        return Ledger.open(path, author="test", now=NOW + timedelta(hours=hours), **more)  # type: ignore[arg-type]

    return at
