"""``satqkd preset copy`` of a part, and how to use it."""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("jinan-1", "'payload: mine/jinan-1.yaml' of a satellite in mission.yaml"),
        ("xinglong-1m", "'terminal: mine/xinglong-1m.yaml' at a station in stations.yaml"),
        ("chip-mdi-2020", "'protocol: mine/chip-mdi-2020.yaml' of a pair under 'together' in"),
        ("qstt-micius-2020", "'clock: mine/qstt-micius-2020.yaml' of an entry under 'clocks' in"),
    ],
)
def test_a_copied_part_says_where_to_name_it(satqkd, tmp_path, name, told):
    """On standard error, so that standard output stays a list of files."""
    answer = satqkd("preset", "copy", name, "mine", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"mine/{name}.yaml\n"
    assert told in answer.stderr


def test_a_copied_payload_flies_when_named_so(satqkd, campaign):
    """The line that is told works."""
    assert satqkd("preset", "copy", "micius-2017", "mine", cwd=campaign).returncode == 0
    mission = campaign / "mission.yaml"
    text = mission.read_text(encoding="utf-8")
    named, count = re.subn(r"payload: micius-\S+", "payload: mine/micius-2017.yaml", text)
    assert count == 1
    mission.write_text(named)

    assert satqkd("check", cwd=campaign).returncode == 0


def test_a_copied_mission_needs_no_hint(satqkd, tmp_path):
    """Its files are where they belong."""
    answer = satqkd("preset", "copy", "twin-field-node", cwd=tmp_path)

    assert answer.returncode == 0
    assert answer.stderr == ""
