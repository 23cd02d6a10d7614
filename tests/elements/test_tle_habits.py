"""Element lists as real lists write them: read where they can mean one thing only, and told."""

from __future__ import annotations

import pytest
from sgp4.api import WGS72, Satrec

from satqkd.elements.tle import parse_tle
from satqkd.elements.tle_layout import checksum
from satqkd.errors import InputError, SatqkdWarning

ONE = "1 00744U 63014C   26131.25000000  .00001200  00000-0  45000-4 0    78"
TWO = "2 00744  82.1000 210.0000 0012000  80.0000 280.0000 14.90000000    17"


def summed(line: str) -> str:
    return line[:68] + str(checksum(line))


def put(line: str, column: int, text: str) -> str:
    return summed(line[: column - 1] + text + line[column - 1 + len(text) :])


ONE, TWO = summed(ONE), summed(TWO)


def told(*lines: str):
    """Read with exactly one warning."""
    with pytest.warns(SatqkdWarning) as caught:
        sets = parse_tle("\n".join(lines), file="list.txt")
    (warning,) = caught
    return sets, str(warning.message)


def refused(*lines: str):
    with pytest.raises(InputError) as caught:
        parse_tle("\n".join(lines), file="list.txt")
    return caught.value.findings


class TestReadsWhatMeansOneThing:
    @pytest.mark.parametrize(
        ("line", "column", "text", "habit"),
        [
            (1, 3, "  744", "catalogue number padded"),
            (1, 3, "744  ", "catalogue number padded"),
            (1, 34, "0.00001200", "rate of the mean motion"),
            (1, 34, " .000012  ", "rate of the mean motion"),
            (1, 34, "  .0000120", "rate of the mean motion"),
            (1, 45, " 00000 0", "second rate of zero"),
            (1, 45, "+000000 ", "second rate of zero"),
            (1, 65, "    ", "element-set number blank"),
            (2, 27, "  12000", "eccentricity padded"),
            (2, 64, "     ", "revolution number blank"),
        ],
    )
    def test_departures_from_the_columns(self, line, column, text, habit):
        """The same orbit as from lines as they should be, and one warning that names the habit."""
        lines = [ONE, TWO]
        lines[line - 1] = put(lines[line - 1], column, text)

        (got,), message = told(*lines)

        want = Satrec.twoline2rv(ONE, TWO, WGS72)
        assert got.norad_id == 744
        for name in ("jdsatepoch", "jdsatepochF", "no_kozai", "ecco", "inclo", "bstar", "ndot"):
            assert getattr(got.satrec, name) == getattr(want, name)
        assert habit in message
        assert f"the first in line {line}" in message

    def test_a_day_padded_with_blanks(self):
        """The ninth of January, not the ninetieth day."""
        (got,), message = told(put(ONE, 21, "  9.25000000"), TWO)

        assert got.epoch.isoformat() == "2026-01-09T06:00:00+00:00"
        assert "day of the epoch padded" in message

    def test_blanks_behind_the_checksum(self):
        """Many lines, one warning with their count."""
        sets, message = told(ONE + "  ", TWO + "\t", put(ONE, 21, "132.25000000") + " ", TWO + " ")

        assert len(sets) == 2
        assert "blanks after column 69 (4, the first in line 1)" in message

    @pytest.mark.parametrize("name", ["1 NORTH", "2 BE OR NOT", "1 2 3", "<TO BE NAMED>"])
    def test_a_name_is_what_stands_before_a_pair_of_lines(self, name):
        """However it begins."""
        (got,) = parse_tle(f"{name}\n{ONE}\n{TWO}\n", file="list.txt")

        assert got.name == name

    @pytest.mark.parametrize("mark", ["END", "/EX", "*** END ***".replace(" ", ""), "\x1a", "---"])
    def test_a_mark_below_the_last_set(self, mark):
        """Read, and told."""
        _, message = told(ONE, TWO, mark, "")

        assert "below the last set" in message

    def test_the_file_of_a_program_that_stores_one_satellite(self):
        """The values behind TLE1= and TLE2=; the other keys hold no elements."""
        text = (
            f"[Satellite]\nVERSION=1.1\nNAME=Probe\nNICKNAME=P\nTLE1={ONE}\nTLE2={TWO}\nSTATUS=0\n"
        )
        (got,) = parse_tle(text, file="744.sat")

        assert (got.name, got.source) == ("Probe", "744.sat:5")


class TestRefusesWhatCanMeanTwo:
    @pytest.mark.parametrize(
        ("line", "column", "text"),
        [
            (1, 3, "7 744"),
            (1, 34, "1.00001200"),
            (1, 54, " 45000 4"),
            (1, 54, "        "),
            (1, 21, "9  .25000000"),
            (2, 27, "12000  "),
            (2, 53, "           "),
        ],
    )
    def test_a_field_that_could_be_something_else(self, line, column, text):
        """A power without its sign, blanks on the wrong side, nothing at all."""
        lines = [ONE, TWO]
        lines[line - 1] = put(lines[line - 1], column, text)

        assert f"list.txt:{line}:{column}: " in str(refused(*lines)[0])

    def test_a_word_among_the_sets(self):
        """A mark that something follows is no end, a name without lines no name."""
        assert "no element lines" in refused("END", "LOST", ONE, TWO)[0].message
        assert "no element lines" in refused(ONE, TWO, "LOST")[0].message

    def test_a_cut_line_1_is_no_name(self):
        """Its elements would vanish without a word."""
        assert refused(ONE[:45], ONE, TWO)
