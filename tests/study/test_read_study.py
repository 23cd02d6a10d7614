"""Studies are read as missions are: every mistake at once, with its line and what mends it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from satqkd.errors import InputError
from satqkd.study.gathered import pooled_text
from satqkd.study.measure import COLUMNS, FIGURES, OVER
from satqkd.study.point import number_of_points, points_at, points_of
from satqkd.study.read_study import load_study
from satqkd.study.store import Asked

from .conftest import STUDY

HEAD = "name: x\nrealisations: 0\n"


def texts(study) -> list[tuple[str, ...]]:
    return [tuple(level.text for level in point.levels) for point in points_of(study)]


def test_the_points_of_a_grid_stand_in_the_order_of_the_file(small):
    study = load_study(small / "study.yaml")
    assert texts(study) == [("200 mm", "1"), ("200 mm", "2"), ("25 cm", "1"), ("25 cm", "2")]
    assert number_of_points(study) == 4
    aperture = study.variables[0].axis
    assert (aperture.unit, aperture.column, aperture.label) == (
        "mm", "aperture_mm", "aperture [mm]",
    )  # fmt: skip
    assert [level.number for level in study.variables[0].levels] == [200.0, 250.0]


def test_a_point_is_the_mission_with_its_values(small):
    study = load_study(small / "study.yaml")
    missions = [study.base.at(point.settings, point.keeps) for point in points_of(study)]
    assert [len(one.spacecraft) for one in missions] == [1, 2, 1, 2]
    assert [
        [craft.payload.transmitter.aperture_m for craft in one.spacecraft] for one in missions
    ] == [[0.2], [0.2, 0.2], [0.25], [0.25, 0.25]]


def test_what_names_a_station_that_is_not_kept_goes_with_it(study_of):
    study = load_study(
        study_of(
            HEAD + "vary:\n  - {name: n, keep: stations, values: [3, [North, South], [West]]}\n"
            "measure: [key_day_clear]\n"
        )
    )
    missions = [study.base.at(point.settings, point.keeps) for point in points_of(study)]
    names = [[ground.site.name for ground in one.stations] for one in missions]
    assert names == [["North", "South", "West"], ["North", "South"], ["West"]]
    assert [len(one.demands) for one in missions] == [2, 1, 0]


def test_ranges_have_equal_steps_or_equal_factors(study_of):
    study = load_study(
        study_of(
            HEAD + "vary:\n"
            "  - {name: a, path: limits.min_elevation, range: {from: 15 deg, to: 25 deg,"
            " steps: 3}}\n"
            "  - name: b\n    path: limits.max_range\n"
            "    range: {from: 1000 km, to: 4 Mm, steps: 3, log: true}\n"
            "measure: [key_day_clear]\n"
        )
    )
    assert [level.text for level in study.variables[0].levels] == ["15 deg", "20 deg", "25 deg"]
    assert [level.number for level in study.variables[1].levels] == [1000.0, 2000.0, 4000.0]


def test_a_text_takes_the_value_where_it_has_braces(study_of):
    study = load_study(
        study_of(
            HEAD + "vary:\n"
            "  - name: n\n    path: satellites[0].orbit\n"
            "    written: '{model: walker, altitude: 500 km, pattern: \"53:{}/{}/0\"}'\n"
            "    values: [2, 4]\nmeasure: [key_day_clear]\n"
        )
    )
    missions = [study.base.at(point.settings, point.keeps) for point in points_of(study)]
    assert [len(one.spacecraft) for one in missions] == [3, 5]
    assert [level.number for level in study.variables[0].levels] == [2.0, 4.0]


@pytest.mark.parametrize("sample", ["sobol", "latin-hypercube"])
def test_samples_fill_the_range_and_are_the_same_again(study_of, sample):
    path = study_of(
        HEAD + f"sample: {sample}\npoints: 16\nvary:\n"
        "  - {name: a, path: limits.min_elevation, range: {from: 10 deg, to: 26 deg}}\n"
        "  - {name: b, path: limits.max_sun_elevation, values: [-18 deg, -12 deg]}\n"
        "measure: [key_day_clear]\n"
    )
    first, again = (list(points_of(load_study(path))) for _ in range(2))
    assert first == again
    cells = sorted(int(point.levels[0].number - 10.0) for point in first)
    assert cells == list(range(16))  # one in each sixteenth: so are both made
    assert {point.levels[1].text for point in first} == {"-18 deg", "-12 deg"}


def test_points_can_be_named_by_shares_of_the_ranges(small):
    study = load_study(small / "study.yaml")
    found = [
        tuple(one.text for one in point.levels)
        for point in points_at(study.variables, [[0.0, 1.0], [0.6, 0.4]])
    ]
    assert found == [("200 mm", "2"), ("25 cm", "1")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("r.aperture", "r.apertur", "study.yaml:6: satellites[0].payload.transmitter.apertur: no"),
        ("200 mm", "200 m", "study.yaml:6: satellites[0].payload.transmitter.aperture: '200 m' "),
        ("[1, 2]", "[1, 3]", "study.yaml:9: keep: satellites: there are 2 satellites"),
        ("[1, 2]", "[1, [A, C]]", "the values of 'kept' are no numbers"),
        ("kept\n    keep: satellites\n    values: [1, 2]",
         "kept\n    keep: stations\n    values: [1, 4]", "there are 3 stations"),
        ("key_day_mean", "key_day_maen", "write 'key_day_mean'"),
        ("key_day_mean", "key_per_day", "write 'key_day_mean'"),
        ("question:", "mission: .\nquestion:", "is a folder\n  fix: name the YAML file"),
        ("realisations:", "sample: sobol\npoints: 524288\nrepeat: 3\nrealisations:",
         "asks for 1,572,864 rows"),
        ("key_day_mean", "latency", "only a plan has 'latency'"),
        ("kept * (", "kpt * (", "'kpt' is no variable, no figure and no measure above"),
        ("kept * (1", "kept.real * (1", "'kept.real' is no arithmetic"),
        ("vary:", "vray:", "study.yaml:3:1: vray: no such key here\n  fix: write 'vary'"),
        ("question:", "mission: other.yaml\nquestion:", "other.yaml does not exist"),
        ("name: kept", "name: aperture", "stand twice: aperture"),
        ("[*]", "[0:2]", "satellites"),
        ("realisations: 20", "sample: sobol\npoints: 6", "must be a power of two, got 6"),
    ],
)  # fmt: skip
def test_mistakes_say_where_and_how_to_mend_them(study_of, old, new, said):
    assert old in STUDY
    with pytest.raises(InputError) as error:
        load_study(study_of(STUDY.replace(old, new, 1)))
    assert said in str(error.value)


def test_ends_of_a_range_that_are_the_same_are_told(study_of):
    text = "vary:\n  - {name: n, keep: stations, range: {from: 2, to: 2, steps: 2}}\n"
    with pytest.raises(InputError, match="are the same: nothing would be varied"):
        load_study(study_of(HEAD + text + "measure: [key_day_clear]\n"))


def test_a_study_knows_how_contacts_are_pooled(study_of):
    """Of Jinan-1 each pass is distilled while it lasts, if the mission says nothing of blocks."""
    by_pass = json.loads(Asked.of(load_study(study_of(STUDY))).manifest())
    assert (by_pass["blocks"], pooled_text(by_pass)) == (["pass"], "")
    weeks = study_of(STUDY.replace("vary:", "set: {blocks: week}\nvary:", 1))
    told = json.loads(Asked.of(load_study(weeks)).manifest())
    assert told["blocks"] == ["week"]
    assert "by week" in pooled_text(told)


def test_a_value_that_goes_with_some_of_the_others_is_no_mistake(study_of):
    """A small telescope cannot send a narrow beam: that point fails, the study stands."""
    study = load_study(
        study_of(
            HEAD + "vary:\n"
            "  - {name: d, path: 'satellites[*].payload.transmitter.aperture', "
            "values: [60 mm, 200 mm]}\n"
            "  - {name: b, path: 'satellites[*].payload.transmitter.beam.divergence', "
            "values: [10 urad, 30 urad]}\n"
            "measure: [key_day_clear]\n"
        )
    )
    narrow, *others = points_of(study)
    with pytest.raises(InputError, match="below the diffraction limit"):
        study.base.at(narrow.settings, narrow.keeps)
    for point in others:
        study.base.at(point.settings, point.keeps)


def test_a_name_that_no_station_has_is_told(study_of):
    text = "vary:\n  - {name: n, keep: stations, values: [[North, Suoth]]}\n"
    with pytest.raises(InputError, match="none of the stations is 'Suoth'\n  fix: write 'South'"):
        load_study(study_of(HEAD + text + "measure: [key_day_clear]\n"))


def test_the_study_of_the_docs_can_be_read(study_of):
    page = Path(__file__).parents[2] / "docs" / "studies.md"
    (text,) = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    study = load_study(study_of(text))
    assert number_of_points(study) == 24


def test_the_page_names_every_figure_and_column():
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    for name in (*FIGURES, *COLUMNS, *OVER):
        family = re.sub(r"_(mean|p10|p50|p90|clear)$", "", name)
        assert f"`{family}" in page or f"`_{name}`" in page, name
