"""The folder of files that are handed over, and contacts found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.errors import SatqkdError
from satqkd.network.hand_over import Decision, hand_over
from satqkd.report.export.hand_over import FORMS, exported
from satqkd.report.export.handed import known_since, unique_slugs


def decision(one, **changes):
    return replace(
        Decision(
            contact_key=one.contact_key, status="scheduled", begin_s=one.start_s, start_s=None,
            end_s=None, planned_bits=None,
        ),
        **changes,
    )  # fmt: skip


def test_a_contact_that_is_not_there_any_more_is_an_error(night):
    """As one whose rise has moved: other versions, other elements."""
    one = night.contacts[0]
    with pytest.raises(SatqkdError, match="the plan's contact micius-lijiang-1 is not found again"):
        hand_over(night.mission, decisions=[decision(one, contact_key="micius-lijiang-1")])
    with pytest.raises(SatqkdError, match=r"begins at 2016-12-22T17:22:04.557Z, in the plan at"):
        hand_over(night.mission, decisions=[decision(one, begin_s=one.start_s + 0.2)])
    assert hand_over(night.mission, decisions=[decision(one)]).contacts[0].start_s == one.start_s


def test_files_are_the_same_for_the_same_contacts(night, issue):
    """Byte by byte, with the same said of them."""

    def all_of(one):
        return {
            name: content if isinstance(content, bytes) else b"".join(content)
            for name, content in one.files.items()
        }

    first, second = exported(night, FORMS, issue), exported(night, FORMS, issue)
    assert all_of(first) == all_of(second)
    assert first.provenance == second.provenance
    assert all(name.isascii() for name in first.files)


def test_the_plan_stands_in_every_name_where_it_has_an_id(night, issue):
    """But in predictions, whose names the ranging service fixes, and in calendars, whose address
    who subscribes to them keeps.
    """
    named = exported(night, FORMS, replace(issue, plan_id="20161219-0123abcd"))
    for name in named.files:
        assert "20161219-0123abcd" in name or name.endswith((".sqk", ".ics"))
    assert named.provenance["plan_id"] == "20161219-0123abcd"


def test_terrestrial_links_are_named_as_left_out(night, issue):
    """Of the files that speak of contacts."""
    path = Path(__file__).parents[3] / "satqkd" / "presets" / "ground-links"
    links = load_mission(path / "mission.yaml", path / "stations.yaml").links
    given = replace(night, mission=replace(night.mission, links=links))
    made = exported(given, ["ics", "oem"], issue)
    assert [one.what for one in made.left_out] == [one.name for one in links]
    assert {one.files for one in made.left_out} == {"ics"}
    assert [one["what"] for one in made.provenance["left_out"]] == [one.name for one in links]
    assert exported(given, ["oem"], issue).left_out == ()


def test_a_plan_with_an_id_was_known_when_it_was_issued(night):
    """Its id says when; without one it is the epoch of the newest elements."""
    assert known_since(night, "20161222T124000Z-0123abcd") == datetime(
        2016, 12, 22, 12, 40, tzinfo=UTC
    )
    newest = datetime(2016, 12, 19, 13, 39, 33, 153_408, tzinfo=UTC)
    assert known_since(night) == known_since(night, "of-somebody") == newest


def test_names_that_look_alike_stay_apart():
    """Also cut to ten letters."""
    names = ["Constellation-01", "Constellation-02", "Constellation"]
    short = unique_slugs(names, otherwise="satellite", longest=10)
    assert len(set(short)) == 3
    assert all(len(one) <= 10 for one in short)
