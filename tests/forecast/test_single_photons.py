"""A quantum dot that flies: its pairs are known wherever key is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.clicks.counts import mixed_counts
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]
DIM = {"pulse_rate_hz": 1e8, "p_key_basis": 0.5, "intrinsic_error": 0.005}
DOT = SinglePhotonSource(brightness=0.1, g2=1e-4, **DIM)
LASER = DecoySource(intensities=(0.1,), probabilities=(1.0,), **DIM)


@pytest.fixture(scope="module")
def flown():
    """A day of the campaign with a dot, or a laser as bright, in the place of its laser."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)

    def fly(source):
        craft = tuple(
            replace(one, payload=replace(one.payload, source=source)) for one in mission.spacecraft
        )
        protocol = SinglePhotonBB84(key_bases="both", bound="exact-chernoff")
        return forecast(
            replace(mission, spacecraft=craft, protocol=protocol), draws=Draws(samples=20, seed=1)
        )

    return {"dot": fly(DOT), "laser": fly(LASER)}


def test_a_dot_makes_key_where_a_laser_as_bright_does_not(flown):
    """Pairs of the laser are a hundred times the clicks; those of the dot one in two thousand."""
    assert flown["dot"].yields.keys.secure_bits.sum() > 10_000
    assert flown["laser"].yields.keys.secure_bits.sum() == 0


def test_all_passes_know_the_pairs(flown):
    """Also those that no sample of may carry key."""
    counts = flown["dot"].yields.collected

    assert (counts.pulses == 0.0).any()
    assert counts.multi_photon == pytest.approx(DOT.multi_photon[0])
    assert counts.key_pulses == pytest.approx(0.25 * counts.pulses)


def test_histories_of_a_dot_make_its_key(flown):
    """Without weather the median is near the nominal key, not the nought of a laser."""
    dot = flown["dot"]
    best = int(np.argmax(dot.yields.keys.secure_bits))

    # Air and pointing are drawn twenty times.
    assert dot.yields.outlook.high_bits[best] > 0.5 * dot.yields.keys.secure_bits[best]


def test_mixed_light_keeps_what_is_known_of_it(flown):
    """With its own light a block is itself, whatever it knows."""
    lit = flown["dot"].yields.collected.take(np.arange(2))
    lit = replace(
        lit,
        intensities=lit.intensities[0],
        probabilities=lit.probabilities[0],
        multi_photon=lit.multi_photon[0],
    )
    mixed = mixed_counts(lit, lit, np.ones(6), block=np.tile([0, 1], 3))

    assert mixed.multi_photon is lit.multi_photon
    assert mixed.key_pulses.tolist() == [*lit.key_pulses] * 3
    assert mixed.check_pulses.tolist() == [*lit.check_pulses] * 3


def test_the_shipped_quantum_dot_has_to_be_dimmed_from_orbit():
    """At full brightness pairs may have made every click; dimmed, it makes key over Xinglong."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)
    payload = preset_values("single-photon-2024").content.value
    craft = tuple(replace(one, payload=payload) for one in mission.spacecraft)
    bright = forecast(
        replace(
            mission,
            spacecraft=craft,
            stations=mission.stations[:1],
            demands=(),
            protocol=SinglePhotonBB84(key_bases="both"),
        )
    )
    lit = bright.yields.usable_s > 0.0

    found = optimised(bright, "pass")

    assert lit.any()
    assert bright.yields.keys.secure_bits.sum() == 0
    assert all(
        "dim the source (for passes, forecast --optimise pass" in bright.yields.keys.why_zero[index]
        for index in np.flatnonzero(lit).tolist()
    )
    assert found.after_bits.max() > 100_000
    assert max(source.intensities[0] for source in found.sources if source != payload.source) < 0.2
