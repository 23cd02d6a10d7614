"""Strings dealt out to frames, and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.ldpc_frames import deal


@given(st.integers(0, 3000), st.sampled_from([64, 192, 1024]), st.integers(0, 2**64 - 1))
def test_a_string_comes_back(size: int, most_bits: int, seed: int) -> None:
    dealt = deal(size, most_bits=most_bits, seed=seed)
    bits = Bits.pack(np.random.default_rng(size).integers(0, 2, size))
    length = dealt.frame_words + 1
    frames = dealt.out(bits.words, length=length)
    assert dealt.back(frames).equals(bits)
    padding = dealt.padding(length=length)
    assert not np.any(frames & padding)
    assert np.bitwise_count(~padding).sum() == size


@given(st.integers(1, 100_000), st.sampled_from([1024, 4096]))
def test_frames_are_few_and_alike(size: int, most_bits: int) -> None:
    dealt = deal(size, most_bits=most_bits, seed=1)
    filled = (dealt.place >= 0).sum(axis=1)
    assert dealt.frames == -(-size // most_bits)
    assert filled.max() - filled.min() <= 1
    assert filled.max() == dealt.frame_words <= most_bits // 64
    assert sorted(dealt.place[dealt.place >= 0]) == list(range(-(-size // 64)))


def test_errors_in_one_place_are_dealt_to_all_frames() -> None:
    """A quarter of the string is bad; each of four frames gets about a quarter of it."""
    words = np.zeros(4096, dtype=np.uint64)
    words[:1024] = 2**64 - 1
    frames = deal(words.size * 64, most_bits=65_536, seed=7).out(words, length=1024)
    bad = (frames > 0).sum(axis=1)
    assert np.abs(bad - 256).max() < 5 * np.sqrt(1024 * 0.25 * 0.75)
    assert bad.sum() == 1024


def test_another_seed_deals_otherwise() -> None:
    assert not np.array_equal(
        deal(65_536, most_bits=4096, seed=1).place, deal(65_536, most_bits=4096, seed=2).place
    )
