"""What the weather makes of a plan, against a simulation that shares nothing with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.stream import forecast
from satqkd.mission.demand import Demand
from satqkd.network import for_weather
from satqkd.network.candidates import candidates_of
from satqkd.network.outlook import Amount, drawn_weather
from satqkd.network.plan import plan_of
from satqkd.weather.clear_sky import Draws
from satqkd.weather.climate import Climate

ROOT = Path(__file__).parents[2]
MEMORY_S = 43_200.0
HISTORIES = 40_000


@pytest.fixture(scope="module")
def two():
    """A week of two stations 2,400 km apart, either clear in four nights of ten."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    climate = Climate(clear_fraction=(0.4,), clear_fraction_spread=0.1, source="an example")
    return replace(
        mission,
        stations=tuple(
            replace(ground, climate=climate, clouds=None) for ground in mission.stations[:2]
        ),
        demands=(Demand(station_a=0, station_b=1),),
    )


@pytest.fixture(scope="module")
def found(two):
    return forecast(two, draws=Draws(samples=20, seed=11))


def simulated(found, plan):
    """Bits that both stations share, history by history, by numpy alone but for the key."""
    rng = np.random.default_rng(2024)
    yields, passes = found.yields, found.passes
    (system,) = yields.systems
    pools = []
    for station in (0, 1):
        own = np.flatnonzero(plan.passes.scheduled & (passes.station == station))
        apart_s = np.abs(passes.culmination_s[own][:, np.newaxis] - passes.culmination_s[own])
        normal = rng.multivariate_normal(
            np.zeros(own.size), np.exp(-apart_s / MEMORY_S), HISTORIES, method="cholesky"
        )
        year = 0.4 + rng.uniform(-0.1, 0.1, (HISTORIES, 1))
        order = np.sort(normal.ravel())
        share = np.searchsorted(order, normal) / normal.size  # its own distribution function
        clear = share < year
        kinds, kind = np.unique(clear, axis=0, return_inverse=True)
        bits = [
            int(system.key_of(system.pooled(yields.collected, [own[left]])).secure_bits[0])
            if left.any()
            else 0
            for left in kinds
        ]
        pools.append(np.array(bits)[kind.ravel()])
    return np.minimum(*pools)


@pytest.fixture(scope="module")
def planned(found):
    return plan_of([found], stakes=False)


@pytest.fixture(scope="module")
def truth(found, planned):
    return simulated(found, planned)


class TestTwoStations:
    def test_the_mean_is_that_of_the_histories(self, planned, truth):
        """Within two standard errors, and far below the smaller of two mean pools."""
        told = planned.outlook.demands[0]
        error = np.hypot(told.standard_error_bits, truth.std() / np.sqrt(HISTORIES))

        assert abs(told.mean_bits - truth.mean()) < 2.0 * error
        assert error < 0.02 * truth.mean()
        clear = sum(one.bits for one in planned.solution.deliveries)
        assert told.mean_bits < 0.5 * clear

    @pytest.mark.parametrize("percent", [10.0, 50.0, 90.0])
    def test_percentiles_are_those_of_the_histories(self, planned, truth, percent):
        """Within two standard errors of a rank."""
        told = planned.outlook.demands[0]
        share = percent / 100.0
        off = 200.0 * np.sqrt(share * (1.0 - share) * (1.0 / 4000.0 + 1.0 / HISTORIES))
        low, high = np.percentile(truth, (percent - off, percent + off))

        assert low <= told.percentile_bits(percent) <= high

    @pytest.mark.parametrize("bits", [1.0, 100_000.0, 500_000.0, 1_000_000.0])
    def test_chances_are_those_of_the_histories(self, planned, truth, bits):
        """Of any key, and of an amount, within two standard errors."""
        share = float((truth >= bits).mean())
        error = np.sqrt(share * (1.0 - share) * (1.0 / 4000.0 + 1.0 / HISTORIES))

        assert 0.05 < share < 0.95
        assert abs(planned.outlook.demands[0].chance_of(bits) - share) < 2.0 * error

    def test_the_same_seed_gives_the_same_bytes(self, found, planned):
        """And another one others."""
        again = plan_of([found], stakes=False)
        told, same = planned.outlook.demands[0], again.outlook.demands[0]
        weather = drawn_weather(
            candidates_of([found]), planned.solution.chosen, Draws(samples=4000, seed=12)
        )
        other = Amount.of(weather.of(candidates_of([found]), planned.solution.chosen).made)

        assert told.sorted_bits.tobytes() == same.sorted_bits.tobytes()
        assert other.sorted_bits.tobytes() != planned.outlook.made.sorted_bits.tobytes()

    def test_skies_are_kept_as_they_were_drawn(self, found, planned):
        """Packed, eight realisations a byte; each is asked for again."""
        chosen = planned.solution.chosen
        drawn = drawn_weather(candidates_of([found]), chosen, planned.outlook.draws).clear

        assert planned.outlook.clear.tolist() == drawn[:, chosen].tolist()
        assert planned.outlook.packed.nbytes * 8 == planned.outlook.clear.size
        assert 0.2 < planned.outlook.clear.mean() < 0.6


class TestPlansForTheWeather:
    def test_never_worse_than_the_clear_sky_plan_on_average(self, found, planned):
        """Both judged by the same realisations, and the gain is told."""
        best = plan_of([found], value="expected", stakes=False)
        judged = best.judged

        assert planned.judged is None
        assert judged.mean_worth_bits[0] == pytest.approx(planned.outlook.worth.mean_bits)
        assert best.outlook.worth.mean_bits == pytest.approx(max(judged.mean_worth_bits))
        assert judged.gain_bits == pytest.approx(
            best.outlook.worth.mean_bits - planned.outlook.worth.mean_bits
        )
        assert best.solution.objective <= planned.solution.bound

    def test_blocks_gather_as_long_as_for_a_clear_sky(self, found, planned):
        """Contacts are pooled, whatever the plan is for."""
        assert (
            plan_of([found], value="expected", stakes=False).blocks.gathers
            == planned.blocks.gathers
        )

    def test_the_plan_for_a_clear_sky_is_chosen_for_the_weather_too(
        self, found, planned, monkeypatch
    ):
        """Where no other is better: what is proven of it is not about the mean."""
        monkeypatch.setattr(for_weather, "solve", lambda *_, **__: planned.solution)
        monkeypatch.setattr(for_weather, "SAMPLED_CONTACTS", 0)
        made = plan_of([found], value="expected", stakes=False)

        assert planned.solution.status == "optimal"
        assert made.judged.best == 0
        assert made.solution.status == "chosen for the weather"

    def test_ctrl_c_keeps_what_was_made_before(self, found, planned, monkeypatch):
        """The plan for a clear sky where the second one was not to be."""

        def stop(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(for_weather, "solve", stop)
        made = plan_of([found], value="expected", stakes=False)

        assert made.judged.names == ("for a clear sky",)
        assert made.solution.status == "stopped"
        assert made.solution.chosen.tolist() == planned.solution.chosen.tolist()
        assert made.judged.why_not_known == "stopped by Ctrl-C"


def test_the_chance_of_a_contact_is_met(found):
    """The share of clear realisations of every candidate is its clear_probability."""
    candidates = candidates_of([found])
    every = np.ones(len(candidates.problem), dtype=np.bool_)
    clear = drawn_weather(candidates, every, Draws(samples=4000, seed=3)).clear
    chance = found.yields.clear_probability[candidates.row]

    assert np.abs(clear.mean(axis=0) - chance).max() <= 0.5 / 4000.0


def test_percentiles_are_taken_of_sums():
    """Two amounts that are never large together: their P90 do not add up."""
    first, second = np.array([0.0, 10.0] * 50), np.array([10.0, 0.0] * 50)
    total = Amount.of(first + second)

    assert total.percentile_bits(90.0) == 10.0
    assert Amount.of(first).percentile_bits(90.0) == 10.0
    assert total.chance_of(10.0) == 1.0
    assert Amount.of(first).chance_of() == 0.5
    assert total.standard_error_bits == 0.0
