"""series.csv follows the scheduled passes second by second."""

import numpy as np
import pytest

from satqkd.link.budget import LINES
from satqkd.report.export.json import records
from satqkd.report.tables.series import SERIES_COLUMNS, series_parts, series_report


def scheduled_rows(plan):
    return [row for part in series_parts(plan) for row in records(SERIES_COLUMNS, part)]


def rows_of(plan, status):
    """Samples of the first pass with a status."""
    index = np.array([plan.passes.status.index(status)])
    return records(SERIES_COLUMNS, series_report(plan.forecast.with_series(index)))


def test_only_scheduled_passes_are_in_it_in_order_of_rise(plan):
    """Every sample of them, none of the others."""
    rows = scheduled_rows(plan)
    tracks = plan.forecast.with_series(every=True).sampled.tracks

    assert len(rows) == sum(np.diff(tracks.starts)[plan.passes.scheduled])
    assert [row["utc"] for row in rows] == sorted(row["utc"] for row in rows)


def test_loss_lines_add_up_to_the_total(plan):
    """To half a digit for each of the rounded lines."""
    for row in scheduled_rows(plan):
        total = sum(row[f"{line}_loss_db"] for line in LINES)
        assert row["total_loss_db"] == pytest.approx(total, abs=0.0005 * (len(LINES) + 1))


def test_any_pass_can_be_asked_for(plan):
    """A rejected one too, for the command that shows one pass."""
    rows = rows_of(plan, "rejected")

    assert not any(row["usable"] for row in rows)
    assert {row["pass_id"] for row in rows} == {"micius-nanshan-20161219T0525"}


def test_range_rate_turns_positive_after_culmination(plan):
    """The satellite comes, then it goes; in km/s it is slower than its orbit."""
    rates = [row["range_rate_km_s"] for row in rows_of(plan, "scheduled")]

    assert rates[0] < 0 < rates[-1]
    assert max(map(abs, rates)) < 8.0


def test_nothing_scheduled_gives_no_rows(make_plan):
    """An empty plan is an empty table."""
    assert scheduled_rows(make_plan(())) == []
