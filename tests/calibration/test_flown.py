"""Rows are put where they were flown, and the model is the forecast's own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from satqkd.calibration.calibrate import calibrate
from satqkd.calibration.flown import match
from satqkd.calibration.predict import predict
from satqkd.errors import InputError, SatqkdWarning
from satqkd.forecast.stream import forecast


def over_pass(mission, instants):
    """The forecast of the hour of the pass, and the log's pair on it."""
    flown = match(mission, instants())
    return flown, forecast(flown.mission, series=True)


class TestModel:
    def test_it_says_what_the_forecast_says(self, mission, instants):
        """At whole seconds, where the forecast has its samples: same loss, clicks and error."""
        flown, expected = over_pass(mission, instants)
        (pair,) = flown.pairs
        model = predict(pair, pair.ends)
        at = np.searchsorted(expected.sampled.tracks.time_s, pair.seconds - 1e-6)
        rate_hz = (
            expected.sampled.rates["signal_rate_hz"] + expected.sampled.rates["background_rate_hz"]
        )[at]

        assert expected.sampled.tracks.time_s[at] == pytest.approx(pair.seconds, abs=1e-6)
        assert model.loss_db == pytest.approx(
            expected.sampled.arms[0].budget.total_db[at], abs=1e-9
        )
        assert model.clicks == pytest.approx(rate_hz, rel=1e-9)
        assert model.qber == pytest.approx(expected.sampled.rates["qber"][at], rel=1e-9)

    def test_an_interval_is_added_up(self, mission, instants):
        """One row over 240 s counts what 240 rows of a second do.

        Straight lines between samples a second apart are off by 11 m of 645 km at the worst, and
        the two logs begin half a second apart: 5e-5.
        """
        long = instants(1, interval_s=240.0)
        middle = long.rows[0].utc + timedelta(seconds=180.0)
        long = replace(long, rows=(replace(long.rows[0], utc=middle),))
        short = replace(
            long,
            rows=tuple(
                replace(long.rows[0], utc=middle + timedelta(seconds=s - 119.5), interval_s=1.0)
                for s in range(240)
            ),
        )
        (one,), (many,) = match(mission, long).pairs, match(mission, short).pairs

        whole, parts = (predict(pair, pair.ends) for pair in (one, many))

        assert whole.clicks[0] == pytest.approx(parts.clicks.sum(), rel=5e-5)
        assert 0.001 < whole.qber[0] < 0.5
        mean = np.mean(10.0 ** (-0.1 * parts.loss_db))
        assert whole.loss_db[0] == pytest.approx(-10.0 * np.log10(mean), abs=5e-4)


class TestMatching:
    def test_rows_come_in_order_of_time_with_their_line(self, mission, instants):
        """However the log was sorted."""
        log = instants(5)
        (pair,) = match(mission, replace(log, rows=log.rows[::-1])).pairs

        assert [row.line for row in pair.rows] == [2, 3, 4, 5, 6]
        assert (np.diff(pair.seconds) > 0).all()

    def test_rows_outside_every_pass_are_left_out_and_told(self, mission, instants):
        """With their number and the first line."""
        log = instants(5)
        stray = replace(log.rows[0], utc=log.rows[0].utc + timedelta(minutes=30), line=9)

        with pytest.warns(SatqkdWarning) as told:
            result = calibrate(mission, replace(log, rows=(*log.rows, stray)))
        assert re.search("1 of 6 rows .* line 9", str(told[0].message))

        assert len(result.pairs[0].flown.rows) == 5

    def test_an_interval_that_reaches_beyond_the_pass_is_left_out(self, mission, instants):
        """Half of it has no geometry."""
        log = instants(1, interval_s=600.0)

        assert match(mission, log).left_out == log.rows

    @pytest.mark.parametrize(
        ("names", "word"),
        [
            ({"station": "Xinlong"}, "there is no station 'Xinlong'"),
            ({"satellite": "Mozi"}, "there is no satellite 'Mozi'"),
        ],
    )
    def test_a_name_nobody_has_is_told_with_its_line(self, mission, instants, names, word):
        """As every mistake in a file."""
        log = instants(1)

        with pytest.raises(InputError, match=f"log.csv:2: .*{word}"):
            match(mission, replace(log, rows=(replace(log.rows[0], **names),)))

    def test_several_stations_have_to_be_told_apart(self, mission, instants):
        """A row that names none could be of any."""
        ground = mission.stations[0]
        other = replace(ground, site=replace(ground.site, name="Other"))

        with pytest.raises(InputError, match="names no station, and the mission has 2"):
            match(replace(mission, stations=(ground, other)), instants(1))

    def test_a_log_over_centuries_is_refused(self, mission, instants):
        """Before a search that would never end."""
        log = instants(2)
        late = replace(log.rows[1], utc=log.rows[1].utc + timedelta(days=20_000))

        with pytest.raises(InputError, match="spans 20,000 days"):
            match(mission, replace(log, rows=(log.rows[0], late)))
