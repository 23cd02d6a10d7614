"""A sample of tests/fire/ledger_fire.py; the whole of it is run by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills copies of itself")
def test_nothing_is_lost_doubled_or_passed_over() -> None:
    """Ten kills, two writers, too little room, flipped bits and lost ends."""
    sample = {"kills": 10, "writers": 5, "flips": 12, "cuts": 8, "step": 12288}
    options = [text for name, number in sample.items() for text in (f"--{name}", str(number))]
    result = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "fire" / "ledger_fire.py"), *options],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "10 kills: " in result.stdout
    assert "two writers: 10 acts" in result.stdout
    assert "3 booked; nothing half" in result.stdout
    assert "flipped: 12 damages" in result.stdout
    assert "cut, killed before: 16 damages" in result.stdout
