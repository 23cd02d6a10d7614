"""A plan in a few lines, and the sentences the pictures share with it."""

from dataclasses import replace
from datetime import timedelta

from satqkd.report.pictures.labels import satellites_text
from satqkd.report.summary import plan_summary
from satqkd.report.wording import reasons_text, window_text


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
