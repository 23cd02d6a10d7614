"""Run the installed command as a user does, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from as_user import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def satqkd():
    """Run ``satqkd`` with some arguments in a folder."""

    return run


@pytest.fixture
def campaign(tmp_path) -> Path:
    """Return a folder that holds the campaign of the repository's root."""
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def edited(campaign):
    """Replace a text in one of the campaign's files."""

    def edit(name: str, old: str, new: str) -> Path:
        path = campaign / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return campaign

    return edit
