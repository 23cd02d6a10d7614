"""Cases, and what satqkd makes of them, once for all tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from satqkd.validation.read import read_cases
from satqkd.validation.run import run_cases


@pytest.fixture(scope="session")
def outcomes():
    """Every published figure beside ours, by point."""
    return {outcome.point: outcome for outcome in run_cases()}


@pytest.fixture(scope="session")
def case():
    """Return a packaged case by its id."""
    cases = {case.id: case for case in read_cases()}
    return cases.__getitem__


@pytest.fixture(scope="session")
def reference():
    """Read a table that a committed script made."""

    def read(name: str) -> object:
        path = Path(__file__).parents[1] / "reference" / name
        return json.loads(path.read_text(encoding="utf-8"))

    return read
