"""``satqkd clock`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from satqkd.cli.clock import command
from satqkd.config.load import load_mission
from satqkd.errors import InputError, SatqkdError

CLOCKS = """\
clocks:
  - clock: qstt-micius-2020
  - name: Combs on board
    satellite: Micius
    station: Nanshan
    clock:
      system:
        model: frequency-transfer
        tx_aperture: 300 mm
        rx_aperture: 1 m
        other_loss: 20 dB
        combs:
          {tx_power: 1 W, wavelength: 1550 nm, pulse_width: 1 ps, repetition_rate: 250 MHz,
           update_rate: 2.5 kHz, non_reciprocity: {tdev: 2 fs}}

"""
UNSTATED = """\
clocks:
  - name: key photons
    clock:
      system:
        model: single-photon-time-transfer
        pulse_rate: 100 MHz
        jitter:
          {pulse_width: 0.2 ns, source_jitter: 0 ns, detector_jitter: 0.35 ns, tdc_jitter: 50 ps,
           clock_jitter: 50 ps}
        return_rate: 10 kHz
        return_jitter: 0.3 ns
        abort_qber: 11 %
        calibration_error: 50 ps
        position_error: 100 m

"""
COMBS = ("--station", "Nanshan", "--days", "1")


@pytest.fixture
def clocked(edited):
    """The campaign with two pairs of clocks."""
    return edited("mission.yaml", "limits:\n", f"{CLOCKS}limits:\n")


def test_each_pass_has_a_row_for_each_clock(satqkd, clocked):
    """The one on Nanshan only there; blank cells have their reason."""
    answer = satqkd("clock", "--days", "1", "--json", cwd=clocked)

    rows = json.loads(answer.stdout)
    assert answer.returncode == 0, answer.stderr
    assert {row["clock"] for row in rows} == {"qstt-micius-2020", "Combs on board"}
    assert {r["station"] for r in rows if r["clock"] == "Combs on board"} == {"Nanshan"}
    for row in rows:
        assert row["usable"] is (row["reason"] is None) is (row["statistical_ps"] is not None)
    best = max((r for r in rows if r["clock"] == "qstt-micius-2020"), key=lambda r: r["time_tags"])
    assert best["qber"] < best["qber_bound"] < best["qber_limit"]
    assert best["relativity_rate"] < 0.0 < best["sagnac_ns"] < best["asymmetry_ns"]


def test_the_table_on_the_screen_and_csv(satqkd, clocked):
    """In order of rise; one clock of two by its name."""
    screen = satqkd("clock", "combs on board", *COMBS, cwd=clocked)
    table = satqkd("clock", "combs on board", *COMBS, "--csv", cwd=clocked)

    assert screen.returncode == table.returncode == 0
    assert "micius-nanshan-20161219T1826" in screen.stdout
    assert {row["clock"] for row in csv.DictReader(io.StringIO(table.stdout))} == {"Combs on board"}


def test_check_lists_them_and_tells_their_assumptions(satqkd, clocked):
    """A preset's assumed values count as the mission's."""
    answer = satqkd("check", cwd=clocked)

    assert answer.returncode == 0, answer.stderr
    assert "Combs on board" in answer.stdout


def test_a_preset_runs_without_a_mission(satqkd, tmp_path):
    """Over the 113 km it states."""
    answer = satqkd("clock", "combs-113km-2022", "--json", cwd=tmp_path)

    rows = json.loads(answer.stdout)
    assert answer.returncode == 0, answer.stderr
    by_time = {row["averaging_s"]: row for row in rows}
    assert by_time[1e4]["mdev"] == pytest.approx(4e-19, rel=0.01)
    assert by_time[1e5]["mdev"] is None
    assert by_time[1e5]["reason"] == "longer than the contact"


def test_a_preset_runs_along_the_passes_of_a_mission(satqkd, campaign):
    """That names no clocks."""
    bare = satqkd("clock", cwd=campaign)
    answer = satqkd("clock", "qstt-micius-2020", "--passes", *COMBS, cwd=campaign)

    assert bare.returncode == 2
    assert "the mission has no 'clocks:'" in bare.stderr
    assert "--passes" in bare.stderr
    assert answer.returncode == 0
    assert "micius-nanshan-20161219T1826" in answer.stdout


def test_no_comparison_is_exit_code_1(satqkd, campaign):
    """Combs of 1550 nm have no loss on a link of 848.6 nm."""
    answer = satqkd("clock", "combs-113km-2022", "--passes", *COMBS, cwd=campaign)

    assert answer.returncode == 1
    assert "no pass compares clocks" in answer.stderr


def test_the_picture_is_written_with_its_numbers(satqkd, tmp_path):
    """Twice the same bytes."""
    first = satqkd("clock", "--instability", "--out", "one", cwd=tmp_path)
    satqkd("clock", "--instability", "--out", "two", cwd=tmp_path)

    assert first.returncode == 0, first.stderr
    for name in ("instability.png", "instability.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    text = (tmp_path / "one" / "instability.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["clock"] for row in rows} >= {"qstt-micius-2020", "geostationary orbit"}


def test_instability_without_a_folder_is_a_table(satqkd, tmp_path):
    """All clocks that state a signal."""
    answer = satqkd("clock", "--instability", "--csv", cwd=tmp_path)

    assert answer.stdout.startswith("clock,loss_db,averaging_s,")


def test_attacks_are_the_same_for_the_same_seed(satqkd, tmp_path):
    """And say what stays hidden."""
    words = ("clock", "--attack", "--trials", "5")
    first, again = (satqkd(*words, "--seed", "3", cwd=tmp_path) for _ in range(2))

    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert "can hide a shift of up to 167 ns" in first.stdout


@pytest.fixture
def unstated(edited):
    """The campaign with the clocks of Micius, no signal stated, the range known to 100 m."""
    return edited("mission.yaml", "limits:\n", f"{UNSTATED}limits:\n")


def test_the_mission_s_own_clocks_are_attacked(satqkd, unstated):
    """On their best pass; their own uncertain orbit hides ten times as much."""
    answer = satqkd("clock", "--attack", "--trials", "5", "--days", "1", cwd=unstated)

    assert answer.returncode == 0, answer.stderr
    assert "key photons: clocks of the mission, over the mean link of pass micius-" in answer.stdout
    assert "known to 100 m" in answer.stdout
    assert "can hide a shift of up to 1.67e+03 ns" in answer.stdout


def test_the_mission_s_own_clocks_have_their_curve(satqkd, unstated):
    """Up to the length of the best pass."""
    answer = satqkd("clock", "--instability", "--days", "1", "--json", cwd=unstated)

    rows = json.loads(answer.stdout)
    assert answer.returncode == 0, answer.stderr
    assert {row["clock"] for row in rows} == {"key photons"}
    assert "over the mean link of pass" in answer.stderr
    by_time = {row["averaging_s"]: row for row in rows}
    assert 1.0 < by_time[1.0]["tdev_ps"] < 10.0  # some kilohertz at half a nanosecond
    assert by_time[1e3]["reason"] == "longer than the contact"


def test_clocks_without_any_signal_are_refused(satqkd, unstated):
    """No night at the only station in these hours; the preset is offered, not taken."""
    words = ("--start", "2016-12-19T03:00:00Z", "--days", "0.2")
    answer = satqkd("clock", "--attack", *words, cwd=unstated)

    assert answer.returncode == 2
    assert "key photons: no pass gives a signal" in answer.stderr
    assert "satqkd clock qstt-micius-2020 --attack" in answer.stderr


def test_presets_in_place_of_a_mission_s_clocks_are_said(satqkd, campaign, tmp_path_factory):
    """Where the mission has none, and where there is no mission."""
    empty = tmp_path_factory.mktemp("empty")
    bare = satqkd("clock", "--attack", "--trials", "1", cwd=campaign)
    nowhere = satqkd("clock", "--instability", cwd=empty)

    assert bare.stdout.startswith("the mission has no 'clocks:': packaged preset qstt-micius-2020")
    assert nowhere.stdout.startswith("no mission here: packaged presets ")
    assert "frequency-transfer-2021" in nowhere.stdout.splitlines()[0]


def test_passes_without_light_are_counted_by_reason(satqkd, unstated):
    """On the screen; files hold every row."""
    screen = satqkd("clock", "--days", "1", cwd=unstated)
    rows = json.loads(satqkd("clock", "--days", "1", "--json", cwd=unstated).stdout)

    dark = [row for row in rows if not row["data_rate_hz"]]
    counts = re.findall(r"^  (\d+) pass(?:es)?: ", screen.stdout, flags=re.MULTILINE)
    assert dark
    assert sum(map(int, counts)) == len(dark)
    assert not any(row["pass_id"] in screen.stdout for row in dark)
    assert all(row["pass_id"] in screen.stdout for row in rows if row["usable"])
    assert "daylight: Sun at" not in screen.stdout


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"name": "combs on board", "attack": True}, "single photons"),
        ({"out": Path("x")}, "--out means nothing"),
        ({"attack": True, "instability": True}, "do not go together"),
        ({"stated": True, "attack": True}, "do not go together"),
        ({"attack": True, "trials": 0}, "--trials"),
        ({"attack": True, "seed": -1}, "--seed"),
        ({"name": "combs-113km-2022", "attack": True}, "single photons"),
        ({"name": "micius-2017"}, "no clocks are called 'micius-2017'"),
        ({"name": "combs on board", "stated": True}, "these clocks state no signal"),
    ],
)
def test_what_makes_no_sense_is_refused(clocked, monkeypatch, asked, says):
    """With what to do instead."""
    monkeypatch.chdir(clocked)

    with pytest.raises(SatqkdError, match=re.escape(says)) as refused:
        command(**asked)
    assert "fix:" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("qstt-micius-2020", "qstt-micius-2021", "there is no preset 'qstt-micius-2021'"),
        ("qstt-micius-2020", "micius-2017", "is a payload, not a clock"),
        ("station: Nanshan", "station: Nanchang", "there is no station 'Nanchang'"),
        ("satellite: Micius", "satellite: Mozi", "there is no satellite 'Mozi'"),
        ("tx_power: 1 W", "tx_power: 1", "has no unit"),
        ("model: frequency-transfer", "model: frequency-transfers", "is not known here"),
        ("update_rate: 2.5 kHz", "update_rate: 2.5 GHz", "below the repetition rate"),
    ],
)
def test_mistakes_are_told_with_their_line(clocked, old, new, says):
    """As everywhere in the files."""
    path = clocked / "mission.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(InputError) as refused:
        load_mission(path, clocked / "stations.yaml")
    assert says in str(refused.value)
    assert "mission.yaml" in str(refused.value)


def test_a_name_nobody_has_is_told_without_a_mission(satqkd, tmp_path):
    """That it is no preset's either."""
    answer = satqkd("clock", "nope", cwd=tmp_path)

    assert answer.returncode == 2
    assert "no packaged clocks are called 'nope', and there is no mission.yaml" in answer.stderr
    assert "fix: write one of combs-113km-2022" in answer.stderr


def test_passes_are_not_offered_where_no_satellite_flies(satqkd, tmp_path):
    """A mission of fibres."""
    satqkd("preset", "copy", "fibre-115mb-2023", cwd=tmp_path)
    answer = satqkd("clock", cwd=tmp_path)

    assert "or try 'satqkd clock qstt-micius-2020'" in answer.stderr
    assert "--passes" not in answer.stderr


def test_an_empty_table_says_why(satqkd, campaign):
    """As 'passes' does."""
    answer = satqkd("clock", "qstt-micius-2020", "--passes", "--days", "0.1", cwd=campaign)

    assert answer.returncode == 1
    assert "no satellite rises above a station's lowest elevation" in answer.stderr


def test_what_stands_around_the_table_of_attacks_is_wrapped(monkeypatch, tmp_path, capsys):
    """Notes above it and the sentence below."""
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.chdir(tmp_path)

    command(attack=True, trials=1)

    said = capsys.readouterr().out
    assert "qstt-micius-2020: 9,000 time tags each way" in said
    assert max(map(len, said.splitlines())) <= 70
