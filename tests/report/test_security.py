"""What a printed key rests on is said where it is printed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from satqkd.report.export.json import strict_json
from satqkd.report.provenance import provenance
from satqkd.report.security import ASSUMPTIONS, security_facts, security_line
from satqkd.report.summary import plan_summary

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def test_the_page_has_the_same_table():
    """Name, assumption, who pays, where it is taken: row by row."""
    row = r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \|$"
    rows = re.findall(row, PAGE.read_text("utf-8"), re.MULTILINE)

    assert rows == [(one.name, one.assumed, one.pays, one.taken) for one in ASSUMPTIONS]


def test_a_plan_names_them_for_programs_and_for_people(plan):
    """All in plan.json, the ones that most often fail in the last line of the summary."""
    told = json.loads(strict_json(provenance(plan)))["security"]

    assert [one["name"] for one in told["assumptions"]] == [one.name for one in ASSUMPTIONS]
    assert told["stated"] == {"intensity_uncertainty": 0.0, "detector_mismatch": 0.0}
    assert plan_summary(plan)[-1] == security_line(plan.mission)
    assert "exact intensities, detectors that are alike" in plan_summary(plan)[-1]


def test_what_a_mission_states_is_told(plan):
    """The largest of any source and of any detector."""
    mission = plan.mission
    (craft, *others), (ground, *rest) = mission.spacecraft, mission.stations
    source = replace(craft.payload.source, intensity_uncertainty=0.03)
    detector = replace(ground.terminal.detector, detector_mismatch=0.05)
    unsure = replace(
        mission,
        spacecraft=(replace(craft, payload=replace(craft.payload, source=source)), *others),
        stations=(replace(ground, terminal=replace(ground.terminal, detector=detector)), *rest),
    )

    assert security_facts(unsure)["stated"] == {
        "intensity_uncertainty": 0.03,
        "detector_mismatch": 0.05,
    }
    assert "within 0.03 of those stated, detectors alike but for 0.05" in security_line(unsure)
