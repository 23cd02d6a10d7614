"""passes.csv tells an operator everything about every pass."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from satqkd.report.export.json import records
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report, with_status


@pytest.fixture
def rows(plan):
    return {
        row["pass_id"]: row for row in records(PASS_COLUMNS, pass_report(plan.forecast, plan=plan))
    }


PUBLISHED = "micius-xinglong-20161219T1652"


def test_every_pass_has_a_row_in_order_of_rise(plan, rows):
    """Rejected passes are listed too."""
    rises = [row["rise_utc"] for row in rows.values()]

    assert len(rows) == len(plan.forecast.passes)
    assert rises == sorted(rises)


def test_a_rejected_pass_says_why_and_leaves_empty_what_does_not_exist(rows):
    """No loss, no error rate, no usable window in daylight."""
    row = next(row for row in rows.values() if row["status"] == "rejected")

    assert row["reason"].startswith("daylight")
    assert row["secure_bits"] == 0
    empty = (
        "usable_start_utc",
        "usable_end_utc",
        "loss_min_db",
        "loss_mean_db",
        "qber",
        "phase_error",
    )
    assert [row[name] for name in empty] == [None] * len(empty)


def test_local_time_is_the_same_instant_with_its_offset(rows):
    """Xinglong keeps UTC+8, so the pass falls on the next day there."""
    row = rows[PUBLISHED]

    assert row["culmination_local"] == "2016-12-20T00:52:12.000+08:00"
    utc = datetime.fromisoformat(row["culmination_utc"])
    assert datetime.fromisoformat(row["culmination_local"]) == utc


def test_the_scheduled_pass_carries_its_numbers(plan, rows):
    """Counts, keys and geometry are those of the forecast."""
    forecast, row = plan.forecast, rows[PUBLISHED]
    index = plan.status.index("scheduled")

    assert row["status"] == "scheduled"
    assert row["secure_bits"] == int(forecast.keys.secure_bits[index])
    assert row["secure_bits_low"] < row["secure_bits"] < row["secure_bits_high"]
    assert row["sifted_bits"] == round(float(forecast.keys.sifted_bits[index]))
    signal = forecast.counts.key_clicks[index, 0] + forecast.counts.check_clicks[index, 0]
    assert row["signal_sifted_bits"] == round(float(signal))
    assert row["elements_epoch_utc"] == "2016-12-18T13:39:36.000Z"
    assert row["elements_age_h"] == pytest.approx(27.21, abs=0.005)  # rounded to 0.01 h


def test_elements_younger_than_the_pass_have_a_negative_age(plan):
    """The sign says on which side of the epoch the pass lies."""
    passes = replace(plan.forecast.passes, element_age_s=-3600.0 * np.ones(len(plan.status)))
    forecast = replace(plan.forecast, passes=passes)

    assert records(PASS_COLUMNS, pass_report(forecast))[0]["elements_age_h"] == -1.0


def test_without_a_plan_a_pass_is_a_candidate_or_rejected(plan):
    """A forecast alone schedules nothing."""
    report = pass_report(plan.forecast)

    assert set(report.status) == {"candidate", "rejected"}
    assert all(
        bool(why) == (s == "rejected") for why, s in zip(report.reason, report.status, strict=True)
    )


def test_rows_can_be_restricted_to_a_status(plan):
    """Only the order shrinks; ids stay those of the whole forecast."""
    report = with_status(pass_report(plan.forecast, plan=plan), "scheduled")

    assert {row["status"] for row in records(PASS_COLUMNS, report)} == {"scheduled"}
    assert len(report.pass_id) == len(plan.status)


def test_a_window_without_passes_gives_a_header_only(make_plan):
    """Nothing visible is no error."""
    empty = make_plan(())

    assert records(PASS_COLUMNS, pass_report(empty.forecast, plan=empty)) == []


def test_names_are_unique_snake_case_and_end_in_their_unit():
    """A name says its unit."""
    names = [column.name for column in PASS_COLUMNS]
    suffix = {"s": "_s", "km": "_km", "dB": "_db", "°": "_deg", "h": "_h", "UTC": "_utc"}

    assert len(set(names)) == len(names)
    assert all(c.name.endswith(suffix[c.unit]) for c in PASS_COLUMNS if c.unit in suffix)
