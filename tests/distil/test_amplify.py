"""Hash families: against their definitions, each other, and all seeds there are."""

from __future__ import annotations

import threading
from itertools import product

import numpy as np
import pytest
from distil.hash_cases import HashCase, cases, from_number, random_bits, to_number
from hypothesis import given
from hypothesis import strategies as st

from satqkd.distil import multiply_shift, toeplitz
from satqkd.distil.amplify import FAMILIES, family
from satqkd.distil.bits import Bits
from satqkd.distil.hash_family import HashFamily
from satqkd.distil.multiply_shift import MultiplyShift, middle_by_gmpy2, middle_by_python
from satqkd.distil.native import SWITCH, native
from satqkd.distil.toeplitz import Toeplitz, by_fourier, by_path
from satqkd.errors import NonPhysicalError
from satqkd.key.bit_shares import BitShares, toeplitz_hash
from satqkd.key.post_processing.malicious_devices import MaliciousDevices

PATHS: list[str] = [] if native() is None else native().toeplitz_paths()
"""Ways to multiply that were built and that this processor has."""

SHAPES = ((1, 1), (64, 64), (65, 1), (127, 128), (2500, 7000), (200_001, 150_001))
"""Bits in, bits out: the matrix may be broader or taller; the last is multiplied at points."""

every_family = pytest.mark.parametrize("hashes", FAMILIES.values(), ids=list(FAMILIES))
every_path = pytest.mark.parametrize("path", PATHS)


@pytest.mark.parametrize("switch", ["0", "1"], ids=["Python", "C"])
@pytest.mark.parametrize("case", cases("toeplitz", {"n": 1, "l": 1, "more": -1}), ids=str)
def test_a_toeplitz_hash_is_its_definition(
    case: HashCase, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, switch)
    found = Toeplitz().hashed(case.x, seed=case.seed, length=len(case.y))
    assert found.equals(case.y)


@every_path
def test_every_way_to_multiply_gives_what_fourier_transforms_give(path: str) -> None:
    generator = np.random.default_rng(1)
    for n, length in SHAPES:
        x = random_bits(generator, size=n)
        seed = random_bits(generator, size=n + length - 1)
        found = by_path(native(), path, x, seed=seed, length=length)
        assert found.equals(by_fourier(x, seed=seed, length=length)), (n, length)


@every_path
@pytest.mark.parametrize(
    ("n", "length"), [(1 << 20, 1 << 20), ((1 << 20) + 3, (1 << 20) + 70)], ids=["one", "four"]
)
def test_a_matrix_of_several_squares_moves_a_string(path: str, n: int, length: int) -> None:
    # With one diagonal alone every bit shows: y_i = x_(i + n - 1 - d). Two squares of 2^20 bits
    # touch; where a square is full, one product comes round to a wanted place.
    x = random_bits(np.random.default_rng(2), size=n)
    for diagonal in (n - 1, n + 12_345, n - 700_001, n + length - 2):
        shift = n - 1 - diagonal
        moved = np.zeros(length, dtype=np.bool_)
        begin, end = max(0, -shift), min(length, n - shift)
        moved[begin:end] = x.unpacked()[begin + shift : end + shift]
        seed = from_number(1 << diagonal, size=n + length - 1)
        assert by_path(native(), path, x, seed=seed, length=length).equals(Bits.pack(moved))


@every_path
def test_full_squares_are_what_fourier_transforms_give(path: str) -> None:
    generator = np.random.default_rng(6)
    n, length = (1 << 20) + 64, 1 << 20
    x, seed = random_bits(generator, size=n), random_bits(generator, size=n + length - 1)
    expected = by_fourier(x, seed=seed, length=length)
    assert by_path(native(), path, x, seed=seed, length=length).equals(expected)


def test_parts_of_a_matrix_make_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    x, seed = random_bits(generator, size=1000), random_bits(generator, size=1699)
    whole = by_fourier(x, seed=seed, length=700)
    monkeypatch.setattr(toeplitz, "PART", 96)
    assert by_fourier(x, seed=seed, length=700).equals(whole)


def test_the_toeplitz_family_is_that_of_shared_bits() -> None:
    generator = np.random.default_rng(4)
    x, seed = random_bits(generator, size=300), random_bits(generator, size=419)
    alone = MaliciousDevices(units=1, corrupted_units=0)
    shared = BitShares(devices=alone, copies=x.unpacked().astype(np.uint8).reshape(1, 1, -1))
    expected = toeplitz_hash(shared, seed=seed.unpacked().astype(np.uint8)).copies.ravel()
    found = Toeplitz().hashed(x, seed=seed, length=120)
    assert found.unpacked().astype(int).tolist() == expected.tolist()


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32))
def test_a_toeplitz_hash_is_linear(n: int, length: int, draw: int) -> None:
    length = min(n, length)
    generator = np.random.default_rng(draw)
    seed = random_bits(generator, size=n + length - 1)
    one, two = (random_bits(generator, size=n) for _ in range(2))
    both = Bits(words=one.words ^ two.words, size=n)
    h_one, h_two, h_both = (
        Toeplitz().hashed(x, seed=seed, length=length) for x in (one, two, both)
    )
    assert np.array_equal(h_one.words ^ h_two.words, h_both.words)


def test_a_way_that_errs_is_not_taken() -> None:
    class Errs:
        """A module whose fastest way gives other bits."""

        def toeplitz_paths(self) -> list[str]:
            return ["quick", "plain"]

        def toeplitz(self, *call: object) -> None:
            out, path = call[2], call[5]
            assert isinstance(out, np.ndarray)
            out[:] = 0 if path == "plain" else np.uint64(1)

    assert toeplitz._fastest(Errs()) == "plain"


@pytest.mark.parametrize(("n", "length"), [(8, 3), (9, 2), (10, 2)])
def test_all_toeplitz_seeds_take_a_difference_to_each_hash_equally_often(
    n: int, length: int
) -> None:
    """Linear, so two strings meet where their difference goes to 0: at 2^-l of the seeds."""
    seed_bits = n + length - 1
    columns = [from_number(1 << j, size=n) for j in range(n)]
    counts = np.zeros((2**n, 2**length), dtype=np.int64)
    for number in range(2**seed_bits):
        seed = from_number(number, size=seed_bits)
        hashes = np.zeros(1, dtype=np.int64)
        for column in columns:
            image = to_number(Toeplitz().hashed(column, seed=seed, length=length))
            hashes = np.concatenate([hashes, hashes ^ image])
        counts[np.arange(2**n), hashes] += 1
    assert (counts[1:] == 2 ** (seed_bits - length)).all()


@pytest.mark.parametrize("case", cases("multiply-shift", {"n": 1, "l": 0, "more": -1}), ids=str)
@pytest.mark.parametrize("middle", [middle_by_python, middle_by_gmpy2])
def test_multiply_shift_is_its_definition(
    case: HashCase, middle: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if middle is middle_by_python:
        monkeypatch.setattr(multiply_shift, "_gmpy2", None)
    else:
        pytest.importorskip("gmpy2")
    found = MultiplyShift().hashed(case.x, seed=case.seed, length=len(case.y))
    assert found.equals(case.y)


@given(st.integers(1, 3000), st.floats(0, 1), st.integers(0, 2**32))
def test_gmpy2_gives_what_python_gives(n: int, share: float, draw: int) -> None:
    pytest.importorskip("gmpy2")
    generator = np.random.default_rng(draw)
    x, half_a = (random_bits(generator, size=size).to_bytes() for size in (n, n - 1))
    length = round(share * n)
    expected = middle_by_python(x, half_a, n=n, length=length)
    assert middle_by_gmpy2(x, half_a, n=n, length=length) == expected


def test_gmpy2_lets_the_lock_go_in_any_thread_and_only_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gmpy2 = pytest.importorskip("gmpy2")
    remainder, seen = gmpy2.f_mod_2exp, []

    def watched(number: object, n: int) -> object:
        seen.append(gmpy2.get_context().allow_release_gil)
        return remainder(number, n)

    def hashed() -> None:
        middle_by_gmpy2(b"\x05", b"\x01", n=8, length=4)
        seen.append(gmpy2.get_context().allow_release_gil)

    monkeypatch.setattr(gmpy2, "f_mod_2exp", watched)
    thread = threading.Thread(target=hashed)
    thread.start()
    thread.join()
    assert seen == [True, False]


@pytest.mark.parametrize(("n", "length"), [(8, 3), (9, 4), (10, 4)])
def test_the_worst_pair_of_multiply_shift_meets_under_twice_its_share_of_seeds(
    n: int, length: int
) -> None:
    meet = np.zeros((2**n, 2**n), dtype=np.int32)
    for half_a in range(2 ** (n - 1)):
        seed = half_a.to_bytes(2, "little")
        hashes = np.array(
            [
                int.from_bytes(
                    middle_by_python(x.to_bytes(2, "little"), seed, n=n, length=length), "little"
                )
                for x in range(2**n)
            ],
            dtype=np.uint8,
        )
        meet += hashes[:, np.newaxis] == hashes
    np.fill_diagonal(meet, 0)
    assert meet.max() == 2 ** (n - 1) * 2.0 ** (MultiplyShift().cost_bits - length)


@every_family
@pytest.mark.parametrize("n", [1, 63, 64, 65, 200])
def test_no_bits_and_all_bits_may_come_out(hashes: HashFamily, n: int) -> None:
    generator = np.random.default_rng(5)
    x = random_bits(generator, size=n)
    for length in (0, n):
        seed = random_bits(generator, size=hashes.seed_bits(n, length))
        assert len(hashes.hashed(x, seed=seed, length=length)) == length


@every_family
def test_an_empty_string_gives_an_empty_key(hashes: HashFamily) -> None:
    empty = Bits.pack([])
    assert hashes.seed_bits(0, 0) == 0
    assert len(hashes.hashed(empty, seed=empty, length=0)) == 0


@every_family
def test_what_does_not_fit_is_refused(hashes: HashFamily) -> None:
    x = Bits.pack([1] * 10)
    with pytest.raises(NonPhysicalError, match="length must be 0 to 10 bits, got 11"):
        hashes.hashed(x, seed=Bits.pack([0] * hashes.seed_bits(10, 11)), length=11)
    needed = hashes.seed_bits(10, 4)
    for wrong in (needed - 1, needed + 1):
        with pytest.raises(NonPhysicalError, match=f"seed must be {needed} bits, got {wrong}"):
            hashes.hashed(x, seed=Bits.pack([0] * wrong), length=4)


@pytest.mark.skipif(native() is None, reason="no C here")
@pytest.mark.parametrize("wrong", [(4, 2, 1), (3, 3, 1), (3, 2, 2)], ids=["seed", "bits", "out"])
def test_c_refuses_buffers_that_do_not_fit(wrong: tuple[int, int, int]) -> None:
    for sizes, path in ((wrong, PATHS[-1]), ((3, 2, 1), "none")):
        buffers = [np.zeros(size, dtype=np.uint64) for size in sizes]
        with pytest.raises(ValueError, match="no such path, or buffers of other lengths"):
            native().toeplitz(*buffers, 128, 64, path)


def test_what_is_installed_does_not_change_the_usual_family(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for switch, gmpy2 in product(("0", "1"), (None, object())):
        monkeypatch.setenv(SWITCH, switch)
        monkeypatch.setattr(multiply_shift, "_gmpy2", gmpy2)
        assert family() == Toeplitz()
    assert family("multiply-shift") == MultiplyShift()
    with pytest.raises(NonPhysicalError, match="must be one of toeplitz, multiply-shift, got md5"):
        family("md5")
