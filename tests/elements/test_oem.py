"""Orbit ephemeris messages: both notations, and every way to get one wrong."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.elements.message_form import is_oem
from satqkd.elements.oem import parse_oem
from satqkd.errors import InputError, SatqkdWarning

REFERENCE = json.loads(
    Path(__file__).parents[1].joinpath("reference", "oem_notations.json").read_text("utf-8")
)
KVN, XML = REFERENCE["kvn"], REFERENCE["xml"]
ONE = KVN[: KVN.index("META_START", 200)].rstrip() + "\n"
"""The first of the two segments."""


def read(text):
    return parse_oem(text, file="orbit.oem")


def findings(text):
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.findings


def finding(text):
    (only,) = findings(text)
    return only


def changed(old, new, text=ONE, count=1):
    assert old in text
    return text.replace(old, new, count)


def line_of(part, text=ONE):
    return text[: text.index(part)].count("\n") + 1


def _on_circle(time_s):
    """A state 6878.137 km from the Earth's centre. [km], [km/s]"""
    rate = math.sqrt(398_600.4418 / 6_878.137**3)
    c, s = math.cos(rate * time_s), math.sin(rate * time_s)
    numbers = (6_878.137 * c, 6_878.137 * s, 0.0, -rate * 6_878.137 * s, rate * 6_878.137 * c, 0.0)
    return " ".join(f"{number:.9f}" for number in numbers)


class TestReads:
    @pytest.mark.parametrize("text", [KVN, XML], ids=["kvn", "xml"])
    def test_the_states_another_reader_reads(self, text):
        """Every number as the ccsds-ndm package reads it, from both notations."""
        (trajectory,) = read(text)

        for segment, states in zip(trajectory.segments, REFERENCE["states"], strict=True):
            numbers = np.array([state[1:] for state in states]).T * 1e3
            assert np.array_equal(segment.position_m, numbers[:3])
            assert np.array_equal(segment.velocity_m_s, numbers[3:])
            midnight = datetime(2016, 12, 19, tzinfo=UTC)
            minutes = [
                (datetime.fromisoformat(state[0] + "Z") - midnight).total_seconds()
                for state in states
            ]
            assert np.array_equal(segment.times.since(57_741), minutes)

    @pytest.mark.parametrize(("text", "line"), [(KVN, 6), (XML, 9)], ids=["kvn", "xml"])
    def test_who_made_it_and_how_it_is_to_be_read(self, text, line):
        """Header and metadata arrive; the period is that of the circle."""
        (trajectory,) = read(text)

        assert (trajectory.name, trajectory.cospar_id) == ("CIRCLE", "2016-051A")
        assert trajectory.epoch == datetime(2016, 12, 18, 12, tzinfo=UTC)
        assert trajectory.source == f"orbit.oem:{line}"
        assert trajectory.motion == "ephemeris in EME2000 and UTC, HERMITE of degree 7"
        assert trajectory.period_s == pytest.approx(5_676.98, abs=0.01)

    def test_segments_that_follow_each_other_are_one_trajectory(self):
        """The usable spans touch at minute 12, whatever the states beyond them."""
        (trajectory,) = read(KVN)

        assert [list(s.usable.second_s / 60.0) for s in trajectory.segments] == [[2, 12], [12, 22]]

    def test_segments_with_a_gap_are_two(self):
        """Nothing is known between, so nothing is interpolated there."""
        later = KVN.replace(
            "USEABLE_START_TIME = 2016-12-19T00:12", "USEABLE_START_TIME = 2016-12-19T00:13"
        )

        assert len(read(later)) == 2

    def test_forms_that_mean_the_same(self):
        """Day of the year, Z, exponents, accelerations, comments, covariances, Windows lines."""
        first = ONE.splitlines()[-15]
        fields = first.split()
        fields[0] = "2016-354T00:00:00.000000Z"
        fields[1] = f"{float(fields[1]) / 1e3:.12f}E+03"
        text = changed(first, " ".join([*fields, "0.1", "-0.2", "3e-3"]))
        text = "\ufeff" + text.replace("META_STOP\n", "META_STOP\nCOMMENT states\n\n")
        text += "COVARIANCE_START\nEPOCH = 2016-12-19T00:00:00\n1.0\n2.0 3.0\nCOVARIANCE_STOP\n"

        (plain,), (odd,) = read(ONE), read(text.replace("\n", "\r\n"))

        assert np.allclose(odd.segments[0].position_m, plain.segments[0].position_m, atol=1e-6)
        assert np.array_equal(odd.segments[0].times.mjd, plain.segments[0].times.mjd)

    def test_values_in_lower_case(self):
        """As the standard allows; the table is told in capitals."""
        text = ONE
        for word in ("EME2000", "UTC", "HERMITE", "EARTH"):
            text = re.sub(rf"= {word}\b", f"= {word.lower()}", text)
        assert text != ONE

        (one,) = read(text)
        assert one.motion == "ephemeris in EME2000 and UTC, HERMITE of degree 7"
        assert one.time_system == "UTC"

    @pytest.mark.parametrize("method", ["LINEAR", "LAGRANGE", "HERMITE"])
    def test_straight_lines_between_states_a_second_apart(self, method):
        """Near enough to be joined better, which is told; a minute apart they are refused."""
        head = re.sub("= HERMITE", f"= {method}", ONE.replace("DEGREE = 7", "DEGREE = 1"))
        top = head[: head.index("META_STOP") + 10]
        rows = [
            f"2016-12-19T00:{s // 60:02d}:{s % 60:02d}.000 {_on_circle(float(s))}"
            for s in range(901)
        ]

        with pytest.warns(SatqkdWarning, match="straight lines"):
            (one,) = read(top + "\n".join(rows) + "\n")
        assert (one.segments[0].method, one.segments[0].degree) == ("HERMITE", 7)
        assert "cannot follow an orbit" in findings(head)[0].message

    def test_a_span_wider_than_the_states(self):
        """The usable span lies within them and counts; at the end the file might be cut off."""
        early = changed("START_TIME = 2016-12-19T00:00", "START_TIME = 2016-12-18T23:00")
        late = changed("STOP_TIME = 2016-12-19T00:14", "STOP_TIME = 2016-12-19T01:14")
        assert "USEABLE_START_TIME" in ONE

        with pytest.warns(SatqkdWarning, match="after the start of their segment; the usable"):
            assert len(read(early)) == 1
        assert "before the end" in finding(late).message

    def test_a_leap_second_is_a_time(self):
        """23:59:60 of a day is its 86,401st second; other minutes have none such."""
        leap = ONE.replace("2016-12-19T00:14:00.000", "2016-12-19T23:59:60.500")
        never = ONE.replace("2016-12-19T00:14:00.000", "2016-12-19T12:59:60.500")

        assert not [one for one in findings(leap) if "no date" in one.message]
        assert any("no date" in one.message for one in findings(never))

    @pytest.mark.parametrize(
        ("written", "number", "designator"),
        [
            ("2016-051A", 0, "2016-051A"),
            ("2016-051-A", 0, "2016-051A"),
            ("41731", 41731, ""),
            ("QSS-2 PFM", 0, "QSS-2 PFM"),
        ],
    )
    def test_objects_by_designator_number_or_other_name(self, written, number, designator):
        """The standard recommends designators; operators write what they like."""
        (trajectory,) = read(changed("2016-051A", written))

        assert (trajectory.norad_id, trajectory.cospar_id) == (number, designator)

    def test_without_interpolation_in_the_header(self):
        """Then Hermite of degree 7 is used, and said to be."""
        text = re.sub("INTERPOLATION.*\n", "", ONE)

        assert "HERMITE of degree 7" in read(text)[0].motion

    @pytest.mark.parametrize("frame", ["ITRF2014", "ITRF-97", "GCRF", "ICRF", "J2000"])
    def test_frames(self, frame):
        """Consistent states are taken in any inertial frame; in ITRF these ones are nonsense."""
        text = changed("EME2000", frame)
        if frame.startswith("ITRF"):
            assert "where the one before it leads" in finding(text).message
        else:
            assert read(text)[0].segments[0].frame_as_written == frame


MISTAKES = {
    "frame": (
        "REF_FRAME = EME2000",
        "REF_FRAME = MOD",
        "MOD is no frame",
        "ask the sender for ITRF",
    ),
    "frozen": (
        "REF_FRAME = EME2000",
        "REF_FRAME = TEME\nREF_FRAME_EPOCH = 2016-12-19T00:00:00",
        "held fast at an epoch",
        "without REF_FRAME_EPOCH",
    ),
    "clock": (
        "TIME_SYSTEM = UTC",
        "TIME_SYSTEM = UT1",
        "UT1 cannot be turned",
        "UTC, TAI, TT, GPS",
    ),
    "centre": (
        "CENTER_NAME = EARTH",
        "CENTER_NAME = MOON",
        "is MOON",
        "only EARTH",
    ),
    "method": (
        "INTERPOLATION = HERMITE",
        "INTERPOLATION = LINEAR",
        "LINEAR cannot",
        "HERMITE, LAGRANGE",
    ),
    "degree": (
        "INTERPOLATION_DEGREE = 7",
        "INTERPOLATION_DEGREE = 1",
        "'1' cannot",
        "from 3 to 25",
    ),
    "degree text": (
        "INTERPOLATION_DEGREE = 7",
        "INTERPOLATION_DEGREE = x",
        "'x' cannot",
        "whole number",
    ),
    "no degree": (
        "INTERPOLATION_DEGREE = 7\n",
        "",
        "DEGREE is missing",
        "from 3 to 25",
    ),
    "degree alone": (
        "INTERPOLATION = HERMITE\n",
        "",
        "without INTERPOLATION",
        "HERMITE, LAGRANGE",
    ),
    "version": (
        "VERS = 2.0",
        "VERS = 9.0",
        "version of the OEM is '9.0'",
        "1.0, 2.0 or 3.0",
    ),
    "creation": (
        "CREATION_DATE = 2016-12-18T12:00:00\n",
        "",
        "CREATION_DATE is missing",
        "again",
    ),
    "date": (
        "2016-12-18T12:00:00",
        "2016-12-32T12:00:00",
        "no date and time",
        "2016-12-19T",
    ),
    "state date": (
        "\n2016-12-19T00:04:00.000 ",
        "\n2016-12-19T00:60:00 ",
        "no date and time",
        "write",
    ),
    "keyword": (
        "CENTER_NAME",
        "CENTRE_NAME",
        "'CENTRE_NAME' is no keyword",
        "CENTER_NAME",
    ),
    "twice": (
        "REF_FRAME = EME2000",
        "REF_FRAME = EME2000\nREF_FRAME = ITRF",
        "given twice",
        "keep one",
    ),
    "empty": (
        "OBJECT_NAME = CIRCLE",
        "OBJECT_NAME =",
        "OBJECT_NAME has no value",
        "write one",
    ),
    "stray": (
        "META_STOP\n",
        "META_STOP\nPage 2\n",
        "here are 2",
        "502.0-B-3",
    ),
    "stray header": (
        "META_START\n",
        "hello\nMETA_START\n",
        "is no line 'KEYWORD = value'",
        "502.0",
    ),
    "late keyword": (
        "META_STOP\n",
        "META_STOP\nREF_FRAME = ITRF\n",
        "among the states",
        "META_STOP",
    ),
    "mark": (
        "META_STOP\n",
        "META_STOP\nMETA_STOP\n",
        "META_STOP cannot stand here",
        "502.0",
    ),
    "order": (
        "\n2016-12-19T00:05:00.000",
        "\n2016-12-19T00:04:00.000",
        "does not lie after",
        "order",
    ),
    "begins late": (
        "USEABLE_START_TIME = 2016-12-19T00:02",
        "USEABLE_START_TIME = 2016-12-18T00:02",
        "the states begin",
        "missing",
    ),
    "ends early": (
        "USEABLE_STOP_TIME = 2016-12-19T00:12",
        "USEABLE_STOP_TIME = 2016-12-19T01:12",
        "the states end",
        "missing",
    ),
    "backwards": (
        "USEABLE_STOP_TIME = 2016-12-19T00:12",
        "USEABLE_STOP_TIME = 2016-12-19T00:01",
        "ends before it begins",
        "again",
    ),
}
"""What is written instead of what, and what is said about it."""


def across_midnight(day, *, jump_s=0.0, clock="UTC"):
    """A circular orbit of 550 km from 23:40 to 00:20, late by some seconds from midnight on."""
    first = datetime.fromisoformat(f"{day}T23:40:00")
    minutes = np.arange(41)
    flown_s = 60.0 * minutes - np.where(minutes >= 20, jump_s, 0.0)
    radius_km, speed_km_s = 6_928.137, np.sqrt(398_600.4418 / 6_928.137)
    turn = flown_s * speed_km_s / radius_km
    x, z = radius_km * np.cos(turn), radius_km * np.sin(turn)
    u, w = -speed_km_s * np.sin(turn), speed_km_s * np.cos(turn)
    times = [(first + timedelta(minutes=int(m))).isoformat() for m in minutes]
    states = [
        f"{t} {a:.6f} 0.0 {b:.6f} {c:.9f} 0.0 {d:.9f}"
        for t, a, b, c, d in zip(times, x, z, u, w, strict=True)
    ]
    return "\n".join(
        [
            "CCSDS_OEM_VERS = 2.0", f"CREATION_DATE = {day}T00:00:00", "ORIGINATOR = TEST",
            "META_START", "OBJECT_NAME = X", "OBJECT_ID = 2016-051A", "CENTER_NAME = EARTH",
            "REF_FRAME = EME2000", f"TIME_SYSTEM = {clock}", f"START_TIME = {times[0]}",
            f"STOP_TIME = {times[-1]}", "META_STOP", *states, "",
        ]
    )  # fmt: skip


class TestMidnight:
    @pytest.mark.parametrize("jump_s", [1.1, -1.1])
    def test_a_jump_is_found_as_at_any_other_time(self, jump_s):
        """Eight kilometres, on a day whose last minute has 60 seconds."""
        found = finding(across_midnight("2016-11-14", jump_s=jump_s))

        assert "from where the one before it leads" in found.message
        assert len(read(across_midnight("2016-11-14"))) == 1

    @pytest.mark.parametrize("jump_s", [0.0, -1.0])
    def test_a_leap_second_may_be_flown_through_or_not(self, jump_s):
        """The last minute of 2016 had 61 seconds; senders count them or do not."""
        assert len(read(across_midnight("2016-12-31", jump_s=jump_s))) == 1

    def test_other_clocks_have_no_leap_second(self):
        """In GPS time every minute has 60 seconds."""
        found = finding(across_midnight("2016-12-31", jump_s=-1.1, clock="GPS"))

        assert "from where the one before it leads" in found.message


class TestRefuses:
    @pytest.mark.parametrize("name", list(MISTAKES))
    def test_each_mistake_is_told(self, name):
        """By what is wrong and what to do."""
        old, new, message, fix = MISTAKES[name]

        texts = [str(one) for one in findings(changed(old, new))]

        assert any(message in text and fix in text for text in texts), texts

    def test_a_mistake_is_told_by_its_line(self):
        """In both notations."""
        kvn, xml = changed("EME2000", "MOD"), XML.replace("EME2000", "MOD", 1)

        assert finding(kvn).line == line_of("REF_FRAME")
        assert finding(xml).line == line_of("<REF_FRAME>", xml)

    def test_every_mandatory_keyword_is_missed(self):
        """Nothing is guessed."""
        for keyword in ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM",
                        "\nSTART_TIME", "\nSTOP_TIME"):  # fmt: skip
            text = re.sub(f"({keyword}) = .*\n", "", ONE, count=1)
            assert any(f"has no {keyword.strip()}" in one.message for one in findings(text)), (
                keyword
            )

    @pytest.mark.parametrize("digits", ["NaN", "inf", "69OO.5", "1,5"])
    def test_numbers_that_are_none(self, digits):
        """By line and as written."""
        row = ONE.splitlines()[-3]
        spoiled = row.replace(row.split()[2], digits)

        one = finding(ONE.replace(row, spoiled))

        assert f"'{digits}' is no number" in one.message
        assert one.line == line_of(row)

    @pytest.mark.parametrize("column", [1, 2, 3, 4, 5, 6])
    def test_one_wrong_digit_in_one_state(self, column):
        """A state that does not follow from the one before: 2 km, or 50 m/s."""
        row = ONE.splitlines()[-8]
        fields = row.split()
        fields[column] = f"{float(fields[column]) + (2.0 if column < 4 else 0.05):.9f}"

        one = finding(ONE.replace(row, " ".join(fields)))

        assert "from where the one before it leads" in one.message
        assert one.line == line_of(row)

    def test_metres_instead_of_kilometres(self):
        """Every number a thousand times too large."""
        rows = [line for line in ONE.splitlines() if line.startswith("2016")]
        text = ONE
        for row in rows:
            fields = row.split()
            text = text.replace(
                row, " ".join([fields[0], *(f"{float(x) * 1e3:.6f}" for x in fields[1:])])
            )

        assert "km from the Earth's centre" in findings(text)[0].message
        assert "km in an OEM" in findings(text)[0].fix

    def test_a_hole_in_the_table(self):
        """States an eighth of a period apart or more cannot be interpolated."""
        rows = [line for line in ONE.splitlines(keepends=True) if line.startswith("2016")]
        text = ONE
        for row in rows[2:-1]:
            text = text.replace(row, "")

        one = finding(text.replace("DEGREE = 7", "DEGREE = 5"))

        assert "comes 780 s after the one before it" in one.message

    def test_too_few_states_for_the_degree(self):
        """The header asks for more than there is."""
        one = finding(changed("INTERPOLATION_DEGREE = 7", "INTERPOLATION_DEGREE = 25")
                      .replace("HERMITE", "LAGRANGE"))  # fmt: skip

        assert "LAGRANGE of degree 25 needs 26 states; here are 15" in one.message

    def test_a_file_cut_anywhere(self):
        """No prefix is taken for a message, unless it lacks only the last digits."""
        for end in range(0, KVN.rindex(" ") + 2, 97):
            assert findings(KVN[:end]), KVN[:end]
        for end in range(0, len(XML) - 8, 211):
            assert findings(XML[:end])

    def test_overlapping_segments(self):
        """Which of the two holds would be a guess."""
        text = KVN.replace(
            "USEABLE_START_TIME = 2016-12-19T00:12", "USEABLE_START_TIME = 2016-12-19T00:11"
        )

        assert "60 s before the one before it ends" in finding(text).message

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("<oem version='2.0'><header>", "is no XML"),
            ("<html><body>not found</body></html>", "there is no <oem>"),
            ("<!DOCTYPE oem [<!ENTITY a 'b'>]><oem version='2.0'/>", "document type declaration"),
            ("<oem version='2.0'><header/><body/></oem>", "CREATION_DATE is missing"),
            (re.sub("<segment>.*</segment>", "", XML, flags=re.DOTALL), "no segment"),
            ("", "before its first META_START"),
        ],
    )  # fmt: skip
    def test_what_is_no_message(self, text, message):
        """Broken XML, web pages, entity bombs, nothing at all."""
        assert any(message in one.message for one in findings(text))

    def test_units_in_xml(self):
        """Only km and km/s are units of an OEM."""
        text = XML.replace("<X>", '<X units="m">', 1)

        assert "X is in m, not in km" in finding(text).message

    def test_a_state_in_xml_that_lacks_a_number(self):
        """Told by what is missing."""
        text = re.sub(r"<Y_DOT>.*</Y_DOT>", "", XML, count=1)

        assert any("this state has no Y_DOT" in one.message for one in findings(text))

    def test_no_more_findings_than_anyone_reads(self):
        """A thousand lines of rubbish give a hundred findings."""
        assert len(findings(ONE + "rubbish\n" * 1000)) == 100


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        (KVN, True), (XML, True), ("\n\n" + KVN, True), ("\ufeff" + XML, True),
        ('<?xml version="1.0"?><ndm><oem id="x">', True), ("CCSDS_OMM_VERS = 2.0", False),
        ("<omm id='CCSDS_OMM_VERS'>", False), ("1 41731U 16051A", False), ("", False),
    ],
)  # fmt: skip
def test_messages_are_known_by_their_beginning(text, yes):
    """An OEM may be called .xml or .txt."""
    assert is_oem(text) is yes
