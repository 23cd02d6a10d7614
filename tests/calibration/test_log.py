"""Logs are read strictly, and told where they are wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from satqkd.calibration.log import parse_log, read_log
from satqkd.errors import InputError, SatqkdWarning


def findings(text: str):
    with pytest.raises(InputError) as caught:
        parse_log(text, file="log.csv")
    return caught.value.findings


class TestReading:
    def test_every_column_finds_its_place(self):
        """Percentages, local time, comments and empty cells included."""
        log = parse_log(
            "# our night\n"
            "UTC, station, loss_db, clicks, interval_s, qber, qber_sigma, note\n"
            "2016-12-20T00:52:14+08:00, Xinglong, 29.97, 20140, 1, 1.1 %, 0.2 %, fine\n"
            "\n"
            "2016-12-19T16:52:15Z,,31,,,,,\n",
            file="log.csv",
        )
        first, second = log.rows

        assert first.line == 3
        assert first.utc == datetime(2016, 12, 19, 16, 52, 14, tzinfo=UTC)
        assert (first.station, first.clicks, first.interval_s) == ("Xinglong", 20140.0, 1.0)
        assert (first.qber, first.qber_sigma) == (pytest.approx(0.011), pytest.approx(0.002))
        assert (second.line, second.loss_db, second.clicks, second.qber) == (5, 31.0, None, None)

    def test_the_hash_is_that_of_the_bytes(self, tmp_path):
        """So that an overlay tells which log it came from."""
        path = tmp_path / "log.csv"
        path.write_bytes(b"\xef\xbb\xbfutc,loss_db\r\n2016-12-19T16:52:14Z,30\r\n")

        log = read_log(path)

        assert len(log.rows) == 1
        assert len(log.sha256) == 64


class TestFindings:
    @pytest.mark.parametrize(
        ("cells", "word"),
        [
            ("2016-12-19T16:52:14,30", "no time zone"),
            ("yesterday,30", "no date and time"),
            ("2016-12-19T16:52:14Z,-3", "lies outside"),
            ("2016-12-19T16:52:14Z,nan", "no number"),
            ("2016-12-19T16:52:14Z,'31,2'", "3 cells"),
            ("2016-12-19T16:52:14Z,", "neither loss_db, clicks, qber, sifted_bits nor key_bits"),
        ],
    )
    def test_a_bad_row_is_told_with_its_line(self, cells, word):
        """And the good rows round it do not hide it."""
        good = "2016-12-19T16:52:13Z,30\n"
        (finding,) = findings(f"utc,loss_db\n{good}{cells}\n{good}")

        assert (finding.file, finding.line) == ("log.csv", 3)
        assert word in finding.message
        assert finding.fix

    def test_all_bad_rows_are_told_at_once(self):
        """One run, one list."""
        told = findings("utc,loss_db\nx,30\n2016-12-19T16:52:14Z,\n2016-12-19T16:52:14Z,1e9\n")

        assert [finding.line for finding in told] == [2, 3, 4]

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("", "is empty"),
            ("utc,loss_db\n", "no line below"),
            ("loss_db\n30\n", "no column 'utc'"),
            ("utc,note\n2016-12-19T16:52:14Z,x\n", "nothing that was measured"),
            ("utc,loss\n2016-12-19T16:52:14Z,30\n", "'loss' is no column"),
            ("utc,loss_db,loss_db\n2016-12-19T16:52:14Z,30,31\n", "twice"),
            ("utc,clicks\n2016-12-19T16:52:14Z,30\n", "no interval_s"),
            ('utc,loss_db\n"2016,30\n', "no CSV"),
        ],
    )
    def test_what_is_no_log_says_why(self, text, word):
        """An empty file, a missing column, a column nobody knows."""
        assert any(word in finding.message for finding in findings(text))

    def test_a_misspelt_column_is_not_ignored(self):
        """It would silently leave the data out."""
        assert "'loss_db'" in findings("utc,los_db\n2016-12-19T16:52:14Z,30\n")[0].fix

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
    def test_what_cannot_be_read_says_so(self, tmp_path, content):
        """Bytes that are no text, and a file that is not there."""
        path = tmp_path / "log.csv"
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(InputError, match=r"log\.csv:1"):
            read_log(path)


class TestSpreadsheets:
    """Tables as spreadsheets of many countries write them."""

    def test_semicolons_and_decimal_commas(self):
        """The same rows as with commas and points."""
        plain = parse_log(
            "utc,loss_db,qber,clicks,interval_s\n2016-12-19T16:52:14Z,29.97,1.1 %,20140,0.5\n",
            file="l",
        )
        theirs = parse_log(
            "utc;loss_db;qber;clicks;interval_s\n2016-12-19T16:52:14Z;29,97;1,1 %;20140;0,5\n",
            file="l",
        )

        assert theirs.rows == plain.rows

    @pytest.mark.parametrize("cell", ["29.97", "20.140", "1.234,5"])
    def test_a_point_beside_semicolons_may_divide_thousands(self, cell):
        """It is asked about."""
        with pytest.raises(InputError, match=r"decimals or thousands\?"):
            parse_log(f"utc;loss_db\n2016-12-19T16:52:14Z;{cell}\n", file="l")

    def test_lines_of_old_programs(self, tmp_path):
        """Carriage returns, a mark at the beginning."""
        path = tmp_path / "l.csv"
        path.write_bytes(b"\xef\xbb\xbfutc,loss_db\r2016-12-19T16:52:14Z,30\r")

        assert read_log(path).rows[0].loss_db == 30.0


def test_rows_given_twice_count_once():
    """Told with the lines of both; rows that differ in anything stay."""
    rows = [f"2016-12-19T16:52:{second:02d}Z,30.{second}" for second in range(10, 14)]
    text = "utc,loss_db\n" + "\n".join([*rows, rows[1], rows[3], rows[3]]) + "\n"

    with pytest.warns(SatqkdWarning, match=r"3 rows say .* the first in line 6 \(as line 3\)"):
        log = parse_log(text, file="log.csv")
    assert [row.line for row in log.rows] == [2, 3, 4, 5]


class TestTotals:
    def test_key_and_sifted_bits_are_totals(self):
        """0 is an answer too."""
        text = "utc,contact_key,sifted_bits,key_bits\n2016-12-19T16:52:14Z,a-b-1,12,0\n"
        (row,) = parse_log(text, file="log.csv").rows
        assert (row.contact_key, row.sifted_bits, row.key_bits) == ("a-b-1", 12.0, 0.0)
        assert row.total

    def test_clicks_of_an_interval_stand_in_a_line_of_their_own(self):
        """They are no total."""
        text = "utc,clicks,interval_s,key_bits\n2016-12-19T16:52:14Z,12,1,5\n"
        with pytest.raises(InputError, match="beside totals"):
            parse_log(text, file="log.csv")
