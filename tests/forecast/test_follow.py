"""Contacts to their key: two stations with a satellite between them, end to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.interval_sums import per_interval
from satqkd.config.parts import preset_values
from satqkd.forecast.arms import Sky, see
from satqkd.forecast.follow import yields_of
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.forecast.series import series_of
from satqkd.forecast.systems import PassSystems
from satqkd.key.post_processing.authentication import Authentication
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import joint_contacts, pass_contacts
from satqkd.passes.find import find_passes
from satqkd.passes.timebase import Timebase


@pytest.fixture(scope="module")
def mission(shipped):
    return shipped("twin-field-node", days=1)


@pytest.fixture(scope="module")
def found(mission, joint):
    return joint(mission).with_series()


def plob_bits(found):
    """Most key that as many uses give without a node. [bit]"""
    return found.pair.protocol.uses_hz * found.yields.light.plob_s


def test_a_night_window_gives_key_beyond_the_bound(found):
    """The shipped mission makes twin-field key, more than the same uses give without a node."""
    best = int(np.argmax(found.yields.keys.secure_bits))
    assert found.yields.keys.secure_bits[best] > 100_000
    assert found.yields.keys.secure_bits[best] > plob_bits(found)[best]
    assert found.yields.why_zero[best] is None


def test_a_daylight_window_says_why_not(found):
    """Nothing usable, no key, both stations named."""
    (bright,) = np.flatnonzero(found.yields.usable_s == 0.0)[:1]
    assert found.yields.keys.secure_bits[bright] == 0
    why = found.yields.why_zero[bright]
    assert why is not None
    assert "Xinglong: daylight" in why
    assert "Jinan: daylight" in why


def test_a_sample_counts_where_both_links_may_carry_key(found):
    """The usable time is that of both stations at once."""
    tracks = found.sampled.tracks
    both = np.logical_and.reduce([arm.usage.usable for arm in found.sampled.arms])
    expected = tracks.per_pass(np.where(both, tracks.weight_s, 0.0))
    assert found.yields.usable_s == pytest.approx(expected, abs=1.0)  # half a sample at either end
    assert found.yields.usable_s == pytest.approx(tracks.per_pass(found.sampled.usable_s))


def test_the_node_counts_the_light_of_both_telescopes(found):
    """Half of all stray photons, times the efficiency, in either detector."""
    share = found.pair.protocol.node.efficiency * 0.5
    stray = sum(rate for arm in found.sampled.arms for rate in arm.stray_hz.values())
    (system,) = found.yields.systems
    arms = system.two_arms(found.yields.collected)
    counted = per_interval(arms.background_rate_hz * arms.weight_s, arms.starts)
    tracks = found.sampled.tracks
    expected = tracks.per_pass(share * stray * found.sampled.usable_s)
    # a second at a time is as near as the series is: 1e-5
    assert counted == pytest.approx(expected, rel=1e-4)


def test_pooled_windows_give_no_less_than_their_sum(found):
    """One block a satellite."""
    pooled = pooled_by_satellite(found)
    assert pooled[0].secure_bits[0] >= found.yields.keys.secure_bits.sum() > 0


def test_entangled_pairs_go_down(mission, joint):
    """Two downlinks: each end's own sky, one block a window."""
    node = mission.spacecraft[0]
    ground = mission.stations[0].terminal
    down = replace(
        mission,
        spacecraft=(
            replace(
                node,
                direction="downlink",
                payload=replace(node.payload, transmitter=ground.transmitter, source=ground.source),
            ),
        ),
        stations=tuple(
            replace(
                one,
                terminal=replace(
                    one.terminal,
                    receiver=node.payload.receiver,
                    detector=node.payload.detector,
                ),
            )
            for one in mission.stations
        ),
    )
    pair = replace(
        mission.together[0],
        protocol=replace(
            preset_values("micius-entanglement-2020").content.value,
            authentication=Authentication(messages=0),
        ),
    )
    one = joint(down, pair)
    (system,) = one.yields.systems
    assert system.two_arms(one.yields.collected).background_b_rate_hz is not None
    assert one.yields.keys.secure_bits.max() > 0
    assert np.all(one.yields.keys.secure_bits <= plob_bits(one))


class TestOneStation:
    """A pass is a joint contact of one station."""

    @pytest.mark.parametrize("name", ["micius-2016-campaign", "jinan-1-constellation"])
    def test_gives_the_same_light_and_the_same_keys(self, shipped, name):
        """Bit for bit, at every station: two ways to the same contacts, followed alike."""
        mission = shipped(name, days=1)
        timebase = Timebase.starting(mission.start)
        passes = find_passes(
            [craft.satellite for craft in mission.spacecraft],
            [ground.site for ground in mission.stations],
            timebase,
            duration_s=mission.duration_s,
        )
        bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
        sky = Sky(timebase=timebase, bodies=bodies, chains=passes.chains)

        def followed(contacts):
            arms = see(mission, contacts, sky)
            systems = PassSystems(mission=mission)
            light = series_of(mission, contacts, arms, sky, systems=systems).arms[0]
            return light, yields_of(mission, timebase, contacts, arms, systems=systems)

        keyed = 0
        for station in range(len(mission.stations)):
            alone = pass_contacts(passes.table).take(passes.table.station == station)
            joint = joint_contacts(passes.table, [station])
            (mine, yields), (theirs, others) = followed(alone), followed(joint)

            assert yields.keys.secure_bits.tolist() == others.keys.secure_bits.tolist()
            assert yields.made.bits.tolist() == others.made.bits.tolist()
            assert yields.keys.sifted_bits.tolist() == others.keys.sifted_bits.tolist()
            assert yields.collected.key_clicks.tolist() == others.collected.key_clicks.tolist()
            assert mine.budget.total_db.tolist() == theirs.budget.total_db.tolist()
            assert mine.budget.variance.tolist() == theirs.budget.variance.tolist()
            for source, rate_hz in mine.stray_hz.items():
                assert rate_hz.tolist() == theirs.stray_hz[source].tolist()
            assert yields.reason == others.reason
            keyed += np.count_nonzero(yields.keys.secure_bits)
        assert keyed > 1
