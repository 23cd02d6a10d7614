"""passes.csv tells an operator everything about every pass."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from satqkd.forecast.seen import culmination_sample, time_mean
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

    assert row["culmination_local"] == "2016-12-20T00:52:13.458+08:00"
    utc = datetime.fromisoformat(row["culmination_utc"])
    assert datetime.fromisoformat(row["culmination_local"]) == utc


def test_the_scheduled_pass_carries_its_numbers(plan, rows):
    """Counts, keys and geometry are those of the forecast."""
    row = rows[PUBLISHED]
    index, yields = plan.passes.status.index("scheduled"), plan.forecast.yields

    assert row["status"] == "scheduled"
    assert row["secure_bits"] == int(yields.keys.secure_bits[index])
    assert row["secure_bits_low"] < row["secure_bits"] < row["secure_bits_high"]
    assert row["sifted_bits"] == round(float(yields.keys.sifted_bits[index]))
    signal = yields.collected.key_clicks[index, 0] + yields.collected.check_clicks[index, 0]
    assert row["signal_sifted_bits"] == round(float(signal))
    assert row["elements_epoch_utc"] == "2016-12-19T13:39:33.153Z"
    assert row["elements_age_h"] == pytest.approx(3.21, abs=0.005)  # rounded to 0.01 h


def test_elements_younger_than_the_pass_have_a_negative_age(plan):
    """The sign says on which side of the epoch the pass lies."""
    contacts = plan.forecast.contacts
    (passes,) = contacts.arms
    younger = replace(passes, element_age_s=np.full(len(passes), -3600.0))
    forecast = replace(plan.forecast, contacts=replace(contacts, arms=(younger,)))

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
    assert len(report.forecast.ids) == len(plan.passes.status)


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


class TestNumbersOfAPass:
    """What a plain loop over its samples gives."""

    @pytest.fixture
    def samples(self, plan):
        """Series of every pass, one after the other."""
        return plan.forecast.with_series(every=True).sampled

    @pytest.fixture
    def slices(self, samples):
        return [samples.tracks.pass_slice(index) for index in range(len(samples.tracks))]

    def test_smallest_and_largest_are_those_of_each_pass(self, plan, samples, slices):
        """One answer a pass: between its own samples, a few metres from the nearest of them."""
        (seen,) = plan.forecast.seen
        tracks = samples.tracks
        sampled_m = np.array([tracks.range_m[s].min() for s in slices])

        assert (seen.min_range_m <= sampled_m + 1e-3).all()
        assert seen.min_range_m == pytest.approx(sampled_m, abs=20.0)
        assert seen.sun_elevation_max_deg == pytest.approx(
            [tracks.sun_elevation_deg[s].max() for s in slices], abs=1e-9
        )

    def test_mean_loss_is_that_of_the_mean_transmittance(self, plan, samples, slices):
        """The loss of the mean is smaller than the mean of the loss (Jensen), and is given."""
        (means,) = plan.forecast.yields.light.loss_mean_db
        for s, ours in zip(slices, means, strict=True):
            weight = samples.usable_s[s]
            usable = weight > 0.0
            if not usable.any():
                assert np.isinf(ours)
                continue
            loss = samples.arms[0].budget.total_db[s][usable]
            mean = np.average(10 ** (-loss / 10), weights=weight[usable])
            assert ours == pytest.approx(-10 * np.log10(mean), abs=2e-4)  # 5e-5
            assert ours < np.average(loss, weights=weight[usable])

    def test_least_loss_counts_usable_samples_only(self, plan, samples, slices):
        """A pass in daylight has no least loss, though light would arrive."""
        yields = plan.forecast.yields
        for s, ours in zip(slices, yields.light.loss_min_db[0], strict=True):
            loss = samples.arms[0].budget.total_db[s]
            assert ours == pytest.approx(loss[samples.usable[s]].min(initial=np.inf), abs=0.01)

        assert np.isinf(yields.light.loss_min_db[0]).tolist() == (yields.usable_s == 0).tolist()

    def test_the_culmination_is_the_highest_sample(self, plan, samples, slices):
        """To one step: the sample taken for it is the last that is not later."""
        tops = culmination_sample(plan.forecast.passes, samples.tracks)
        for s, top in zip(slices, tops.tolist(), strict=True):
            highest = s.start + int(np.argmax(samples.tracks.elevation_deg[s]))
            assert highest - 1 <= top <= highest

    def test_time_mean_weighs_by_time(self, samples):
        """A constant keeps its value; one sample counts for its share of the time."""
        tracks = samples.tracks
        first = np.isin(np.arange(tracks.time_s.size), tracks.starts[:-1]).astype(np.float64)
        duration_s = tracks.time_s[tracks.starts[1:] - 1] - tracks.time_s[tracks.starts[:-1]]
        half_s = 0.5 * np.diff(tracks.time_s)[tracks.starts[:-1]]

        assert time_mean(tracks, np.full_like(tracks.time_s, 3.0)) == pytest.approx(3.0)
        assert time_mean(tracks, first) == pytest.approx(half_s / duration_s)

    def test_no_passes_give_no_numbers(self, make_plan):
        """An empty window is no special case for the caller."""
        forecast = make_plan(()).forecast

        assert forecast.yields.light.loss_mean_db.shape == (1, 0)
        assert culmination_sample(forecast.passes, forecast.with_series().sampled.tracks).size == 0
