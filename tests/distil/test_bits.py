"""Packed bits, and the public stream in both paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import native
from satqkd.distil.stream import stream
from satqkd.errors import NonPhysicalError


@given(st.lists(st.booleans(), max_size=300))
def test_bits_come_back(values: list[bool]) -> None:
    packed = Bits.pack(values)
    assert packed.unpacked().tolist() == values
    again = Bits.from_bytes(packed.to_bytes(), size=len(values))
    assert again.equals(packed)


def test_bits_tell_their_length_alone() -> None:
    assert repr(Bits.pack([1, 0, 1])) == "Bits(3)"


def test_bits_beyond_the_end_are_refused() -> None:
    with pytest.raises(NonPhysicalError, match="beyond bit 3"):
        Bits(words=np.array([8], dtype=np.uint64), size=3)
    with pytest.raises(NonPhysicalError, match="must be 1 bytes"):
        Bits.from_bytes(b"ab", size=8)


def test_bits_are_wiped() -> None:
    bits = Bits.pack([1] * 70)
    bits.wipe()
    assert not bits.words.any()


def test_stream_is_splitmix64() -> None:
    # First numbers of seed 1234567 as printed with the reference code of S. Vigna (recalled).
    assert stream(1234567, count=3).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@pytest.mark.skipif(native() is None, reason="no C here")
@given(st.integers(0, 2**64 - 1), st.integers(0, 50), st.integers(0, 50))
def test_streams_of_both_paths_are_the_same(seed: int, first: int, count: int) -> None:
    expected = stream(seed, first=first, count=count)
    assert np.frombuffer(native().stream(seed, first, count), dtype=np.uint64).tolist() == list(
        expected
    )


class _Alice:
    def begin(self) -> Bits:
        return Bits.pack([1, 0, 1])

    def answer(self, request: Bits) -> Bits:
        return request


class _Bob:
    left = 2

    def hear(self, message: Bits) -> Bits | None:
        del message
        self.left -= 1
        return Bits.pack([0] * 9) if self.left >= 0 else None


def test_an_exchange_counts_what_was_said() -> None:
    said = exchange(_Alice(), _Bob(), stage="reconcile")
    assert (said.rounds, said.alice.total_bits, said.bob.total_bits) == (2, 21, 18)
    assert len(said.alice.content) == 5
