"""Calendars as icalendar reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from satqkd.report.export.calendar_events import calendar_events, ics_files
from satqkd.report.export.handed import Issue
from satqkd.report.export.ics import CalendarEvent, calendar, folded, updated

MISSION = "micius-over-china-december-2016"
MADE = datetime(2016, 12, 19, 13, 39, 33, 153_408, tzinfo=UTC)


def read(content: bytes) -> list:
    """Events, in the order of the file."""
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def written(events, **options) -> bytes:
    return calendar(events, mission=MISSION, name="Test", issued=MADE, **options)


def test_a_contact_is_an_event_from_ready_to_set(night, issue):
    """Its identity is the contact's, its times are whole seconds before the true ones."""
    events = read(written(calendar_events(night, issue)))
    assert len(events) == len(night.contacts)
    for event, contact in zip(events, night.contacts, strict=True):
        assert event["UID"] == f"{contact.contact_key}@{MISSION}.satqkd"
        ready, sets = night.timebase.utc_of(np.array([contact.start_s - 600.0, contact.end_s]))
        assert timedelta(0) <= ready - event["DTSTART"].dt < timedelta(seconds=1)
        assert timedelta(0) <= sets - event["DTEND"].dt < timedelta(seconds=1)
        assert event["DTSTAMP"].dt == MADE.replace(microsecond=0)
        assert event["STATUS"] == "TENTATIVE"
        assert event["SEQUENCE"] == 0


def test_an_event_says_what_the_night_needs(night, issue):
    """Summary, place, run sheet in UTC and in the station's time, in order of time."""
    event = read(written(calendar_events(night, issue)))[0]
    assert event["SUMMARY"] == "Micius → Lijiang 17:22:04Z 69° 123 kbit"
    assert event["LOCATION"] == "Lijiang"
    site = night.mission.stations[night.contacts[0].stations[0]].site
    assert event["GEO"].latitude == pytest.approx(site.latitude_deg, abs=1e-6)
    assert event["GEO"].longitude == pytest.approx(site.longitude_deg, abs=1e-6)
    steps = event["DESCRIPTION"].splitlines()
    assert [line[:9].strip() for line in steps[:6]] == [
        "Ready", "Rise", "Key from", "Highest", "Key to", "Set",
    ]  # fmt: skip
    times = [line[9:17] for line in steps[:6]]
    assert times == sorted(times)
    assert steps[0].startswith("Ready    17:12:04Z  Fri 01:12:04 Asia/Shanghai")
    assert "Planned 123,456 bit under a clear sky" in steps
    assert all(len(line) <= 80 for line in steps)


def test_the_run_sheet_of_the_documents_is_that_of_the_event(night, issue):
    """docs/hand-over.md shows this contact."""
    page = Path(__file__).parents[3].joinpath("docs", "hand-over.md").read_text("utf-8")
    steps = calendar_events(night, issue)[0].description.splitlines()[:6]
    assert "".join(f"    {line}\n" for line in steps) in page


def test_it_is_told_of_half_an_hour_and_ten_minutes_before(night, issue):
    """On the screen."""
    for event in read(written(calendar_events(night, issue))):
        alarms = event.walk("VALARM")
        assert [one["TRIGGER"].dt for one in alarms] == [timedelta(minutes=-30),
                                                         timedelta(minutes=-10)]  # fmt: skip
        assert {str(one["ACTION"]) for one in alarms} == {"DISPLAY"}


def test_a_replan_raises_the_sequence_and_cancels_what_was_dropped(night, issue):
    """Identities stay: whoever imports both has each contact once."""
    first = calendar_events(night, issue)
    kept, dropped = first[:-1], first[-1]
    second = updated(
        kept,
        sequence={kept[0].contact_key: 2, dropped.contact_key: 3},
        committed={kept[1].contact_key},
        cancelled=[dropped],
    )
    before = {str(one["UID"]): one for one in read(written(first))}
    after = {str(one["UID"]): one for one in read(written(second))}
    assert before.keys() == after.keys()
    told = {uid.partition("@")[0]: (one["SEQUENCE"], one["STATUS"]) for uid, one in after.items()}
    assert told == {
        kept[0].contact_key: (2, "TENTATIVE"),
        kept[1].contact_key: (0, "CONFIRMED"),
        dropped.contact_key: (3, "CANCELLED"),
    }
    gone = after[f"{dropped.contact_key}@{MISSION}.satqkd"]
    assert gone.walk("VALARM") == []
    assert gone["SUMMARY"] == f"Cancelled: {dropped.summary}"
    assert gone["DTSTART"].dt == before[f"{dropped.contact_key}@{MISSION}.satqkd"]["DTSTART"].dt


def test_the_files_of_a_replan_hold_what_was_dropped(night, issue):
    """In the calendar of all and in that of its station, so that whoever subscribed hears of it."""
    *kept, gone = night.contacts
    again = replace(
        issue, dropped=(gone,), sequence={gone.contact_key: 1},
        committed=frozenset({kept[0].contact_key}),
    )  # fmt: skip
    files, _ = ics_files(replace(night, contacts=tuple(kept)), again)
    named = {file.name: read(file.content) for file in files}
    status = {str(one["UID"]).partition("@")[0]: one["STATUS"] for one in named[f"{MISSION}.ics"]}
    assert status == {
        kept[0].contact_key: "CONFIRMED",
        kept[1].contact_key: "TENTATIVE",
        gone.contact_key: "CANCELLED",
    }
    (only,) = named[f"{MISSION}-ngari.ics"]
    assert (only["STATUS"], only["SEQUENCE"]) == ("CANCELLED", 1)


def test_what_is_planned_again_is_not_cancelled(night, issue):
    """A contact that an older plan dropped may come back."""
    events = calendar_events(night, issue)
    again = updated(events, cancelled=events)
    assert [one.status for one in again] == ["TENTATIVE"] * len(events)


def test_there_is_a_calendar_of_all_and_one_of_each_station(night, issue):
    """A station's own names its zone."""
    files, left = ics_files(night, issue)
    assert left == ()
    every, *own = files
    assert every.name == f"{MISSION}.ics"
    assert [one.name for one in own] == [
        f"{MISSION}-{name}.ics" for name in ("nanshan", "lijiang", "ngari")
    ]
    together = {str(one["UID"]) for one in read(every.content)}
    apart = [{str(one["UID"]) for one in read(file.content)} for file in own]
    assert set.union(*apart) == together
    assert sum(map(len, apart)) == len(together)
    head = icalendar.Calendar.from_ical(own[1].content)
    assert head["X-WR-TIMEZONE"] == "Asia/Shanghai"
    assert head["X-WR-CALNAME"].replace("\\,", ",") == "Micius over China, December 2016: Lijiang"
    assert head["VERSION"] == "2.0"


def test_a_feed_says_who_publishes_it_and_when_to_look_again(night, issue):
    """As RFC 5546 asks of METHOD:PUBLISH; a file that is handed over has no method."""
    for file in ics_files(night, replace(issue, feed="ops@example.org"))[0]:
        head = icalendar.Calendar.from_ical(file.content)
        assert head["METHOD"] == "PUBLISH"
        assert head["REFRESH-INTERVAL"].dt == timedelta(hours=1)
        events = head.walk("VEVENT")
        assert {str(one["ORGANIZER"]) for one in events} == {"mailto:ops@example.org"}
    plain = icalendar.Calendar.from_ical(ics_files(night, issue)[0][0].content)
    assert "METHOD" not in plain
    assert "ORGANIZER" not in plain.walk("VEVENT")[0]


def test_a_joint_contact_is_one_event_at_two_places(joint):
    """In the calendar of either station with the same identity, and without one point on a map."""
    issue = Issue(issued=MADE)
    files, _ = ics_files(joint, issue)
    uids = [[str(one["UID"]) for one in read(file.content)] for file in files]
    assert uids[0] == uids[1] == uids[2]
    event = read(files[0].content)[0]
    assert event["LOCATION"] == "Xinglong + Jinan"
    assert "GEO" not in event
    assert event["SUMMARY"].startswith("Node (synthetic) with Xinglong + Jinan ")
    sheet = event["DESCRIPTION"].splitlines()
    assert sum(line.startswith("Rise") for line in sheet) == 2
    assert any(line.startswith("Rise") and line.endswith("Jinan") for line in sheet)


TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=200)


@drawn(TEXT, TEXT)
def test_any_text_comes_back_and_no_line_is_too_long(summary, description):
    """Commas, semicolons, backslashes, letters of several octets; lines of 75 octets at most."""
    event = CalendarEvent(
        contact_key="a-b-1", start=MADE, end=MADE + timedelta(minutes=5), summary=summary,
        description=f"first\n{description}",
    )  # fmt: skip
    content = written([event])
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode("utf-8")
    (found,) = read(content)
    assert str(found["SUMMARY"]) == summary
    assert str(found["DESCRIPTION"]) == f"first\n{description}"


def test_signs_that_mean_something_are_escaped():
    """As RFC 5545, section 3.3.11, has them; readers forgive some that are not."""
    event = CalendarEvent(
        contact_key="a-b-1", start=MADE, end=MADE, summary="a; b, c\\d", description="one\ntwo"
    )
    content = written([event])
    assert b"SUMMARY:a\\; b\\, c\\\\d\r\n" in content
    assert b"DESCRIPTION:one\\ntwo\r\n" in content


def test_what_acts_instead_of_showing_is_written_out():
    """A name against the direction of writing would turn the line of the calendar around."""
    event = CalendarEvent(
        contact_key="a-b-1", start=MADE, end=MADE, summary="\u202eLi\x1b", description=""
    )
    assert b"SUMMARY:\\\\u202eLi\r\n" in written([event])


def test_a_long_line_is_folded_between_letters():
    """An arrow has three octets, which stay together."""
    content = folded("SUMMARY:" + "→" * 60)
    pieces = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert b"".join([pieces[0], *(one[1:] for one in pieces[1:])]).decode() == (
        "SUMMARY:" + "→" * 60
    )


def test_nothing_a_name_holds_adds_a_line(night, issue):
    """A carriage return would end a property and begin another."""
    events = [
        replace(calendar_events(night, issue)[0], summary="a\r\nATTENDEE:x", location="\x07b")
    ]
    (event,) = read(written(events))
    assert "ATTENDEE" not in event
    assert event["LOCATION"] == "b"
