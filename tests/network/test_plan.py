"""What is flown: passes and windows together, in the key that is really made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError
from satqkd.forecast import distilled
from satqkd.forecast.availability import availability
from satqkd.forecast.stream import forecast
from satqkd.forecast.clouds import Draws
from satqkd.forecast.together import together
from satqkd.network.plan import plan


def shipped(name, tmp_path_factory, days):
    folder = tmp_path_factory.mktemp(name)
    copy_preset(name, folder)
    return load_mission(
        folder / "mission.yaml", folder / "stations.yaml", duration_s=86_400.0 * days
    )


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return shipped("twin-field-node", tmp_path_factory, 2.0)


@pytest.fixture(scope="module")
def windows(node):
    return [keys for pair in node.together for keys in together(node, pair)]


@pytest.fixture(scope="module")
def passes(node):
    return forecast(node)


@pytest.fixture(scope="module")
def jinan(tmp_path_factory):
    mission = shipped("jinan-1-constellation", tmp_path_factory, 1.0)
    return forecast(mission, draws=Draws(samples=20, seed=1))


class TestWindows:
    def test_a_pair_that_trusts_no_relay_gets_joint_keys(self, passes, windows):
        """The shipped node flies its twin-field windows, though uplinks alone give more bits."""
        made = plan(passes, together=windows)

        assert made.flown_windows.sum() == 2
        assert not made.flown.any()
        twin_field = windows[0].keys.secure_bits
        assert made.shared_bits[made.flown_windows].tolist() == sorted(
            twin_field[twin_field > 0].tolist(), reverse=True
        )

    def test_passes_in_the_way_say_so(self, passes, windows):
        """A candidate names both stations of the window that takes its satellite."""
        made = plan(passes, together=windows)
        reasons = [
            why for why, status in zip(made.reason, made.status, strict=True)
            if status == "candidate"
        ]  # fmt: skip

        assert reasons
        assert all("satellite serves Xinglong and Jinan at" in why for why in reasons)

    def test_a_relay_that_is_trusted_takes_the_satellite(self, node, passes, windows):
        """Without the wish for secrecy from the satellite, the richer uplinks are flown."""
        asked = replace(node.demands[0], trusted_relay=True)
        trusting = replace(passes, mission=replace(node, demands=(asked,), spare_weight=0.1))
        made = plan(trusting, together=windows)

        assert made.flown.any()
        assert any("clash: satellite serves" in why for why in made.window_reason)

    def test_windows_without_key_say_why(self, passes, windows):
        """Daylight, or too few pairs of single photons."""
        made = plan(passes, together=windows)
        rejected = [
            why for why, status in zip(made.window_reason, made.window_status, strict=True)
            if status == "rejected"
        ]  # fmt: skip

        assert any("daylight" in why for why in rejected)
        assert any("single photons" in why for why in rejected)

    def test_without_pairs_there_is_nothing_to_add(self, passes):
        """A plan of passes alone has no window."""
        assert len(plan(passes).windows) == 0


class TestBlocks:
    def test_a_pass_counts_with_its_blocks(self, jinan):
        """The plan promises what the blocks give: of a good pass less than one block of it all."""
        made = plan(jinan)
        found = availability(jinan)
        whole = jinan.yields.keys.secure_bits

        assert made.planned_bits[found.passes].tolist() == (
            found.per_pass(found.keys.secure_bits).astype(np.int64).tolist()
        )
        best = int(np.argmax(whole))
        assert made.made.bits[best] < whole[best]
        assert made.made.blocks[best] > 1
        assert made.problem.key_bits.max() == made.made.bits[made.contact].max()

    def test_expected_key_is_that_of_the_blocks_of_each_history(self, jinan, monkeypatch):
        """Worked out at every history's light, it is the same; only histories that vary differ.

        Two percent of the key: cubics between amounts of light cut the teeth where one more block
        begins (1.2 % seen).
        """
        few = plan(jinan, value="expected")
        monkeypatch.setattr(distilled, "AT_QUANTILES", tuple(np.linspace(0.0, 1.0, 77)))
        every = plan(jinan, value="expected")
        some = every.planned_bits > 10_000

        assert some.any()
        assert few.planned_bits[some] == pytest.approx(every.planned_bits[some], rel=0.02)
        assert few.problem.key_bits.max() == few.planned_bits[few.contact].max()

    def test_no_pass_is_promised_more_than_its_best_end(self, jinan):
        """Neither a mean nor a share of blocks goes beyond what the stated ranges allow."""
        made = plan(jinan, value="expected").made

        assert (made.low_bits <= made.bits).all()
        assert (made.bits <= made.high_bits).all()
        assert (made.expected_bits <= made.high_bits).all()

    def test_less_light_fills_fewer_blocks_not_smaller_ones(self, jinan):
        """The worst end of a range gives what a mission gives that states it as its loss.

        15 %: a range is walked by the light it leaves, and these blocks are so small that one
        percent of light is ten of key; blocks of a fixed length would leave a quarter or none.
        """

        def with_pointing(loss_db, range_db):
            craft = tuple(
                replace(one, payload=replace(
                    one.payload,
                    transmitter=replace(one.payload.transmitter, pointing=replace(
                        one.payload.transmitter.pointing, loss_db=loss_db, loss_range_db=range_db
                    )),
                    atmosphere=replace(one.payload.atmosphere, zenith_transmittance_range=None),
                ))
                for one in jinan.mission.spacecraft
            )  # fmt: skip
            small = replace(craft[0].payload.distillation, block_sifted_bits=300_000.0)
            return plan(forecast(replace(jinan.mission, spacecraft=craft, distillation=small))).made

        ranged, stated = with_pointing(0.0, (0.0, 2.0)), with_pointing(2.0, None)
        some = stated.bits > 20_000

        assert some.any()
        assert stated.blocks[some].max() > 1
        assert ranged.low_bits[some] == pytest.approx(stated.bits[some], rel=0.15)
        assert ranged.low_bits.sum() == pytest.approx(stated.bits.sum(), rel=0.1)

    def test_a_pass_whose_end_spoils_it_as_one_block_is_flown_in_blocks(self, tmp_path):
        """Stopping before the satellite sets leaves key where the whole pass leaves none."""
        copy_preset("jinan-1-constellation", tmp_path)
        path = tmp_path / "mission.yaml"
        text = path.read_text(encoding="utf-8").replace("altitude: 500 km", "altitude: 490 km")
        path.write_text(text, encoding="utf-8")
        lower = forecast(load_mission(path, tmp_path / "stations.yaml"))
        made = plan(lower)
        spoilt = (lower.yields.keys.secure_bits == 0) & (made.planned_bits > 0)

        assert spoilt.any()
        assert {made.status[index] for index in np.flatnonzero(spoilt)} <= {
            "scheduled",
            "candidate",
        }

    def test_what_is_known_is_expected(self, jinan):
        """Without a range, weather or histories that differ, the mean is the key itself."""
        craft = tuple(
            replace(one, payload=replace(one.payload, transmitter=replace(
                one.payload.transmitter,
                pointing=replace(one.payload.transmitter.pointing, loss_range_db=None),
            ), atmosphere=replace(one.payload.atmosphere, zenith_transmittance_range=None)))
            for one in jinan.mission.spacecraft
        )  # fmt: skip
        sure = forecast(replace(jinan.mission, spacecraft=craft), draws=Draws(samples=5, seed=1))
        made = plan(sure).made

        assert made.expected_bits.tolist() == made.bits.tolist()

    def test_expected_key_needs_histories(self, jinan):
        """A plan does not take a clear sky for a mean."""
        with pytest.raises(SatqkdError, match="no histories were drawn"):
            plan(replace(jinan, outlook=None), value="expected")

    def test_blocks_too_small_for_key_say_so(self, jinan):
        """A pass that gives key as a whole is rejected with the reason."""
        tiny = replace(jinan.mission.spacecraft[0].payload.distillation, block_sifted_bits=3000.0)
        made = plan(replace(jinan, mission=replace(jinan.mission, distillation=tiny)))

        assert not made.flown.any()
        assert "candidate" not in made.status
        assert any(
            why.startswith("no key: none in blocks of 3,000 sifted bits") for why in made.reason
        )
