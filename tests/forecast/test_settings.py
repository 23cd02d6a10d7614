"""Settings of single passes and of whole satellites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.key.system import PreparedSystem


@pytest.fixture(scope="module")
def mission(shipped):
    whole = shipped("jinan-1-constellation", days=1.2)
    return replace(
        whole,
        spacecraft=whole.spacecraft[:2],
        stations=whole.stations[2:],
        clocks=(),
        demands=(),
    )


@pytest.fixture(scope="module")
def expected(mission):
    return forecast(mission)


@pytest.fixture(scope="module")
def by_pass(expected):
    return optimised(expected, "pass")


@pytest.fixture(scope="module")
def by_satellite(expected):
    return optimised(expected, "satellite")


def with_source(mission, place, source):
    crafts = list(mission.spacecraft)
    crafts[place] = replace(crafts[place], payload=replace(crafts[place].payload, source=source))
    return replace(mission, spacecraft=tuple(crafts))


def test_no_pass_leaves_less_than_with_the_preset(by_pass):
    """And some leave much more."""
    assert (by_pass.after_bits >= by_pass.before_bits).all()
    assert (by_pass.after_bits > 1.2 * by_pass.before_bits).any()


def test_the_preset_is_kept_where_nothing_better_is_found(by_pass, mission):
    """Then neither setting nor key changes."""
    kept = np.flatnonzero(by_pass.preset)
    preset = mission.spacecraft[0].payload.source

    assert all(by_pass.sources[place] == preset for place in kept.tolist())
    assert (by_pass.after_bits[kept] == by_pass.before_bits[kept]).all()


def test_the_key_told_is_that_of_a_mission_that_sends_so(by_satellite, mission, expected):
    """The whole chain with the setting written into the payload gives the same bits."""
    own = np.flatnonzero(expected.passes.satellite[by_satellite.contacts] == 1)
    source = by_satellite.sources[int(own[0])]

    again = forecast(with_source(mission, 1, source))

    told = again.yields.keys.secure_bits[by_satellite.contacts[own]]
    assert told.sum() > 0
    assert by_satellite.after_bits[own] == pytest.approx(told, abs=2)


def test_a_satellite_flies_one_setting(by_satellite, expected):
    """Over all stations and passes; its sum is not below the preset's."""
    for satellite in (0, 1):
        own = np.flatnonzero(expected.passes.satellite[by_satellite.contacts] == satellite)
        assert len({by_satellite.sources[place] for place in own.tolist()}) == 1
        assert by_satellite.after_bits[own].sum() >= by_satellite.before_bits[own].sum()


def test_own_settings_are_at_least_as_good_as_a_shared_one(by_pass, by_satellite):
    """Up to what the search leaves open."""
    assert (by_pass.contacts == by_satellite.contacts).all()
    assert by_pass.after_bits.sum() >= 0.999 * by_satellite.after_bits.sum()


def test_a_setting_nobody_can_send_falls_back(expected, monkeypatch):
    """Whatever the search answers, no pass loses key."""
    worse = replace(
        expected.mission.spacecraft[0].payload.source,
        intensities=(0.05, 0.01, 0.0),
        probabilities=(0.1, 0.1, 0.8),
    )
    monkeypatch.setattr(PreparedSystem, "best", lambda *_, presets: [worse for _ in presets])

    found = optimised(expected, "pass")

    assert (found.after_bits == found.before_bits).all()
    assert found.preset.all()


DOT = SinglePhotonSource(
    pulse_rate_hz=76.13e6, brightness=0.71, g2=0.0003, p_key_basis=0.5, intrinsic_error=0.025
)
LASER = DecoySource(
    pulse_rate_hz=1e9,
    intensities=(0.5,),
    probabilities=(1.0,),
    p_key_basis=0.5,
    intrinsic_error=0.01,
)


@pytest.fixture(scope="module")
def dim(mission):
    """A satellite with a quantum dot, and one with a laser without decoys."""
    return forecast(
        replace(
            with_source(with_source(mission, 0, DOT), 1, LASER),
            protocol=SinglePhotonBB84(key_bases="both"),
        )
    )


class TestDimming:
    """Sources of one intensity have their brightness to choose."""

    @pytest.mark.parametrize("grouping", ["pass", "satellite"])
    def test_makes_key_where_pairs_left_none(self, dim, grouping):
        """Never less than with the whole brightness, which is never exceeded."""
        found = optimised(dim, grouping)

        dot = np.array([isinstance(source, SinglePhotonSource) for source in found.sources])
        mu = np.array([source.intensities[0] for source in found.sources])
        assert found.after_bits[dot].sum() > 1000 > found.before_bits[dot].sum()
        assert (mu <= np.where(dot, 0.71, 0.5)).all()
        assert mu[dot].min() < 0.4
        assert dot.any()
        assert not dot.all()
        if grouping == "pass":
            assert (found.after_bits >= found.before_bits).all()

    def test_the_key_told_is_that_of_a_mission_that_sends_so(self, dim):
        """The dimmed source written into the payload gives the same bits in the whole chain."""
        found = optimised(dim, "pass")
        best = int(np.argmax([isinstance(s, SinglePhotonSource) for s in found.sources]
                             * found.after_bits))  # fmt: skip
        again = forecast(with_source(dim.mission, 0, found.sources[best]))

        told = again.yields.keys.secure_bits[found.contacts[best]]
        assert told > 0
        assert found.after_bits[best] == pytest.approx(told, abs=2)

    def test_passes_without_key_name_the_cure(self, dim):
        """The plain forecast says what to do."""
        dark = dim.yields.keys.why_zero[optimised(dim, "pass").contacts[0]]

        assert "dim the source (for passes, forecast --optimise pass" in dark


class TestBestOf:
    """Of several protocols each pass, or satellite, is set for the one that leaves it most."""

    ONE, BOTH = (DecoyBB84(key_bases=bases) for bases in ("one", "both"))

    @pytest.mark.parametrize("grouping", ["pass", "satellite"])
    def test_leaves_no_less_than_any_of_them_alone(self, mission, grouping):
        """And never less than the preset; the search knows clicks to a thousandth."""
        alone = [
            optimised(forecast(replace(mission, protocol=protocol)), grouping).after_bits
            for protocol in (self.ONE, self.BOTH)
        ]
        several = BestOf(of=(self.ONE, self.BOTH))
        found = optimised(forecast(replace(mission, protocol=several)), grouping)

        if grouping == "pass":
            assert (found.after_bits >= 0.999 * np.max(alone, axis=0)).all()
            assert (found.after_bits >= found.before_bits).all()
        assert found.after_bits.sum() >= 0.999 * max(bits.sum() for bits in alone)
        assert found.after_bits.sum() > 1.2 * found.before_bits.sum() > 0

    def test_the_order_of_the_protocols_does_not_matter(self, mission):
        """Equal keys aside, the better one is taken wherever it stands."""
        bits = [
            optimised(forecast(replace(mission, protocol=BestOf(of=of))), "pass").after_bits
            for of in ((self.ONE, self.BOTH), (self.BOTH, self.ONE))
        ]

        assert bits[0].tolist() == bits[1].tolist()


def test_nothing_usable_is_an_empty_answer(expected):
    """No pass, no setting."""
    nothing = np.zeros_like(expected.yields.usable_s)
    dark = replace(expected, yields=replace(expected.yields, usable_s=nothing))

    found = optimised(dark, "satellite")

    assert found.contacts.size == found.after_bits.size == len(found.sources) == 0
