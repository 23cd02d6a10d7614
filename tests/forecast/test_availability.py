"""When key can be used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.forecast.availability import availability, served_s
from satqkd.forecast.stream import forecast
from satqkd.mission.distillation import Distillation

TIMES = st.lists(st.floats(0.0, 1e3), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def expected(shipped):
    mission = shipped("jinan-1-constellation", days=1)
    return forecast(replace(mission, clocks=(), demands=()))


def distilled(expected, **how):
    mission = replace(expected.mission, distillation=Distillation(**how))
    return availability(replace(expected, mission=mission))


class TestQueue:
    @given(ready=TIMES, data=st.data())
    def test_is_served_one_after_the_other(self, ready, data):
        """As a loop has it."""
        ready = np.sort(ready)
        takes = data.draw(st.lists(st.floats(0.0, 100.0), min_size=ready.size, max_size=ready.size))
        done, last = [], -np.inf
        for when, long in zip(ready, takes, strict=True):
            last = max(when, last) + long
            done.append(last)

        # sums in another order: a few roundings of numbers up to 3000
        assert served_s(ready, np.array(takes)) == pytest.approx(done, abs=1e-9)


class TestAvailability:
    def test_whole_passes_are_the_forecast(self, expected):
        """One block a pass: the key of the forecast, after the contact."""
        found = distilled(expected, after_contact_s=6 * 3600.0)

        assert found.keys.secure_bits.tolist() == pytest.approx(
            expected.yields.keys.secure_bits[found.contacts].tolist(), abs=2
        )
        assert not found.during.any()
        set_s = expected.passes.set_s[found.contacts]
        assert found.usable_s == pytest.approx(set_s + 6 * 3600.0, abs=1e-6)

    def test_blocks_hold_all_sifted_bits_and_never_more_key(self, expected):
        """Dividing a pass costs key and nothing else."""
        found = distilled(
            expected, after_contact_s=5400.0, uplink_rate_bit_s=1e7, downlink_rate_bit_s=1e7,
            block_sifted_bits=5e5,
        )  # fmt: skip

        sifted = found.per_contact(found.keys.sifted_bits)
        assert sifted == pytest.approx(expected.yields.keys.sifted_bits[found.contacts], rel=1e-9)
        whole = expected.yields.keys.secure_bits[found.contacts]
        assert (found.per_contact(found.keys.secure_bits) <= whole + 2).all()
        assert (np.diff(found.starts) > 1).any()

    def test_key_is_usable_after_its_last_click_and_in_order(self, expected):
        """During the pass where the satellite is still there."""
        found = availability(expected)
        set_s = np.repeat(expected.passes.set_s[found.contacts], np.diff(found.starts))

        assert found.during.any()
        assert (found.usable_s > found.filled_s).all()
        assert (found.usable_s[found.during] <= set_s[found.during]).all()
        for first, last in zip(found.starts[:-1], found.starts[1:], strict=True):
            assert (np.diff(found.usable_s[first:last]) >= 0.0).all()

    def test_a_faster_link_is_never_later(self, expected):
        """And one that carries nothing in time leaves all to the contact after."""
        how = {"after_contact_s": 5400.0, "block_sifted_bits": 5e5}
        slow, fast, none = (
            distilled(expected, **how, uplink_rate_bit_s=rate, downlink_rate_bit_s=rate)
            for rate in (2e5, 1e8, 1.0)
        )

        assert (fast.usable_s <= slow.usable_s).all()
        assert fast.during.sum() > slow.during.sum() > none.during.sum() == 0

    def test_time_of_one_block_by_hand(self, expected):
        """Messages up, then down, then three rounds."""
        found = distilled(
            expected, after_contact_s=0.0, uplink_rate_bit_s=1e7, downlink_rate_bit_s=2e7,
            block_sifted_bits=5e5, rounds=3, round_latency_s=0.2,
        )  # fmt: skip
        first = found.starts[:-1][found.during[found.starts[:-1]]]

        took = found.up_bits[first] / 1e7 + found.down_bits[first] / 2e7 + 0.6
        assert found.usable_s[first] - found.filled_s[first] == pytest.approx(took, abs=1e-6)

    @pytest.mark.parametrize("size", [5e5, None])
    def test_stopping_in_time_makes_the_last_block_key_before_the_satellite_sets(
        self, expected, size
    ):
        """Without, no pass's last block ever is; no sifted bit is lost by it."""
        how = {
            "after_contact_s": 5400.0, "uplink_rate_bit_s": 1e7, "downlink_rate_bit_s": 1e7,
            "block_sifted_bits": size,
        }  # fmt: skip
        late, early = (
            distilled(expected, **how, stop_before_set_s=stop_s) for stop_s in (0.0, 30.0)
        )
        set_s = expected.passes.set_s[early.contacts]
        to_set = expected.yields.usable_end_s[early.contacts] > set_s - 1.0

        assert to_set.any()
        assert not late.during[late.starts[1:] - 1][to_set].any()
        assert early.during[early.starts[1:] - 2][to_set].all()
        assert (early.filled_s[early.starts[1:] - 2][to_set] <= set_s[to_set] - 29.0).all()
        sifted = early.per_contact(early.keys.sifted_bits)
        assert sifted == pytest.approx(late.per_contact(late.keys.sifted_bits), rel=1e-9)

    def test_stopping_before_the_link_is_usable_is_one_block(self, expected):
        """Nothing is divided where no click comes in time."""
        found = distilled(expected, after_contact_s=0.0, stop_before_set_s=1e5)

        assert (np.diff(found.starts) == 1).all()

    def test_nobody_who_says_how_is_nothing(self, expected):
        """Satellites without distillation are left out."""
        crafts = tuple(
            replace(craft, payload=replace(craft.payload, distillation=None))
            for craft in expected.mission.spacecraft
        )
        silent = replace(expected, mission=replace(expected.mission, spacecraft=crafts))

        found = availability(silent)

        assert found.contacts.size == found.usable_s.size == len(found.keys) == 0
