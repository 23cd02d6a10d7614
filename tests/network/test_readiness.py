"""Go or no-go: each check at its limits, and what was not given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.network.readiness import (
    CHECKS,
    ContactFacts,
    night_verdict,
    readiness,
    verdict,
)

GOOD = ContactFacts(
    usable_s=300.0,
    clear_probability=0.8,
    cloud_forecast=True,
    ahead_h=3.0,
    sun_elevation_max_deg=-40.0,
    max_sun_elevation_deg=-12.0,
    moon_elevation_deg=30.0,
    moon_separation_min_deg=60.0,
    moon_exclusion_deg=10.0,
    elements_age_h=20.0,
    max_element_age_h=336.0,
    timing_sigma_s=0.1,
    mount_given=True,
    slack_s=3_600.0,
    planned_bits=100_000,
    secure_bits=90_000,
    secure_bits_low=10_000,
    p50_bits=80_000,
    p90_bits=120_000,
)
"""A contact with which nothing is wrong."""


def states(facts):
    return {check.name: check.state for check in readiness(facts)}


def test_a_contact_with_which_nothing_is_wrong_is_go():
    """All seven checks are made."""
    assert states(GOOD) == dict.fromkeys(CHECKS, "go")
    assert verdict(readiness(GOOD)) == "go"


@pytest.mark.parametrize(
    ("name", "changes", "state"),
    [
        ("sky", {"clear_probability": 0.6}, "go"),
        ("sky", {"clear_probability": 0.59}, "watch"),
        ("sky", {"clear_probability": 0.3}, "watch"),
        ("sky", {"clear_probability": 0.29}, "stop"),
        ("sky", {"clear_probability": 0.29, "cloud_forecast": False}, "watch"),
        ("sky", {"cloud_forecast": False}, "watch"),
        ("sky", {"cloud_forecast": False, "ahead_h": 12.0}, "go"),
        ("sky", {"clear_probability": None}, "not checked"),
        ("sun", {"sun_elevation_max_deg": -13.0}, "go"),
        ("sun", {"sun_elevation_max_deg": -12.9}, "watch"),
        ("sun", {"sun_elevation_max_deg": 5.0, "lost_daylight_s": 40.0}, "watch"),
        ("sun", {"sun_elevation_max_deg": 5.0, "lost_daylight_s": 40.0, "usable_s": 0.0}, "stop"),
        ("sun", {"sun_elevation_max_deg": None}, "not checked"),
        ("moon", {"moon_separation_min_deg": 15.0}, "go"),
        ("moon", {"moon_separation_min_deg": 14.9}, "watch"),
        ("moon", {"lost_moon_s": 3.0}, "watch"),
        ("moon", {"lost_moon_s": 3.0, "usable_s": 0.0}, "stop"),
        ("moon", {"lost_moon_s": 3.0, "moon_elevation_deg": -1.0}, "watch"),
        ("moon", {"moon_exclusion_deg": None}, "not checked"),
        ("moon", {"moon_exclusion_deg": None, "moon_elevation_deg": -1.0}, "go"),
        ("orbit", {"timing_sigma_s": 0.99}, "go"),
        ("orbit", {"timing_sigma_s": 1.0}, "watch"),
        ("orbit", {"elements_age_h": 168.0}, "watch"),
        ("orbit", {"elements_age_h": -337.0}, "stop"),
        ("orbit", {"timing_sigma_s": 300.0}, "watch"),
        ("orbit", {"timing_sigma_s": 300.1}, "stop"),
        ("orbit", {"timing_sigma_s": None}, "not checked"),
        ("orbit", {"elements_age_h": None, "timing_sigma_s": None}, "not checked"),
        ("mount", {"mount_given": False}, "not checked"),
        ("mount", {"lost_mount_s": 1.0}, "watch"),
        ("mount", {"lost_mount_s": 299.0}, "watch"),
        ("mount", {"lost_mount_s": 301.0}, "stop"),
        ("terminal", {"slack_s": 299.0}, "watch"),
        ("terminal", {"slack_s": None}, "go"),
        ("terminal", {"lost_outage_s": 5.0}, "watch"),
        ("terminal", {"lost_outage_s": 5.0, "usable_s": 0.0}, "stop"),
        ("key", {"planned_bits": 0}, "stop"),
        ("key", {"p50_bits": 0}, "watch"),
        ("key", {"p90_bits": 0, "p50_bits": 0}, "stop"),
        ("key", {"p90_bits": None, "p50_bits": None}, "go"),
        ("key", {"secure_bits_low": 0}, "watch"),
        ("key", {"secure_bits": 0, "p50_bits": 0, "p90_bits": 0}, "go"),
    ],
)
def test_each_check_at_its_limits(name, changes, state):
    """What is changed shows in its own check and in no other."""
    found = states(replace(GOOD, **changes))

    assert found.pop(name) == state
    beside = {other for other, own in found.items() if own != "go"}
    assert beside <= ({"orbit", "mount"} if "usable_s" in changes else set())


def test_what_was_not_checked_makes_nothing_better_or_worse():
    """Nor is a contact of which nothing is known a pass."""
    blind = replace(GOOD, clear_probability=None, mount_given=False)
    assert verdict(readiness(blind)) == "go"
    assert verdict(readiness(replace(blind, p50_bits=0))) == "watch"
    assert verdict([one for one in readiness(blind) if one.state == "not checked"]) == "not checked"


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (["stop", "go", "watch"], "GO"),
        (["stop", "watch"], "WATCH"),
        (["stop"], "NO-GO"),
        (["not checked"], "NO-GO"),
        ([], "NO-GO"),
    ],
)
def test_a_night_is_as_good_as_its_best_contact(verdicts, told):
    """One that can be flown is a reason to be there."""
    assert night_verdict(verdicts) == told
