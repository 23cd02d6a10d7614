"""Orbit mean-elements messages: what is accepted, what is refused, and what is said about it."""

import json
import warnings
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sgp4 import omm as sgp4_omm
from sgp4.api import Satrec

from satqkd.elements.message_form import is_omm
from satqkd.elements.omm import parse_omm
from satqkd.elements.propagation import propagate
from satqkd.elements.tle import MAX_FINDINGS, parse_tle
from satqkd.errors import InputError, SatqkdWarning

MICIUS_TLE = """\
0 MICIUS
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""
MICIUS = {
    "OBJECT_NAME": "MICIUS",
    "OBJECT_ID": "2016-051A",
    "EPOCH": "2016-12-19T13:39:33.153408",
    "MEAN_MOTION": 15.23916091,
    "ECCENTRICITY": 0.0013349,
    "INCLINATION": 97.3698,
    "RA_OF_ASC_NODE": 268.1064,
    "ARG_OF_PERICENTER": 175.8929,
    "MEAN_ANOMALY": 309.019,
    "EPHEMERIS_TYPE": 0,
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": 41731,
    "ELEMENT_SET_NO": 999,
    "REV_AT_EPOCH": 1916,
    "BSTAR": 1.8801e-5,
    "MEAN_MOTION_DOT": 3.84e-6,
    "MEAN_MOTION_DDOT": 0,
}
METADATA = {
    "CENTER_NAME": "EARTH",
    "REF_FRAME": "TEME",
    "TIME_SYSTEM": "UTC",
    "MEAN_ELEMENT_THEORY": "SGP4",
}
TLE_BLOCK = ("CLASSIFICATION_TYPE", "ELEMENT_SET_NO", "REV_AT_EPOCH", "EPHEMERIS_TYPE")
UNITS = {"MEAN_MOTION": "rev/day", "INCLINATION": "deg", "BSTAR": "1/ER"}
TIMES_S = np.linspace(-86_400.0, 86_400.0, 101)


def changed(**fields):
    """Return the record of Micius with other values; None leaves a keyword out."""
    merged = {**MICIUS, **fields}
    return {key: value for key, value in merged.items() if value is not None}


def as_json(*records):
    return json.dumps(records, indent=1)


def as_strings(*records):
    """Return records as Space-Track writes them: every value a text, on one line."""
    return json.dumps([{key: str(value) for key, value in record.items()} for record in records])


def as_csv(*records):
    lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
    return "\n".join(lines) + "\n"


def as_kvn(*records):
    text = ""
    for record in records:
        text += (
            "CCSDS_OMM_VERS = 2.0\nCOMMENT made for a test\nCREATION_DATE = 2016-12-19T00:00:00\n"
        )
        for key, value in {**METADATA, **record}.items():
            unit = f" [{UNITS[key]}]" if key in UNITS else ""
            text += f"{key:20}= {value}{unit}\n"
    return text


def as_xml(*records):
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<ndm>\n'
    for record in records:
        text += (
            '<omm id="CCSDS_OMM_VERS" version="2.0">\n<header><ORIGINATOR>x</ORIGINATOR></header>\n'
        )
        text += "<body><segment><metadata>\n<COMMENT>all in one section</COMMENT>\n"
        for key, value in {**METADATA, **record}.items():
            unit = f' units="{UNITS[key]}"' if key in UNITS else ""
            text += f"<{key}{unit}>{value}</{key}>\n"
        text += "</metadata></segment></body></omm>\n"
    return text + "</ndm>\n"


FORMS = {
    "json": as_json,
    "strings": as_strings,
    "csv": as_csv,
    "kvn": as_kvn,
    "xml": as_xml,
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


def read(text):
    return parse_omm(text, file="f")


def refused(text):
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.findings


def the_finding(text):
    findings = refused(text)
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def line_of(text, part):
    """Return the number of the first line that holds a text."""
    return next(i for i, line in enumerate(text.splitlines(), start=1) if part in line)


class TestAccepts:
    @every_form
    def test_every_form_gives_the_orbit_of_the_tle(self, form):
        """The same digits give the same positions to the last bit, whatever the form."""
        (tle,) = parse_tle(MICIUS_TLE, file="f.tle")
        (found,) = read(form(MICIUS))

        ours, theirs = propagate(found, TIMES_S), propagate(tle, TIMES_S)
        assert (found.name, found.norad_id, found.cospar_id) == ("MICIUS", 41731, "2016-051A")
        assert found.epoch == tle.epoch
        assert np.array_equal(ours.position_m, theirs.position_m)
        assert np.array_equal(ours.velocity_m_s, theirs.velocity_m_s)

    @every_form
    def test_records_come_in_the_order_of_the_file(self, form):
        """Two records are two element sets, each with the line where it begins."""
        text = form(MICIUS, changed(NORAD_CAT_ID=2, OBJECT_NAME="B"))

        first, second = read(text)
        assert (first.norad_id, second.norad_id) == (41731, 2)
        assert first.source.startswith("f:")
        assert int(second.source[2:]) >= int(first.source[2:])

    def test_agrees_with_the_sgp4_packages_own_reader(self):
        """Its formulas round in another order: 1e-4 m is far above that, and far below SGP4."""
        theirs = Satrec()
        sgp4_omm.initialize(theirs, {key: str(value) for key, value in MICIUS.items()})
        (ours,) = read(as_json(MICIUS))

        _, position_km, _ = theirs.sgp4_tsince(1440.0)
        motion = propagate(ours, np.array([86_400.0]))
        assert motion.position_m[:, 0] == pytest.approx(np.array(position_km) * 1e3, abs=1e-4)
        assert ours.satrec.ndot == pytest.approx(theirs.ndot, rel=1e-15)
        assert (ours.satrec.elnum, ours.satrec.revnum) == (999, 1916)
        assert ours.satrec.intldesg == theirs.intldesg == "16051A"

    @pytest.mark.parametrize("number", [339_999, 340_000, 799_501_299, 999_999_999])
    @every_form
    def test_nine_digit_numbers_move_alike(self, form, number):
        """The number is kept, and has no part in the positions."""
        (plain,) = read(form(MICIUS))
        (found,) = read(form(changed(NORAD_CAT_ID=number)))

        assert found.norad_id == number
        assert np.array_equal(
            propagate(found, TIMES_S).position_m, propagate(plain, TIMES_S).position_m
        )

    @every_form
    def test_without_a_number_an_object_is_known_by_its_designator(self, form):
        """Absent or blank."""
        for number in (None, ""):
            (found,) = read(form(changed(NORAD_CAT_ID=number, OBJECT_NAME=None)))

            assert (found.norad_id, found.cospar_id, found.name) == (0, "2016-051A", "2016-051A")

    @every_form
    def test_without_the_whole_block_drag_is_left_out_and_that_is_said(self, form):
        """The standard lets a message go without it; SGP4 then flies with B* = 0."""
        block = dict.fromkeys((*TLE_BLOCK, "NORAD_CAT_ID", "BSTAR"))
        record = changed(**block, MEAN_MOTION_DOT=None, MEAN_MOTION_DDOT=None)

        with pytest.warns(SatqkdWarning, match="MICIUS and 1 more have no BSTAR: drag is left out"):
            first, _ = read(form(record, record))

        (still,) = read(form(changed(BSTAR=0)))
        assert first.satrec.bstar == 0.0
        assert np.array_equal(
            propagate(first, TIMES_S).position_m, propagate(still, TIMES_S).position_m
        )

    @every_form
    def test_the_block_for_tles_may_be_absent(self, form):
        """Classification, set number, revolutions and ephemeris type are no part of an orbit."""
        (found,) = read(form(changed(**dict.fromkeys(TLE_BLOCK))))

        assert found.satrec.bstar == 1.8801e-5
        assert (found.satrec.elnum, found.satrec.classification) == (0, "U")

    @every_form
    def test_a_nameless_object_goes_by_its_number(self, form):
        """Without name and designator an object is known by its number."""
        (found,) = read(form(changed(OBJECT_NAME=None, OBJECT_ID="")))

        assert (found.name, found.cospar_id) == ("41731", "")

    def test_nulls_and_more_keys_as_in_a_history(self):
        """Keys that SGP4 does not need are passed over, null or not."""
        more = {"GP_ID": "1", "DECAY_DATE": None, "RCS_SIZE": None, "TLE_LINE0": "0 MICIUS"}
        record = {**MICIUS, **METADATA, **more, "FILE": 7, "LIST": [1, {"a": 2}], "YES": True}

        (found,) = read(as_json({**record, "REV_AT_EPOCH": None}))
        assert (found.norad_id, found.satrec.revnum) == (41731, 0)

    def test_one_json_object_without_a_list(self):
        """A single record need not stand in a list."""
        assert read(json.dumps(MICIUS))[0].source == "f:1"

    def test_one_xml_message_with_a_namespace(self):
        """A message may stand alone, and its names may have a prefix."""
        text = as_xml(MICIUS).replace("<ndm>", "").replace("</ndm>", "")
        text = text.replace("<omm ", '<n:omm xmlns:n="urn:x" ').replace("</omm>", "</n:omm>")

        assert read(text)[0].norad_id == 41731

    def test_quoted_csv(self):
        """Cells in quotes may hold commas."""
        text = as_csv(MICIUS).replace("MICIUS", '"A, ""B"""')

        assert read(text)[0].name == 'A, "B"'

    def test_the_older_name_of_the_theory(self):
        """SGP/SGP4 is the name the theory has in the standard's examples."""
        assert read(as_kvn(changed(MEAN_ELEMENT_THEORY="SGP/SGP4")))

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @every_form
    def test_every_kind_of_line_end_and_a_mark(self, form, end):
        """Line ends of any system count alike; a byte-order mark is no part of the text."""
        text = form(MICIUS, MICIUS)

        found = read("\ufeff" + text.replace("\n", end))
        assert [one.source for one in found] == [one.source for one in read(text)]

    def test_blank_lines_and_blanks(self):
        """Blank lines before, between and after are passed over."""
        assert read("\n \n" + as_csv(MICIUS).replace("\n", "\n\n"))[0].source == "f:5"
        assert read("\n\n" + as_kvn(MICIUS).replace("\n", "\n\n"))[0].source == "f:3"
        assert read(" " * 9000 + as_json(MICIUS))[0].source == "f:2"

    @pytest.mark.parametrize(
        ("text", "number"), [(".18801E-4", 1.8801e-5), ("-1.5e-3", -1.5e-3), ("0", 0.0)]
    )
    def test_numbers_as_services_write_them(self, text, number):
        """A number may begin with its point and have an exponent."""
        assert read(as_csv(changed(BSTAR=text)))[0].satrec.bstar == number


class TestRefusesValues:
    @pytest.mark.parametrize(
        ("keyword", "value", "said", "mended"),
        [
            ("REF_FRAME", "EME2000", "'EME2000', which SGP4 cannot use", "TEME"),
            ("TIME_SYSTEM", "TAI", "'TAI', which SGP4 cannot use", "UTC"),
            ("CENTER_NAME", "MOON", "'MOON', which SGP4 cannot use", "EARTH"),
            ("MEAN_ELEMENT_THEORY", "SGP4-XP", "'SGP4-XP', which", "SGP4 or SGP/SGP4"),
            ("MEAN_ELEMENT_THEORY", "DSST", "'DSST', which", "SGP4"),
            ("EPHEMERIS_TYPE", 4, "is 4: these are SGP4-XP elements", "ephemeris type 0"),
            ("EPHEMERIS_TYPE", 3, "is '3'; only SGP4 elements", "ephemeris type 0"),
            ("CLASSIFICATION_TYPE", "X", "is 'X'", "U, C or S"),
            ("NORAD_CAT_ID", "A0001", "'A0001' is no whole number", "alpha-5"),
            ("NORAD_CAT_ID", "1000000000", "no whole number of up to nine digits", "digits"),
            ("NORAD_CAT_ID", "-5", "'-5' is no whole number", "digits"),
            ("NORAD_CAT_ID", "5.0", "'5.0' is no whole number", "digits"),
            ("ELEMENT_SET_NO", "x", "'x' is no whole number", "correct it"),
            ("REV_AT_EPOCH", "1.5", "'1.5' is no whole number", "correct it"),
            ("INCLINATION", 180.0001, "is 180; it must lie in [0, 180]", "correct it"),
            ("INCLINATION", -1, "is -1; it must lie in [0, 180]", "correct it"),
            ("RA_OF_ASC_NODE", 361, "is 361; it must lie in [-360, 360]", "correct it"),
            ("ARG_OF_PERICENTER", -361, "is -361", "correct it"),
            ("MEAN_ANOMALY", 1e9, "is 1e+09", "correct it"),
            ("ECCENTRICITY", 1, "is 1: that is no closed orbit", "correct it"),
            ("ECCENTRICITY", -0.1, "is -0.1; it must lie in [0, 1)", "correct it"),
            ("ECCENTRICITY", 0.5, "puts the perigee 2942 km under the ground", "correct it"),
            ("MEAN_MOTION", 0.02, "0.02 rev/day is no orbit of a satellite: slower", "correct it"),
            ("MEAN_MOTION", 18, "18 rev/day is no orbit of a satellite: inside", "correct it"),
            ("MEAN_MOTION", "97,3", "no number", "correct it"),
            ("BSTAR", "1_0", "'1_0' is no number", "correct it"),
            ("BSTAR", "18801-4", "'18801-4' is no number", "correct it"),
            ("BSTAR", "٣", "'٣' is no number", "correct it"),
            ("BSTAR", "nan", "'nan' is not finite", "correct it"),
            ("BSTAR", "-Infinity", "'-Infinity' is not finite", "correct it"),
            ("BSTAR", "1e999", "'1e999' is not finite", "correct it"),
            ("MEAN_MOTION_DOT", "inf", "'inf' is not finite", "correct it"),
            ("OBJECT_NAME", "n" * 101, "has 101 characters", "shorten"),
            ("OBJECT_NAME", "A\x1b[31mB", "'A␛[31mB' holds a control character", "delete"),
            ("CCSDS_OMM_VERS", "9.0", "'9.0', a version this reader does not know", "2.0 or 3.0"),
        ],
    )
    def test_each_wrong_value_is_told(self, keyword, value, said, mended):
        """What SGP4 would silently take is refused by its keyword, with what to do."""
        finding = the_finding(as_json(changed(**{keyword: value})))

        assert finding.where == keyword
        assert said in finding.message
        assert mended in finding.fix
        assert "\x1b" not in str(finding)

    @pytest.mark.parametrize("value", ["MOON", "EARTH "])
    @every_form
    def test_metadata_is_checked_in_every_form(self, form, value):
        """Frame, time, centre and theory are read wherever they are written."""
        text = form(changed(**{**METADATA, "CENTER_NAME": value}))

        if value == "MOON":
            finding = the_finding(text)
            assert finding.where == "CENTER_NAME"
            assert finding.line == line_of(text, "CENTER_NAME") + (form is as_csv)
        else:
            assert read(text)

    @pytest.mark.parametrize("keyword", METADATA)
    @pytest.mark.parametrize("form", [as_kvn, as_xml])
    def test_kvn_and_xml_have_to_say_what_they_mean(self, form, keyword, monkeypatch):
        """Where the standard demands the metadata nothing is assumed."""
        monkeypatch.delitem(METADATA, keyword)

        finding = the_finding(form(MICIUS))
        assert finding.message == f"{keyword} is missing"

    @pytest.mark.parametrize(
        "keyword",
        [
            "EPOCH",
            "MEAN_MOTION",
            "ECCENTRICITY",
            "INCLINATION",
            "RA_OF_ASC_NODE",
            "ARG_OF_PERICENTER",
            "MEAN_ANOMALY",
            "BSTAR",
        ],
    )
    @every_form
    def test_no_element_may_be_missing_or_blank(self, form, keyword):
        """Nothing takes the place of an element that is not there."""
        missing = the_finding(form(changed(**{keyword: None})))
        blank = the_finding(form(changed(**{keyword: ""})))

        assert f"{keyword}" in missing.message
        assert "missing" in missing.message or "lacks" in missing.message
        assert (blank.where, blank.message) == (keyword, "is blank")

    @every_form
    def test_an_object_needs_a_number_or_a_designator(self, form):
        """Whose elements they are is not guessed."""
        for designator in (None, "", "UNKNOWN"):
            text = form(changed(NORAD_CAT_ID=None, OBJECT_ID=designator))
            assert "NORAD_CAT_ID" in the_finding(text).message

    @pytest.mark.parametrize("form", [as_kvn, as_xml])
    def test_other_units_are_refused(self, form, monkeypatch):
        """A unit that is written is checked."""
        monkeypatch.setitem(UNITS, "INCLINATION", "rad")

        finding = the_finding(form(MICIUS))
        assert (finding.where, finding.message) == ("INCLINATION", "is in 'rad', not in deg")

    @every_form
    def test_all_mistakes_come_together_in_their_places(self, form):
        """Several mistakes of several records are told at once, by line and column."""
        text = form(
            changed(INCLINATION=181),
            MICIUS,
            changed(EPOCH="yesterday", BSTAR="nan"),
        )

        findings = refused(text)
        assert sorted(f.where for f in findings) == ["BSTAR", "EPOCH", "INCLINATION"]
        for finding in findings:
            column = text.splitlines()[finding.line - 1][finding.column - 1 :]
            assert column.lstrip("<").startswith(
                (f'"{finding.where}"', finding.where, "181", "yesterday", "nan")
            )

    def test_does_not_go_on_for_ever(self):
        """A file that is wrong throughout is left after a thousand mistakes."""
        findings = refused(as_csv(*[changed(BSTAR="x")] * (MAX_FINDINGS + 50)))

        assert len(findings) == MAX_FINDINGS + 1
        assert "not read to its end" in findings[-1].message


class TestRefusesForms:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("No GP data found", "it begins with 'No GP data found'"),
            ("", "it is empty"),
            (" \n\n", "it is empty"),
            ("<!DOCTYPE html><html><body>503</body></html>", "it is a web page"),
            ("<HTML>", "it is a web page"),
            (MICIUS_TLE, "it holds two-line element sets"),
            ('[{"Login": "Failed"}]', "it says Login: Failed"),
            ('{"error": "You must be logged in"}', "it says error: You must be logged in"),
            ("[]", "the list is empty"),
            ("[\n]", "the list is empty"),
            ("[1]", "this is no record but 1"),
            ('["No GP data found"]', 'no record but "No GP data found"'),
            ("[{}]", "it says nothing"),
            ("A,B\n1,2\n", "it begins with 'A,B'"),
            ("<ndm></ndm>", "no element 'omm' in this file, whose root is 'ndm'"),
            ("CCSDS_OEM_VERS = 2.0\n", "of another kind begins here: OEM"),
            ("<oem></oem>", "of another kind begins here: oem"),
            ('"text"', "it begins with '\"text\"'"),
            ("nothing \x1b[31m", "it begins with 'nothing ␛[31m'"),
        ],
    )
    def test_what_is_no_message_is_an_error_not_an_empty_list(self, text, said):
        """An answer that holds no elements is told by what it holds."""
        finding = the_finding(text)

        assert said in finding.message
        assert finding.fix

    def test_the_line_of_an_answer_is_where_it_stands(self):
        """Blank lines before an answer are counted."""
        assert the_finding("\n\nNo GP data found").line == 3

    @pytest.mark.filterwarnings("ignore:.*have no BSTAR")
    @every_form
    def test_a_text_that_is_cut_off_is_never_half_read(self, form):
        """Wherever a text ends early, it is refused or is still whole, but for its drag."""
        text = form(MICIUS, MICIUS)
        whole = read(text)
        for end in range(0, len(text.rstrip()), 3):
            try:
                found = read(text[:end])
            except InputError:
                continue
            assert form in {as_csv, as_kvn}
            assert len(found) <= len(whole)
            assert {one.satrec.mo for one in found} == {whole[0].satrec.mo}

    @pytest.mark.parametrize(
        ("text", "place", "said"),
        [
            (as_json(MICIUS)[:-2], (20, 3), "ends before its list does"),
            (as_json(MICIUS)[:-1] + ",", (21, 2), "expecting value"),
            (as_json(MICIUS) + "x", (21, 2), "'x' follows the end of the data"),
            ('[{"A": 1} {"B": 2}]', (1, 11), "a comma or ']' must follow"),
            ('[{"A" 1}]', (1, 7), "this is no valid JSON"),
            ("[{'A': 1}]", (1, 3), "this is no valid JSON"),
            ("[" * 100_000, (1, 2), "nested too deeply"),
        ],
    )
    def test_broken_json_is_told_by_line_and_column(self, text, place, said):
        """The place is where the JSON breaks."""
        finding = refused(text)[-1]

        assert said in finding.message
        assert (finding.line, finding.column) == place

    def test_a_key_given_twice_in_json(self):
        """The second of two values would silently win; both are refused."""
        text = as_json(MICIUS).replace('"BSTAR"', '"ECCENTRICITY": 0.0015,\n  "BSTAR"')

        finding = the_finding(text)
        assert (finding.where, finding.line) == ("ECCENTRICITY", line_of(text, "0.0015"))
        assert "given twice" in finding.message

    @pytest.mark.parametrize("form", [as_kvn, as_xml])
    def test_a_key_given_twice_in_kvn_and_xml(self, form):
        """The line of the first is told too."""
        lines = form(MICIUS).splitlines()
        at = next(i for i, line in enumerate(lines) if "INCLINATION" in line)
        lines.insert(at + 1, lines[at])

        finding = the_finding("\n".join(lines))
        assert (finding.where, finding.line) == ("INCLINATION", at + 2)
        assert f"it stands in line {at + 1} already" in finding.message

    def test_a_column_given_twice_in_csv(self):
        """The header is refused once, not each row."""
        header, row, _ = as_csv(MICIUS).split("\n")

        finding = the_finding(f"{header},BSTAR\n{row},1\n{row},1\n")
        assert (finding.line, finding.column) == (1, len(header) + 2)

    @pytest.mark.parametrize("value", [True, [1], {"a": 1}])
    def test_a_json_value_that_is_no_number(self, value):
        """Lists, objects and flags are no elements."""
        findings = refused(as_json(changed(BSTAR=value)))

        assert findings[0].where == "BSTAR"
        assert any(f.message == "must be a number or a text" for f in findings)

    def test_bare_nan_in_json(self):
        """NaN and Infinity, which Python's own reader takes, are told as not finite."""
        text = as_json(MICIUS).replace("1.8801e-05", "NaN").replace("97.3698", "-Infinity")

        assert [f.message for f in refused(text)] == [
            "'-Infinity' is not finite",
            "'NaN' is not finite",
        ]

    def test_csv_rows_of_another_length(self):
        """A row that lost a value would shift all the others."""
        text = as_csv(MICIUS, MICIUS).rstrip("\n") + ",7\n"

        finding = the_finding(text)
        assert finding.line == 3
        assert "the row has 18 values, the header 17" in finding.message

    def test_csv_without_rows(self):
        """A header alone is no element set."""
        assert "no record follows the header" in the_finding(as_csv(MICIUS).split("\n")[0]).message

    def test_csv_with_an_open_quote(self):
        """A quote that is never closed is told by the line where its row begins."""
        text = as_csv(MICIUS, MICIUS).replace("MICIUS", '"MICIUS', 1)

        finding = the_finding(text)
        assert finding.line == 2
        assert "no valid CSV" in finding.message

    def test_kvn_with_a_line_that_is_no_pair(self):
        """A line without keyword and value is told as it stands."""
        text = as_kvn(MICIUS).replace("INCLINATION ", "inclination ")

        findings = refused(text)
        assert any("'inclination" in f.message and "is no 'KEYWORD" in f.message for f in findings)
        assert any(f.message == "INCLINATION is missing" for f in findings)

    @pytest.mark.parametrize("form", [as_kvn, as_xml])
    def test_messages_of_another_kind_between_ours(self, form):
        """A file that mixes kinds is not read in part."""
        text = form(MICIUS)
        text = text.replace("</ndm>", "<oem></oem></ndm>") + "CCSDS_OEM_VERS = 2.0\n" * (
            form is as_kvn
        )

        assert "of another kind" in the_finding(text).message

    def test_xml_that_defines_entities(self):
        """The first step of an entity bomb is refused before anything is expanded."""
        bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'

        finding = the_finding(bomb + as_xml(MICIUS).partition("\n")[2].replace("MICIUS", "&b;"))
        assert "document type declaration" in finding.message
        assert finding.line == 1

    def test_xml_with_an_entity_nobody_defined(self):
        """An unknown entity breaks the text, by line and column."""
        text = as_xml(MICIUS).replace("MICIUS", "&b;")

        finding = the_finding(text)
        assert "undefined entity" in finding.message
        assert finding.line == line_of(text, "&b;")

    def test_xml_that_is_not_closed(self):
        """A tag that closes another element is told."""
        text = as_xml(MICIUS).replace("</BSTAR>", "</STAR>")

        finding = the_finding(text)
        assert "mismatched tag" in finding.message
        assert finding.line == line_of(text, "</STAR>")

    def test_xml_of_great_depth(self):
        """Nesting without end is an unclosed text, not a crash."""
        assert "no well-formed XML" in the_finding("<a>" * 100_000).message


class TestIsOmm:
    @every_form
    def test_tells_messages_by_their_beginning(self, form):
        """A message is known whatever its file is called."""
        assert is_omm(form(MICIUS))
        assert is_omm("\ufeff\n" + form(MICIUS))

    @pytest.mark.parametrize(
        "text", [MICIUS_TLE, "", "<html>", "[BRACKET] SAT\n1 4", "No GP data found"]
    )
    def test_leaves_the_rest_to_the_tle_reader(self, text):
        """Two-line sets, web pages and error messages are no messages."""
        assert not is_omm(text)


@given(
    st.text(max_size=300) | st.sampled_from([form(MICIUS) for form in FORMS.values()]), st.data()
)
def test_any_text_is_read_or_refused(text, data):
    """Whatever is cut out or written over, the reader answers with sets or findings."""
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 40)))
    text = text[:at] + data.draw(st.text(max_size=5)) + text[end:]
    findings = found = ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SatqkdWarning)
            found = read(text)
    except InputError as error:
        findings = error.findings

    assert found or findings
    assert all(f.line >= 1 and f.message and f.fix for f in findings)


def test_the_epoch_is_utc():
    """An epoch without a zone is UTC, by the time system the message states."""
    assert read(as_json(MICIUS))[0].epoch == datetime(2016, 12, 19, 13, 39, 33, 153408, tzinfo=UTC)
