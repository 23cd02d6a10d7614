"""Both ends keep the same clicks, and refuse messages that cannot be."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil import places
from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import native
from satqkd.distil.packing import Reader, message, number
from satqkd.distil.records import Received, Transmitted
from satqkd.distil.sift import SiftingAlice, SiftingBob
from satqkd.errors import NonPhysicalError, ProtocolError


@given(st.lists(st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 1 << 40))))
def test_places_come_back(gaps: list[int]) -> None:
    place = np.cumsum(np.array(gaps, dtype=np.int64) + 1) - 1
    content = places.written(place)
    reader = Reader(message(content))
    assert np.array_equal(places.read(reader), place)
    reader.end()
    assert native() is None or places.read(Reader(message(content)), like=place) is place
    for other in (place[1:], place + 1, np.append(place, 1 << 61)):
        again = places.read(Reader(message(content)), like=other)
        assert np.array_equal(again, place)
    assert places.plain_units(place, content[0]) == content[17:]
    clicks = int.from_bytes(content[1:9], "little")
    assert np.array_equal(places.plainly_read(content[17:], content[0], clicks), place)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x03" + bytes(16),
        b"\x01" + number(1) + number(1),
        b"\x01" + number(2) + number(1) + b"\x00",
        b"\x01" + number(1) + number(2) + b"\x00\xff",
        b"\x01" + number(0) + number(1) + b"\xff",
        b"\x04" + number(1 << 60) + number(1 << 60),
    ],
)
def test_places_that_cannot_be_are_refused(content: bytes) -> None:
    with pytest.raises(ProtocolError):
        places.read(Reader(message(content)))
    if len(content) >= 17 and content[0] in {1, 2, 4}:
        with pytest.raises(ProtocolError):
            places.plainly_read(content[17:], content[0], int.from_bytes(content[1:9], "little"))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=400))
def test_bits_close_up(pairs: list[tuple[bool, bool]]) -> None:
    values, mask = ([pair[own] for pair in pairs] for own in (0, 1))
    found = Bits.pack(values).where(Bits.pack(mask))
    expected = Bits.pack([value for value, kept in pairs if kept])
    assert found.equals(expected)
    fast = native()
    if fast is not None:
        plain = Bits.zeros(len(expected))
        fast.closed_up_plain(Bits.pack(values).words, Bits.pack(mask).words, plain.words)
        assert plain.equals(expected)
        with pytest.raises(ValueError, match="do not fit"):
            fast.closed_up(Bits.pack(values).words, Bits.pack(mask).words, np.zeros(99, np.uint64))


def _records(clicks: int, rng: np.random.Generator) -> tuple[Transmitted, Received]:
    sent = np.arange(3 * clicks)
    place = np.sort(rng.choice(sent.size, clicks, replace=False))

    def bits(chance: float, size: int) -> npt.NDArray[np.bool_]:
        return np.asarray(rng.random(size) < chance)

    kind = rng.integers(0, 3, sent.size)
    alice = Transmitted(
        place=sent,
        bit=Bits.pack(bits(0.5, sent.size)),
        key_basis=Bits.pack(bits(0.7, sent.size)),
        intensity=tuple(Bits.pack(kind == own) for own in range(3)),
    )
    bob = Received(
        place=place, bit=Bits.pack(bits(0.5, clicks)), key_basis=Bits.pack(bits(0.6, clicks))
    )
    return alice, bob


@pytest.mark.parametrize("both", [False, True])
def test_both_ends_keep_what_was_prepared_and_read_alike(*, both: bool) -> None:
    alice, bob = _records(1000, np.random.default_rng(1))
    hers = SiftingAlice(alice, block=3, both_bases=both)
    his = SiftingBob(bob, block=3, both_bases=both)
    said = exchange(hers, his, stage="sift")
    assert hers.sifted is not None
    assert his.sifted is not None
    own = alice.take(bob.place)
    sent, read = own.key_basis.unpacked(), bob.key_basis.unpacked()
    key = sent == read if both else sent & read
    check = np.zeros(1000, dtype=np.bool_) if both else ~sent & ~read
    for end, bit in ((hers.sifted, own.bit), (his.sifted, bob.bit)):
        assert np.array_equal(end.key.unpacked(), bit.unpacked()[key])
        assert np.array_equal(end.check.unpacked(), bit.unpacked()[check])
        assert np.array_equal(end.key_basis.unpacked(), sent[key])
        for kind, mask in enumerate(own.intensity):
            assert np.array_equal(end.key_intensity[kind].unpacked(), mask.unpacked()[key])
            assert np.array_equal(end.check_intensity[kind].unpacked(), mask.unpacked()[check])
    assert said.rounds == 1
    assert said.alice.total_bits == 64 + 64 + 3 * 1000  # block, kinds; two planes and the basis


def test_messages_that_cannot_be_are_refused() -> None:
    alice, bob = _records(70, np.random.default_rng(2))
    ask = SiftingBob(bob, block=1, both_bases=False).hear(message(number(1)))
    assert ask is not None
    strange = Received(place=np.array([10**9]), bit=Bits.zeros(1), key_basis=Bits.zeros(1))
    for record, request in (
        (alice, Bits.from_bytes(ask.to_bytes()[:-1], size=len(ask) - 8)),
        (alice, message(ask.to_bytes(), b"\0")),
        (alice, SiftingBob(strange, block=1, both_bases=False).hear(message(number(1)))),
    ):
        assert request is not None
        with pytest.raises(ProtocolError):
            SiftingAlice(record, block=1, both_bases=False).answer(request)
    with pytest.raises(ProtocolError, match="block 2 is told where block 1 is due"):
        SiftingBob(bob, block=1, both_bases=False).hear(message(number(2)))
    for answer in (
        message(number(0)),
        message(number(3), bytes(27)[:26]),
        message(number(3), b"\xff" * 8 + b"\x3f", b"\xff" * 8 + b"\x3f", bytes(9)),
        message(number(1), b"\xff" * 9),
    ):
        his = SiftingBob(bob, block=1, both_bases=False)
        his.hear(message(number(1)))
        with pytest.raises(ProtocolError):
            his.hear(answer)


def test_records_check_themselves() -> None:
    with pytest.raises(NonPhysicalError, match="must rise"):
        Received(place=np.array([3, 3]), bit=Bits.zeros(2), key_basis=Bits.zeros(2))
    with pytest.raises(NonPhysicalError, match="must hold 2 bits"):
        Received(place=np.array([3, 4]), bit=Bits.zeros(1), key_basis=Bits.zeros(2))
