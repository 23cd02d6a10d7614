"""``satqkd plan --fair``, as an operator reads it."""

from __future__ import annotations

import json
import re

QUICK = ("--samples", "0", "--pictures", "none", "--series", "none")


def test_more_pairs_are_served_and_the_poorest_is_named(satqkd, campaign):
    """Of the shipped week the plan by weights leaves out one of five pairs."""
    plain = satqkd("plan", *QUICK, "--work", "60000", "--json", cwd=campaign)
    answer = satqkd("plan", *QUICK, "--fair", cwd=campaign)
    pairs = {
        frozenset((row["station_a"], row["station_b"]))
        for row in json.loads(plain.stdout)["keys"]
        if row["delivered_bits"]
    }
    (line,) = [one for one in answer.stdout.splitlines() if one.startswith("fair: ")]
    told = re.fullmatch(
        r"fair: 5 of 5 pairs served, each at least ([\d,]+) bit per unit of weight \(.+ and .+\)",
        line,
    )
    facts = json.loads((campaign / "plan" / "plan.json").read_text(encoding="utf-8"))

    assert answer.returncode == 0, answer.stderr
    assert len(pairs) == 4
    assert told is not None
    assert int(told[1].replace(",", "")) > 100_000
    assert "gap is given" in answer.stdout
    assert facts["fairness"]["pairs_served"] == 5
    assert facts["fairness"]["proven"] is False
    assert facts["solver"]["gap"] is None
    assert facts["set"]["fairness"] == "max-min"


def test_fairness_and_the_mean_over_the_weather_do_not_go_together(satqkd, campaign):
    """Exit code 2, with what to leave out; another word is refused where it stands."""
    both = satqkd("plan", "--fair", "--expected", "--days", "1", cwd=campaign)
    wrong = satqkd("plan", "--set", "fairness=max", "--days", "1", cwd=campaign)

    assert both.returncode == 2
    assert "fix: leave out --expected, or fairness" in both.stderr
    assert wrong.returncode == 2
    assert "max-min" in wrong.stderr


def test_settings_and_what_if_are_asked_for_one_at_a_time(satqkd, campaign):
    """A mission with other settings is none that was read from files."""
    answer = satqkd("plan", "--optimise", "--what-if", "--days", "1", cwd=campaign)

    assert answer.returncode == 2
    assert "--optimise" in answer.stderr
    assert "--what-if" in answer.stderr


def test_a_greedy_plan_is_not_fair(satqkd, campaign):
    """It says so, in place of a plan for weights that passes for one."""
    answer = satqkd("plan", "--fair", "--set", "solver.method=greedy", "--days", "1", cwd=campaign)

    assert answer.returncode == 2
    assert "a greedy plan does not choose for fairness" in answer.stderr
    assert "fix: leave out solver.method: greedy, or fairness (--fair)" in answer.stderr
