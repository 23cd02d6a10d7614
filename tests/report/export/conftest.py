"""Contacts to hand over: real passes, and joint contacts of a node."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.network.hand_over import Decision, hand_over
from satqkd.report.export.handed import Issue, known_since

ROOT = Path(__file__).parents[3]
KEYS = ("micius-lijiang-1964", "micius-nanshan-1965", "micius-ngari-1965")
"""Contacts of the night of 2016-12-22; all rest on one element set."""


def planned(mission, keys, *, bits=123_456):
    """Contacts that a plan has scheduled for what is usable of them."""
    found = [hand_over(mission, wanted=key).contacts[0] for key in keys]
    decisions = [
        Decision(
            contact_key=one.contact_key,
            status="scheduled",
            begin_s=one.start_s,
            start_s=one.key_s[0] if one.key_s else None,
            end_s=one.key_s[1] if one.key_s else None,
            planned_bits=bits,
        )
        for one in found
    ]
    return hand_over(mission, decisions=decisions)


@pytest.fixture(scope="session")
def micius():
    """Return the campaign on its fourth day."""
    return load_mission(
        ROOT / "mission.yaml",
        ROOT / "stations.yaml",
        start=datetime(2016, 12, 22, tzinfo=UTC),
        duration_s=86_400.0,
    )


@pytest.fixture(scope="session")
def night(micius):
    """Return three contacts of a night."""
    return planned(micius, KEYS)


@pytest.fixture(scope="session")
def issue(night):
    """Return an issue as the command makes it."""
    return Issue(issued=known_since(night), plan_id=None)


@pytest.fixture(scope="session")
def joint():
    """Return a joint contact of two stations with a satellite of a design."""
    folder = ROOT / "satqkd" / "presets" / "twin-field-node"
    mission = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return hand_over(mission, wanted="node-synthetic-xinglong-jinan-twin-field-uplinks-yaml-24")


def content(file) -> bytes:
    """Return what a file will hold."""
    return file if isinstance(file, bytes) else b"".join(file)
