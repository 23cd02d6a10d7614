"""Numbers a pass are what a plain loop over its samples gives."""

import numpy as np
import pytest

from satqkd.report.tables import pass_statistics as statistics


def slices(plan):
    return [plan.forecast.tracks.pass_slice(i) for i in range(len(plan.forecast.passes))]


def test_smallest_and_largest_are_those_of_each_pass(plan):
    """One answer a pass, from its own samples only."""
    tracks = plan.forecast.tracks
    ranges = [tracks.range_m[s] for s in slices(plan)]

    assert statistics.smallest(tracks, tracks.range_m).tolist() == [r.min() for r in ranges]
    assert statistics.largest(tracks, tracks.range_m).tolist() == [r.max() for r in ranges]


def test_mean_loss_is_that_of_the_mean_transmittance(plan):
    """The loss of the mean is smaller than the mean of the loss (Jensen), and is the one given."""
    forecast = plan.forecast
    for s, ours in zip(slices(plan), statistics.mean_loss_db(forecast), strict=True):
        usable, weight = forecast.usable[s], forecast.tracks.weight_s[s]
        if not usable.any():
            assert np.isinf(ours)
            continue
        loss = forecast.budget.total_db[s][usable]
        mean = np.average(10 ** (-loss / 10), weights=weight[usable])
        assert ours == pytest.approx(-10 * np.log10(mean), rel=1e-12)
        assert ours < np.average(loss, weights=weight[usable])


def test_least_loss_counts_usable_samples_only(plan):
    """A pass in daylight has no least loss, though light would arrive."""
    least = statistics.least_loss_db(plan.forecast)

    assert np.isinf(least).tolist() == (plan.forecast.usable_s == 0).tolist()


def test_culmination_sample_is_the_highest_of_its_pass(plan):
    """With whole-second culminations it is exactly the highest sample."""
    tracks = plan.forecast.tracks
    highest = [s.start + int(np.argmax(tracks.elevation_deg[s])) for s in slices(plan)]

    assert statistics.culmination_sample(plan.forecast).tolist() == highest


def test_time_mean_weighs_by_time(plan):
    """A constant keeps its value."""
    tracks = plan.forecast.tracks

    assert statistics.time_mean(tracks, np.full_like(tracks.time_s, 3.0)) == pytest.approx(3.0)


def test_no_passes_give_no_numbers(make_plan):
    """An empty window is no special case for the caller."""
    forecast = make_plan(()).forecast

    assert statistics.mean_loss_db(forecast).size == 0
    assert statistics.culmination_sample(forecast).size == 0
