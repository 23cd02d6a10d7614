from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.key.bit_shares import (
    added,
    disputed,
    joined,
    kept,
    known_shares,
    reconstruct,
    settled,
    split,
    syndrome,
    tampered,
    toeplitz_hash,
)
from satqkd.key.post_processing.malicious_devices import MaliciousDevices

FOUR = MaliciousDevices(units=4, corrupted_units=1)
SEVEN = MaliciousDevices(units=7, corrupted_units=2)


def bits(generator, *shape):
    return generator.integers(0, 2, shape, dtype=np.uint8)


def toeplitz(seed, rows):
    """The matrix written out."""
    columns = seed.size - rows + 1
    index = np.arange(rows)[:, np.newaxis] - np.arange(columns) + columns - 1
    return seed[index]


@settings(max_examples=20, deadline=None)
@given(devices=st.sampled_from([MaliciousDevices(), FOUR, SEVEN]), seed=st.integers(0, 2**32))
def test_linear_steps_on_shares_are_those_on_the_string(devices, seed):
    """Sifting, joining, correcting, parities and hashing, with every liar that is allowed."""
    generator = np.random.default_rng(seed)
    raw = [bits(generator, 60), bits(generator, 40)]
    masks = [generator.random(part.size) < 0.5 for part in raw]
    plain = np.concatenate([part[mask] for part, mask in zip(raw, masks, strict=True)])
    flips, matrix = bits(generator, plain.size), bits(generator, 11, plain.size)
    hash_seed = bits(generator, plain.size + 8)
    liars = generator.permutation(devices.units)[: devices.corrupted_units]

    shared = [split(part, devices=devices, generator=generator) for part in raw]
    sifted = joined([kept(s, mask=mask) for s, mask in zip(shared, masks, strict=True)])
    corrected = added(tampered(sifted, units=liars, generator=generator), public=flips)
    spoilt = tampered(corrected, units=liars, generator=generator)
    plain = plain ^ flips

    assert reconstruct(spoilt).tolist() == plain.tolist()
    assert reconstruct(syndrome(spoilt, matrix=matrix)).tolist() == (matrix @ plain % 2).tolist()
    assert (
        reconstruct(toeplitz_hash(spoilt, seed=hash_seed)).tolist()
        == (toeplitz(hash_seed, 9) @ plain % 2).tolist()
    )


def test_two_keys_are_pooled_into_one():
    """Two pairs of modules of which one may be corrupted: share by share to half the length."""
    generator = np.random.default_rng(1)
    devices = MaliciousDevices(module_pairs=2, corrupted_pairs=1, units=4, corrupted_units=1)
    keys = bits(generator, 2, 500)
    length = int(devices.pooled_bits([500, 500]))
    seed = bits(generator, 1000 + length - 1)
    sides = [
        toeplitz_hash(
            joined([split(key, devices=devices, generator=generator) for key in keys]), seed=seed
        )
        for _ in ("Alice", "Bob")
    ]

    assert sides[0].bits == 500
    assert reconstruct(sides[0]).tolist() == reconstruct(sides[1]).tolist()
    assert (sides[0].copies != sides[1].copies).any()


@pytest.mark.parametrize("devices", [FOUR, SEVEN])
def test_corrupted_units_learn_nothing(devices):
    """What any group of them holds fits every string: the share they miss makes the difference."""
    raw = bits(np.random.default_rng(2), 50)
    for group in combinations(range(devices.units), devices.corrupted_units):
        one = split(raw, devices=devices, generator=np.random.default_rng(3))
        missed = np.flatnonzero(~known_shares(devices, units=group))
        copies = one.copies.copy()
        copies[missed] ^= 1
        other = type(one)(devices=devices, copies=copies)

        assert missed.size == 1
        assert reconstruct(other).tolist() == (raw ^ 1).tolist()


def test_every_share_looks_random():
    """Of a string of zeros each share is half ones."""
    zeros = np.zeros(20_000, dtype=np.uint8)
    shared = split(zeros, devices=SEVEN, generator=np.random.default_rng(4))

    # 1 σ of 20 000 tosses is 0.35 %; 21 shares.
    assert shared.copies.mean(axis=(1, 2)) == pytest.approx(0.5, abs=0.016)


def test_one_liar_too_many_changes_the_string():
    """Of three copies two that agree on a lie win."""
    raw = np.zeros(200, dtype=np.uint8)
    shared = split(raw, devices=FOUR, generator=np.random.default_rng(5))
    spoilt = tampered(shared, units=[0, 1, 2], generator=np.random.default_rng(6))

    assert reconstruct(spoilt).any()


def test_a_liar_is_found_in_every_share_it_holds():
    """Comparing copies shows which shares differ; settling them in public makes them alike."""
    raw = bits(np.random.default_rng(7), 100)
    shared = split(raw, devices=FOUR, generator=np.random.default_rng(8))
    spoilt = tampered(shared, units=[2], generator=np.random.default_rng(9))

    assert disputed(shared).size == 0
    assert disputed(spoilt).tolist() == np.flatnonzero(known_shares(FOUR, units=[2])).tolist()
    assert disputed(settled(spoilt)).size == 0
    assert reconstruct(settled(spoilt)).tolist() == raw.tolist()


def test_equal_generators_make_equal_shares():
    """A simulation can be repeated."""
    raw = bits(np.random.default_rng(10), 64)
    first, second = (
        split(raw, devices=FOUR, generator=np.random.default_rng(11)) for _ in range(2)
    )

    assert (first.copies == second.copies).all()


def test_hashing_is_exact_for_long_strings():
    """A hundred thousand bits: the transform's sums round to the right parity."""
    generator = np.random.default_rng(12)
    raw, seed = bits(generator, 100_000), bits(generator, 100_099)
    shared = split(raw, devices=MaliciousDevices(), generator=generator)
    expected = [int(seed[i : i + raw.size][::-1].astype(int) @ raw) % 2 for i in range(100)]

    assert reconstruct(toeplitz_hash(shared, seed=seed)).tolist() == expected


def test_short_seeds_and_foreign_shares_are_refused():
    """The message says what is missing."""
    shared = split(np.ones(9, np.uint8), devices=FOUR, generator=np.random.default_rng(0))
    other = split(np.ones(9, np.uint8), devices=SEVEN, generator=np.random.default_rng(0))

    with pytest.raises(NonPhysicalError, match="as long as the string"):
        toeplitz_hash(shared, seed=np.ones(5, np.uint8))
    with pytest.raises(NonPhysicalError, match="same units"):
        joined([shared, other])
