"""The plan of the shipped week with its page, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satqkd.cli.app import app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """Return a folder with the shipped mission, its plan and the page written with it."""
    folder = tmp_path_factory.mktemp("page")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    words = ["plan", "--out", str(folder / "plan"), "--pictures", "none", "--report"]
    named = ["--mission", str(folder / "mission.yaml"), "--stations", str(folder / "stations.yaml")]
    assert CliRunner().invoke(app, [*words, *named], catch_exceptions=False).exit_code == 0
    return folder / "plan"
