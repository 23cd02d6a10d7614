"""The decoder: C against Python, both against what they should find."""

import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.distil.bits import Words
from satqkd.distil.native import native
from satqkd.distil.reconcile.ldpc_code import LdpcCode, ldpc_code
from satqkd.distil.reconcile.ldpc_decoder import (
    STRONGEST,
    Belief,
    Decoded,
    Frames,
    _joined,
    _weakest,
    belief_of,
    decode_in_c,
    decode_in_python,
)

needs_c = pytest.mark.skipif(native() is None, reason="no C here")
SMALL = {"rows": 14, "columns": 40, "lift": 64}
MOST_CALLS = 300
"""Some seconds of decoding, so that a busy machine finds a moment for another thread."""
WIDE = {"rows": 16, "columns": 48, "lift": 128}


def errors(code: LdpcCode, *, frames: int, qber: float, seed: int) -> Words:
    """Random errors."""
    bits = np.random.default_rng(seed).random((frames, code.bits)) < qber
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64)


def puzzle(code: LdpcCode, wrong: Words, *, known: Words | None = None) -> Frames:
    """What Bob knows about errors."""
    mask = np.zeros_like(wrong) if known is None else known
    return Frames(syndromes=code.syndromes(wrong), known=mask, value=wrong & mask)


def same(one: Decoded, other: Decoded) -> bool:
    """Whether two paths found the same."""
    return (
        np.array_equal(one.errors, other.errors)
        and np.array_equal(one.done, other.done)
        and np.array_equal(one.weak, other.weak)
    )


@needs_c
@pytest.mark.parametrize("size", [SMALL, WIDE])
@given(
    qber=st.floats(0.0, 0.2),
    share=st.sampled_from([0.0, 0.02, 0.3]),
    prior=st.integers(1, STRONGEST),
    strongest=st.integers(1, STRONGEST),
    sweeps=st.integers(0, 9),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=12, deadline=None)
def test_all_paths_give_the_same_bytes(
    *,
    size: dict[str, int],
    qber: float,
    share: float,
    prior: int,
    strongest: int,
    sweeps: int,
    seed: int,
) -> None:
    code = ldpc_code(**size)
    wrong = errors(code, frames=2, qber=qber, seed=seed)
    belief = Belief(prior=prior, strongest=strongest)
    known = errors(code, frames=2, qber=share, seed=seed + 1)
    frames = puzzle(code, wrong, known=known)
    here = decode_in_python(code, frames=frames, belief=belief, sweeps=sweeps, wanted=20)
    for narrow in (False, True):
        there = decode_in_c(
            native(),
            code=code,
            frames=frames,
            belief=belief,
            sweeps=sweeps,
            wanted=20,
            narrow=narrow,
        )
        assert same(here, there)


@needs_c
def test_nonsense_gives_the_same_bytes() -> None:
    """Parities of no errors at all: every strength and every saturation comes up."""
    code = ldpc_code(**SMALL)
    rng = np.random.default_rng(5)
    frames = Frames(
        syndromes=rng.integers(0, 2**64, (2, code.checks // 64), dtype=np.uint64),
        known=np.zeros((2, code.bits // 64), dtype=np.uint64),
        value=np.zeros((2, code.bits // 64), dtype=np.uint64),
    )
    here = decode_in_python(code, frames=frames, belief=belief_of(0.2), sweeps=30, wanted=64)
    there = decode_in_c(
        native(), code=code, frames=frames, belief=belief_of(0.2), sweeps=30, wanted=64
    )
    assert same(here, there)
    assert not here.done.any()


def test_few_errors_are_found() -> None:
    """At a third of what the code could bear; no frame fails, none is another one."""
    code = ldpc_code(**SMALL)
    wrong = errors(code, frames=6, qber=0.02, seed=1)
    found = decode_in_python(
        code, frames=puzzle(code, wrong), belief=belief_of(0.02), sweeps=20, wanted=0
    )
    assert found.done.all()
    assert np.array_equal(found.errors, wrong)


def test_done_means_that_the_parities_are_met() -> None:
    """Some frames of these fail."""
    code = ldpc_code(**SMALL)
    wrong = errors(code, frames=8, qber=0.056, seed=2)
    frames = puzzle(code, wrong)
    found = decode_in_python(code, frames=frames, belief=belief_of(0.05), sweeps=30, wanted=0)
    met = (code.syndromes(found.errors) == frames.syndromes).all(axis=1)
    assert np.array_equal(found.done, met)
    assert 0 < found.done.sum() < 8


def test_bits_that_are_known_hold_and_help() -> None:
    code = ldpc_code(**SMALL)
    wrong = errors(code, frames=4, qber=0.08, seed=3)
    known = errors(code, frames=4, qber=0.5, seed=4)
    alone = decode_in_python(
        code, frames=puzzle(code, wrong), belief=belief_of(0.08), sweeps=20, wanted=0
    )
    frames = puzzle(code, wrong, known=known)
    told = decode_in_python(code, frames=frames, belief=belief_of(0.08), sweeps=20, wanted=0)
    assert not alone.done.any()
    assert told.done.all()
    # A lie about a bit stays a lie: the decoder has to live with it.
    lie = Frames(syndromes=frames.syndromes, known=known, value=~wrong & known)
    found = decode_in_python(code, frames=lie, belief=belief_of(0.08), sweeps=5, wanted=0)
    assert np.array_equal(found.errors & known, ~wrong & known)


def test_the_weakest_bits_are_the_least_sure_ones() -> None:
    posterior = np.array([5, -3, 0, 3, -128, 3, 1], dtype=np.int16)
    known = np.array([False, False, True, False, False, False, False])
    assert _weakest(posterior, known, 2).tolist() == [5, 6]  # of three equals the last
    assert _weakest(posterior, known, 4).tolist() == [1, 3, 5, 6]
    assert _weakest(posterior, known, 8).tolist() == [0, 1, 3, 4, 5, 6, 0, 0]


def test_strengths_join_as_probabilities_do() -> None:
    """Against 2 atanh(tanh(a/2) tanh(b/2)) for all strengths that occur.

    The line is above the curve by 0.08 and below it by 0.13 at most; where both strengths are
    small, leaving out log(1 + exp(-(a + b))) takes as much again. Min-sum, without the line, is
    too sure by log 2.
    """
    size = np.arange(0, 4 * STRONGEST + 1, dtype=np.int16)
    a, b = np.meshgrid(size, size)
    with np.errstate(divide="ignore"):
        exact = 2 * np.arctanh(np.tanh(a / 24) * np.tanh(b / 24))
    missed = (_joined(a, b) / 12 - exact)[exact < 8]
    assert -0.28 < missed.min() < -0.25
    assert 0.07 < missed.max() < 0.08
    loud = ((_joined(a, b) / 12 - exact)[24:, 24:])[exact[24:, 24:] < 8]
    assert -0.14 < loud.min() < -0.12


@needs_c
def test_others_run_while_c_decodes() -> None:
    """No thread is made to take turns here: this one runs early only if C lets go of the lock."""
    code = ldpc_code(**SMALL)
    frames = puzzle(code, errors(code, frames=40, qber=0.2, seed=6))
    entries = np.stack([code.column, code.onward, code.shift], axis=1)
    given = (code.rows, code.columns, code.lift, code.starts, entries, code.last)
    decode_it = native().ldpc_decode
    begun, seen, calls = threading.Event(), list[int](), list[int]()

    def work() -> None:
        begun.set()
        while not seen and len(calls) < MOST_CALLS:
            decode_it(given, 40, frames.syndromes, frames.known, frames.value, 9, 30, 60, 0, 0)
            calls.append(1)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        seen.append(len(calls))
    finally:
        sys.setswitchinterval(interval)
    thread.join()
    assert seen[0] < MOST_CALLS


@needs_c
def test_c_refuses_lengths_that_do_not_fit() -> None:
    code = ldpc_code(**SMALL)
    frames = puzzle(code, errors(code, frames=2, qber=0.02, seed=1))
    entries = np.stack([code.column, code.onward, code.shift], axis=1)
    good = (code.rows, code.columns, code.lift, code.starts, entries, code.last)
    rest = (frames.syndromes, frames.known, frames.value, 12, 30, 5, 0, False)
    assert native().ldpc_decode(good, 2, *rest)[1] == b"\1\1"
    far = entries.copy()
    far[3, 0] = code.columns
    turned = entries.copy()
    turned[3, 1] = code.lift
    few = np.arange(code.rows + 1, dtype=np.int32)  # an entry a row: fewer than columns
    bad_codes = [
        (code.rows + 1, *good[1:]),
        (code.rows, code.columns - 1, *good[2:]),
        (*good[:2], 128, *good[3:]),
        (*good[:2], 60, *good[3:]),
        (*good[:3], code.starts[::-1].copy(), entries, code.last),
        (*good[:4], far, code.last),
        (*good[:4], turned, code.last),
        (*good[:3], few, entries[: code.rows].copy(), code.last),
        (*good[:4], entries[:-1].copy(), code.last),
        (*good[:5], code.last + np.uint16(64)),
        (-1, *good[1:]),
    ]
    for bad in bad_codes:
        with pytest.raises(ValueError, match="lengths"):
            native().ldpc_decode(bad, 2, *rest)
    for frames_said, prior, strongest, wanted in (
        (3, 12, 30, 0),
        (2, 0, 30, 0),
        (2, 128, 30, 0),
        (2, 12, 0, 0),
        (2, 12, 64, 0),
        (2, 12, 30, code.bits + 1),
    ):
        with pytest.raises(ValueError, match="lengths"):
            native().ldpc_decode(good, frames_said, *rest[:3], prior, strongest, 5, wanted, 0)


def test_no_frames_are_no_work() -> None:
    code = ldpc_code(**SMALL)
    frames = puzzle(code, errors(code, frames=0, qber=0.02, seed=1))
    assert decode_in_python(
        code, frames=frames, belief=belief_of(0.05), sweeps=5, wanted=3
    ).weak.shape == (0, 3)
    if native() is not None:
        found = decode_in_c(
            native(), code=code, frames=frames, belief=belief_of(0.05), sweeps=5, wanted=3
        )
        assert found.weak.shape == (0, 3)
