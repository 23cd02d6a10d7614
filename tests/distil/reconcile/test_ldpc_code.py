"""Codes against their matrices written out."""

import hashlib

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from satqkd.distil.reconcile.ldpc_code import LdpcCode, ldpc_code

SIZES = [(84, 512, 128), (46, 256, 64), (16, 512, 64), (30, 512, 128), (120, 256, 64)]


def matrix(code: LdpcCode) -> csr_array:
    """The parity-check matrix, by what a circulant is: check ``lane`` has bit ``lane + shift``."""
    checks, bits = [], []
    for row in range(code.rows):
        for e in range(code.starts[row], code.starts[row + 1]):
            for lane in range(code.lift):
                checks.append(row * code.lift + lane)
                bits.append(
                    int(code.column[e]) * code.lift + (lane + int(code.shift[e])) % code.lift
                )
    ones = np.ones(len(checks), dtype=np.int64)
    return coo_array((ones, (checks, bits)), shape=(code.checks, code.bits)).tocsr()


@pytest.mark.parametrize("size", SIZES[1:3] + SIZES[4:])
def test_syndromes_are_products_with_the_matrix(size: tuple[int, int, int]) -> None:
    code = ldpc_code(rows=size[0], columns=size[1], lift=size[2])
    bits = np.random.default_rng(1).integers(0, 2, (3, code.bits))
    packed = np.packbits(bits.astype(np.bool_), axis=1, bitorder="little").view(np.uint64)
    expected = np.asarray(matrix(code) @ bits.T).T % 2
    found = np.unpackbits(code.syndromes(packed).view(np.uint8), axis=1, bitorder="little")
    assert np.array_equal(found, expected)


def test_syndromes_turn_blocks_of_two_words() -> None:
    code = ldpc_code(rows=84, columns=512, lift=128)
    bits = np.random.default_rng(2).integers(0, 2, (1, code.bits))
    packed = np.packbits(bits.astype(np.bool_), axis=1, bitorder="little").view(np.uint64)
    expected = np.asarray(matrix(code) @ bits.T).T % 2
    found = np.unpackbits(code.syndromes(packed).view(np.uint8), axis=1, bitorder="little")
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("size", SIZES)
def test_a_code_keeps_its_rules(size: tuple[int, int, int]) -> None:
    code = ldpc_code(rows=size[0], columns=size[1], lift=size[2])
    weight = np.diff(code.starts)
    assert weight.max() - weight.min() <= 1
    degree = np.bincount(code.column, minlength=code.columns)
    chain = np.flatnonzero(degree == 2)
    assert 0.9 * code.rows - 1 <= chain.size < code.rows
    assert set(degree) <= {2, 3, degree.max()}
    row = np.repeat(np.arange(code.rows), weight)
    for column in range(code.columns):
        mine = code.column == column
        if degree[column] == 2:
            assert row[mine].tolist() == [column, column + 1]
            assert code.shift[mine].tolist() == [0, 0]
        else:  # equal turns would close a cycle through the chain alone
            assert np.unique(code.shift[mine]).size == degree[column]
            assert np.unique(row[mine]).size == degree[column]


@pytest.mark.parametrize("size", SIZES[:2])
def test_no_two_bits_share_two_checks(size: tuple[int, int, int]) -> None:
    code = ldpc_code(rows=size[0], columns=size[1], lift=size[2])
    ones = matrix(code)
    shared = (ones.T[:: code.lift] @ ones).toarray()  # one bit a column stands for all its lanes
    shared[np.arange(code.columns), np.arange(code.columns) * code.lift] = 0
    assert shared.max() == 1


def test_cycles_of_two_light_columns_along_the_chain_are_long() -> None:
    code = ldpc_code(rows=84, columns=512, lift=128)
    row = np.repeat(np.arange(code.rows), np.diff(code.starts))
    light = np.flatnonzero(np.bincount(code.column) == 3)
    pairs = []
    for column in light:
        at, turn = row[code.column == column], code.shift[code.column == column].astype(int)
        pairs += [
            (column, at[a], at[b], (turn[a] - turn[b]) % code.lift)
            for a in range(3)
            for b in range(3)
            if a != b
        ]
    found = np.array(pairs)
    apart = np.abs(found[:, np.newaxis, 1:3] - found[:, 1:3]).sum(axis=2)
    same = (found[:, np.newaxis, 3] == found[:, 3]) & (found[:, np.newaxis, 0] != found[:, 0])
    assert apart[same].min() >= 5


def test_onward_and_last_follow_a_column_down_its_rows() -> None:
    code = ldpc_code(rows=46, columns=256, lift=64)
    for column in range(code.columns):
        mine = code.column == column
        shift = code.shift[mine].astype(int)
        assert code.last[column] == shift[-1]
        assert np.array_equal(code.onward[mine], (shift - np.roll(shift, 1)) % code.lift)


def test_codes_are_the_same_everywhere() -> None:
    """Both ends build them for themselves: whoever changes the rule breaks older ends."""
    content = b""
    for rows, columns, lift in [*SIZES, (168, 512, 128), (290, 512, 128)]:
        code = ldpc_code(rows=rows, columns=columns, lift=lift)
        content += code.column.astype("<u2").tobytes() + code.shift.astype("<u2").tobytes()
    assert hashlib.sha256(content).hexdigest()[:16] == "99aad4cd53729a45"
