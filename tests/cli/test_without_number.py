"""Satellites that are known by their ``object_id`` alone: no output invents a number."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.elements.library import group, nearest, read_elements

START = datetime(2016, 12, 19, 14, tzinfo=UTC)


def ephemeris(satellite, name: str, late_s: float) -> str:
    """Micius as SGP4 has it, running late, as an operator's message without a number."""
    elements = nearest(satellite, START)
    since_s = np.arange(0.0, 6.0 * 3_600.0, 60.0)
    epoch_s = (START - elements.epoch).total_seconds() - late_s

    def place_km(shift_s):
        days = (epoch_s + since_s + shift_s) / 86_400.0
        s = elements.satrec
        return s.sgp4_array(np.full(days.size, s.jdsatepoch), s.jdsatepochF + days)[1]

    states = np.concatenate([place_km(0.0), place_km(0.5) - place_km(-0.5)], axis=1)
    stamps = [f"{START + timedelta(seconds=s):%Y-%m-%dT%H:%M:%S}" for s in since_s]
    rows = "".join(
        f"{stamp} {' '.join(f'{number:.9f}' for number in state)}\n"
        for stamp, state in zip(stamps, states, strict=True)
    )
    return (
        "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2016-12-19T12:00:00\nORIGINATOR = TEST\n"
        f"META_START\nOBJECT_NAME = {name}\nOBJECT_ID = {name}\nCENTER_NAME = EARTH\n"
        f"REF_FRAME = TEME\nTIME_SYSTEM = UTC\nSTART_TIME = {stamps[0]}\n"
        f"STOP_TIME = {stamps[-1]}\nINTERPOLATION = HERMITE\nINTERPOLATION_DEGREE = 7\n"
        f"META_STOP\n{rows}"
    )


@pytest.fixture
def unnumbered(campaign):
    """The campaign with two satellites that have ephemerides and no number."""
    tles = campaign / "data" / "tle" / "micius.tle"
    (micius,) = group(read_elements(tles))
    for name, late_s in (("QSS-2", 0.0), ("QSS-3", 300.0)):
        (tles.parent / f"{name}.oem").write_text(ephemeris(micius, name, late_s))
    tles.unlink()
    mission = campaign / "mission.yaml"
    entry = "  - name: {}\n    object_id: {}\n    payload: micius-2017-flown\n"
    old = "  - name: Micius\n    norad_id: 41731\n    payload: micius-2017-flown"
    text = mission.read_text(encoding="utf-8")
    assert old in text
    two = "".join(entry.format(name, name) for name in ("QSS-2", "QSS-3"))
    mission.write_text(text.replace(old, two), encoding="utf-8")
    return campaign


WINDOW = ("--start", "2016-12-19T14:30:00Z", "--days", "0.2")


@pytest.mark.parametrize(
    "words",
    [
        ["passes", "--geometry", *WINDOW],
        ["passes", "--together", "Xinglong,Jinan", *WINDOW],
        ["passes", "--between-satellites", *WINDOW],
        ["forecast", *WINDOW],
        ["elements", "list"],
    ],
    ids=" ".join,
)
def test_tables_leave_the_number_out(satqkd, unnumbered, words):
    """Null in JSON, an empty cell in CSV."""
    records = json.loads(satqkd(*words, "--json", cwd=unnumbered).stdout)
    lines = list(csv.DictReader(io.StringIO(satqkd(*words, "--csv", cwd=unnumbered).stdout)))

    names = [name for name in records[0] if name.endswith("norad_id")]
    assert names
    assert {record[name] for record in records for name in names} == {None}
    assert {line[name] for line in lines for name in names} == {""}


def test_the_plan_leaves_it_out(satqkd, unnumbered):
    """In its tables and in where they came from."""
    answer = satqkd("plan", *WINDOW, "--json", cwd=unnumbered)

    document = json.loads(answer.stdout)
    assert answer.returncode == 0, answer.stderr
    assert {row["norad_id"] for row in document["passes"]} == {None}
    assert {row["norad_id"] for row in document["plan"]["element_sets"]} == {None}
    assert {row["norad_id"] for row in document["plan"]["models"]["satellites"]} == {None}
    assert '"norad_id": 0' not in (unnumbered / "plan" / "plan.json").read_text(encoding="utf-8")


def test_check_calls_it_by_its_designator(satqkd, unnumbered):
    """Behind the name stands what is known."""
    answer = satqkd("check", cwd=unnumbered)

    assert answer.returncode == 0, answer.stderr
    assert "QSS-2 (QSS-2)" in answer.stdout


def test_it_can_be_asked_for_by_its_designator(satqkd, unnumbered):
    """As others by their number."""
    answer = satqkd("passes", "--satellite", "qss-3", "--csv", *WINDOW, cwd=unnumbered)

    lines = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert {line["satellite"] for line in lines} == {"QSS-3"}
