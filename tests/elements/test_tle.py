"""Two-line element sets: what is accepted, what is refused, and what is said about it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sgp4
from hypothesis import given
from hypothesis import strategies as st
from sgp4.api import WGS72, Satrec
from sgp4.conveniences import sat_epoch_datetime
from sgp4.io import compute_checksum
from skyfield.api import EarthSatellite, load

from satqkd.elements.tle import LONGEST_NAME, MAX_FINDINGS, parse_tle
from satqkd.elements.tle_layout import catalogue_number, checksum
from satqkd.errors import InputError

MICIUS_1 = "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991"
MICIUS_2 = "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164"
PLUS_1 = "1 41731U 16051A   17006.68497257 +.00000740 +00000-0 +33450-4 0  9991"
PLUS_2 = "2 41731 097.3698 285.9130 0014981 115.0762 332.3276 15.23943888021924"
OTHER_2 = "2 41765  42.7853  58.4157 0008242 337.7306 164.9140 15.60111034126320"
DATA = Path(__file__).parents[2] / "data" / "tle" / "micius.tle"


def summed(line):
    """Give a line of 68 or 69 columns the checksum it should have, by sgp4's own rule."""
    return line[:68] + str(compute_checksum(line))


def changed(line, column, text):
    """Write text into a line from a column counted from 1, and mend the checksum."""
    return summed(line[: column - 1] + text + line[column - 1 + len(text) :])


def read(*lines):
    return parse_tle("\n".join(lines) + "\n", file="f.tle")


def refused(*lines):
    with pytest.raises(InputError) as caught:
        read(*lines)
    return caught.value.findings


def the_finding(*lines):
    findings = refused(*lines)
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def place(finding):
    return f"{finding.file}:{finding.line}:{finding.column}"


class TestAccepts:
    def test_two_line_set_without_name(self):
        """A set without a name goes by its number."""
        (found,) = read(MICIUS_1, MICIUS_2)

        assert (found.name, found.norad_id, found.cospar_id) == ("41731", 41731, "2016-051A")
        assert found.source == "f.tle:1"

    @pytest.mark.parametrize("name", ["MICIUS", "0 MICIUS", "  MICIUS   ", "0 MICIUS\t"])
    def test_name_with_or_without_zero(self, name):
        """A name line may begin with a zero and end in blanks."""
        assert read(name, MICIUS_1, MICIUS_2)[0].name == "MICIUS"

    def test_bare_zero_as_no_name(self):
        """A name line that holds only the zero names nothing."""
        assert read("0 ", MICIUS_1, MICIUS_2)[0].name == "41731"

    def test_plus_signs_and_leading_zeros(self):
        """Space-Track's other spelling of blanks means the same numbers."""
        (found,) = read(PLUS_1, PLUS_2)

        assert found.satrec.ndot == pytest.approx(0.0000074 * 2 * 3.141592653589793 / 1440**2)
        assert found.satrec.bstar == pytest.approx(0.33450e-4, rel=1e-12)
        assert found.satrec.inclo == pytest.approx(97.3698 * 3.141592653589793 / 180, rel=1e-12)
        assert found.satrec.revnum == 2192

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_kind_of_line_end(self, end):
        """Line ends of any system count lines alike."""
        text = end.join(["# comment", "", "MICIUS", MICIUS_1, MICIUS_2])

        assert parse_tle(text, file="f.tle")[0].source == "f.tle:4"

    def test_byte_order_mark(self):
        """A byte-order mark before the first line is no part of it."""
        text = f"\ufeff{MICIUS_1}\n{MICIUS_2}"

        assert parse_tle(text, file="f.tle")[0].norad_id == 41731

    def test_blank_and_comment_lines_anywhere(self):
        """Blank lines and comments are passed over, even between the two lines."""
        found = read("", "# a", "MICIUS", " ", MICIUS_1, "  # b", MICIUS_2, "", "", PLUS_1, PLUS_2)

        assert [one.source for one in found] == ["f.tle:5", "f.tle:10"]

    @pytest.mark.parametrize(
        ("text", "number"), [("A0000", 100_000), ("H9999", 179_999), ("J0001", 180_001)]
    )
    def test_alpha_5_numbers(self, text, number):
        """A letter in the catalogue number counts on from 10, without I and O."""
        (found,) = read(changed(MICIUS_1, 3, text), changed(MICIUS_2, 3, text))

        assert found.norad_id == number
        assert found.satrec.satnum == number

    def test_blank_designator_and_ephemeris_type(self):
        """A designator and an ephemeris type may be left blank."""
        (found,) = read(changed(changed(MICIUS_1, 10, " " * 8), 63, " "), MICIUS_2)

        assert found.cospar_id == ""

    @pytest.mark.parametrize(("digits", "year"), [("57", 1957), ("99", 1999), ("56", 2056)])
    def test_two_digit_years(self, digits, year):
        """Years 57 to 99 lie in the last century."""
        line_1 = changed(changed(MICIUS_1, 19, digits), 10, digits)

        (found,) = read(line_1, MICIUS_2)
        assert found.epoch.year == year
        assert found.cospar_id == f"{year}-051A"

    def test_last_day_of_a_leap_year(self):
        """Day 366 exists in 2016."""
        (found,) = read(changed(MICIUS_1, 21, "366.00000001"), MICIUS_2)

        assert found.epoch == datetime(2016, 12, 31, 0, 0, 0, 864, tzinfo=UTC)

    def test_the_sgp4_package_s_own_test_file(self):
        """All of Vallado's test sets pass, but for the two whose orbit lies inside the Earth."""
        lines = (Path(sgp4.__file__).parent / "SGP4-VER.TLE").read_text().splitlines()
        lines = [line[:69] for line in lines if line[:2] in ("1 ", "2 ")]
        lines = [summed(line) for line in lines]
        bad = {"33333", "33334"}
        good = [line for line in lines if line[2:7] not in bad]

        assert len(read(*good)) == len(good) // 2 == 31
        assert {
            finding.excerpt[2:7] for finding in refused(*lines) if finding.column in (27, 53)
        } == bad


class TestAgainstOtherReaders:
    def test_numbers_equal_those_of_the_sgp4_reader(self):
        """All elements equal those that the sgp4 package reads by itself, to the last bit."""
        for found, (line_1, line_2) in zip(
            parse_tle(DATA.read_text(), file="micius.tle"), pairs(DATA), strict=True
        ):
            theirs = Satrec.twoline2rv(line_1, line_2, WGS72)
            for name in ("no_kozai", "ecco", "inclo", "nodeo", "argpo", "mo", "bstar", "satnum"):
                assert getattr(found.satrec, name) == getattr(theirs, name)

    def test_numbers_equal_the_printed_ones(self):
        """Angles and mean motion in radians are the printed digits."""
        for found, (_, line_2) in zip(
            parse_tle(DATA.read_text(), file="micius.tle"), pairs(DATA), strict=True
        ):
            printed = line_2.split()
            degrees = 3.141592653589793 / 180
            assert found.satrec.inclo == pytest.approx(float(printed[2]) * degrees, rel=1e-14)
            assert found.satrec.mo == pytest.approx(float(printed[6]) * degrees, rel=1e-14)
            assert found.eccentricity == float("0." + printed[4])
            assert found.period_s == pytest.approx(86_400 / float(printed[7][:11]), rel=1e-14)

    def test_epochs_equal_those_of_sgp4_and_skyfield(self):
        """Epochs agree to the resolution of a Julian date kept in two floats."""
        timescale = load.timescale(builtin=True)
        for found, (line_1, line_2) in zip(
            parse_tle(DATA.read_text(), file="micius.tle"), pairs(DATA), strict=True
        ):
            # sat_epoch_datetime rounds a float64 fraction of a day: 2 µs
            assert abs(sat_epoch_datetime(found.satrec) - found.epoch) <= timedelta(microseconds=2)
            # skyfield's TT Julian date passes through days of 40 µs resolution
            theirs = EarthSatellite(line_1, line_2, ts=timescale).epoch.utc_datetime()
            assert abs(theirs - found.epoch) <= timedelta(microseconds=50)

    def test_checksum_equals_that_of_sgp4(self):
        """Our checksum is the one sgp4 computes."""
        for line in (MICIUS_1, MICIUS_2, PLUS_1, PLUS_2, changed(MICIUS_1, 34, "-")):
            assert checksum(line) == compute_checksum(line)


class TestShippedElements:
    def test_holds_22_sets_from_old_to_new(self):
        """The file of Micius holds its 22 sets of 2016 and 2017, oldest first."""
        found = parse_tle(DATA.read_text(), file="micius.tle")

        epochs = [one.epoch for one in found]
        assert {(one.name, one.norad_id) for one in found} == {("MICIUS", 41731)}
        assert len(epochs) == 22
        assert epochs == sorted(epochs)
        assert (epochs[0].year, epochs[-1].year) == (2016, 2017)

    def test_each_comment_dates_its_epoch(self):
        """The date in the comment above a set is the date of its epoch."""
        dates = [
            line.split()[2].rstrip(",")
            for line in DATA.read_text().splitlines()
            if line.startswith("# epoch")
        ]

        found = parse_tle(DATA.read_text(), file="micius.tle")
        assert [f"{one.epoch:%Y-%m-%d}" for one in found] == dates


class TestRefusesLines:
    def test_wrong_checksum(self):
        """A checksum that does not agree is told with both digits."""
        finding = the_finding("MICIUS", MICIUS_1, MICIUS_2[:68] + "5")

        assert place(finding) == "f.tle:3:69"
        assert finding.message == "checksum is 5, the digits sum to 4"
        assert "download the element set again" in finding.fix
        assert str(finding).splitlines()[1:3] == [f"    {MICIUS_2[:68]}5", " " * 72 + "^"]

    def test_line_too_short(self):
        """A line that lost characters is told by its length."""
        finding = the_finding(MICIUS_1, MICIUS_2.replace("  97", " 97"))

        assert place(finding) == "f.tle:2:69"
        assert "68 columns, not 69" in finding.message

    def test_trailing_text(self):
        """Text behind the checksum is shown from its first column."""
        finding = the_finding(MICIUS_1 + " 0.00 4320.0", MICIUS_2)

        assert place(finding) == "f.tle:1:70"
        assert "' 0.00 4320.0' follows the checksum" in finding.message
        assert "delete everything after column 69" in finding.fix

    def test_shifted_columns(self):
        """A field that slid by one column is found where it stands."""
        line_2 = summed(MICIUS_2.replace("  97.3698 268", " 97.3698  268"))

        findings = refused(MICIUS_1, line_2)
        assert [place(finding) for finding in findings] == ["f.tle:2:9"]
        assert "inclination (columns 9-16) is '97.3698 '" in findings[0].message

    def test_text_between_fields(self):
        """A column between two fields must be blank."""
        finding = the_finding(changed(MICIUS_1, 44, "x"), MICIUS_2)

        assert place(finding) == "f.tle:1:44"
        assert "column 44 must be blank, is 'x'" in finding.message

    @pytest.mark.parametrize(("lost", "line"), [("1", 1), ("2", 2)])
    def test_lost_line_number(self, lost, line):
        """A line that lost its number is known by its digits."""
        lines = [MICIUS_1, MICIUS_2]
        lines[line - 1] = " " + lines[line - 1][1:]

        finding = the_finding("MICIUS", *lines)
        assert place(finding) == f"f.tle:{line + 1}:1"
        assert f"should be line {lost}" in finding.message
        assert f"put '{lost} ' into columns 1 and 2" in finding.fix

    def test_wrong_line_number(self):
        """A third line number does not exist."""
        finding = the_finding(MICIUS_1, "3" + MICIUS_2[1:])

        assert place(finding) == "f.tle:2:1"
        assert "does not begin with '2 '" in finding.message

    def test_lines_of_two_objects(self):
        """The two lines of a set belong to one object."""
        finding = the_finding(MICIUS_1, OTHER_2)

        assert place(finding) == "f.tle:2:3"
        assert "line 2 belongs to object 41765, line 1 above it to 41731" in finding.message
        assert "put the two lines of one object together" in finding.fix

    @pytest.mark.parametrize(("letter", "digit"), [("I", "1"), ("O", "0")])
    def test_letters_alpha_5_leaves_out(self, letter, digit):
        """I and O are told as letters that alpha-5 does not have, with the digit meant."""
        number = f"{letter}1731"

        findings = refused(changed(MICIUS_1, 3, number), changed(MICIUS_2, 3, number))
        assert [place(finding) for finding in findings] == ["f.tle:1:3", "f.tle:2:3"]
        assert f"begins with {letter}, which alpha-5 leaves out" in findings[0].message
        assert f"write {digit}" in findings[0].fix

    def test_small_letter_in_the_number(self):
        """Alpha-5 has capital letters only."""
        finding = the_finding(changed(MICIUS_1, 3, "a1731"), MICIUS_2)

        assert place(finding) == "f.tle:1:3"
        assert "capital letter" in finding.message

    @pytest.mark.parametrize(
        ("line", "column", "width", "name"),
        [
            (1, 3, 5, "catalogue number"),
            (1, 8, 1, "classification"),
            (1, 19, 2, "epoch year"),
            (1, 21, 12, "epoch day"),
            (1, 34, 10, "first derivative of the mean motion"),
            (1, 45, 8, "second derivative of the mean motion"),
            (1, 54, 8, "drag term B*"),
            (2, 9, 8, "inclination"),
            (2, 18, 8, "right ascension of the node"),
            (2, 27, 7, "eccentricity"),
            (2, 35, 8, "argument of perigee"),
            (2, 44, 8, "mean anomaly"),
            (2, 53, 11, "mean motion"),
        ],
    )
    @pytest.mark.parametrize("text", ["", "nan"])
    def test_blank_or_nan_fields(self, line, column, width, name, text):
        """A field that is blank or not a number is told by its name and columns."""
        lines = [MICIUS_1, MICIUS_2]
        lines[line - 1] = changed(lines[line - 1], column, text[:width].rjust(width))

        finding = the_finding(*lines)
        assert place(finding) == f"f.tle:{line}:{column}"
        assert finding.message.startswith(f"{name} (column")
        assert ("is blank" if not text else "nan"[:width]) in finding.message

    def test_missing_checksum_digit(self):
        """A blank checksum is a missing one."""
        finding = the_finding(MICIUS_1[:68] + " ", MICIUS_2)

        assert place(finding) == "f.tle:1:69"
        assert "checksum (column 69) is blank" in finding.message

    @pytest.mark.parametrize(
        ("year", "day"), [("16", "000"), ("16", "367"), ("17", "366"), ("17", "999")]
    )
    def test_days_that_do_not_exist(self, year, day):
        """Day 0, day 367 and day 366 of a common year are no dates."""
        finding = the_finding(changed(MICIUS_1, 19, year + day), MICIUS_2)

        assert place(finding) == "f.tle:1:21"
        days = 366 if year == "16" else 365
        assert f"epoch day {int(day)} does not exist: 20{year} has the days 1 to {days}" in (
            finding.message
        )

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            (9, "180.0001", "inclination is 180 degrees, more than 180"),
            (18, "360.0001", "right ascension of the node is 360 degrees, more than 360"),
            (35, "361.0000", "argument of perigee is 361 degrees, more than 360"),
            (44, "999.9999", "mean anomaly is 1000 degrees, more than 360"),
        ],
    )
    def test_angles_too_large(self, column, text, said):
        """Angles end at 360 degrees, the inclination at 180."""
        finding = the_finding(MICIUS_1, changed(MICIUS_2, column, text))

        assert place(finding) == f"f.tle:2:{column}"
        assert said in finding.message

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            (" 0.00000000", "slower than the Moon"),
            (" 0.02900000", "slower than the Moon"),
            ("17.20000000", "inside the Earth"),
            ("99.99999999", "inside the Earth"),
        ],
    )
    def test_absurd_mean_motion(self, text, why):
        """A mean motion of 0 or beyond that of an orbit at ground level is no orbit."""
        finding = the_finding(MICIUS_1, changed(MICIUS_2, 53, text))

        assert place(finding) == "f.tle:2:53"
        assert why in finding.message

    def test_eccentricity_with_a_point(self):
        """The decimal point of the eccentricity is not printed."""
        finding = the_finding(MICIUS_1, changed(MICIUS_2, 27, "0.00133"))

        assert place(finding) == "f.tle:2:27"
        assert "the decimal point before them left out" in finding.message

    def test_eccentricity_that_dives_into_the_earth(self):
        """An eccentricity that fits no orbit of this period is told by its perigee."""
        finding = the_finding(MICIUS_1, changed(MICIUS_2, 27, "5000000"))

        assert place(finding) == "f.tle:2:27"
        assert "km under the ground" in finding.message

    def test_sgp4_xp_elements(self):
        """Ephemeris type 4 is refused, for SGP4 propagates it wrongly without a word."""
        finding = the_finding(changed(MICIUS_1, 63, "4"), MICIUS_2)

        assert place(finding) == "f.tle:1:63"
        assert "SGP4-XP" in finding.message
        assert "ask the source for SGP4 elements" in finding.fix

    @pytest.mark.parametrize("kind", ["1", "2", "3", "5", "9", "x"])
    def test_other_ephemeris_types(self, kind):
        """No other ephemeris type can be propagated either."""
        finding = the_finding(changed(MICIUS_1, 63, kind), MICIUS_2)

        assert place(finding) == "f.tle:1:63"
        assert f"ephemeris type is '{kind}'" in finding.message

    @pytest.mark.parametrize(
        ("char", "mark"), [("\0", "␀"), ("\x1b", "␛"), ("\x7f", "␡"), ("\u202e", "\ufffd")]
    )
    def test_control_characters(self, char, mark):
        """A control character is named and never reaches the terminal."""
        finding = the_finding(MICIUS_1, MICIUS_2[:8] + char + MICIUS_2[9:])

        assert place(finding) == "f.tle:2:9"
        assert f"control character U+{ord(char):04X} in column 9" in finding.message
        assert char not in str(finding)
        assert mark in finding.excerpt

    def test_tab_between_fields(self):
        """A tab stands for an unknown number of columns."""
        finding = the_finding(MICIUS_1.replace("   16", "\t16"), MICIUS_2)

        assert place(finding) == "f.tle:1:16"
        assert "tab U+0009" in finding.message

    def test_digits_of_another_script(self):
        """Only the digits 0 to 9 are digits here."""
        finding = the_finding(MICIUS_1, MICIUS_2.replace("97.3698", "97.369\u0668"))

        assert place(finding) == "f.tle:2:9"

    def test_elements_sgp4_cannot_start_from(self, monkeypatch):
        """An error that SGP4 reports at the start refuses the set."""

        class Refusing:
            error = 1

            @staticmethod
            def twoline2rv(*_):
                return Refusing()

        monkeypatch.setattr("satqkd.elements.tle.Satrec", Refusing)

        finding = the_finding(MICIUS_1, MICIUS_2)
        assert place(finding) == "f.tle:1:0"
        assert "SGP4 refuses these elements" in finding.message


class TestRefusesWhatIsIncomplete:
    @pytest.mark.parametrize("after", [[], ["NEXT", PLUS_1, PLUS_2], [PLUS_1, PLUS_2]])
    def test_line_1_without_line_2(self, after):
        """A line 1 is told when no line 2 follows, whatever follows instead."""
        finding = the_finding("MICIUS", MICIUS_1, *after)

        assert place(finding) == "f.tle:2:1"
        assert "line 1 of an element set without its line 2" in finding.message

    @pytest.mark.parametrize("before", [[], ["MICIUS"], [PLUS_1, PLUS_2]])
    def test_line_2_without_line_1(self, before):
        """A line 2 is told when no line 1 came before."""
        finding = the_finding(*before, MICIUS_2)

        assert place(finding) == f"f.tle:{len(before) + 1}:1"
        assert "line 2 of an element set without its line 1" in finding.message

    def test_lines_in_the_wrong_order(self):
        """A line 2 above its line 1 leaves both alone."""
        assert [place(finding) for finding in refused(MICIUS_2, MICIUS_1)] == [
            "f.tle:1:1",
            "f.tle:2:1",
        ]

    def test_name_without_lines(self):
        """A name above nothing may be a lost satellite."""
        finding = the_finding(MICIUS_1, MICIUS_2, "SPOQC")

        assert place(finding) == "f.tle:3:1"
        assert "no element lines below it" in finding.message
        assert "#" in finding.fix

    def test_name_that_begins_like_a_line(self):
        """A name such as '1 HOPPER' without its lines is told how to be one."""
        findings = refused("1 HOPPER", MICIUS_2)

        assert place(findings[0]) == "f.tle:1:9"
        assert "if this is a name, write '0 ' before it" in findings[0].fix

    def test_control_characters_in_names(self):
        """A name cannot drive the terminal."""
        finding = the_finding("0 MI\x1b[31mCIUS", MICIUS_1, MICIUS_2)

        assert place(finding) == "f.tle:1:5"
        assert "\x1b" not in str(finding)

    def test_endless_names(self):
        """A name of five kilobytes is refused and shown cut."""
        finding = the_finding("x" * 5000, MICIUS_1, MICIUS_2)

        assert place(finding) == f"f.tle:1:{LONGEST_NAME + 1}"
        assert len(finding.excerpt) == 100

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "it is empty"),
            ("# nothing yet\n\n", "it is empty"),
            ("No GP data found\n", "it begins with 'No GP data found'"),
            ("<!DOCTYPE html>\n<html><p>Busy</p></html>\n", "it is a web page"),
            ('[{"OBJECT_NAME": "MICIUS"}]', "orbit mean-elements message"),
        ],
    )
    def test_files_without_elements(self, text, said):
        """A file without any element set is one finding, not an empty answer."""
        with pytest.raises(InputError) as caught:
            parse_tle(text, file="f.tle")

        (finding,) = caught.value.findings
        assert finding.message.startswith("no element set in this file")
        assert said in finding.message
        assert finding.line == 1

    def test_every_mistake_of_the_file_at_once(self):
        """Mistakes of several sets are told together, in their order."""
        findings = refused(
            MICIUS_1[:68] + "0", MICIUS_2, "NAME", PLUS_1, changed(PLUS_2, 9, "181.0000"), "LOST"
        )

        assert [place(f) for f in findings] == ["f.tle:1:69", "f.tle:5:9", "f.tle:6:1"]

    def test_stops_after_a_thousand_mistakes(self):
        """A file that is wrong throughout is not told to its end, and says so."""
        findings = refused(*[MICIUS_1 + " x", MICIUS_2] * (MAX_FINDINGS + 5))

        assert len(findings) == MAX_FINDINGS + 1
        assert "was not read beyond this line" in findings[-1].message


class TestBrokenSetsSeenInTheWild:
    """Sets found in public repositories under the name of Micius (validation case O-7)."""

    def test_fabricated_set_with_wrong_checksums(self):
        """A set of 2024 with the mean motion of 2016 fails both checksums."""
        findings = refused(
            "1 41731U 16051A   24350.52843431  .00000969  00000-0  16238-3 0  9997",
            "2 41731  97.4024 252.3661 0008272  97.6698 262.5358 15.22855523463832",
        )

        assert [place(finding) for finding in findings] == ["f.tle:1:69", "f.tle:2:69"]
        assert findings[0].message == "checksum is 7, the digits sum to 0"
        assert findings[1].message == "checksum is 2, the digits sum to 6"

    def test_line_of_71_columns(self):
        """A set with blanks put in and an inclination of 99 fails by its length."""
        findings = refused(
            "1 41731U 16051A   23363.09069254  .00007725  00000+0  23616-3 0  9992",
            "2 41731  99.0000  271.1908 0012471  113.5977 246.6577 15.24069756410432",
        )

        assert place(findings[-1]) == "f.tle:2:70"
        assert "71 columns, not 69" in findings[-1].message

    def test_line_with_a_blank_too_many(self):
        """The set of 2017-04-26 as its public copy stores it fails by its length."""
        finding = the_finding(
            "1 41731U 16051A   17116.85836145  .00001411  00000-0  60791-4 0  9999",
            "2 41731 097.3696 034.2158 0015236 090.3142 354.3401 15.24119427 038701",
        )

        assert place(finding) == "f.tle:2:70"
        assert "70 columns, not 69" in finding.message


digit_places = st.sampled_from(
    [
        (line, i)
        for line, text in enumerate((MICIUS_1, MICIUS_2))
        for i, char in enumerate(text)
        if char.isdigit()
    ]
)


@given(digit_places, st.integers(1, 9))
def test_no_altered_digit_passes(where, shift):
    """Whichever digit of a valid set is altered, the set is refused."""
    lines = [MICIUS_1, MICIUS_2]
    line, i = where
    other = str((int(lines[line][i]) + shift) % 10)
    lines[line] = lines[line][:i] + other + lines[line][i + 1 :]

    with pytest.raises(InputError):
        read(*lines)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    """No text does anything but give element sets or findings that are safe to print."""
    text = f"{MICIUS_1}\n{MICIUS_2}\n{text}"
    try:
        assert parse_tle(text, file="f.tle")
    except InputError as error:
        assert str(error).replace("\n", "").isprintable()  # noqa: PT017


@given(st.integers(1, 339_999))
def test_alpha_5_round_trip_against_sgp4(number):
    """Catalogue numbers are read as the sgp4 package writes them."""
    letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    text = letters[number // 10_000] + f"{number % 10_000:04d}"

    assert catalogue_number(text) == number
    assert sgp4.alpha5.from_alpha5(text) == number


@given(st.integers(0, 365), st.integers(0, 99_999_999), st.integers(0, 99))
def test_epoch_is_exact(day, fraction, year):
    """The epoch is the printed decimal to the microsecond, by integers alone."""
    line_1 = changed(MICIUS_1, 19, f"{year:02d}{day:03d}.{fraction:08d}")
    try:
        (found,) = read(line_1, MICIUS_2)
    except InputError:
        assert day == 0
        return
    start = datetime(found.epoch.year, 1, 1, tzinfo=UTC)
    microseconds = (found.epoch - start) // timedelta(microseconds=1)

    assert microseconds == ((day - 1) * 10**8 + fraction) * 864
    assert found.epoch.year == (1900 if year >= 57 else 2000) + year


def pairs(path):
    lines = [line for line in path.read_text().splitlines() if line[:2] in ("1 ", "2 ")]
    return list(zip(lines[::2], lines[1::2], strict=True))
