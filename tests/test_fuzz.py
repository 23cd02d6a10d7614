"""Every reader on broken files: its own errors come out, nothing that is not finite goes in.

More than in the suite: SATQKD_FUZZ=20000 pytest tests/test_fuzz.py.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import math
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satqkd.calibration.log import parse_log
from satqkd.config.files import MissionFile, PresetFile, StationEntry
from satqkd.config.structure import structure
from satqkd.config.yaml_nodes import read_bytes
from satqkd.elements import library
from satqkd.elements.input_file import text_of
from satqkd.elements.satellite import ElementSet
from satqkd.errors import SatqkdError, SatqkdWarning
from satqkd.link.air.transmittance_table import parse_table
from satqkd.weather.cloud_forecast import parse_cloud_forecast

ROOT = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("SATQKD_FUZZ", "60"))
OEM = json.loads((ROOT / "tests" / "reference" / "oem_notations.json").read_text("utf-8"))
LINES = (
    "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991",
    "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164",
)
TLE = "# notes\n0 MICIUS\n" + "\n".join(LINES) + "\n"
RECORD = {
    "OBJECT_NAME": "PROBE", "OBJECT_ID": "2026-012C", "NORAD_CAT_ID": 90044,
    "EPOCH": "2026-05-11T06:00:00", "MEAN_MOTION": 14.9, "ECCENTRICITY": 0.0012,
    "INCLINATION": 82.1, "RA_OF_ASC_NODE": 210.0, "ARG_OF_PERICENTER": 80.0, "MEAN_ANOMALY": 280.0,
    "BSTAR": 4.5e-5, "EPHEMERIS_TYPE": 0, "REV_AT_EPOCH": 7,
}  # fmt: skip
KVN = (
    "CCSDS_OMM_VERS = 2.0\nCREATION_DATE = 2026-05-11T07:00:00\nORIGINATOR = X\n"
    "CENTER_NAME = EARTH\nREF_FRAME = TEME\nTIME_SYSTEM = UTC\nMEAN_ELEMENT_THEORY = SGP4\n"
) + "".join(f"{key} = {value}\n" for key, value in RECORD.items())
W, S = 1.10155e-3, 7.29212e-5
"""Rates of a circle 6900 km wide and of the Earth. [rad/s]"""
CPF = (
    "H1 CPF  2  ABC 2026 05 10 06  131 01 probe      notes\n"
    "H2  2601203 1234   90044 2026 05 11 00 00 00 2026 05 11 00 36 00   180 1 1  0 0 0 1\nH9\n"
    + "".join(
        f"10 0 61171 {t:.6f} 0 {6.9e6 * math.cos(W * t) * math.cos(S * t):.3f} "
        f"{-6.9e6 * math.cos(W * t) * math.sin(S * t):.3f} {6.9e6 * math.sin(W * t):.3f}\n"
        for t in range(0, 13 * 180, 180)
    )
    + "99\n"
)
ITC = (
    "created:2026-05-10 21:15:07 UTC\nephemeris_start:2026-05-11 00:00:00 UTC "
    "ephemeris_stop:2026-05-11 00:12:00 UTC step_size:60\nephemeris_source:blend\nUVW\n"
    + "".join(
        f"202613100{n:02d}00.000 {6900.0 * math.cos(0.0661 * n):.6f} 0.0 "
        f"{6900.0 * math.sin(0.0661 * n):.6f} {-7.6 * math.sin(0.0661 * n):.9f} 0.0 "
        f"{7.6 * math.cos(0.0661 * n):.9f}\n" + 3 * ("1e-7 " * 7 + "\n")
        for n in range(13)
    )
)
ORBITS = {
    "x.tle": TLE,
    "x.sat": f"[Satellite]\nNAME=M\nTLE1={LINES[0]}\nTLE2={LINES[1]}\n",
    "x.json": json.dumps([RECORD]),
    "x.csv": ",".join(RECORD) + "\n" + ",".join(map(str, RECORD.values())) + "\n",
    "x.kvn": KVN,
    "x.oem": OEM["kvn"],
    "x.xml": OEM["xml"],
    "x.cpf": CPF,
    "MEME_90044_PROBE_1_x.txt": ITC,
    "x": TLE,
}
YAML = {
    "mission.yaml": (MissionFile, (ROOT / "mission.yaml").read_text("utf-8")),
    "stations.yaml": (
        tuple[StationEntry, ...],
        (ROOT / "stations.yaml").read_text("utf-8")[:3_000].rpartition("\n- ")[0],
    ),
    "payload.yaml": (
        PresetFile,
        next((ROOT / "satqkd" / "presets").rglob("micius-2017.yaml")).read_text("utf-8"),
    ),
}
LOG = (
    "utc,satellite,station,loss_db,clicks,interval_s,qber,note\n"
    "2016-12-19T16:52:14Z,Micius,Xinglong,29.97,20140,1,1.1 %,fine\n"
    "2016-12-19T16:52:15Z,Micius,Xinglong,29.9,20141,1,0.011,\n"
)
TABLES = {
    "log": (
        lambda text: parse_log(text, file="f"),
        LOG,
    ),
    "european log": (
        lambda text: parse_log(text, file="f"),
        "utc;loss_db;qber\n2016-12-19T16:52:14Z;29,97;1,1 %\n2016-12-19T16:52:15Z;29,9;0,011\n",
    ),
    "clouds": (
        lambda text: parse_cloud_forecast(text, file="f"),
        "time,cover\n2026-12-01T12:00Z,20 %\n2026-12-01T20:00+02:00,0.9\n2026-12-01T21:00Z,0.3\n",
    ),
    "oktas": (
        lambda text: parse_cloud_forecast(text, file="f"),
        "time,cover_oktas\n2026-12-01T12:00Z,2\n2026-12-01T20:00Z,8\n",
    ),
    "air": (
        lambda text: parse_table(text, "f"),
        "wavelength_nm,transmittance_el90,transmittance_el30\n840,0.8,0.6\n850,0.81,0.62\n",
    ),
}
JUNK = (
    "", " ", "\t", "\n", "\r", "\0", "\x1b[31m", "\ufeff", "\u0663", "\u2212", "\u00a0", "\u2028",
    "nan", "NaN", "inf", "-inf", "1e308", "-1e308", "1e-320", "1e999", "9" * 400, "0x10", "1_000",
    "--", "-", "+", ".", ",", ";", ":", "=", "#", '"', "'", "<", "<!--", "&amp;", "{", "[", "]",
    "}", "&a", "*a", "!!float", "---", "null", "~", "true", "60", "61", "-0", "00000", "99999", "Z",
    "+00:00", "END", "1 ", "2 ", "META_START", "COVARIANCE_START", "10 0 ", "99", "\ud7ff", "墨子",
)  # fmt: skip


@st.composite
def broken(draw: Any, text: str) -> str:
    """Draw a text with a few places deleted, doubled, swapped or overwritten."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        length = draw(st.sampled_from([0, 1, 2, 5, 8, 20, 70, 400]))
        part = text[at : at + length]
        junk = draw(st.sampled_from([*JUNK, part + part, part[::-1]]))
        text = text[:at] + junk + text[at + length :]
        if draw(st.integers(0, 9)) == 0:
            text = text[: draw(st.integers(0, len(text)))]
    return text


fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def finite(value: Any) -> bool:
    """Whether every number of a value is one."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, np.ndarray):
        return bool(np.isfinite(value).all()) if value.dtype.kind in "fi" else True
    if dataclasses.is_dataclass(value):
        return all(finite(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    return all(map(finite, value)) if isinstance(value, list | tuple) else True


def told(error: SatqkdError) -> None:
    """See that an error says what to do."""
    assert "\n  fix: " in str(error)


def sound(source: Any) -> bool:
    """Whether elements or a table hold numbers only."""
    if not isinstance(source, ElementSet):
        return finite(source) and math.isfinite(source.period_s)
    names = ("no_kozai", "ecco", "inclo", "nodeo", "argpo", "mo", "bstar", "ndot", "nddot")
    return all(math.isfinite(getattr(source.satrec, name)) for name in names)


@pytest.mark.parametrize("name", ORBITS)
@fuzzed
@given(data=st.data())
def test_orbit_files(name, data):
    """Elements and ephemerides of every format, also packed and in other bytes."""
    content = data.draw(broken(ORBITS[name])).encode("utf-8", "surrogatepass")
    if data.draw(st.integers(0, 9)) == 0:
        content = gzip.compress(content)[: data.draw(st.integers(1, 4_000))]
    if data.draw(st.integers(0, 9)) == 0:
        content = content.replace(b"0", b"\xb0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SatqkdWarning)
        try:
            sources = library._parsed(Path(name), content)
        except SatqkdError as error:
            told(error)
            return
    assert sources
    assert all(map(sound, sources))


@pytest.mark.parametrize("name", YAML)
@fuzzed
@given(data=st.data())
def test_yaml_files(name, data):
    """Findings and no exception; values that are read are finite."""
    kind, text = YAML[name]
    content = data.draw(broken(text)).encode("utf-8", "surrogatepass")
    document = read_bytes(content, file=name)
    try:
        value, findings = structure(document, kind)
    except SatqkdError as error:
        told(error)
        return
    if not findings and not document.findings:
        assert finite(value)
    for finding in (*findings, *document.findings):
        assert finding.fix
        assert finding.file == name


@pytest.mark.parametrize("name", TABLES)
@fuzzed
@given(data=st.data())
def test_tables(name, data):
    """Logs, clouds and spectra."""
    parse, text = TABLES[name]
    content = data.draw(broken(text)).encode("utf-8", "surrogatepass")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SatqkdWarning)
        try:
            read = parse(text_of(content, file="f", most_bytes=10_000_000))
        except SatqkdError as error:
            told(error)
            return
    assert finite(read)


@pytest.mark.parametrize("name", ORBITS)
def test_what_is_broken_here_is_sound_before(name):
    """Else nothing would be tried."""
    assert all(map(sound, library._parsed(Path(name), ORBITS[name].encode())))
