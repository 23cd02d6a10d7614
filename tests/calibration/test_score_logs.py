"""Logs matched to contacts of the shipped week, and held against their forecast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satqkd.calibration.flown_contacts import flown_contacts
from satqkd.calibration.foreseen import foreseen_of, key_members
from satqkd.calibration.log import parse_log, read_log
from satqkd.calibration.score_logs import score
from satqkd.config.load import load_mission
from satqkd.errors import InputError, SatqkdError, SatqkdWarning
from satqkd.forecast.stream import Chosen, forecast
from satqkd.mission.mission import Mission
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]
FLOWN = ROOT / "data" / "flown" / "micius-2016-12-19.csv"
HEAD = "utc,satellite,station,contact_key,key_bits,sifted_bits,qber,loss_db\n"
FIRST = "2016-12-19T16:52:14Z,Micius,Xinglong"
LATER = "2016-12-22T17:25:00Z,Micius,Lijiang"


@pytest.fixture(scope="module")
def week() -> Mission:
    """The shipped mission."""
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")


@pytest.fixture(scope="module")
def expected(week):
    """Its forecast of Xinglong and Lijiang, by contact."""
    names = [ground.site.name for ground in week.stations]
    stations = sorted(names.index(name) for name in ("Xinglong", "Lijiang"))
    found = forecast(week, Chosen(satellites=[0], stations=stations), draws=Draws())
    return found, {key: row for row, key in enumerate(found.contact_key)}


def flown(mission, text, **options):
    return flown_contacts(mission, parse_log(HEAD + text, file="log.csv"), **options)


class TestMatching:
    def test_totals_meet_the_forecast_of_their_contact(self, week, expected):
        """Key, sifted bits and error are those that the forecast of the week states."""
        found, rows = expected
        first, second = flown(
            week, f"{LATER},,7e5,,,\n{FIRST},micius-xinglong-1918,3e5,1e6,0.02,\n"
        )
        row = rows["micius-xinglong-1918"]
        assert first.contact_key == "micius-xinglong-1918"
        assert first.pass_id == found.ids[row]
        assert first.foreseen is not None
        assert first.foreseen.bits == pytest.approx(found.yields.made.bits[row], rel=1e-4)
        sifted = found.yields.keys.sifted_bits[row]
        assert first.difference("sifted") == pytest.approx(10.0 * np.log10(1e6 / sifted), abs=1e-3)
        assert first.qber == pytest.approx(0.02 - found.yields.keys.qber[row], abs=1e-5)
        assert (second.contact_key, second.key_bits) == ("micius-lijiang-1964", 7e5)
        assert second.line == 2

    def test_blocks_of_a_contact_add_up(self, week):
        """Errors are weighted by the sifted bits they are of."""
        text = f"{FIRST},,1e5,3e5,0.01,\n2016-12-19T16:53:00Z,Micius,Xinglong,,2e5,1e5,0.03,\n"
        (one,) = flown(week, text)
        assert (one.key_bits, one.sifted_bits) == (3e5, 4e5)
        assert one.foreseen is not None
        assert one.qber == pytest.approx(0.015 - one.foreseen.qber)

    def test_instants_are_held_against_their_own_instant(self, week):
        """The log of the published pass: the mean of what calibrate lists row by row."""
        (one,) = flown_contacts(week, read_log(FLOWN))
        assert one.contact_key == "micius-xinglong-1918"
        assert one.foreseen is None
        assert one.loss_db == pytest.approx(-0.043, abs=0.01)

    @pytest.mark.parametrize(
        ("line", "where", "told"),
        [
            ("2016-12-19T12:00:00Z,Micius,Xinglong,,1,,,", "utc", "lies in no pass of Micius"),
            (f"{FIRST},micius-xinglong-1917,1,,,", "contact_key", "not the contact at"),
            (f"{FIRST},micius-lijiang-1964,1,,,", "contact_key", "not the contact at"),
            ("2016-12-19T12:00:00Z,Micius,Xinglong,micius-xinglong-1918,,,,30", "utc", "book it"),
            ("2016-12-19T16:52:14Z,Micius,Xanadu,,1,,,", "station", "no station 'Xanadu'"),
        ],
    )
    def test_what_belongs_nowhere_is_refused_with_its_line(self, week, line, where, told):
        """File, line, column, and how to mend it."""
        with pytest.raises(InputError) as raised:
            flown(week, f"{LATER},,1,,,\n{line}\n")
        (finding,) = raised.value.findings
        assert (finding.file, finding.line, finding.where) == ("log.csv", 3, where)
        assert told in finding.message
        assert finding.fix

    def test_instants_outside_every_pass_are_told(self, week):
        """As calibrate does: left out, with their line."""
        line = "2016-12-19T12:00:00Z,Micius,Xinglong,,,,,30"
        with pytest.warns(SatqkdWarning, match=r"1 of 2 rows of log\.csv lie outside.*line 2"):
            (one,) = flown(week, f"{line}\n{FIRST},,1,,,\n")
        assert one.contact_key == "micius-xinglong-1918"


class TestEnsemble:
    def test_its_percentiles_are_those_of_the_forecast(self, expected):
        """Of the same contacts with the same draws, also where nothing is usable."""
        found, _ = expected
        members = key_members(found, Draws())
        assert found.yields.outlook is not None
        for percent, wanted in (
            (10.0, found.yields.outlook.low_bits),
            (90.0, found.yields.outlook.high_bits),
        ):
            np.testing.assert_allclose(np.percentile(members, percent, axis=0), wanted)
        np.testing.assert_allclose(members.mean(axis=0), found.yields.outlook.expected_bits)

    def test_clear_skies_leave_no_cloud(self, expected):
        """Xinglong states a climate; no realisation of a pass with key is dark then."""
        found, rows = expected
        row = rows["micius-xinglong-1918"]
        assert (key_members(found, Draws())[:, row] == 0.0).any()
        assert (key_members(found, Draws(), clear=True)[:, row] > 0.0).all()

    def test_other_realisations_lie_inside_four_times_of_five(self, expected):
        """Keys drawn with another seed, under a clear sky."""
        found, _ = expected
        chosen = np.flatnonzero(found.yields.keys_low.secure_bits > 0)
        some = found.take(chosen)
        seen = foreseen_of(some, draws=Draws(samples=2_000), clear=True)
        other = key_members(some, Draws(samples=500, seed=9), clear=True)
        inside = [
            np.mean((one.interval[0] <= own) & (own <= one.interval[1]))
            for one, own in zip(seen, other.T, strict=True)
            if one.interval is not None
        ]
        assert len(inside) > 3
        assert np.mean(inside) == pytest.approx(0.8, abs=0.03)


class TestLogs:
    def test_several_logs_make_one_score(self, week, tmp_path):
        """Contacts by time, whatever the order of the logs."""
        for name, line in (("a", f"{LATER},,7e5,,,"), ("b", f"{FIRST},,3e5,,,")):
            (tmp_path / f"{name}.csv").write_text(HEAD + line + "\n", encoding="utf-8")
        found = score(week, tmp_path / "a.csv", str(tmp_path / "b.csv"))
        assert [one.station for one in found.contacts] == ["Xinglong", "Lijiang"]
        assert f"{found.contacts[0].utc:%Y-%m-%dT%H:%M:%S}" == "2016-12-19T16:52:13"
        assert found.whole.coverage is not None
        assert found.whole.coverage.count == 2

    def test_a_contact_in_two_logs_is_refused(self, week):
        """Its key would count twice."""
        one, other = (
            parse_log(HEAD + f"{FIRST},,{key},,,\n", file=name)
            for key, name in (("3e5", "a.csv"), ("2e5", "b.csv"))
        )
        with pytest.raises(InputError, match=r"micius-xinglong-1918 is in a\.csv too") as raised:
            score(week, one, other)
        assert raised.value.findings[0].line == 2

    def test_the_same_file_twice_is_refused(self, week):
        """Whatever its name."""
        logs = [parse_log(HEAD + f"{FIRST},,1,,,\n", file=name, sha256="ab") for name in "ab"]
        with pytest.raises(InputError, match="byte for byte what a holds"):
            score(week, *logs)

    def test_no_log_is_refused(self, week):
        """There is nothing to hold."""
        with pytest.raises(SatqkdError, match="no log is given"):
            score(week)
