from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference():
    folder = Path(__file__).parents[1] / "reference"
    return lambda name: json.loads((folder / name).read_text(encoding="utf-8"))
