"""Laws of everything that makes key of light, over one arm or over two."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.clicks.light import ArmLight, Light
from satqkd.config.parts import preset_values
from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.key.dividing import Blocks
from satqkd.key.result import KeyResult
from satqkd.key.system import NodeSystem, PreparedSystem
from satqkd.units import transmittance


def prepared(payload, protocol):
    return PreparedSystem(
        source=preset_values(payload).content.value.source,
        detector=preset_values("xinglong-1m").content.terminal.detector,
        protocol=protocol,
    )


def with_node(name):
    return NodeSystem(protocol=preset_values(name).content.value)


ONE, BOTH = (DecoyBB84(epsilon_sec=1e-9, key_bases=bases) for bases in ("one", "both"))
DOT = prepared("single-photon-2024", SinglePhotonBB84(key_bases="both"))
CASES = {
    "decoy-bb84": (prepared("micius-2017", ONE), (28.0,), 120.0),
    "best-of": (prepared("micius-2017", BestOf(of=(ONE, BOTH))), (28.0,), 120.0),
    "bb84": (replace(DOT, source=replace(DOT.source, brightness=0.1)), (15.0,), 120.0),
    "sending-or-not-sending": (with_node("twin-field-2025"), (22.0, 23.0), 2000.0),
    "mdi": (with_node("chip-mdi-2020"), (8.0, 9.0), 2000.0),
    "bbm92": (with_node("micius-entanglement-2020"), (19.0, 20.0), 600.0),
}
"""System, loss of each arm [dB], and length of an interval in which it makes key. [s]"""


def blocks(light, divisions):
    """Blocks of whole samples of one contact, by their offsets in each division of it."""
    parts = [np.arange(a, b) for own in divisions for a, b in pairwise(own)]
    return Blocks(
        starts=np.cumsum([0, *(len(own) - 1 for own in divisions)]),
        end_s=np.zeros(len(parts)),
        nodes=np.concatenate(parts),
        weight_s=light.weight_s[np.concatenate(parts)],
        bounds=np.cumsum([0, *map(len, parts)]),
    )


def light_over(losses_db, seconds):
    """Four intervals: the light expected, half of it, an empty one, and a dark one."""
    within_db = np.array([0.0, 1.0, 2.0, 0.5])
    extra_db = np.concatenate([within_db, 3.0 + within_db, np.full(4, np.inf)])
    return Light(
        arms=tuple(
            ArmLight(
                transmittance=transmittance(loss_db + extra_db),
                variance=np.full(extra_db.size, 0.05),
                stray_hz=np.full(extra_db.size, 20.0),
            )
            for loss_db in losses_db
        ),
        weight_s=np.full(extra_db.size, 0.25 * seconds),
        starts=np.array([0, 4, 8, 8, 12]),
    )


@pytest.fixture(params=CASES)
def case(request):
    system, losses_db, seconds = CASES[request.param]
    return system, light_over(losses_db, seconds)


def same(one: KeyResult, other: KeyResult) -> None:
    """Every field of two results is the same, bit for bit."""
    for field in fields(KeyResult):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, theirs)
        elif field.name != "method":
            assert mine == theirs


class TestKey:
    def test_is_made_of_what_is_collected(self, case):
        """Of light at once, or of what was kept of it; and sooner without the rest."""
        system, light = case
        key = system.key(light)

        assert key.secure_bits[0] > 1000
        same(key, system.key_of(system.collect(light)))
        assert system.secure_bits(light).tolist() == key.secure_bits.tolist()

    def test_of_an_interval_does_not_depend_on_its_neighbours(self, case):
        """Blocks are keys of their own."""
        system, light = case
        each = [system.key(light.take(np.array([place]))) for place in range(len(light))]

        same(KeyResult.join(each), system.key(light))

    def test_no_light_is_no_key(self, case):
        """And the reason is given, for every interval."""
        system, light = case

        for dark in (light.scaled(*[0.0] * len(light.arms)), light.dark()):
            key = system.key(dark)
            assert key.secure_bits.tolist() == [0] * len(light)
            assert all(key.why_zero)

    def test_no_interval_is_no_key(self, case):
        """Empty in, empty out."""
        system, light = case

        assert len(system.key(Light.none(len(light.arms)))) == 0


class TestPooled:
    def test_one_member_is_the_member(self, case):
        """In any order."""
        system, light = case
        order = [3, 0, 2, 1]
        members = [np.array([place]) for place in order]

        pooled = system.pooled(system.collect(light), members)

        same(system.key_of(pooled), system.key(light).take(np.array(order)))

    def test_all_members_are_one_interval_of_the_same_samples(self, case):
        """The key is that of the whole stretch; clicks are sums, to some roundings."""
        system, light = case
        whole = system.key(light.divided(light.starts[[0, -1]]))

        pooled = system.key_of(system.pooled(system.collect(light), [np.arange(4)]))

        assert pooled.sifted_bits == pytest.approx(whole.sifted_bits, rel=1e-12)
        assert pooled.secure_bits == pytest.approx(whole.secure_bits, abs=1)
        assert pooled.secure_bits[0] > system.secure_bits(light).max()

    def test_each_group_is_pooled_as_if_it_were_alone(self, case):
        """Groups of unlike size, and members in any order."""
        system, light = case
        collected = system.collect(light)
        members = [np.array([3, 0]), np.array([2]), np.array([1])]

        together = system.key_of(system.pooled(collected, members))

        alone = [system.key_of(system.pooled(collected, [own])) for own in members]
        same(together, KeyResult.join(alone))


class TestMoreLight:
    def test_just_as_much_is_the_key(self, case):
        """Three realisations of the light expected; up to the bit that rounding may take."""
        system, light = case
        factors = np.ones((len(light.arms), 3, len(light)))

        found = system.key_over_light(light, factors, np.ones(factors.shape[1:], dtype=np.bool_))

        assert found.shape == (3, len(light))
        for bits in found:
            assert bits == pytest.approx(system.secure_bits(light), abs=1)

    def test_what_is_not_wanted_changes_nothing(self, case):
        """Of other light in each, every second one alone."""
        system, light = case
        factors = np.linspace(0.5, 1.5, len(light.arms) * 3 * len(light))
        factors = factors.reshape(len(light.arms), 3, len(light))
        every = np.ones(factors.shape[1:], dtype=np.bool_)
        wanted = np.arange(every.size).reshape(every.shape) % 2 == 1

        found = system.key_over_light(light, factors, wanted)

        assert found.shape == every.shape
        assert (
            found[wanted].tolist() == system.key_over_light(light, factors, every)[wanted].tolist()
        )

    def test_one_block_and_just_as_much_is_the_key(self, case):
        """A contact that is not divided."""
        system, light = case
        one = light.take(np.array([0]))

        bits = system.divided_bits(one, np.ones(1), blocks(one, [[0, 4]]))

        assert bits == pytest.approx(system.secure_bits(one), abs=1)

    def test_blocks_are_those_of_the_samples_in_each(self, case):
        """Two halves with twice the light, and the whole as expected, in one call."""
        system, light = case
        one = light.take(np.array([0]))

        found = system.divided_bits(one, np.array([2.0, 1.0]), blocks(one, [[0, 2, 4], [0, 4]]))
        halves, whole = found[:2], found[2:]

        assert halves.size == 2
        assert whole == pytest.approx(system.secure_bits(one), abs=1)
        assert halves.sum() > whole[0]

    @settings(max_examples=15)
    @given(name=st.sampled_from(sorted(CASES)), low=st.floats(0.0, 2.0), more=st.floats(0.0, 2.0))
    def test_never_sifts_fewer_bits(self, name, low, more):
        """Interval by interval, whatever is sent; to some roundings."""
        system, losses_db, seconds = CASES[name]
        light = light_over(losses_db, seconds)
        few, many = (
            system.key(light.scaled(*[factor] * len(light.arms))).sifted_bits
            for factor in (low, low + more)
        )

        assert (many >= few * (1.0 - 1e-12)).all()


class TestSamples:
    def test_blocks_fill_with_clicks_where_there_is_light(self, case):
        """Never fewer than in the dark, and more in the bright half of an interval."""
        system, light = case
        rate_hz = system.sifting_rate_hz(light)

        assert rate_hz.shape == light.weight_s.shape
        assert (rate_hz >= 0.0).all()
        assert rate_hz[0] > rate_hz[2] > rate_hz[-1]

    def test_messages_are_as_long_as_there_is_key(self, case):
        """Nothing is told of an empty interval, nor less of a brighter one."""
        system, light = case
        announced, answered = system.message_bits(light, system.key(light))

        for bits in (announced, answered):
            assert bits.shape == (len(light),)
            assert bits[2] == 0.0
            assert bits[0] >= bits[1] >= bits[3] >= 0.0

    def test_a_series_has_a_value_a_sample(self, case):
        """Where the key is of one arm; of two together there is none."""
        system, light = case
        series = system.series(light)

        assert bool(series) == (len(light.arms) == 1)
        assert all(values.shape == light.weight_s.shape for values in series.values())


class TestRisk:
    def test_is_that_of_the_worst_protocol_of_several(self):
        """Each block is made by one of them, chosen before it flies."""
        careful, daring = replace(ONE, epsilon_sec=1e-12), replace(ONE, epsilon_sec=1e-6)
        source = CASES["decoy-bb84"][0].source
        budgets = {
            name: prepared("micius-2017", protocol).epsilon_budget()
            for name, protocol in (
                ("careful", careful),
                ("daring", daring),
                ("either", BestOf(of=(careful, daring))),
                ("other way round", BestOf(of=(daring, careful))),
            )
        }

        assert len(source.intensities) == 3
        assert budgets["careful"].block < budgets["daring"].block
        assert budgets["either"] == budgets["other way round"] == budgets["daring"]

    def test_of_a_block_is_its_secrecy_and_its_correctness(self, case):
        """As the protocol states them."""
        system, _ = case
        of = getattr(system.protocol, "of", (system.protocol,))
        stated = max(one.epsilon_sec + one.epsilon_cor for one in of)

        assert system.epsilon_budget().block == pytest.approx(stated, rel=1e-6)


class TestNode:
    def test_what_can_be_set_is_the_protocol(self):
        """It states what both ends send; sent with, it makes the same key."""
        system, light = CASES["mdi"][0], light_over((8.0, 9.0), 60.0)
        again = system.sending(system.settable())

        assert again.secure_bits(light).tolist() == system.secure_bits(light).tolist()

    def test_that_receives_has_the_stray_light_of_both_telescopes(self):
        """Where it sends, each end has its own."""
        light = light_over((20.0, 20.0), 60.0)
        first, second = light.arms
        light = replace(light, arms=(first, replace(second, stray_hz=3.0 * second.stray_hz)))
        up, down = CASES["sending-or-not-sending"][0], CASES["bbm92"][0]

        together, apart = (system.two_arms(light) for system in (up, down))

        assert together.background_rate_hz == pytest.approx(up.protocol.stray_share * 80.0)
        assert together.background_b_rate_hz is None
        assert apart.background_rate_hz == pytest.approx(down.protocol.stray_share * 20.0)
        assert apart.background_b_rate_hz == pytest.approx(down.protocol.stray_share * 60.0)
