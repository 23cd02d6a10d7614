"""Words dealt to frames come back, and errors that run along a block reach all frames alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.reconcile.cascade import CASCADE_FAST, Cascade
from satqkd.distil.reconcile.cascade_blocks import fast_levels
from satqkd.distil.reconcile.dealt import Dealt

SMALL = Cascade(name="small", levels=fast_levels, frame_bits=4096)


@given(st.integers(0, 40_000), st.integers(0, 2**32))
def test_every_word_comes_back_and_none_stays_in_its_frame_alone(size: int, seed: int) -> None:
    dealt = Dealt(engine=SMALL)
    bits = Bits.pack(np.random.default_rng(seed).random(size) < 0.5)
    there = dealt._dealt(bits)
    assert there.size == size
    assert there.ones == bits.ones
    assert dealt.collected(there).equals(bits)


def test_a_frame_holds_words_from_everywhere() -> None:
    """Numbers of words in place of bits: the first of three frames has every third of them."""
    dealt = Dealt(engine=SMALL)
    numbers = Bits(words=np.arange(192, dtype=np.uint64), size=3 * 4096)
    first = dealt._dealt(numbers).words[:64]
    assert np.array_equal(first, np.arange(0, 192, 3))


def _strings(seed: int, chance: np.ndarray) -> tuple[Bits, Bits]:
    generator = np.random.default_rng(seed)
    alice = Bits.pack(generator.random(chance.size) < 0.5)
    return alice, alice ^ Bits.pack(generator.random(chance.size) < chance)


@pytest.mark.parametrize("size", [1, 4096, 4097, 20_000])
def test_two_ends_apart_say_what_one_process_says(size: int) -> None:
    dealt = Dealt(engine=SMALL)
    alice, bob = _strings(size, np.full(size, 0.02))
    made = dealt.run(alice, bob, qber=0.02, seed=5)
    hers = dealt.alice(alice, qber=0.02, seed=5)
    his = dealt.bob(bob, qber=0.02, seed=5)
    said = exchange(hers, his, stage="reconcile")
    assert made.bits.equals(alice)
    assert his.corrected.equals(alice)
    assert np.array_equal(his.told, made.told)
    assert said.alice.content == made.exchange.alice.content
    assert said.bob.content == made.exchange.bob.content


def test_errors_that_run_along_a_block_take_fewer_rounds() -> None:
    """Sixteen frames from 0 to 4 %: no frame has more than its share."""
    alice, bob = _strings(7, np.linspace(0.0, 0.04, 1 << 20))
    plain = CASCADE_FAST.run(alice, bob, qber=0.02, seed=1)
    dealt = Dealt(engine=CASCADE_FAST).run(alice, bob, qber=0.02, seed=1)
    assert dealt.bits.equals(plain.bits)
    assert dealt.bits.equals(alice)
    # 201 and 363 here; what it costs is what Cascade makes of errors that lie together.
    assert dealt.exchange.rounds < 0.75 * plain.exchange.rounds
