"""Both ends keep the same clicks, and refuse messages that cannot be."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import native
from satqkd.distil.packing import Reader, message, number
from satqkd.distil.places import Places, plain_units, plainly_read, read
from satqkd.distil.records import Received, Transmitted
from satqkd.distil.sift import SiftingAlice, SiftingBob
from satqkd.errors import NonPhysicalError, ProtocolError

PLACES = st.lists(st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 1 << 40)))


@given(PLACES)
def test_places_come_back(gaps: list[int]) -> None:
    place = np.cumsum(np.array(gaps, dtype=np.int64) + 1) - 1
    held = Places.of(place)
    assert (held.size, held.numbers().tolist()) == (place.size, place.tolist())
    content = message(*held.written())
    assert read(Reader(content), like=Places.of(place.copy())).numbers().tolist() == place.tolist()
    assert read(Reader(content), like=held) is held
    for other in (place[1:], place + 1, np.append(place, 1 << 61)):
        reader = Reader(content)
        assert read(reader, like=Places.of(other)).numbers().tolist() == place.tolist()
        reader.end()
        assert held.same(Places.of(other)) == (other.size == place.size == 0)
    assert plain_units(place, held.width) == held.units
    assert plainly_read(held.units, held.width, held.size).tolist() == place.tolist()


@given(
    st.lists(st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 1 << 17))),
    st.integers(0, 100),
    st.sampled_from([1.0, 1e3, 1e6, 1e12]),
)
def test_places_held_part_by_part_are_those_held_at_once(
    gaps: list[int], cut: int, mean_gap: float
) -> None:
    """Whatever the cut and the width of a unit."""
    place = np.cumsum(np.array(gaps, dtype=np.int64) + 1) - 1
    parts = [place[:cut], place[:0], place[cut:]]
    held = Places.joined(parts, mean_gap=mean_gap)
    assert held.numbers().tolist() == place.tolist()
    assert held.same(Places.of(place))
    assert held.units == Places.joined([place], mean_gap=mean_gap).units
    back = (
        Places.joined(parts[::-1], mean_gap=mean_gap) if min(cut, place.size - cut) <= 0 else None
    )
    assert back is None or back.same(held)


def test_parts_must_rise_from_one_to_the_next() -> None:
    for parts in ([[0, 5], [5]], [[3], [2, 9]], [[-1]]):
        with pytest.raises(NonPhysicalError, match="must rise"):
            Places.joined([np.array(part) for part in parts], mean_gap=2.0)


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
        b"\x08" + number(1) + number(1) + b"\xff" * 8,
        b"\x08" + number(2) + number(2) + 2 * number(1 << 62),
        b"\x08" + number(2) + number(2) + number(0) + number((1 << 64) - 2),
    ],
)
def test_places_that_cannot_be_are_refused(content: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(Reader(message(content)), like=Places.of(np.array([0])))
    if len(content) >= 17 and content[0] in {1, 2, 4, 8}:
        with pytest.raises(ProtocolError):
            plainly_read(content[17:], content[0], int.from_bytes(content[1:9], "little"))


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
        places=Places.of(sent),
        bit=Bits.pack(bits(0.5, sent.size)),
        key_basis=Bits.pack(bits(0.7, sent.size)),
        intensity=tuple(Bits.pack(kind == own) for own in range(3)),
    )
    bob = Received(
        places=Places.of(place),
        bit=Bits.pack(bits(0.5, clicks)),
        key_basis=Bits.pack(bits(0.6, clicks)),
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
    own = alice.take(bob.places.numbers())
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
    strange = Received(
        places=Places.of(np.array([10**9])), bit=Bits.zeros(1), key_basis=Bits.zeros(1)
    )
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
        Received(places=Places.of(np.array([3, 3])), bit=Bits.zeros(2), key_basis=Bits.zeros(2))
    with pytest.raises(NonPhysicalError, match="must hold 2 bits"):
        Received(places=Places.of(np.array([3, 4])), bit=Bits.zeros(1), key_basis=Bits.zeros(2))
