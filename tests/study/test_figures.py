"""Figures of a point against sums that are done one contact at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.errors import InputError
from satqkd.forecast.stream import forecast
from satqkd.study import window_sums
from satqkd.study.figures import forecast_figures
from satqkd.study.point import points_of
from satqkd.study.read_study import load_study
from satqkd.study.tally import Tally, tally_of
from satqkd.study.window_sums import drawn_sums
from satqkd.study.work import Job, Shared, finished, tallied, worked
from satqkd.weather.clear_sky import Draws

from .conftest import MISSION, STATIONS, STUDY

DRAWS = Draws(samples=20, seed=7)


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "mission.yaml").write_text(MISSION.replace("1 d", "2 d"), encoding="utf-8")
    (folder / "stations.yaml").write_text(STATIONS, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return load_study(folder / "study.yaml").base.at()


@pytest.fixture(scope="module")
def tally(mission) -> Tally:
    return tally_of(mission, columns=["usable_s", "loss_min_db"])


def test_key_of_a_clear_sky_is_that_of_the_forecast(mission, tally):
    passes = forecast(mission)
    values = forecast_figures(mission, tally, None).values
    bits = passes.yields.made.bits
    assert values["key_day_clear"] == bits.sum() / 2 > 0
    assert values["key_day_p10"] == values["key_day_clear"]
    assert values["contacts"] == (bits > 0).sum()
    assert values["sum_of_usable_s"] == pytest.approx(passes.yields.usable_s.sum(), rel=1e-12)
    assert values["station_hours"] == pytest.approx(passes.yields.usable_s.sum() / 3600, rel=1e-12)
    station = passes.contacts.stations[0]
    assert values["worst_station_key_day_clear"] == min(
        bits[station == number].sum() / 2 for number in range(3)
    )
    each = [
        sum(
            min(bits[(station == end) & (passes.contacts.satellite == craft)].sum() for end in pair)
            for craft in range(2)
        )
        for pair in ((0, 1), (0, 2))
    ]
    assert values["worst_pair_key_day_clear"] == min(each) / 2


def test_a_mean_over_the_weather_is_the_chance_times_the_key(mission, tally):
    """Of twenty realisations of 60 % exactly twelve are clear, whatever the seed."""
    figures = forecast_figures(mission, tally, DRAWS)
    assert figures.values["key_day_mean"] == pytest.approx(
        0.6 * figures.values["key_day_clear"], rel=1e-12
    )
    assert sum(figures.months.values()) == pytest.approx(
        2 * figures.values["key_day_mean"], rel=1e-12
    )
    assert set(figures.months) == {2023 * 12 + 2}


def test_percentiles_are_those_of_sums(mission, tally):
    """Each realisation is added up by itself, contact after contact, from the skies drawn."""
    clear = window_sums._clear(mission, tally, DRAWS)
    totals = [
        sum(tally.bits[row] for row in range(len(tally)) if clear[sample, row])
        for sample in range(DRAWS.samples)
    ]
    values = forecast_figures(mission, tally, DRAWS).values
    for name, percent in (("p10", 10), ("p50", 50), ("p90", 90)):
        assert values[f"key_day_{name}"] == np.percentile(totals, percent) / 2
    assert values["key_day_p10"] < values["key_day_p50"] < values["key_day_p90"]


def test_two_satellites_under_one_sky_share_its_clouds(mission):
    one = tally_of(mission, satellites=[0])
    twice = Tally.join([one, replace(one, satellite=one.satellite + 1)])
    alone, both = (drawn_sums(mission, found, DRAWS).total_bits for found in (one, twice))
    np.testing.assert_array_equal(both, 2 * alone)
    assert len(set(alone.tolist())) > 2


def test_skies_drawn_for_some_satellites_at_a_time_are_the_same(mission, tally, monkeypatch):
    whole = drawn_sums(mission, tally, DRAWS)
    monkeypatch.setattr(window_sums, "_BYTES_AT_ONCE", DRAWS.samples)
    assert len(window_sums._groups(tally, DRAWS.samples)) == 2
    parts = drawn_sums(mission, tally, DRAWS)
    np.testing.assert_array_equal(whole.station_bits, parts.station_bits)
    np.testing.assert_array_equal(whole.pair_bits, parts.pair_bits)
    np.testing.assert_array_equal(whole.total_bits, parts.total_bits)


def test_a_point_in_parts_gives_the_same_row(small):
    study = load_study(small / "study.yaml")
    shared = Shared.of(study)
    for number, point in enumerate(points_of(study)):
        job = Job(name=str(number), repeat=1, point=point)
        (whole,) = worked(shared, [job])
        crafts = 1 + number % 2
        parts = [tallied(shared, job, [one]) for one in range(crafts)]
        assert finished(shared, job, parts[::-1]).row == whole.row
        assert whole.row.status == "done"
        assert len(whole.row.values) == 2


def test_a_point_that_fails_is_a_row_with_its_reason(small):
    study = load_study(small / "study.yaml")
    shared = Shared.of(study)
    jobs = [Job(name=str(n), repeat=1, point=one) for n, one in enumerate(points_of(study))]
    broken = replace(
        jobs[0].point.levels[0],
        settings=(replace(jobs[0].point.levels[0].settings[0], value="1 km"),),
    )
    jobs[0] = replace(jobs[0], point=replace(jobs[0].point, levels=(broken,)))
    told = worked(shared, jobs[:2])
    assert [one.row.status for one in told] == ["failed", "done"]
    assert "aperture: '1 km' lies outside" in told[0].row.reason


@pytest.mark.parametrize("plan", [False, True])
def test_a_station_over_which_nothing_is_usable_is_named(small, plan):
    """The Sun does not set at 89° S on the first of March, and the worst station gets nothing."""
    polar = STATIONS.replace("South", "Pole").replace("latitude: 30.0", "latitude: -89.0")
    (small / "stations.yaml").write_text(polar, encoding="utf-8")
    mission = small / "mission.yaml"
    mission.write_text(MISSION.replace("South", "Pole"), encoding="utf-8")
    path = small / "study.yaml"
    path.write_text(STUDY + f"plan: {str(plan).lower()}\n", encoding="utf-8")
    study = load_study(path)
    jobs = [Job(name=str(n), repeat=1, point=one) for n, one in enumerate(points_of(study))]
    (told,) = worked(Shared.of(study), jobs[-1:])

    assert (told.row.status, told.row.reason) == ("done", "nothing is usable over Pole")


def test_a_reason_names_what_is_set_at_each_item_once(small):
    text = STUDY.replace(
        "satellites[*].payload.transmitter.aperture", "stations[*].terminal.detector.gate"
    )
    text = text.replace("[200 mm, 25 cm]", "[1 ns, 900 ns]").replace("aperture / 100", "0")
    (small / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(small / "study.yaml")
    message = caught.value.findings[0].message

    assert message.count("stations[*].terminal.detector.gate=900 ns") == 1
    assert "stations[1]" not in message.partition("(with")[2]
