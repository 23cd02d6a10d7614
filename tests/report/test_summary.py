"""A plan in a few lines, and the sentences the pictures share with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from satqkd.forecast.stream import forecast
from satqkd.network.plan import plan_of
from satqkd.report.pictures.labels import satellites_text
from satqkd.report.summary import plan_summary
from satqkd.report.tables.deliveries import key_report
from satqkd.report.wording import reasons_text, window_text
from satqkd.weather.clear_sky import Draws
from satqkd.weather.climate import Climate


def test_a_plan_is_told_in_numbers(plan):
    """How many passes, how much key, how good, what was left out."""
    text = "\n".join(plan_summary(plan))

    assert "2 of 4 passes scheduled" in text
    assert "gap 0 %" in text
    assert "1 rejected: daylight (1)" in text


def test_an_empty_plan_says_why(make_plan):
    """One honest line."""
    assert plan_summary(make_plan(())) == [
        "No pass scheduled: no satellite rises above a station's lowest elevation."
    ]


def test_equal_reasons_are_counted_and_rare_ones_gathered():
    """What stands behind a colon differs from pass to pass and does not count."""
    reasons = ["daylight: Sun at 3°", "daylight: Sun at 9°", "a", "b", "c", "d", ""]

    assert reasons_text(reasons, most=2) == "daylight (2), a (1), other reasons (3)"


def test_a_single_reason_that_remains_is_named():
    """It needs no more room than the words for many."""
    reasons = ["daylight: Sun at 3°", "daylight: Sun at 9°", "a", "b"]

    assert reasons_text(reasons, most=2) == "daylight (2), a (1), b (1)"


def test_satellites_are_named_while_they_are_few(make_plan):
    """Three are a number."""
    names = ("Micius", "Jinan-1", "SPOQC")
    said = [satellites_text(make_plan((), satellites=names[:n]).mission) for n in range(4)]

    assert said == ["no satellite", "Micius", "Micius and Jinan-1", "3 satellites"]


def test_one_pair_is_one_pair(plan):
    """And a gap that is only rounding is not told to three digits."""
    lines = plan_summary(plan)
    solution = replace(plan.solution, bound=plan.solution.objective * (1.0 + 1e-13))
    rounded = plan_summary(replace(plan, solution=solution))

    assert any(line.endswith("between 1 pair of stations") for line in lines)
    assert any(line.endswith("gap below 1e-6 %") for line in rounded)


def test_a_window_that_begins_within_a_day_says_the_hour(plan):
    """Midnight goes without saying."""
    mission = plan.mission
    later = replace(mission, start=mission.start + timedelta(hours=6))

    assert window_text(mission) == "from 2016-12-19, 7 days"
    assert window_text(later) == "from 2016-12-19 06:00 UTC, 7 days"


@pytest.fixture(scope="module")
def drawn(plan):
    climate = Climate(clear_fraction=(0.5,), source="an example")
    mission = replace(
        plan.mission,
        stations=tuple(replace(one, climate=climate, clouds=None) for one in plan.mission.stations),
    )
    return forecast(mission, draws=Draws(samples=20, seed=1))


class TestWeather:
    """What the weather makes of two passes, as drawn."""

    def test_nothing_drawn_is_said(self, plan):
        """Then a clear sky is assumed."""
        assert "clear sky assumed: nothing was drawn" in plan_summary(plan)

    def test_the_mean_stands_with_its_error_and_percentiles(self, drawn):
        """Beside what a clear sky gives, and in how many realisations there is any."""
        made = plan_of([drawn])
        (line,) = [line for line in plan_summary(made) if line.startswith("over the weather")]
        amount = made.outlook.delivered

        assert f"{amount.mean_bits:,.0f} ± {amount.standard_error_bits:,.0f} secret bits" in line
        assert f"P10 {amount.percentile_bits(10.0):,.0f}, P50" in line
        assert line.endswith("% of 4,000 realisations")

    def test_what_planning_for_the_weather_brings_is_said(self, drawn):
        """Or that it brings nothing."""
        made = plan_of([drawn], value="expected")
        lines = plan_summary(made)

        assert any("plans" in line and "for a clear sky" in line for line in lines)
        known = made.judged.known
        (line,) = [line for line in lines if line.startswith("knowing the sky")]
        assert line.endswith(f"{len(known)} realisations)")
        assert f" {100.0 * known.gain_bits[0] / known.mean_bits:.1f} " in line
        share = 100.0 * (1.0 - known.mean_bits / known.bound[0])
        assert any(f"gap {share:.1f} ± " in line and "statistical" in line for line in lines)

    def test_a_gap_is_that_of_a_clear_sky_where_no_other_is_known(self, drawn):
        """And it is said why knowing the sky was not looked at."""
        made = plan_of([drawn], value="expected")
        judged = replace(made.judged, known=None, why_not_known="more than 1,000 contacts")
        lines = plan_summary(replace(made, judged=judged))

        assert any(line.endswith("under a clear sky") for line in lines)
        assert any(line.endswith("not worked out: more than 1,000 contacts") for line in lines)

    def test_a_pair_has_its_figures_once(self, drawn):
        """In its first row; pools have none."""
        rows = key_report(plan_of([drawn]))
        with_weather = [row for row in rows if row.weather is not None]

        assert [(row.station_a, row.station_b) for row in with_weather] == [("Xinglong", "Nanshan")]
        assert 0.0 < with_weather[0].chance < 1.0
