"""What Bob asks, to bits and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.ldpc_request import Request
from satqkd.errors import ProtocolError

BITS = 4096


@st.composite
def requests(draw: st.DrawFn) -> tuple[Request, int]:
    """Requests of up to four frames, and how many bits a frame asks for."""
    each = draw(st.integers(1, 40))
    state = draw(st.lists(st.sampled_from(["ask", "full", "done"]), max_size=4))
    rows = [
        sorted(draw(st.sets(st.integers(0, BITS - 1), min_size=each, max_size=each)))
        for what in state
        if what == "ask"
    ]
    return Request(
        asks=np.array([what == "ask" for what in state], dtype=np.bool_),
        full=np.array([what == "full" for what in state], dtype=np.bool_),
        positions=np.array(rows, dtype=np.int64).reshape(len(rows), each),
    ), each


@given(requests())
def test_a_request_comes_back(case: tuple[Request, int]) -> None:
    request, each = case
    message = request.to_bits(frame_bits=BITS)
    again = Request.from_bits(message, frames=len(request.asks), frame_bits=BITS, each=each)
    assert np.array_equal(again.asks, request.asks)
    assert np.array_equal(again.full, request.full)
    assert np.array_equal(again.positions, request.positions)


def test_a_request_is_laid_out_as_it_says() -> None:
    """16 bits, 4 of them asked for: 2 low bits each, then 4 + 3 bits with a one for each."""
    request = Request(
        asks=np.array([True, False]),
        full=np.array([False, True]),
        positions=np.array([[1, 2, 7, 15]]),
    )
    low = "10011111"  # of 1, 2, 7, 15, lowest first
    ones = "1101001"  # at 0 + 0, 0 + 1, 1 + 2, 3 + 3
    text = "10" + "01" + low + ones
    expected = Bits.pack([int(each) for each in text])
    assert request.to_bits(frame_bits=16).to_bytes() == expected.to_bytes()


def test_a_position_takes_two_bits_more_than_it_must() -> None:
    """log2 of 65,536 / 196 is 8.4."""
    rng = np.random.default_rng(1)
    rows = np.sort(rng.choice(65_536, 196, replace=False))[np.newaxis]
    request = Request(asks=np.array([True]), full=np.array([False]), positions=rows)
    assert len(request.to_bits(frame_bits=65_536)) == 2 + 196 * 8 + 196 + 255


@given(requests(), st.data())
def test_a_damaged_request_is_refused_or_another_request(
    case: tuple[Request, int], data: st.DataObject
) -> None:
    request, each = case
    bits = request.to_bits(frame_bits=BITS).unpacked()
    cut = data.draw(st.integers(0, bits.size))
    flips = data.draw(st.lists(st.integers(0, max(bits.size - 1, 0)), max_size=3))
    damaged = bits.copy()
    for flip in flips[: bits.size]:
        damaged[flip] ^= True
    for some in (damaged, damaged[:cut], np.append(damaged, True)):
        try:
            read = Request.from_bits(
                Bits.pack(some), frames=len(request.asks), frame_bits=BITS, each=each
            )
        except ProtocolError:
            continue
        assert np.array_equal(read.to_bits(frame_bits=BITS).unpacked(), some)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "name its frames"),
        ("10", "another length"),
        ("110000101", "another length"),
        ("100000111", "2 bits a frame"),  # three ones
        ("100000110", "rise"),  # 0 and 0
    ],
)
def test_what_is_wrong_with_a_request(text: str, message: str) -> None:
    """One frame of 8 bits that may ask for 2: low bits 2 each, then 2 + 1 bits."""
    bits = Bits.pack([int(each) for each in text])
    with pytest.raises(ProtocolError, match=message):
        Request.from_bits(bits, frames=1, frame_bits=8, each=2)


def test_positions_stay_within_a_frame_of_any_length() -> None:
    """Of 10 bits, 2 low bits each: 0 and 3 + 4 * 2 = 11."""
    bits = Bits.pack([int(each) for each in "1000111001"])
    with pytest.raises(ProtocolError, match="rise within"):
        Request.from_bits(bits, frames=1, frame_bits=10, each=2)
