"""``satqkd forecast --together``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satqkd.cli.app import app
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError

ROOT = Path(__file__).parents[2]


def run(*options, folder):
    files = ["-m", str(folder / "mission.yaml"), "-s", str(folder / "stations.yaml")]
    return CliRunner().invoke(app, ["forecast", "--together", *files, *options])


@pytest.fixture
def node(tmp_path):
    copy_preset("twin-field-node", tmp_path)
    return tmp_path


def test_each_window_is_a_row_of_each_protocol(node):
    """JSON holds all columns; a window gives twin-field key beyond the bound."""
    result = run("--json", "--days", "1", folder=node)
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {row["protocol"] for row in rows} == {"twin-field-uplinks.yaml", "mdi-uplinks.yaml"}
    assert max(row["over_plob"] or 0.0 for row in rows) > 1.0
    assert all((row["reason"] is None) == (row["secure_bits"] > 0) for row in rows)


def test_no_key_is_exit_code_1(node):
    """Two hours of daylight."""
    result = run("--days", "0.1", folder=node)
    assert result.exit_code == 1


def test_a_mission_without_pairs_is_told_so():
    """The fix names the preset to begin with."""
    result = run(folder=ROOT)
    assert isinstance(result.exception, SatqkdError)
    assert "twin-field-node" in str(result.exception)
