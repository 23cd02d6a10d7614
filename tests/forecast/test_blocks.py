"""Blocks of several passes of one satellite over one station."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import NonPhysicalError
from satqkd.forecast.blocks import blocks
from satqkd.forecast.forecast import forecast
from satqkd.key.bb84.single_photon import SinglePhotonBB84

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jinan")
    copy_preset("jinan-1-constellation", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return replace(whole, duration_s=4 * DAY_S, clocks=(), demands=())


@pytest.fixture(scope="module")
def expected(mission):
    return forecast(mission)


class TestSpans:
    def test_a_pass_alone_is_the_forecast_of_the_pass(self, expected):
        """Same key, sifted bits and errors, of all passes with any usable time."""
        found = blocks(expected, "pass")
        own = np.concatenate(found.members)

        assert sorted(own.tolist()) == np.flatnonzero(expected.usable_s > 0.0).tolist()
        assert found.keys.secure_bits.tolist() == expected.keys.secure_bits[own].tolist()
        assert found.separate_bits.tolist() == expected.keys.secure_bits[own].tolist()
        assert (found.end_s == found.first_end_s).all()

    @pytest.mark.parametrize("span", ["pass", "night", "week", 1e6])
    def test_every_usable_pass_is_in_one_block_of_its_own_pair(self, expected, span):
        """Nothing lost, nothing twice, no block of two stations or satellites."""
        found = blocks(expected, span)
        own = np.concatenate(found.members)
        passes = expected.passes

        assert sorted(own.tolist()) == np.flatnonzero(expected.usable_s > 0.0).tolist()
        for members in found.members:
            assert len(set(passes.satellite[members].tolist())) == 1
            assert len(set(passes.station[members].tolist())) == 1
            assert (np.diff(passes.culmination_s[members]) > 0.0).all()

    def test_a_night_reaches_over_midnight_and_not_over_noon(self, expected):
        """Passes 95 minutes apart around local midnight share a night; a day later is another."""
        found = blocks(expected, "night")
        several = [own for own in found.members if own.size > 1]

        assert several
        for own in found.members:
            assert np.ptp(expected.passes.culmination_s[own]) < 0.6 * DAY_S

    def test_a_week_holds_all_of_four_days(self, expected, mission):
        """One block a pair of satellite and station."""
        found = blocks(expected, "week")

        assert len(found) == len(mission.spacecraft) * len(mission.stations)

    def test_a_week_is_counted_from_the_start_of_the_window(self, expected, monkeypatch):
        """The next one begins when the last has run out."""
        monkeypatch.setattr("satqkd.forecast.blocks.WEEK_S", 2 * DAY_S)
        found = blocks(expected, "week")

        weeks = [expected.passes.culmination_s[own] // (2 * DAY_S) for own in found.members]
        assert all(len(set(week.tolist())) == 1 for week in weeks)
        assert {week[0] for week in weeks} == {0.0, 1.0}

    def test_a_size_is_reached_or_there_is_no_key(self, expected):
        """Complete blocks hold it, and would not without their last pass."""
        found, wanted = blocks(expected, 3e6), 3e6
        for block, done in enumerate(found.complete):
            sifted = expected.keys.sifted_bits[found.members[block]]
            assert (sifted.sum() >= wanted) == done
            assert sifted[:-1].sum() < wanted
            if not done:
                assert found.keys.secure_bits[block] == 0
                assert "of 3,000,000 sifted bits" in found.keys.why_zero[block]

    @pytest.mark.parametrize("size", [0.0, -1.0, float("nan")])
    def test_a_block_without_size_is_refused(self, expected, size):
        """A size has to be above 0."""
        with pytest.raises(NonPhysicalError, match="must be above 0"):
            blocks(expected, size)


class TestPooling:
    def test_clicks_add_up(self, expected):
        """Pulses, clicks and errors of a block are those of its passes."""
        found = blocks(expected, "week")
        for name in ("pulses", "key_clicks", "key_errors", "check_clicks", "check_errors"):
            pooled, each = getattr(found.counts, name), getattr(expected.counts, name)
            for block, own in enumerate(found.members):
                assert pooled[block] == pytest.approx(each[own].sum(axis=0), rel=1e-12)

    def test_good_passes_leave_more_together(self, expected):
        """Finite-key yields are not additive: the statistics are paid once."""
        found = blocks(expected, "week")
        keyed = found.separate_blocks > 1

        assert keyed.any()
        assert (found.keys.secure_bits[keyed] > found.separate_bits[keyed]).all()
        assert (found.end_s[keyed] > found.first_end_s[keyed] + 0.9 * DAY_S).all()

    def test_risk_is_charged_once_a_block_and_adds_up_over_blocks(self, expected):
        """Composed: so many times the budget of a block as blocks of the pair have left key."""
        found = blocks(expected, "pass")
        protocol = expected.mission.protocol
        one = protocol.epsilon_sec + protocol.epsilon_cor
        pairs = list(zip(found.satellite.tolist(), found.station.tolist(), strict=True))
        for pair in set(pairs):
            own = [place for place, other in enumerate(pairs) if other == pair]
            made = np.cumsum(found.keys.secure_bits[own] > 0)
            assert found.composed[own] == pytest.approx(one * made, rel=1e-6)

    def test_no_pass_is_no_block(self, expected):
        """A forecast in which nothing is usable gives an empty table."""
        dark = replace(expected, usable_s=np.zeros_like(expected.usable_s))

        found = blocks(dark, "night")

        assert len(found) == len(found.keys) == found.separate_bits.size == 0

    def test_a_protocol_of_other_sources_is_told_apart(self, expected):
        """One that takes a single intensity refuses three, as for single passes."""
        other = replace(expected, mission=replace(expected.mission, protocol=SinglePhotonBB84()))

        with pytest.raises(NonPhysicalError, match="single one"):
            blocks(other, "week")


@pytest.mark.parametrize(
    ("hours", "nights"),
    [
        ((27.5, 28.5), 2),  # 2023-03-02 03:30 and 04:30 UTC: noon over Jinan is at 04:12
        ((28.5, 51.5), 1),
        ((14.0, 27.5), 1),
    ],
)
def test_nights_part_at_noon_of_the_stations_sun(expected, hours, nights):
    """117.12° east is 7 h 48 min ahead of UTC."""
    passes = expected.passes
    jinan = np.flatnonzero((passes.station == 0) & (passes.satellite == 0))[:2]
    time_s = passes.culmination_s.copy()
    time_s[jinan] = np.array(hours) * 3600.0
    usable_s = np.zeros_like(expected.usable_s)
    usable_s[jinan] = 1.0
    moved = replace(expected, usable_s=usable_s, passes=replace(passes, culmination_s=time_s))

    assert len(blocks(moved, "night")) == nights
