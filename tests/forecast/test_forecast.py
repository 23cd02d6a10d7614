"""The chain on the published campaign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.errors import StaleElementsWarning
from satqkd.forecast.stream import forecast

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def mission():
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return replace(whole, duration_s=2 * DAY_S)


@pytest.fixture(scope="module")
def expected(mission):
    return forecast(mission, series=True)


class TestForecast:
    def test_every_pass_is_usable_or_says_why_not(self, expected):
        """Key, or a reason; never both, never neither."""
        for bits, reason in zip(
            expected.yields.keys.secure_bits, expected.yields.reason, strict=True
        ):
            assert (bits > 0) == (reason is None)

    def test_low_nominal_high_are_ordered(self, expected):
        """The worst end of every range never gives more than the best."""
        low, mid, high = (
            keys.secure_bits
            for keys in (expected.yields.keys_low, expected.yields.keys, expected.yields.keys_high)
        )

        assert (low <= mid).all()
        assert (mid <= high).all()
        assert (high > low).any()

    def test_series_and_passes_have_matching_shapes(self, expected):
        """One value a sample, one a pass."""
        samples, passes = expected.sampled.tracks.time_s.size, len(expected.passes)

        for series in (
            expected.sampled.usable,
            expected.sampled.rates["signal_rate_hz"],
            expected.sampled.rates["background_rate_hz"],
            expected.sampled.rates["qber"],
            expected.sampled.arms[0].budget.total_db,
        ):
            assert series.shape == (samples,)
        assert len(expected.yields.keys) == len(expected.yields.collected) == passes

    def test_only_dark_near_samples_count(self, expected):
        """Limits of the mission hold for every usable sample."""
        limits, tracks = expected.mission.limits, expected.sampled.tracks
        here = expected.sampled.usable

        assert (tracks.sun_elevation_deg[here] < limits.max_sun_elevation_deg).all()
        assert (tracks.range_m[here] <= limits.max_range_m).all()
        assert (tracks.elevation_deg[here] >= limits.min_elevation_deg - 1e-9).all()

    def test_counts_are_integrals_of_the_rates(self, expected):
        """Clicks of a pass are the signal rate summed over its usable seconds, before sifting."""
        weight = expected.sampled.usable_s
        rate_hz = (
            expected.sampled.rates["signal_rate_hz"] + expected.sampled.rates["background_rate_hz"]
        )
        clicks = expected.sampled.tracks.per_pass(rate_hz * weight)
        counted = (
            expected.yields.collected.key_clicks + expected.yields.collected.check_clicks
        ).sum(axis=1)

        # half the bases match; rates change by 1 % a second, squared, over what an edge cuts off
        assert counted == pytest.approx(0.5 * clicks, rel=5e-5)

    def test_usable_span_is_as_long_as_the_usable_time(self, expected):
        """Begin, end and length of an unbroken usable stretch agree."""
        good = expected.yields.usable_s > 0
        span = expected.yields.usable_end_s - expected.yields.usable_start_s

        assert good.any()
        assert span[good] == pytest.approx(expected.yields.usable_s[good], abs=1e-6)

    def test_without_ranges_there_is_no_interval(self, mission):
        """A payload nobody gave ranges for gets no low and high, rather than a width of zero."""
        craft = mission.spacecraft[0]
        sure = replace(craft.payload.atmosphere, zenith_transmittance_range=None)
        pointing = replace(craft.payload.transmitter.pointing, loss_range_db=None)
        payload = replace(
            craft.payload,
            atmosphere=sure,
            transmitter=replace(craft.payload.transmitter, pointing=pointing),
        )
        result = forecast(replace(mission, spacecraft=(replace(craft, payload=payload),)))

        assert not result.yields.ranged.any()

    def test_one_station_alone_gives_the_same_numbers(self, mission, expected):
        """A pass does not depend on who else is in the mission."""
        nanshan = forecast(replace(mission, stations=mission.stations[1:2], demands=()))
        mine = expected.passes.station == 1

        assert (
            nanshan.yields.keys.secure_bits.tolist()
            == expected.yields.keys.secure_bits[mine].tolist()
        )
        assert nanshan.passes.rise_s == pytest.approx(expected.passes.rise_s[mine], abs=1e-4)

    def test_a_coarser_step_agrees(self, mission, expected):
        """Sampling every 5 s changes the key by less than a tenth of the loss model's range."""
        coarse = forecast(replace(mission, step_s=5.0))
        total = expected.yields.keys.secure_bits.sum()

        assert coarse.yields.keys.secure_bits.sum() == pytest.approx(total, rel=0.05)

    def test_old_elements_are_warned_about(self, mission):
        """A limit of an hour makes every set stale."""
        strict = replace(mission, limits=replace(mission.limits, max_element_age_s=3600.0))

        with pytest.warns(StaleElementsWarning, match="MICIUS"):
            forecast(strict)
