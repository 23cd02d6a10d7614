"""The two ends of Cascade: what they say holds what it must, and lies do not hang them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Said, exchange
from satqkd.distil.reconcile.cascade import CASCADE_FAST, Cascade
from satqkd.distil.reconcile.cascade_blocks import Levels, careful_levels
from satqkd.distil.reconcile.cascade_ends import CascadeAlice, CascadeBob
from satqkd.errors import ProtocolError
from satqkd.units import BoolArray

SMALL = Cascade(name="small", levels=careful_levels, frame_bits=4096)


def string(size: int, *, seed: int) -> BoolArray:
    """Random bits."""
    return np.random.default_rng(seed).random(size) < 0.5


def ends(size: int, *, qber: float) -> tuple[CascadeAlice, CascadeBob]:
    """Two ends with some errors."""
    hers = string(size, seed=1)
    his = hers ^ (np.random.default_rng(2).random(size) < qber)
    return (
        SMALL.alice(Bits.pack(hers), qber=0.02, seed=3),
        SMALL.bob(Bits.pack(his), qber=0.02, seed=3),
    )


def messages(said: Said) -> list[BoolArray]:
    """What was said, message by message."""
    at, found = 0, []
    for bits in said.bits.tolist():
        content = said.content[at : at + -(-bits // 8)]
        found.append(Bits.from_bytes(content, size=bits).unpacked())
        at += len(content)
    assert at == len(said.content)
    return found


def replay(alice: CascadeAlice, requests: list[BoolArray]) -> BoolArray:
    """Return all that Alice says to given requests."""
    said = [alice.begin().unpacked()]
    said += [alice.answer(Bits.pack(request)).unpacked() for request in requests]
    return np.concatenate(said)


def rank(rows: BoolArray) -> int:
    """Rank over GF(2)."""
    left, found = rows.copy(), 0
    for column in range(left.shape[1]):
        pivots = np.flatnonzero(left[found:, column]) + found
        if pivots.size:
            left[[found, pivots[0]]] = left[[pivots[0], found]]
            left[pivots[1:]] ^= left[found]
            found += 1
        if found == left.shape[0]:
            break
    return found


def some_levels(qber: float, *, frame_bits: int) -> Levels:
    """Five blocks in pass 1, eight in pass 2, four in pass 3."""
    assert (qber, frame_bits) == (0.02, 4096)
    return 5, 9, 10


def test_alice_tells_parities_and_none_that_follows_from_the_passes_before() -> None:
    """Her bits are linear in her string, given Bob's. The rows are found by unit vectors.

    Each parity of pass 1, each that opens passes 2 and 3, and each check is new: independent of
    all before it. In the waves between, one may follow from bits that were found one by one, or
    be that of zeros behind the frame: seven here.
    """
    size = 150
    hers, his = string(size, seed=1), string(size, seed=1)
    his[[3, 60, 61, 130]] ^= True
    engine = Cascade(name="s", levels=some_levels, frame_bits=4096)
    said = exchange(
        engine.alice(Bits.pack(hers), qber=0.02, seed=3),
        engine.bob(Bits.pack(his), qber=0.02, seed=3),
        stage="reconcile",
    )
    requests = messages(said.bob)
    rows = np.empty((said.alice.total_bits, size), dtype=np.bool_)
    for index in range(size):
        unit = np.zeros(size, dtype=np.bool_)
        unit[index] = True
        rows[:, index] = replay(engine.alice(Bits.pack(unit), qber=0.02, seed=3), requests)
    expected = np.bitwise_xor.reduce(rows & hers, axis=1)
    assert np.array_equal(np.concatenate(messages(said.alice)), expected)
    lengths = said.alice.bits.tolist()
    assert lengths[0] == 5
    assert lengths[-2:] == [4, 16]
    opening = next(i for i, bits in enumerate(lengths) if i and bits == 7)
    first = sum(lengths[: opening + 1])
    assert rank(rows[:first]) == first, "pass 1 and the blocks of pass 2"
    assert rank(rows) == rank(rows[:-20]) + 20, "the checks"
    assert rank(rows) == rows.shape[0] - 7, "and few that follow"


def test_bob_says_where_he_differs_and_no_more() -> None:
    """A bit for each of Alice's, but those of her last message, which leaves nothing to ask."""
    alice, bob = ends(9000, qber=0.02)
    said = exchange(alice, bob, stage="reconcile")
    assert said.bob.bits.tolist() == said.alice.bits.tolist()[:-1]
    assert bob.corrected.equals(Bits.pack(string(9000, seed=1)))
    assert not bob.told.any()
    assert said.rounds == said.bob.bits.size


def test_requests_that_are_cut_or_too_long_are_refused() -> None:
    for change in (-1, 1, 64):
        alice, bob = ends(4096, qber=0.02)
        request = bob.hear(alice.begin())
        assert request is not None
        other = np.resize(request.unpacked(), len(request) + change)
        with pytest.raises(ProtocolError, match="were due"):
            alice.answer(Bits.pack(other))


def test_messages_that_are_cut_or_too_long_are_refused() -> None:
    for change in (-1, 1, 64):
        alice, bob = ends(4096, qber=0.02)
        first = alice.begin()
        with pytest.raises(ProtocolError, match="were due"):
            bob.hear(Bits.pack(np.resize(first.unpacked(), len(first) + change)))


def test_a_talk_that_is_over_stays_over() -> None:
    alice, bob = ends(4096, qber=0.02)
    message = alice.begin()
    while (request := bob.hear(message)) is not None:
        message = alice.answer(request)
    with pytest.raises(ProtocolError, match="nothing differs"):
        alice.answer(Bits.pack(np.zeros(16)))
    with pytest.raises(ProtocolError, match="nothing is left"):
        alice.answer(Bits.pack(np.zeros(16)))
    with pytest.raises(ProtocolError, match="were due"):
        bob.hear(message)
    assert bob.hear(Bits.pack([])) is None


def test_bits_replayed_to_another_end_do_not_fit_or_do_not_correct() -> None:
    """What was said of one block is of no use for another."""
    alice, bob = ends(4096, qber=0.02)
    said = [alice.begin()]
    while (request := bob.hear(said[-1])) is not None:
        said.append(alice.answer(request))
    other = string(4096, seed=8)
    deaf = SMALL.bob(Bits.pack(other), qber=0.02, seed=3)
    try:
        for message in said:
            deaf.hear(message)
    except ProtocolError:
        pass
    assert not deaf.corrected.equals(Bits.pack(string(4096, seed=1)))


@given(
    seed=st.integers(min_value=0, max_value=2**32),
    share=st.sampled_from([0.0, 0.02, 0.5, 1.0]),
    size=st.sampled_from([1, 90, 4096, 5000]),
    engine=st.sampled_from([SMALL, CASCADE_FAST]),
)
@settings(max_examples=25, deadline=None)
def test_a_bob_who_lies_comes_to_an_end(
    seed: int, share: float, size: int, engine: Cascade
) -> None:
    """Alice says at most every bit twice, whatever he asks."""
    rng = np.random.default_rng(seed)
    alice = engine.alice(Bits.pack(rng.random(size) < 0.5), qber=0.03, seed=3)
    message, said = alice.begin(), 0
    while message:
        said += len(message)
        try:
            message = alice.answer(Bits.pack(rng.random(len(message)) < share))
        except ProtocolError:
            break
    assert message, "she says something or refuses"
    assert 0 < said <= 2 * size


@given(
    seed=st.integers(min_value=0, max_value=2**32),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    size=st.sampled_from([1, 90, 1000, 4500]),
)
@settings(max_examples=15, deadline=None)
def test_an_alice_who_lies_comes_to_an_end(seed: int, share: float, size: int) -> None:
    """She may say what she likes: Bob asks for no more than every bit twice."""
    rng = np.random.default_rng(seed)
    true = SMALL.alice(Bits.pack(rng.random(size) < 0.5), qber=0.03, seed=3)
    bob = SMALL.bob(Bits.pack(rng.random(size) < 0.5), qber=0.03, seed=3)
    message, said = true.begin(), 0
    while True:
        lie = Bits.pack(message.unpacked() ^ (rng.random(len(message)) < share))
        said += len(lie)
        request = bob.hear(lie)
        if request is None:
            break
        message = true.answer(request)
    assert said <= 2 * size
    assert len(bob.corrected) == size
