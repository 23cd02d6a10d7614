"""A plan's own record of its limits says what the mission says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from satqkd.config.load import load_mission
from satqkd.report.html.contact import contacts_of
from satqkd.report.html.which_night import first_night
from satqkd.report.night_limits import limits_of_manifest, limits_of_mission
from satqkd.report.plan_folder import read_plan
from satqkd.report.tonight import tonight


def test_the_record_is_that_of_the_mission(shipped):
    mission = load_mission(shipped.parent / "mission.yaml", shipped.parent / "stations.yaml")
    manifest = json.loads((shipped / "plan.json").read_text())
    assert limits_of_manifest(manifest) == limits_of_mission(mission)


def test_the_first_night_is_what_tonight_says(shipped):
    """Same contacts, checks, run sheets and alternates as 'satqkd tonight' of that night."""
    mission = load_mission(shipped.parent / "mission.yaml", shipped.parent / "stations.yaml")
    plan = read_plan(shipped)
    night = first_night(plan, contacts_of(plan))
    assert night is not None
    start = datetime(2016, 12, 19, tzinfo=UTC)
    assert night == tonight(plan, mission, now=start, until=night.until)
    longitudes = [ground.site.longitude_deg for ground in mission.stations]
    noon = start + timedelta(days=1, hours=12.0 - sum(longitudes) / len(longitudes) / 15.0)
    assert abs(night.until - noon) < timedelta(minutes=1)  # near enough for so small a spread


def test_a_record_of_an_older_version_is_none():
    assert limits_of_manifest({}) is None
    assert limits_of_manifest({"models": {"limits": {}}}) is None
