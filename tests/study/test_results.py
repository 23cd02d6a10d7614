"""What a study writes is what pictures read."""

from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.config.preset import copy_preset
from satqkd.errors import InputError
from satqkd.study.fingerprint import Names, code_version
from satqkd.study.point import points_of
from satqkd.study.read_study import load_study
from satqkd.study.results import Results
from satqkd.study.summary import manifest_text, months_text, row_of, summary_text

from .conftest import STATIONS, STUDY


@pytest.fixture
def written(small):
    study = load_study(small / "study.yaml")
    axes = [one.axis for one in study.variables]
    points = list(points_of(study))
    (small / "study.json").write_text(
        manifest_text(
            name=study.name, question=study.question, variables=axes, measures=study.measures,
            more={"code": code_version()},
        ),
        encoding="utf-8",
    )  # fmt: skip
    rows = [
        row_of(f"p{number}", repeat, point.levels, [0.1 * number + repeat, math.nan],
               status="done" if number else "failed", reason="" if number else "two\nlines")
        for number, point in enumerate(points)
        for repeat in (1, 2)
    ]  # fmt: skip
    (small / "summary.csv").write_text(summary_text(axes, study.measures, rows), encoding="utf-8")
    months = [["p1", "1", "2023-03", "12.5"]]
    (small / "months.csv").write_text(months_text(months), encoding="utf-8")
    return small


def test_results_are_read_back_as_they_were_written(written):
    found = Results.read(written)
    assert (written / "summary.csv").read_text().splitlines()[:2] == [
        "point,repeat,aperture_mm,kept,key_day_mean_bit_d,cost_MEUR,status,reason",
        "p0,1,200,1,1,,failed,two lines",
    ]
    assert [one.name for one in found.variables] == ["aperture", "kept"]
    assert found.numbers["aperture"].tolist() == [200.0] * 4 + [250.0] * 4
    assert found.numbers["key_day_mean"][3] == 2.1
    assert np.isnan(found.numbers["cost"]).all()
    assert found.done.tolist() == [False, False] + [True] * 6
    assert found.reason[0] == "two lines"
    assert found.months.month == ("2023-03",)
    points, means = found.mean_of("key_day_mean")
    assert points == ("p0", "p1", "p2", "p3")
    np.testing.assert_allclose(means, [np.nan, 1.6, 1.7, 1.8])


def test_a_damaged_summary_is_told(written):
    path = written / "summary.csv"
    path.write_text(path.read_text().replace("cost_MEUR", "cost"), encoding="utf-8")
    with pytest.raises(InputError, match=r"summary\.csv:1: is not as it was written"):
        Results.read(written)


def test_a_folder_without_a_study_is_told(tmp_path):
    with pytest.raises(InputError, match="there is no study in this folder"):
        Results.read(tmp_path)


def names_of(path) -> list[str]:
    study = load_study(path)
    name = Names(study)
    return [name(point) for point in points_of(study)]


def test_a_name_is_that_of_what_a_point_rests_on(small):
    path = small / "study.yaml"
    first = names_of(path)
    assert len(set(first)) == 4
    assert names_of(path) == first
    path.write_text(STUDY.replace("name: Apertures", "name: Telescopes"), encoding="utf-8")
    assert names_of(path) == first  # how it is called changes nothing
    path.write_text(STUDY.replace("25 cm", "26 cm"), encoding="utf-8")
    again = names_of(path)
    assert again[:2] == first[:2]
    assert set(again[2:]).isdisjoint(first)
    path.write_text(STUDY.replace("realisations: 20", "realisations: 21"), encoding="utf-8")
    assert set(names_of(path)).isdisjoint(first)
    path.write_text(STUDY, encoding="utf-8")
    (small / "stations.yaml").write_text(STATIONS + "\n", encoding="utf-8")
    assert set(names_of(path)).isdisjoint(first)


def test_a_file_that_a_value_names_is_part_of_the_name(small):
    copy_preset("jinan-1", small)
    path = small / "study.yaml"
    text = STUDY.replace("satellites[*].payload.transmitter.aperture", "satellites[*].payload")
    text = text.replace("200 mm, 25 cm", "jinan-1, jinan-1.yaml").replace("aperture / 100", "kept")
    path.write_text(text, encoding="utf-8")
    first = names_of(path)
    own = small / "jinan-1.yaml"
    own.write_text(own.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    again = names_of(path)
    assert again[:2] == first[:2]
    assert set(again[2:]).isdisjoint(first[2:])
