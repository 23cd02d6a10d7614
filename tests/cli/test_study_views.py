"""``satqkd study plot | dossier | sensitivity | choose`` as a user runs them."""

from __future__ import annotations

import csv
import json

import pytest
from as_user import run

from satqkd.config.preset import copy_preset

NARROW = {"COLUMNS": "80"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A study of four points that is done."""
    folder = tmp_path_factory.mktemp("study")
    copy_preset("cubesat-trade", folder)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    answer = run("study", "run", "--workers", "0", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return folder


def rows_of(path):
    """Rows of a table."""
    return csv.DictReader(path.read_text(encoding="utf-8").splitlines())


STUDY = """\
name: Two apertures
question: Does a larger one pay?
set: {duration: 3 d, "satellites[0].payload.transmitter.pointing": {model: jitter, jitter: 2 urad}}
vary:
  - name: aperture
    paths:
      - satellites[0].payload.transmitter.aperture
      - satellites[0].payload.transmitter.beam.beam_diameter
    values: [80 mm, 160 mm]
  - {name: sun, path: limits.max_sun_elevation, values: [-12 deg, -6 deg]}
measure:
  - key_day_mean
  - {name: cost, expression: aperture ** 2 - sun}
realisations: 20
"""


def test_plot_writes_its_pictures_and_tables(satqkd, done):
    answer = satqkd("study", "plot", cwd=done, env=NARROW)

    assert answer.returncode == 0, answer.stderr
    written = json.loads((done / "study-results" / "pictures" / "pictures.json").read_text())
    assert sorted(written["files"]) == [
        "aperture-key_day_mean.png", "front.csv", "front.png", "sun-key_day_mean.png",
        "tornado.csv", "tornado.png",
    ]  # fmt: skip
    assert max(map(len, answer.stdout.splitlines())) <= 80
    rows = list(rows_of(done / "study-results/pictures/tornado.csv"))
    assert {row["variable"] for row in rows} == {"aperture", "sun"}
    summary = list(rows_of(done / "study-results/summary.csv"))
    keys = {float(row["key_day_mean_bit_d"]) for row in summary if row["sun_deg"] == "-12"}
    swing = next(float(row["swing_bit_d"]) for row in rows if row["variable"] == "aperture")
    assert swing == pytest.approx(max(keys) - min(keys), rel=1e-3)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--measure", "key_day_men"), "key_day_mean"),
        (("--cost", "costs"), "cost"),
        (("--hold", "aperture"), "--hold aperture=80"),
        (("--hold", "aperture=90"), "80 mm, 160 mm"),
    ],
)
def test_plot_says_how_to_mend_what_it_is_asked(satqkd, done, words, told):
    answer = satqkd("study", "plot", *words, cwd=done)

    assert answer.returncode == 2
    assert told in answer.stderr


def test_the_dossier_is_made_again_byte_for_byte_with_its_assumptions(satqkd, done):
    pages = []
    for name in ("one.html", "two.html"):
        answer = satqkd("study", "dossier", "--out", name, cwd=done)
        assert answer.returncode == 0, answer.stderr
        pages.append((done / name).read_bytes())

    assert pages[0] == pages[1]
    assert b"what fits into two units of a CubeSat" in pages[0]


def test_the_dossier_tells_of_assumptions_that_are_not_those_of_before(satqkd, done, tmp_path):
    text = (done / "mission.yaml").read_text()
    try:
        (done / "mission.yaml").write_text(f"{text}# changed\n")
        answer = satqkd("study", "dossier", "--out", str(tmp_path / "d.html"), cwd=done)
    finally:
        (done / "mission.yaml").write_text(text)

    assert answer.returncode == 0
    assert b"hold something else" in (tmp_path / "d.html").read_bytes()


def test_sensitivity_walks_the_ranges_of_a_mission_without_a_file(satqkd, done):
    words = ("study", "sensitivity", "--days", "3", "--workers", "0", "--realisations", "20")
    answer = satqkd(*words, cwd=done, env=NARROW)

    assert answer.returncode == 0, answer.stderr
    assert max(map(len, answer.stdout.splitlines())) <= 80
    assert "not varied, for no range is stated: cubesat-payload.yaml" in answer.stdout
    for name in ("pointing_jitter", "atmosphere_visibility", "night_radiance"):
        assert name in answer.stdout
    folder = done / "sensitivity-results"
    files = json.loads((folder / "pictures" / "pictures.json").read_text())["files"]
    assert sorted(files) == ["not-varied.csv", "tornado.csv", "tornado.png"]
    before = (folder / "summary.csv").read_bytes()
    assert satqkd(*words, cwd=done).returncode == 0
    assert (folder / "summary.csv").read_bytes() == before

    page = satqkd("study", "dossier", "sensitivity-results", "--out", "s.html", cwd=done)
    assert page.returncode == 0, page.stderr
    assert b"a dark site, and a city near by" in (done / "s.html").read_bytes()


def test_sensitivity_refuses_the_folder_of_another_study(satqkd, done):
    before = (done / "study-results" / "summary.csv").read_bytes()
    answer = satqkd("study", "sensitivity", "--to", "study-results", "--workers", "0", cwd=done)

    assert answer.returncode == 2
    assert "holds another study" in answer.stderr
    assert (done / "study-results" / "summary.csv").read_bytes() == before


def test_explain_starts_nothing(satqkd, done, tmp_path):
    words = ("study", "sensitivity", "--explain", "--sobol", "8", "--to", str(tmp_path / "none"))
    answer = satqkd(*words, cwd=done)

    assert answer.returncode == 0, answer.stderr
    assert "57 points" in answer.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("words", [("--sobol", "7"), ("--measure", "latency"), ("--seed", "-1")])
def test_sensitivity_refuses_what_it_cannot_walk(satqkd, done, words):
    answer = satqkd("study", "sensitivity", *words, "--explain", cwd=done)

    assert answer.returncode == 2
    assert "fix:" in answer.stderr


def test_choose_takes_one_after_the_other(satqkd, tmp_path):
    copy_preset("twenty-sites", tmp_path)
    path = tmp_path / "study.yaml"
    text = path.read_text(encoding="utf-8")
    kept = "".join(f"      - [{name}]\n" for name in ("Graz", "Matera", "Tenerife"))
    begin, end = text.index("      - ["), text.index("measure:")
    path.write_text(f"{text[:begin]}{kept}set: {{duration: 2 d}}\n{text[end:]}", encoding="utf-8")

    answer = satqkd("study", "choose", "--take", "2", "--measure", "key_day_clear", "--workers",
                    "0", "--csv", cwd=tmp_path)  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    rows = list(csv.DictReader(answer.stdout.splitlines()))
    alone = list(rows_of(tmp_path / "study-chosen" / "summary.csv"))[:3]
    best = max(alone, key=lambda row: float(row["key_day_clear_bit_d"]))
    assert rows[0]["taken"] == best["places"]
    assert len({row["taken"] for row in rows}) == 2

    kept = (tmp_path / "study-chosen" / "summary.csv").read_bytes()
    manifest = tmp_path / "study-chosen" / "study.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "name": "Another"}))
    refused = satqkd("study", "choose", "--take", "1", "--workers", "0", cwd=tmp_path)
    assert refused.returncode == 2
    assert "holds another study" in refused.stderr
    assert (tmp_path / "study-chosen" / "summary.csv").read_bytes() == kept


def test_a_mission_without_key_is_told_so(satqkd, tmp_path):
    copy_preset("cubesat-trade", tmp_path)
    answer = satqkd("study", "sensitivity", "--days", "0.1", "--workers", "0", "--realisations",
                    "0", cwd=tmp_path)  # fmt: skip

    assert answer.returncode == 1
    assert "key_day_mean is 0 at every point" in answer.stderr
