"""Tags on all that was said: nothing is replayed, cut, put in other order or swapped unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from distil.hash_cases import random_bits, to_number
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.distil.authenticate import (
    ALICE,
    BOB,
    Authenticator,
    Tags,
    exchange_tags,
    transcript,
)
from satqkd.distil.authentication_key import AuthenticationKey
from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange, Said
from satqkd.distil.native import SWITCH
from satqkd.distil.tag_hash import TagHash, most_collisions
from satqkd.errors import AuthenticationKeyError, NonPhysicalError, ProtocolError
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication

KEY = bytes(range(7, 207))


def end(key: bytes = KEY, *, authentication: Authentication = TWO_TAGS) -> Authenticator:
    return Authenticator.of(
        AuthenticationKey(content=bytearray(key)), authentication=authentication
    )


def said(*lengths: int, draw: int) -> Said:
    generator = np.random.default_rng(draw)
    return Said.of([random_bits(generator, size=length) for length in lengths])


def block() -> list[Exchange]:
    return [
        Exchange(stage="sift", alice=said(70, draw=1), bob=said(70, draw=2)),
        Exchange(stage="reconcile", alice=said(9, 9, 16, draw=3), bob=said(9, 9, draw=4)),
        Exchange(stage="verify", alice=said(50, draw=5), bob=said(1, draw=6)),
    ]


Change = Callable[[list[Exchange]], list[Exchange]]


def at(place: int, change: Callable[[Exchange], Exchange]) -> Change:
    """Change one exchange."""
    return lambda all_: [change(one) if i == place else one for i, one in enumerate(all_)]


def hers(change: Callable[[Said], Said]) -> Callable[[Exchange], Exchange]:
    """Change what Alice said."""
    return lambda one: replace(one, alice=change(one.alice))


def lengths(*bits: int) -> Callable[[Said], Said]:
    """Say that the same bytes are messages of other lengths."""
    return lambda one: replace(one, bits=np.array(bits, dtype=np.int64))


CHANGES: dict[str, Change] = {
    "the last message is cut off": at(
        1, hers(lambda one: Said(bits=one.bits[:-1], content=one.content[:-2]))
    ),
    "two messages are swapped": at(
        1,
        hers(
            lambda one: replace(one, content=one.content[2:4] + one.content[:2] + one.content[4:])
        ),
    ),
    "two messages are one": at(1, hers(lengths(9, 25))),
    "a message is a bit longer": at(1, hers(lengths(9, 10, 16))),
    "an empty message is put in": at(1, hers(lengths(9, 9, 0, 16))),
    "the last stage is cut off": lambda all_: all_[:-1],
    "a stage is said twice": lambda all_: [*all_, all_[-1]],
    "a stage in which nothing is said is put in": lambda all_: [
        *all_,
        Exchange(stage="verify", alice=Said.of([]), bob=Said.of([])),
    ],
    "two stages are swapped": lambda all_: [all_[1], all_[0], all_[2]],
    "a stage has another name": at(0, lambda one: replace(one, stage="shift")),
    "Alice and Bob are swapped": lambda all_: [
        replace(one, alice=one.bob, bob=one.alice) for one in all_
    ],
    "what Bob said is said by Alice": at(0, lambda one: replace(one, alice=one.bob)),
    "nothing was said": lambda all_: all_[:0],
}


def test_two_ends_that_hear_the_same_agree() -> None:
    alice, bob = end(), end()
    for number in range(3):
        found = exchange_tags(alice.tags(block(), block=number), bob.tags(block(), block=number))
        assert found.stage == "authenticate"
        assert (found.alice.total_bits, found.bob.total_bits) == (80, 80)


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_was_changed_on_the_way_gives_no_key(change: Change) -> None:
    with pytest.raises(ProtocolError, match="gives no key"):
        exchange_tags(end().tags(block(), block=1), end().tags(change(block()), block=1))


@pytest.mark.parametrize("side", ["alice", "bob"])
def test_every_flip_is_caught(side: str) -> None:
    alice, bob = end(), end()
    mine = alice.tags(block(), block=1)
    speaker = {"alice": "Alice", "bob": "Bob"}[side]
    bob_key = bytes(bob.key.content)
    for stage, one in enumerate(block()):
        was: Said = {"alice": one.alice, "bob": one.bob}[side]
        for place in range(8 * len(was.content)):
            flipped = bytearray(was.content)
            flipped[place // 8] ^= 1 << place % 8
            heard = block()
            heard[stage] = replace(one, **{side: replace(was, content=bytes(flipped))})
            fresh = replace(
                bob,
                key=AuthenticationKey(content=bytearray(bob_key), spent_bits=bob.key.spent_bits),
            )
            with pytest.raises(ProtocolError, match=f"what {speaker} said"):
                exchange_tags(mine, fresh.tags(heard, block=1)) if side == "alice" else (
                    exchange_tags(fresh.tags(heard, block=1), mine)
                )


def test_a_block_replayed_as_another_gives_no_key() -> None:
    alice, bob = end(), end()
    first = alice.tags(block(), block=1)
    exchange_tags(first, bob.tags(block(), block=1))
    with pytest.raises(ProtocolError):  # the tags of then
        exchange_tags(first, bob.tags(block(), block=2))
    with pytest.raises(ProtocolError):  # the same key for another number
        exchange_tags(end().tags(block(), block=1), end().tags(block(), block=2))


def test_tags_are_not_those_of_the_other_direction() -> None:
    alice, bob = end(), end()
    mine, his = alice.tags(block(), block=1), bob.tags(block(), block=1)
    with pytest.raises(ProtocolError, match="what Bob heard"):
        exchange_tags(Tags(alice=mine.bob, bob=mine.alice), his)


@pytest.mark.parametrize(
    ("byte", "whose"), [(0, "Alice"), (45, "Alice"), (55, "Bob")], ids=["function", "hers", "his"]
)
def test_a_wrong_key_gives_no_key(byte: int, whose: str) -> None:
    # 323 bits choose the function, then come 80 for Alice and 80 for Bob
    wrong = bytearray(KEY)
    wrong[byte] ^= 1
    with pytest.raises(ProtocolError, match=f"what {whose} said"):
        exchange_tags(end().tags(block(), block=1), end(bytes(wrong)).tags(block(), block=1))


def test_a_block_spends_what_the_forecast_counts() -> None:
    alice = end()
    assert alice.key.spent_bits == TagHash.key_bits(80) == 323
    alice.tags(block(), block=1)
    assert alice.key.spent_bits == 323 + TWO_TAGS.cost_bits


@given(st.floats(1e3, 1e11), st.floats(1e-15, 1e-6))
def test_tags_promise_what_the_forecast_counts(message_bits: float, epsilon: float) -> None:
    paid = Authentication(message_bits=message_bits, failure_probability=epsilon)
    alice = end(bytes(100), authentication=paid)
    assert alice.function is not None
    assert 2 * alice.function.length == paid.cost_bits
    most = most_collisions(int(message_bits), length=alice.function.length)
    assert most <= epsilon


def test_no_tags_cost_nothing_where_authentication_is_paid_for_elsewhere() -> None:
    alice = end(b"", authentication=Authentication(messages=0))
    tags = alice.tags(block(), block=1)
    assert exchange_tags(tags, tags).alice.total_bits == 0


def test_what_tags_cannot_promise_is_refused() -> None:
    with pytest.raises(NonPhysicalError, match="messages must be 2, one each way, or 0"):
        end(authentication=Authentication(messages=3))
    with pytest.raises(NonPhysicalError, match=r"failure_probability must be at least 2\.4e-10"):
        end(authentication=Authentication(message_bits=1e15, failure_probability=1e-14))
    with pytest.raises(NonPhysicalError, match="length must be 1 to 122 bits"):
        end(authentication=Authentication(message_bits=100, failure_probability=2.0**-116))


def test_more_than_tags_are_good_for_is_refused() -> None:
    """By what tags of that length fail with: here (k/2^60)^2 for k = 1,000 words of 56 bits."""
    strict = end(authentication=Authentication(message_bits=1000, failure_probability=1e-33))
    long = Said.of([Bits.zeros(56_000)])
    said = replace(block()[0], alice=long)
    with pytest.raises(ProtocolError, match="too many for its tags, which would fail with"):
        strict.tags([said], block=1)


def test_both_paths_give_the_same_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for switch in ("0", "1"):
        monkeypatch.setenv(SWITCH, switch)
        found.append(end().tags(block(), block=7))
    assert found[0].alice.equals(found[1].alice)
    assert found[0].bob.equals(found[1].bob)


def test_a_tag_is_hidden_by_its_own_key() -> None:
    key = AuthenticationKey(content=bytearray(KEY))
    function = TagHash.chosen(key.spend(323), length=80)
    pads = key.spend(80), key.spend(80)
    tags = end().tags(block(), block=3)
    for speaker, tag, pad in ((ALICE, tags.alice, pads[0]), (BOB, tags.bob, pads[1])):
        told = [one.alice if speaker == ALICE else one.bob for one in block()]
        content = transcript(told, stages=[one.stage for one in block()], speaker=speaker, block=3)
        plain = function.tag(content, bits=8 * len(content))
        assert to_number(tag) == to_number(plain) ^ to_number(pad)


def parsed(content: bytes) -> tuple[object, ...]:
    """What :func:`transcript` wrote: if it can be read again, no two are written alike."""
    rest = content

    def taken(count: int) -> bytes:
        nonlocal rest
        part, rest = rest[:count], rest[count:]
        assert len(part) == count
        return part

    def number() -> int:
        return int.from_bytes(taken(8), "little")

    head = (taken(1), number())
    stages = []
    for _ in range(number()):
        name = taken(number()).decode()
        messages, size = number(), number()
        bits = np.frombuffer(taken(8 * messages), dtype="<i8").tolist()
        stages.append((name, bits, taken(size)))
    assert not rest
    return (*head, stages)


texts = st.text(max_size=5)
lengths_told = st.lists(st.integers(0, 20), max_size=3)
contents = st.lists(st.tuples(texts, lengths_told, st.integers(0, 9)), max_size=3)


@settings(max_examples=40)
@given(st.sampled_from([ALICE, BOB]), st.integers(0, 2**64 - 1), contents)
def test_no_two_transcripts_are_written_alike(
    speaker: bytes, number: int, stages: Sequence[tuple[str, list[int], int]]
) -> None:
    told = [said(*bits, draw=draw) for _, bits, draw in stages]
    names = [name for name, _, _ in stages]
    content = transcript(told, stages=names, speaker=speaker, block=number)
    expected = [
        (name, one.bits.tolist(), one.content) for name, one in zip(names, told, strict=True)
    ]
    assert parsed(content) == (speaker, number, expected)


@given(st.lists(st.integers(0, 70), max_size=12))
def test_key_is_spent_bit_by_bit_in_order(counts: list[int]) -> None:
    key = AuthenticationKey(content=bytearray(KEY[:60]))
    everything = np.unpackbits(np.frombuffer(KEY[:60], dtype=np.uint8), bitorder="little")
    at_bit = 0
    for count in counts:
        if count > key.left_bits:
            with pytest.raises(AuthenticationKeyError, match=f"{count} bits .* {480 - at_bit} are"):
                key.spend(count)
            continue
        assert key.spend(count).unpacked().tolist() == everything[at_bit : at_bit + count].tolist()
        at_bit += count
        left = np.unpackbits(np.frombuffer(bytes(key.content), dtype=np.uint8), bitorder="little")
        assert not left[:at_bit].any()
        assert left[at_bit:].tolist() == everything[at_bit:].tolist()
    assert key.left_bits == 480 - at_bit


def test_key_is_never_shown_and_is_wiped() -> None:
    key = AuthenticationKey(content=bytearray(b"secret"))
    alice = end()
    assert repr(key) == "AuthenticationKey(48 bits left)"
    for shown in (repr(alice), repr(alice.tags(block(), block=1)), str(key)):
        assert "secret" not in shown
        assert "bytearray" not in shown
    key.wipe()
    assert (bytes(key.content), key.left_bits) == (bytes(6), 0)
    with pytest.raises(NonPhysicalError, match="count must not be negative"):
        key.spend(-1)


def test_key_that_runs_out_says_so() -> None:
    alice = end(KEY[:60])  # 480 bits: the function, and one tag of 80
    with pytest.raises(
        AuthenticationKeyError, match="160 bits of authentication key are needed and 157 are left"
    ):
        alice.tags(block(), block=1)
    assert alice.key.left_bits == 157
    assert bytes(alice.key.content[41:]) == KEY[41:60]  # 323 bits are 40 bytes and 3 bits


def test_new_key_is_spent_after_what_was_there() -> None:
    key, fresh = (
        AuthenticationKey(content=bytearray(KEY[:10])),
        Bits.from_bytes(KEY[10:], size=1600 - 80),
    )
    key.spend(13)
    key.earn(fresh)
    assert key.left_bits == 1600 - 13
    assert to_number(key.spend(1587)) == int.from_bytes(KEY, "little") >> 13
    key.earn(Bits.from_bytes(b"\xff\x07", size=11))  # what fills no byte is left out
    assert (key.left_bits, to_number(key.spend(8))) == (8, 255)


def test_lengths_of_messages_fill_their_bytes() -> None:
    """What the changes above change is what :class:`Said` has."""
    one = block()[1].alice
    assert len(one.content) == sum(-(-int(bits) // 8) for bits in one.bits) == 6
    assert Bits.from_bytes(one.content[4:6], size=16).size == 16
