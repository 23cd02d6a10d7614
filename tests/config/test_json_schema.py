"""The schemas accept what the files may hold, and refuse what editors can find."""

from __future__ import annotations

import copy
import json
import re
from importlib.resources import as_file, files
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from satqkd.config.json_schema import FILES, schema, schema_text
from satqkd.config.load import load_mission
from satqkd.config.preset import list_presets
from satqkd.config.quantity import COMMON, LIMITS, unit_of
from satqkd.config.quantity_pattern import quantity
from satqkd.errors import InputError

ROOT = Path(__file__).parents[2]


def as_editors_read(text: str):
    """Read YAML 1.2 as language servers do: numbers and truths, and no dates."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))
    return yaml.load(text)


def checker(file: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(schema(file))


def shipped() -> list:
    """Every mission, stations file and preset there is, with its kind."""
    found = []
    with as_file(files("satqkd") / "presets") as folder:
        for path in [
            *sorted(folder.rglob("*.yaml")),
            ROOT / "mission.yaml",
            ROOT / "stations.yaml",
        ]:
            text = path.read_text(encoding="utf-8")
            kind = re.search(r"^kind: (\w+)$", text, re.MULTILINE)
            file = kind[1] if kind else path.stem
            found.append(pytest.param(file, text, id=f"{path.parent.name}/{path.name}"))
    return found


MISSION = """\
name: A week
start: 2016-12-19T00:00:00Z
duration: 7 d
elements: micius.tle
satellites:
  - name: Micius
    norad_id: 41731
    payload:
      transmitter:
        aperture: 30 cm
        wavelength: 848.6 nm
        beam: {model: flat-top, divergence: 10 urad}
        pointing: {model: stated, loss: 1.5 dB, loss_range: [0 dB, 3 dB]}
      source:
        pulse_rate: 100 MHz
        intensities: [0.8, 0.1, 0]
        probabilities: [0.5, 0.25, 0.25]
        p_key_basis: 0.5
        intrinsic_error: 1 %
      slew: 60 s
protocol: {model: decoy-bb84, epsilon_sec: 1e-9}
"""


@pytest.mark.parametrize("file", FILES)
def test_the_files_in_docs_are_made_from_the_code(file):
    """To make one anew: satqkd schema mission > docs/schema/mission.json."""
    written = (ROOT / "docs" / "schema" / f"{file}.json").read_text(encoding="utf-8")
    assert written == schema_text(file)
    jsonschema.Draft7Validator.check_schema(json.loads(written))


def test_everything_shipped_is_looked_at():
    """The list below is not empty by accident."""
    assert {param.values[0] for param in shipped()} >= set(FILES)
    assert len(shipped()) > 30


@pytest.mark.parametrize(("file", "text"), [*shipped(), pytest.param("mission", MISSION, id="own")])
def test_what_is_shipped_is_accepted(file, text):
    """Each of it loads, as other tests hold."""
    checker(file).validate(as_editors_read(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("slew: 60 s", "slew: 60"),
        ("slew: 60 s", "slew: '60'"),
        ("slew: 60 s", "slew: 60 m"),
        ("slew: 60 s", "slew: 60 MHz"),
        ("slew: 60 s", "slwe: 60 s"),
        ("slew: 60 s", "slew: [60 s]"),
        ("aperture: 30 cm", "aperture: 0.3"),
        ("aperture: 30 cm", "aperture: 30 mrad"),
        ("      slew: 60 s\n", ""),
        ("loss_range: [0 dB, 3 dB]", "loss_range: [0 dB]"),
        ("loss_range: [0 dB, 3 dB]", "loss_range: [0, 3]"),
        ("model: flat-top", "model: flattop"),
        ("model: flat-top, ", ""),
        ("model: flat-top", "model: gaussian, waist: 3 cm"),
        ("model: flat-top", "model: flat-top, divergence_is: fwhm"),
        ("p_key_basis: 0.5", "p_key_basis: 1.5"),
        ("p_key_basis: 0.5", "p_key_basis: half"),
        ("norad_id: 41731", "norad_id: 41731.5"),
        ("norad_id: 41731", "norad_id: 0"),
        ("2016-12-19T00:00:00Z", "2016-12-19T00:00:00"),
        ("limits:", "limts:"),
        ("protocol: {model: decoy-bb84", "protocol: {model: decoy-bb48"),
        ("epsilon_sec: 1e-9", "epsilon_sec: 1e-9, bound: chernof"),
        ("      transmitter:", "      brightness: 0.1\n      transmitter:"),
        ("pulse_rate: 100 MHz", "model: single-photon\n        pulse_rate: 100 MHz"),
    ],
)
def test_a_slip_is_refused(old, new):
    """What the loader refuses by itself, in the editor already."""
    text = MISSION + "limits: {}\n"
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        checker("mission").validate(as_editors_read(text.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("slew: 60 s", "slew: 1.5e1 min"),
        ("aperture: 30 cm", "aperture: 12 imperial.inch"),
        ("divergence: 10 urad", "divergence: 2 arcsec"),
        ("intrinsic_error: 1 %", "intrinsic_error: 0.01"),
        ("p_key_basis: 0.5", "p_key_basis: '50 %'"),
        ("name: A week", "name: 2024"),
        ("2016-12-19T00:00:00Z", "2016-12-19 08:00+08:00"),
        ("epsilon_sec: 1e-9", "epsilon_sec: 1e-9, key_bases: both"),
        ("model: flat-top", "model: gaussian, divergence_is: fwhm"),
    ],
)
def test_another_way_to_write_it_is_accepted(old, new):
    """No false alarm."""
    assert old in MISSION
    checker("mission").validate(as_editors_read(MISSION.replace(old, new)))


@pytest.mark.parametrize("file", ["payload", "terminal", "protocol", "clock"])
def test_a_file_of_its_own_needs_no_sources(file):
    """The value itself, with its assumptions; but not that of another kind."""
    name = next(preset.name for preset in list_presets() if preset.kind == file)
    text = (files("satqkd") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    whole = as_editors_read(text)
    checker(file).validate(whole[file])
    checker(file).validate({**whole[file], "assumed": {"x": "y"}})
    other = "clock" if file != "clock" else "payload"
    for wrong in (
        {**whole, "kind": "mission"},
        {**whole, other: {}},
        {**whole[file], "colour": 1},
        {"kind": file},
    ):
        with pytest.raises(jsonschema.ValidationError):
            checker(file).validate(wrong)


STATIONS = """\
- name: Xinglong
  latitude: 40.4 deg
  longitude: 117.6 deg
  height: 890 m
  terminal: xinglong-1m
  min_elevation: 10 deg
  horizon: [[0 deg, 10 deg], [90 deg, 25 deg]]
"""

LINKS_ONLY = """\
name: Over fibre
start: 2023-01-01T00:00:00Z
duration: 1 d
links: [{name: 10 km, direction: fibre, length: 10 km, wavelength: 1550 nm, attenuation: 0.2 dB/km,
    splices: 0, splice_loss: 0 dB, connector_loss: 0 dB, receiver_efficiency: 100 %,
    source: {pulse_rate: 1 GHz, intensities: [0.5, 0.1], probabilities: [0.7, 0.3],
    p_key_basis: 0.9, intrinsic_error: 1 %},
    detector: {efficiency: 60 %, dark_rate: 34 Hz, gate: 200 ps, detectors: 4, p_key_basis: 0.9}}]
protocol: {model: decoy-bb84, epsilon_sec: 1e-9, epsilon_cor: 1e-15, ec_efficiency: 1.16}
"""

REFUSED_BY_BOTH = [
    ("stations", "[90 deg, 25 deg]", "[90 deg, 90.5 deg]"),
    ("stations", "[90 deg, 25 deg]", "[90 deg, 120 deg]"),
    ("stations", "[90 deg, 25 deg]", "[361 deg, 25 deg]"),
    ("stations", "[90 deg, 25 deg]", "[90 deg, -1 deg]"),
    ("stations", "min_elevation: 10 deg", "min_elevation: 90 deg"),
    ("stations", "min_elevation: 10 deg", "min_elevation: -0.5 deg"),
    ("stations", "latitude: 40.4 deg", "latitude: 90.1 deg"),
    ("stations", "latitude: 40.4 deg", "latitude: -91 deg"),
    ("stations", "longitude: 117.6 deg", "longitude: 3600 deg"),
    ("mission", "duration: 1 d", "duration: -1 d"),
    ("mission", "duration: 1 d", "duration: 0 d"),
    ("mission", "duration: 1 d", "duration: 0.0e3 s"),
    ("mission", "splice_loss: 0 dB", "splice_loss: 10.5 dB"),
    ("mission", "splice_loss: 0 dB", "splice_loss: -1 dB"),
    ("mission", "model: decoy-bb84, epsilon_sec: 1e-9, epsilon_cor: 1e-15, ec_efficiency: 1.16",
     "model: best-of, of: []"),
    ("mission", "protocol: {", "protocol: {model: best-of, of: [{"),
    ("mission", "links: [{", "linked: [{"),
    ("mission", "links: [{", "assumed: {}\nlinks: []\nclocks: [{"),
]  # fmt: skip


def loads(folder, mission: str, stations: str) -> bool:
    (folder / "mission.yaml").write_text(mission, encoding="utf-8")
    (folder / "stations.yaml").write_text(stations, encoding="utf-8")
    try:
        load_mission(folder / "mission.yaml")
    except InputError:
        return False
    return True


def test_a_mission_of_links_needs_no_satellites(tmp_path):
    """Nor does it have to say that there are none."""
    assert loads(tmp_path, LINKS_ONLY, STATIONS)
    checker("mission").validate(as_editors_read(LINKS_ONLY))
    checker("stations").validate(as_editors_read(STATIONS))


@pytest.mark.parametrize(("file", "old", "new"), REFUSED_BY_BOTH)
def test_loader_and_schema_refuse_the_same(tmp_path, file, old, new):
    texts = {"mission": LINKS_ONLY, "stations": STATIONS}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new)
    if "of: [{" in texts[file]:
        texts[file] = texts[file].replace("ec_efficiency: 1.16}", "ec_efficiency: 1.16}]}")

    assert not loads(tmp_path, **texts)
    assert not checker(file).is_valid(as_editors_read(texts[file]))


@pytest.mark.parametrize("low", sorted(LIMITS))
def test_the_ends_of_a_range_are_accepted(low):
    """In every unit in daily use, the signs of 0 included; also numbers with an exponent."""
    unit = unit_of(low)
    if not unit:
        return
    pattern = re.compile(quantity(low)[1]["pattern"])
    for end in LIMITS[low][:2]:
        for name, factor in COMMON[unit].items():
            assert pattern.match(f"{end / factor!r} {name}"), (end, name)
            assert end or pattern.match(f"-0.0 {name}")
    for end, way in ((LIMITS[low].low, -1), (LIMITS[low].high, 1)):
        if len(COMMON[unit]) == 1 and end == int(end):
            (name,) = COMMON[unit]
            for outside in (end + 0.01 * way, end + way, end + 100 * way, 11 * way * abs(end or 1)):
                assert not pattern.match(f"{outside:g} {name}"), outside


def test_presets_are_named_by_their_kind():
    """A terminal does not fly; a file of one's own may have any name."""
    mission = as_editors_read(MISSION)
    for name, fine in (("micius-2017", True), ("mine.yaml", True), ("xinglong-1m", False)):
        named = copy.deepcopy(mission)
        named["satellites"][0]["payload"] = name
        assert checker("mission").is_valid(named) == fine
