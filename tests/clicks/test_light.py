"""Light in intervals: taken, pooled, joined, divided, made more or less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.light import ArmLight, Light


@st.composite
def lights(draw, arms=None):
    """Up to five intervals, some of them empty, over one arm or two."""
    lengths = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    count = arms or draw(st.integers(1, 2))
    size = sum(lengths)
    chance = np.random.default_rng(draw(st.integers(0, 1000)))
    return Light(
        arms=tuple(
            ArmLight(
                transmittance=chance.uniform(0.0, 0.5, size),
                variance=chance.uniform(0.0, 1.0, size),
                stray_hz=chance.uniform(0.0, 100.0, size),
            )
            for _ in range(count)
        ),
        weight_s=chance.uniform(0.1, 1.0, size),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def same(one, other):
    assert len(one.arms) == len(other.arms)
    np.testing.assert_array_equal(one.starts, other.starts)
    np.testing.assert_array_equal(one.weight_s, other.weight_s)
    for mine, theirs in zip(one.arms, other.arms, strict=True):
        for name in ("transmittance", "variance", "stray_hz"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))


@given(lights(arms=2), lights(arms=2))
def test_joined_and_taken_apart_again_it_is_the_same(first, second):
    """Intervals of one behind those of the other."""
    both = Light.join([first, second])

    assert len(both) == len(first) + len(second)
    same(both.take(np.arange(len(first))), first)
    same(both.take(np.arange(len(first), len(both))), second)


@given(lights())
def test_every_interval_by_itself_joins_to_the_whole(light):
    """In order."""
    same(Light.join([light.take(np.array([place])) for place in range(len(light))]), light)


@given(lights(), st.randoms())
def test_pooled_intervals_hold_the_samples_of_their_members(light, random):
    """In the order in which they are named; seconds add up."""
    order = list(range(len(light)))
    random.shuffle(order)
    half = len(order) // 2
    members = [np.array(order[:half], dtype=np.int64), np.array(order[half:], dtype=np.int64)]

    pooled = light.pooled(members)

    assert len(pooled) == 2
    assert pooled.seconds == pytest.approx([light.seconds[own].sum() for own in members])
    np.testing.assert_array_equal(pooled.weight_s, light.take(np.array(order)).weight_s)
    same(light.pooled([np.array([place]) for place in range(len(light))]), light)


@given(lights(), st.floats(0.0, 10.0))
def test_more_light_is_more_transmittance_up_to_all_of_it(light, factor):
    """Stray light and flicker stay."""
    more = light.scaled(*[factor] * len(light.arms))

    for mine, theirs in zip(more.arms, light.arms, strict=True):
        expected = np.minimum(factor * theirs.transmittance, 1.0)
        np.testing.assert_array_equal(mine.transmittance, expected)
        np.testing.assert_array_equal(mine.stray_hz, theirs.stray_hz)
        np.testing.assert_array_equal(mine.variance, theirs.variance)


@given(lights())
def test_in_the_dark_stray_light_is_left(light):
    """And the length of every interval."""
    dark = light.dark()

    assert not any(arm.transmittance.any() for arm in dark.arms)
    np.testing.assert_array_equal(dark.arms[0].stray_hz, light.arms[0].stray_hz)
    np.testing.assert_array_equal(dark.seconds, light.seconds)


def test_of_no_interval_there_is_none():
    """Empty ones have no seconds."""
    assert len(Light.none(2)) == 0
    assert Light.none(1, 3).seconds.tolist() == [0.0, 0.0, 0.0]
