"""Key of contacts in the blocks they are distilled in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.forecast.stream import forecast
from satqkd.key import real_time
from satqkd.weather.clear_sky import Draws

DRAWS = Draws(samples=20, seed=1)


@pytest.fixture(scope="module")
def mission(shipped):
    return replace(shipped("jinan-1-constellation", days=1), clocks=())


@pytest.fixture(scope="module")
def jinan(mission):
    return forecast(mission, draws=DRAWS)


def test_expected_key_is_that_of_the_blocks_of_each_realisation(mission, jinan, monkeypatch):
    """Worked out at the light of every realisation, it is the same.

    Two percent of the key: cubics between amounts of light cut the teeth where one more block
    begins (1.2 % seen).
    """
    few = jinan.yields.made.expected_bits
    monkeypatch.setattr(real_time, "AT_QUANTILES", tuple(np.linspace(0.0, 1.0, 77)))
    every = forecast(mission, draws=DRAWS).yields.made.expected_bits
    some = every > 10_000

    assert some.any()
    assert few[some] == pytest.approx(every[some], rel=0.02)
    assert (few != every).any()


def test_no_pass_is_promised_more_than_its_best_end(jinan):
    """Neither a mean nor a share of blocks goes beyond what the stated ranges allow."""
    made = jinan.yields.made

    assert (made.low_bits <= made.bits).all()
    assert (made.bits <= made.high_bits).all()
    assert (made.expected_bits <= made.high_bits).all()


def test_less_light_fills_fewer_blocks_not_smaller_ones(mission):
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
            for one in mission.spacecraft
        )  # fmt: skip
        small = replace(craft[0].payload.distillation, block_sifted_bits=300_000.0)
        return forecast(replace(mission, spacecraft=craft, distillation=small)).yields.made

    ranged, stated = with_pointing(0.0, (0.0, 2.0)), with_pointing(2.0, None)
    some = stated.bits > 20_000

    assert some.any()
    assert stated.blocks[some].max() > 1
    assert ranged.low_bits[some] == pytest.approx(stated.bits[some], rel=0.15)
    assert ranged.low_bits.sum() == pytest.approx(stated.bits.sum(), rel=0.1)


def test_what_is_known_is_expected(mission):
    """Without a range, weather or histories that differ, the mean is the key itself."""
    craft = tuple(
        replace(one, payload=replace(one.payload, transmitter=replace(
            one.payload.transmitter,
            pointing=replace(one.payload.transmitter.pointing, loss_range_db=None),
        ), atmosphere=replace(one.payload.atmosphere, zenith_transmittance_range=None)))
        for one in mission.spacecraft
    )  # fmt: skip
    sure = forecast(replace(mission, spacecraft=craft), draws=Draws(samples=5, seed=1))
    made = sure.yields.made

    assert made.expected_bits.tolist() == made.bits.tolist()
