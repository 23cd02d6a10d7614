"""The parities that Cascade has at hand are those of the bits they stand for."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.cascade_blocks import Cut
from satqkd.distil.reconcile.cascade_strings import Layout, Strings, odd_ones

LEVELS = ((5, 8, 11), (4, 7, 10))
CUT = Cut(size=2 * 8192 + 3000, frame_bits=8192)


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=40))
def test_what_occurs_an_odd_number_of_times(values: list[int]) -> None:
    odd = sorted(value for value, times in Counter(values).items() if times % 2)
    assert odd_ones(np.array(values, dtype=np.int64)).tolist() == odd


def test_every_cell_is_the_parity_of_its_block() -> None:
    """Bit by bit over one block of each level, pass and frame, also after bits were turned."""
    bits = np.random.default_rng(1).random(CUT.size) < 0.5
    layout = Layout.of(CUT, levels=LEVELS, seed=4)
    strings = Strings.of(Bits.pack(bits), layout=layout)
    for turned in ([], [5, 8192, 8193, CUT.size - 1]):
        bases = np.array(turned, dtype=np.int64)
        strings.flip(bases)
        bits[bases] ^= True
        padded = np.zeros(3 * 8192, dtype=np.uint8)
        padded[: CUT.size] = bits
        for number, most in enumerate(LEVELS[0]):
            for level in range(most + 1):
                for start in (0, 4096, 8192 + (3 << level), 2 * 8192 + (1 << level)):
                    places = np.arange(start, start + (1 << level))
                    held = layout.bases_of(places, number=np.full(places.size, number))
                    cell = layout.first[number, level] + (start >> level)
                    assert strings.cells[cell] == np.bitwise_xor.reduce(padded[held])
        assert strings.bits().equals(Bits.pack(bits))


def test_places_and_bases_lead_back() -> None:
    layout = Layout.of(CUT, levels=LEVELS, seed=4)
    bases = np.concatenate([np.arange(0, 2 * 8192, 7), np.arange(2 * 8192, 2 * 8192 + 4096, 3)])
    for number, places in enumerate(layout.places_of(bases)):
        back = layout.bases_of(places, number=np.full(bases.size, number))
        assert np.array_equal(back, bases)
        assert np.array_equal(places // 8192, bases // 8192), "no bit leaves its frame"
