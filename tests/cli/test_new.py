"""``satqkd new`` asks for little, and what it writes passes the check and gives a plan."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import jsonschema
import pytest
from as_user import run

from satqkd.config.load import load_mission
from satqkd.config.new_mission import yaml_text
from satqkd.config.yaml_nodes import read_text

# SPOQC, NORAD 68423, a public two-line element set of 2026-05-05.
TLE = """\
SPOQC
1 68423U 26067H   26125.81533466  .00005781  00000-0  28377-3 0  9997
2 68423  97.4486  84.9092 0002633  85.9306 274.2229 15.18469238  5516
"""

PAYLOAD = """\
transmitter:
  aperture: 80 mm
  wavelength: 785 nm
  beam: {model: gaussian, divergence: 14 urad}
  pointing: {model: stated, loss: 1.5 dB}
source:
  pulse_rate: 100 MHz
  intensities: [0.8, 0.3, 0]
  probabilities: [0.5, 0.25, 0.25]
  p_key_basis: 0.5
  intrinsic_error: 0.5 %
slew: 60 s
"""

TERMINAL = """\
receiver: {aperture: 80 cm, efficiency: 30 %, field_of_view: 80 urad, bandwidth: 3 nm}
detector: {efficiency: 50 %, dark_rate: 100 Hz, gate: 1 ns}
setup: 10 min
"""


def asked(*words: str, cwd: Path, answers: list[str] | None = None):
    """Run ``satqkd new`` and type the answers."""
    return run("new", *words, cwd=cwd, typed="".join(f"{line}\n" for line in answers or []))


def loaded(folder: Path):
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


@pytest.mark.parametrize("start", ["2026-12-21T00:00:00Z", "2026-06-21T00:00:00Z"])
def test_without_an_answer_there_is_a_mission_with_a_plan(satqkd, tmp_path, start):
    """In an empty folder: the check finds nothing, and key is delivered, also in bright nights."""
    made = asked("--yes", "--start", start, cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "next: satqkd check, satqkd plan\n")

    checked = satqkd("check", cwd=tmp_path)
    assert checked.returncode == 0
    assert "no mistake found" in checked.stdout

    planned = satqkd("plan", "--samples", "0", cwd=tmp_path)
    assert planned.returncode == 0
    with (tmp_path / "plan" / "keys.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["delivered_bits"]) > 0 for row in rows if row["kind"] == "delivery"] == [True]


def test_the_first_line_names_a_schema_that_is_there_and_fits(tmp_path):
    """Editors complete the files at once, without a network."""
    assert asked("--yes", "mine", cwd=tmp_path).returncode == 0

    for name in ("mission", "stations"):
        file = tmp_path / "mine" / f"{name}.yaml"
        text = file.read_text("utf-8")
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert named
        schema = json.loads((file.parent / named[1]).read_text("utf-8"))
        jsonschema.Draft7Validator(schema).validate(read_text(text, file=name).value)


def test_options_answer_for_scripts(tmp_path):
    """Real elements, own hardware, three stations: all of it copied, nothing asked."""
    (tmp_path / "spoqc.tle").write_text(TLE, encoding="utf-8")
    (tmp_path / "box.yaml").write_text(PAYLOAD, encoding="utf-8")
    (tmp_path / "dome.yaml").write_text(TERMINAL, encoding="utf-8")
    made = asked(
        "mine", "--name", "Graz: first light", "--elements", "spoqc.tle", "--satellite", "SPOQC",
        "--norad-id", "68423", "--payload", "box.yaml",
        "--station", "Graz,47.0671,15.4933,490,dome.yaml",
        "--station", "Matera, 40.6486 deg, 16.7046, 0.537 km, nanshan-1.2m, Europe/Rome",
        "--station", "Nanshan,43.4755,87.1767,2080,nanshan-1.2m",
        "--start", "2026-05-05T18:00:00Z", "--days", "2.5", cwd=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [
        "mine/box.yaml",
        "mine/dome.yaml",
        "mine/data/tle/spoqc.tle",
        "mine/schema/mission.json",
        "mine/schema/stations.json",
        "mine/mission.yaml",
        "mine/stations.yaml",
    ]

    mission = loaded(tmp_path / "mine")
    assert (mission.name, mission.duration_s) == ("Graz: first light", 216_000.0)
    (craft,) = mission.spacecraft
    assert (craft.satellite.norad_id, craft.payload.transmitter.aperture_m) == (68423, 0.08)
    assert [ground.site.height_m for ground in mission.stations] == [490.0, 537.0, 2080.0]
    assert [ground.site.timezone for ground in mission.stations] == [None, "Europe/Rome", None]
    written = (tmp_path / "mine" / "stations.yaml").read_text(encoding="utf-8")
    assert written.count("  # timezone: Europe/Vienna  # for") == 2
    assert mission.stations[0].terminal.setup_s == 600.0
    assert [(demand.station_a, demand.station_b) for demand in mission.demands] == [(0, 1), (1, 2)]


def test_elements_answer_for_number_name_and_begin(tmp_path):
    """The one object, its name, the day of its epoch."""
    (tmp_path / "spoqc.tle").write_text(TLE, encoding="utf-8")
    assert asked("--yes", "--elements", "spoqc.tle", cwd=tmp_path).returncode == 0

    mission = loaded(tmp_path)
    assert mission.spacecraft[0].satellite.name == "SPOQC"
    assert f"{mission.start:%Y-%m-%d}" == "2026-05-05"


def test_whoever_sits_there_is_asked(tmp_path):
    """Wrong answers are asked again with what is wrong; an empty one takes the default."""
    answers = [
        "",  # a design
        "500", "600 km",  # altitude: without, then with its unit
        "53 deg",
        "Bird",
        "micius", "micius-2017",  # the payload, misspelt first
        "Lannion, 48.75, -3.45, 100, portable-28cm", "",  # the second station by default
        "Faro, 37, -7.9", "Faro, 37, -7.9, 8, portable-28cm", "",  # a third, and no more
        "2026-06-01T00:00:00", "2026-06-01T00:00:00Z",  # without zone first
        "3",
        "",
    ]  # fmt: skip
    made = asked("quick-look", cwd=tmp_path, answers=answers)

    assert made.returncode == 0, made.stderr
    for said in ("'500' has no unit", "there is no payload 'micius'", "is no station", "time zone"):
        assert said in made.stderr
    mission = loaded(tmp_path / "quick-look")
    assert (mission.name, mission.duration_s) == ("quick look", 259_200.0)
    assert [ground.site.name for ground in mission.stations] == ["Lannion", "Helmos", "Faro"]
    assert mission.spacecraft[0].satellite.name == "Bird (synthetic)"
    assert mission.spacecraft[0].payload_name == "micius-2017"


def test_nobody_there_is_told_how_to_answer(tmp_path):
    """Not a hang, and not half a mission."""
    made = asked("mine", cwd=tmp_path)

    assert made.returncode == 2
    assert "answer it with --elements, or take defaults with --yes" in made.stderr
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("name", ["mission.yaml", "stations.yaml", "schema/mission.json"])
def test_nothing_is_overwritten(tmp_path, name):
    """Whatever of it is there, nothing at all is written."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("precious", encoding="utf-8")
    made = asked("--yes", cwd=tmp_path)

    assert made.returncode == 2
    assert f"{name}: there already, nothing was written" in made.stderr
    assert path.read_text("utf-8") == "precious"
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_files_of_ones_own_may_lie_in_the_folder_already(tmp_path):
    """They are named, and stay as they are."""
    (tmp_path / "dome.yaml").write_text(TERMINAL, encoding="utf-8")
    made = asked("--yes", "--station", "Graz,47,15,490,dome.yaml", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    assert "dome.yaml" not in made.stdout
    assert loaded(tmp_path).stations[0].terminal_name == "dome.yaml"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--altitude", "500"], "--altitude: '500' has no unit"),
        (["--inclination", "530 deg"], "--inclination: '530 deg' lies outside 0 … 180 deg"),
        (["--local-time", "25:00"], "--local-time: '25:00' is no time of day"),
        (["--inclination", "53 deg", "--local-time", "10:00"], "--local-time: the orbit is not"),
        (["--altitude", "500 km", "--elements", "x.tle"], "--altitude is of a design"),
        (["--norad-id", "5"], "--norad-id: there are no elements"),
        (["--elements", "x.tle"], "--elements: x.tle does not exist"),
        (["--payload", "xinglong-1m"], "--payload: there is no payload 'xinglong-1m'"),
        (["--payload", "mine.yaml"], "--payload: mine.yaml does not exist"),
        (["--station", "Graz,47,15,490"], "--station: 'Graz,47,15,490' is no station"),
        (["--station", "Graz,97,15,490,xinglong-1m"], "'97 deg' lies outside -90 … 90 deg"),
        (["--station", "Graz,47,15,490,xinglon"], "write 'xinglong-1m'"),
        (["--station", "Graz,47,15,490,xinglong-1m,Europe/Viena"], "'Europe/Vienna'"),
        (["--days", "0"], "--days: '0' days is no sensible length"),
        (["--start", "2026-05-05T18:00"], "--start: '2026-05-05T18:00' has no time zone"),
        (["--satellite", " "], "--satellite: ' ' is no name"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_do(tmp_path, words, said):
    """Exit code 2, and nothing is written."""
    made = asked("--yes", *words, cwd=tmp_path)

    assert made.returncode == 2
    assert said in made.stderr
    assert "fix: " in made.stderr
    assert not list(tmp_path.iterdir())


def test_answers_that_do_not_go_together_write_nothing(tmp_path):
    """The same findings as the check's, before anything is there."""
    made = asked("--yes", "--payload", "jinan-1", cwd=tmp_path)

    assert made.returncode == 2
    assert "stations[0] (Tenerife).terminal.detector.gate: its gate of 2 ns holds" in made.stderr
    assert "nothing was written: answers do not go together" in made.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["Graz", "St. Graz", "7", "a: b", "x # y", "[A]", '"', "ÖAW Ω", "- x", "true", "a, b"]
)
def test_a_name_is_read_as_it_was_given(name):
    """Also where YAML would take it for something else."""
    written = read_text(f"pair: [{yaml_text(name)}, x]", file="x")
    assert written.value == {"pair": [name, "x"]}
