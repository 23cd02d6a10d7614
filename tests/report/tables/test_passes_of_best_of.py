"""Which protocol makes the key of a pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.key_blocks import key_blocks
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.best_of import BestOf
from satqkd.network.plan import plan_of
from satqkd.report.export.json import records
from satqkd.report.provenance import provenance
from satqkd.report.tables.key_blocks import BLOCK_COLUMNS
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def best_of():
    """Two days of the packaged campaign with two protocols to choose from."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)
    one = replace(mission.protocol, key_bases="one", epsilon_sec=1e-10)
    several = BestOf(of=(one, mission.protocol))
    return forecast(replace(mission, protocol=several, protocol_name="best-of"))


def test_the_choice_of_each_pass_is_told(best_of):
    """By its place where two are of one model; nothing without a key."""
    rows = records(PASS_COLUMNS, pass_report(best_of))

    assert {row["protocol"] for row in rows if row["secure_bits"]} == {"decoy-bb84 (2 of 2)"}
    assert {row["protocol"] for row in rows if not row["secure_bits"]} == {None}


def test_the_larger_epsilon_counts(best_of):
    """Whichever is chosen, the plan risks no more than it says."""
    made = plan_of([replace(best_of, mission=replace(best_of.mission, in_part=False))])

    blocks = int(made.blocks.planned.size)
    assert 0 < blocks < made.passes.scheduled.sum()
    assert provenance(made)["epsilon"]["all_scheduled"]["epsilon_sec"] == pytest.approx(
        blocks * 1e-9
    )


def test_the_choice_of_each_block_is_told(best_of):
    """As of a pass."""
    rows = records(BLOCK_COLUMNS, key_blocks(best_of, "night"))

    assert any(row["secure_bits"] for row in rows)
    for row in rows:
        assert row["protocol"] == ("decoy-bb84 (2 of 2)" if row["secure_bits"] else None)
