"""Tags that two strings are equal."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from distil.hash_cases import HashCase, cases, random_bits
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.native import SWITCH, native
from satqkd.distil.tag_hash import TagHash, most_collisions, polynomial, values
from satqkd.distil.verify import seed_bits, tag, tag_length, verified
from satqkd.errors import NonPhysicalError, ProtocolError

both_paths = pytest.mark.parametrize("switch", ["0", "1"], ids=["Python", "C"])


@both_paths
@pytest.mark.parametrize("case", cases("tag", {"n": 0, "l": 1, "more": 243}), ids=str)
def test_a_tag_is_its_definition(
    case: HashCase, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, switch)
    assert tag(case.x, seed=case.seed, length=len(case.y)).equals(case.y)


@pytest.mark.skipif(native() is None, reason="no C here")
@given(
    st.binary(max_size=200),
    st.integers(0, 2**61 - 1),
    st.sampled_from([0, 1, 2**61 - 2, 2**61 - 1]),
)
def test_polynomials_of_both_paths_are_the_same(content: bytes, one: int, two: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for switch in ("0", "1"):
            patch.setenv(SWITCH, switch)
            found.append(values(content, bits=8 * len(content), points=(one, two)))
    assert found[0] == found[1]


@pytest.mark.skipif(native() is None, reason="no C here")
def test_the_largest_symbols_do_not_overflow() -> None:
    content, point = b"\xff" * 7 * 41, 2**61 - 2  # the point -1
    # n - m + m - m ... - m: 41 symbols, of which the first has an odd power less than none
    n, m, prime = 8 * len(content), 2**56 - 1, 2**61 - 1
    expected = (n * (-1) ** 41 + sum(m * (-1) ** (40 - i) for i in range(41))) % prime
    assert values(content, bits=n, points=(point, point)) == (expected, expected)


@both_paths
def test_a_sum_that_is_the_prime_is_0(switch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, switch)
    symbols = [2**56 - 1] * 31 + [2**56 - 1818, 0]
    content = b"".join(symbol.to_bytes(7, "little") for symbol in symbols)
    n = 8 * len(content)
    assert n + sum(symbols) == 2**61 - 1
    assert values(content, bits=n, points=(1, 1)) == (0, 0)


def test_contents_meet_at_no_more_points_than_told_by_all_there_are() -> None:
    """The same polynomial modulo 31, symbols of 3 bits, points of 5 bits, of which two are 0."""
    prime, width = 31, 3
    contents = [(n, x) for n in range(7) for x in range(2**n)]
    at_points = np.array(
        [
            [
                polynomial(
                    [x >> width * i & 7 for i in range(-(-n // width))],
                    bits=n,
                    point=point,
                    prime=prime,
                )
                for point in range(32)
            ]
            for n, x in contents
        ]
    )
    symbols = np.array([-(-n // width) for n, _ in contents])
    meet = (at_points[:, np.newaxis] == at_points).sum(axis=-1)
    most = np.maximum(symbols[:, np.newaxis], symbols) + 1
    np.fill_diagonal(meet, 0)
    assert (meet <= most).all()
    assert meet.max() == 3  # so the bound is reached


@pytest.mark.parametrize("bits", [0, 1, 56, 57, 1 << 20, 10**9])
@pytest.mark.parametrize("length", [1, 50, 122])
def test_collisions_are_counted_as_derived(bits: int, length: int) -> None:
    symbols = max(-(-bits // 56), 1)
    both = (Fraction(2 * symbols, 2**61)) ** 2
    # Rounding of doubles only.
    assert most_collisions(bits, length=length) == pytest.approx(
        float(both + Fraction(1, 2**length)), rel=1e-14
    )


@given(st.integers(1, 10**9), st.floats(1e-18, 0.5))
def test_a_tag_is_as_long_as_it_must_be_and_no_longer(bits: int, epsilon: float) -> None:
    length = tag_length(bits, epsilon=epsilon)
    assert most_collisions(bits, length=length) <= epsilon
    assert length == 1 or most_collisions(bits, length=length - 1) > epsilon


def test_what_no_tag_can_promise_is_refused() -> None:
    with pytest.raises(NonPhysicalError, match=r"must be at least 2\.64e-28 for 1048576 bits"):
        tag_length(1 << 20, epsilon=1e-28)


@both_paths
def test_every_flip_is_caught(switch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, switch)
    generator = np.random.default_rng(1)
    alice = random_bits(generator, size=300)
    seed = random_bits(generator, size=seed_bits(50))
    assert verified(alice, alice, seed=seed, length=50).equal
    for place in range(300):
        flipped = alice.unpacked()
        flipped[place] ^= True
        assert not verified(alice, Bits.pack(flipped), seed=seed, length=50).equal


def test_what_was_said_is_the_seed_the_tag_and_one_bit() -> None:
    generator = np.random.default_rng(2)
    bits, seed = random_bits(generator, size=1000), random_bits(generator, size=seed_bits(40))
    found = verified(bits, bits, seed=seed, length=40)
    assert found.leak_bits == 40
    assert found.failure_probability == most_collisions(1000, length=40)
    said = found.exchange
    assert (said.stage, said.alice.bits.tolist(), said.bob.bits.tolist()) == (
        "verify",
        [seed_bits(40), 40],
        [1],
    )
    assert said.alice.content.endswith(tag(bits, seed=seed, length=40).to_bytes())
    assert said.bob.content == b"\x01"


def test_strings_of_two_lengths_are_refused() -> None:
    seed = Bits.pack([1] * seed_bits(10))
    with pytest.raises(ProtocolError, match="strings of 3 and 4 bits"):
        verified(Bits.pack([0] * 3), Bits.pack([0] * 4), seed=seed, length=10)


def test_a_function_is_chosen_by_a_key_that_fits_and_never_shown() -> None:
    with pytest.raises(NonPhysicalError, match="length must be 1 to 122 bits, got 123"):
        TagHash.chosen(Bits.pack([0] * 400), length=123)
    with pytest.raises(NonPhysicalError, match="key must be 253 bits"):
        TagHash.chosen(Bits.pack([0] * 252), length=10)
    chosen = TagHash.chosen(Bits.pack([1] * 253), length=10)
    assert str(chosen.points[0]) not in repr(chosen)
    with pytest.raises(NonPhysicalError, match="content must be 2 bytes for 9 bits"):
        chosen.tag(b"a", bits=9)
