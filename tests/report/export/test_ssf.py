"""Simple schedules held against a grammar, by lxml."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from satqkd.network.hand_over import hand_over
from satqkd.report.export.handed import Issue
from satqkd.report.export.ssf import NAMESPACE, simple_schedule, ssf_files

GRAMMAR = etree.RelaxNG(file=str(Path(__file__).with_name("simple_schedule.rng")))
NS = {"s": NAMESPACE}

AGENCY = b"""<?xml version="1.0" encoding="UTF-8"?>
<simpleSchedule>
  <simpleScheduleHeader originatingOrganization="GES" generationTime="2025-177T12:25:28.379Z"
    version="1" startTime="2025-177T12:25:28.379Z" endTime="2025-365T15:51:31.000Z"
    status="OPERATIONAL" inclusionType="OVERLAP_INCLUSION"/>
  <scheduledPackage user="X" comment="" scheduledPackageId="E-1">
    <scheduledActivity scheduledActivityId="E-1" siteRef="A" apertureRef="A"
      beginningOfActivity="2025-177T11:40:00.000Z" endOfActivity="2025-177T14:25:00.000Z"
      beginningOfTrack="2025-177T12:40:00.000Z" endOfTrack="2025-177T14:10:00.000Z"
      activityStatus="COMMITTED">
      <serviceInfo serviceType="TBD" frequencyBand="N/A"/>
    </scheduledActivity>
  </scheduledPackage>
</simpleSchedule>
"""
"""The shape of what an agency publishes; elements and attributes, not the values."""


@pytest.fixture(scope="module")
def schedule(night, issue):
    return simple_schedule(night, issue)


def instant(text: str) -> datetime:
    """Read day-of-year time."""
    return datetime.strptime(text, "%Y-%jT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def test_it_follows_the_grammar_with_and_without_a_namespace(night, issue, schedule):
    """So does the shape of a file that an agency publishes."""
    GRAMMAR.assertValid(etree.fromstring(schedule))
    bare = simple_schedule(night, replace(issue, namespace=False))
    GRAMMAR.assertValid(etree.fromstring(bare))
    assert b"xmlns" not in bare
    GRAMMAR.assertValid(etree.fromstring(AGENCY))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'activityStatus="TENTATIVE"', b'activityStatus="PLANNED"'),
        (b'siteRef="lijiang" ', b""),
        (b"2016-357T17:22:04.557Z", b"2016-12-22T17:22:04.557Z"),
        (b"<serviceInfo", b"<service"),
    ],
)
def test_the_grammar_refuses_what_is_amiss(schedule, old, new):
    """A grammar that takes everything would prove nothing."""
    assert old in schedule
    assert not GRAMMAR.validate(etree.fromstring(schedule.replace(old, new)))


def test_a_track_lasts_from_rise_to_set_and_its_activity_from_ready(night, schedule):
    """To the millisecond, with the day of the year."""
    root = etree.fromstring(schedule)
    activities = root.findall(".//s:scheduledActivity", NS)
    assert len(activities) == len(night.contacts)
    for activity, contact in zip(activities, night.contacts, strict=True):
        rise, sets = night.timebase.utc_of(np.array([contact.start_s, contact.end_s]))
        assert instant(activity.get("beginningOfTrack")) == rise
        assert instant(activity.get("endOfTrack")) == sets
        assert instant(activity.get("beginningOfActivity")) == rise - timedelta(seconds=600)
        assert activity.get("orbitNumber") == contact.contact_key.rpartition("-")[2]
        assert activity.getparent().get("scheduledPackageId") == contact.contact_key
    apertures = [one.get("apertureRef") for one in activities]
    assert len(set(apertures)) == len({one.stations for one in night.contacts})


def test_the_last_day_of_a_leap_year_is_the_366th(micius, issue):
    """2016 was one."""
    mission = replace(micius, start=datetime(2016, 12, 31, tzinfo=UTC), duration_s=86_400.0)
    given = hand_over(mission, wanted="micius-ngari-2094")
    (activity,) = etree.fromstring(simple_schedule(given, issue)).findall(
        ".//s:scheduledActivity", NS
    )
    assert activity.get("beginningOfTrack").startswith("2016-366T")


def test_what_is_committed_says_so(night, issue):
    """The rest is tentative."""
    key = night.contacts[0].contact_key
    root = etree.fromstring(simple_schedule(night, replace(issue, committed=frozenset({key}))))
    told = {
        one.getparent().get("scheduledPackageId"): one.get("activityStatus")
        for one in root.findall(".//s:scheduledActivity", NS)
    }
    assert told.pop(key) == "COMMITTED"
    assert set(told.values()) == {"TENTATIVE"}


def test_a_joint_contact_is_one_package_with_an_activity_a_station(joint):
    """Names of stations and satellites may hold anything."""
    (craft,) = joint.mission.spacecraft
    named = replace(craft.satellite, name='A "<&> satellite' + "x" * 80)
    mission = replace(joint.mission, spacecraft=(replace(craft, satellite=named),))
    (file,), left = ssf_files(replace(joint, mission=mission), Issue(issued=joint.mission.start))
    assert left == ()
    root = etree.fromstring(file.content)
    GRAMMAR.assertValid(root)
    (package,) = root.findall("s:scheduledPackage", NS)
    assert package.get("user") == ('A "<&> satellite' + "x" * 80)[:64]
    assert [one.get("siteRef") for one in package] == ["xinglong", "jinan"]
