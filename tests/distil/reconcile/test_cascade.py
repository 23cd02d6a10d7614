"""Cascade corrects, tells what it must, and says the same in C and in Python."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import SWITCH, native
from satqkd.distil.reconcile.cascade import CASCADE, CASCADE_FAST, Cascade
from satqkd.distil.reconcile.cascade_blocks import Levels, careful_levels
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.distil.stream import stream
from satqkd.errors import NonPhysicalError
from satqkd.units import BoolArray

built = pytest.mark.skipif(native() is None, reason="no extension in C here")
BOTH = pytest.mark.parametrize("engine", [CASCADE, CASCADE_FAST], ids=lambda one: one.name)


def string(size: int, *, seed: int) -> BoolArray:
    """Random bits."""
    return np.random.default_rng(seed).random(size) < 0.5


def errors(size: int, *, qber: float, seed: int) -> BoolArray:
    """Memoryless errors."""
    return np.random.default_rng([seed, 1]).random(size) < qber


def shannon(qber: float) -> float:
    """Binary entropy."""
    return -qber * math.log2(qber) - (1 - qber) * math.log2(1 - qber)


def assert_same_as_two_ends(engine: Cascade, alice: Bits, bob: Bits, *, qber: float) -> Reconciled:
    """In one process and as two ends: the same bits, the same bytes."""
    hers, his = engine.alice(alice, qber=qber, seed=5), engine.bob(bob, qber=qber, seed=5)
    said = exchange(hers, his, stage="reconcile")
    run = engine.run(alice, bob, qber=qber, seed=5)
    assert run.exchange.stage == said.stage
    for one, other in ((run.exchange.alice, said.alice), (run.exchange.bob, said.bob)):
        assert np.array_equal(one.bits, other.bits)
        assert one.content == other.content
    assert run.bits.equals(his.corrected)
    assert np.array_equal(run.told, his.told)
    return run


@built
@BOTH
@pytest.mark.parametrize(
    ("size", "true", "expected"),
    [
        (0, 0.0, 0.02),
        (1, 1.0, 0.02),
        (30, 0.1, 0.02),
        (31, 0.1, 0.02),
        (100, 0.05, 0.05),
        (4095, 0.03, 0.03),
        (4097, 0.03, 0.03),
        (3000, 0.5, 0.02),
        (3000, 1.0, 0.02),
        (20000, 0.0, 0.0),
        (20000, 0.02, 0.0),
        (20000, 0.02, 0.5),
        (65536, 0.01, 0.01),
        (65536 + 5001, 0.04, 0.02),
        (65600, 0.25, 0.2),
    ],
)
def test_c_says_what_two_ends_in_python_say(
    engine: Cascade, size: int, true: float, expected: float
) -> None:
    hers = string(size, seed=size)
    his = hers ^ errors(size, qber=true, seed=size)
    run = assert_same_as_two_ends(engine, Bits.pack(hers), Bits.pack(his), qber=expected)
    assert run.bits.equals(Bits.pack(hers))


@built
@given(
    size=st.integers(min_value=0, max_value=6000),
    true=st.sampled_from([0.0, 0.001, 0.02, 0.1, 0.5]),
    expected=st.floats(min_value=0.0, max_value=0.5),
    frame_bits=st.sampled_from([4096, 8192]),
)
@settings(max_examples=12, deadline=None)
def test_c_says_the_same_whatever_the_string(
    size: int, true: float, expected: float, frame_bits: int
) -> None:
    engine = Cascade(name="any", levels=careful_levels, frame_bits=frame_bits)
    hers = string(size, seed=1)
    his = hers ^ errors(size, qber=true, seed=2)
    assert_same_as_two_ends(engine, Bits.pack(hers), Bits.pack(his), qber=expected)


@BOTH
def test_python_runs_where_c_is_forbidden(engine: Cascade, monkeypatch: pytest.MonkeyPatch) -> None:
    hers = Bits.pack(string(5000, seed=1))
    his = Bits.pack(string(5000, seed=1) ^ errors(5000, qber=0.02, seed=1))
    first = engine.run(hers, his, qber=0.02, seed=1)
    monkeypatch.setenv(SWITCH, "0")
    second = engine.run(hers, his, qber=0.02, seed=1)
    assert first.exchange.alice.content == second.exchange.alice.content
    assert second.bits.equals(hers)


def one_block(qber: float, *, frame_bits: int) -> Levels:
    """A rule by which two errors are never seen but by the checks."""
    assert (qber, frame_bits) == (0.02, 4096)
    return 12, 12, 12


def leak_and_rounds(
    engine: Cascade, *, qber: float, expected: float, frames: int
) -> tuple[float, float]:
    """Leak over Shannon's limit, and rounds; every frame by itself and corrected."""
    leak, rounds = 0, 0
    for seed in range(frames):
        hers = string(65536, seed=seed)
        his = hers ^ errors(65536, qber=qber, seed=seed)
        run = engine.run(Bits.pack(hers), Bits.pack(his), qber=expected, seed=seed)
        assert run.bits.equals(Bits.pack(hers))
        leak += run.exchange.alice.total_bits
        rounds += run.exchange.rounds
    return leak / (frames * 65536 * shannon(qber)), rounds / frames


@built
@pytest.mark.parametrize(
    ("engine", "qber", "f", "rounds"),
    [
        (CASCADE, 0.01, 1.036, 610),
        (CASCADE, 0.02, 1.037, 720),
        (CASCADE, 0.05, 1.049, 670),
        (CASCADE_FAST, 0.02, 1.062, 91),
    ],
)
def test_efficiency(engine: Cascade, qber: float, f: float, rounds: float) -> None:
    """Means of ``benchmarks/cascade.py``; 40 frames scatter by 0.006 at most, rounds by 6 %."""
    got, took = leak_and_rounds(engine, qber=qber, expected=qber, frames=40)
    assert got == pytest.approx(f, abs=0.02)
    assert took == pytest.approx(rounds, rel=0.25)


@built
@pytest.mark.parametrize("expected", [0.01, 0.03])
def test_errors_need_not_be_known_well(expected: float) -> None:
    """Blocks of 1 and of 3 % at 2 %, where the right ones take 1.037."""
    got, _ = leak_and_rounds(CASCADE, qber=0.02, expected=expected, frames=20)
    assert 1.01 < got < 1.10


@built
@pytest.mark.parametrize("qber", [0.005, 0.02, 0.06])
def test_first_pass_tells_what_is_expected(qber: float) -> None:
    """n/k (1 + P_odd log₂ k), with P_odd = (1 - (1 - 2 Q)^k) / 2; within four deviations."""
    level = careful_levels(qber, frame_bits=65536)[0]
    odd = (1 - (1 - 2 * qber) ** (1 << level)) / 2
    frames, blocks, told = 30, 65536 >> level, 0
    for seed in range(frames):
        hers = string(65536, seed=seed)
        his = hers ^ errors(65536, qber=qber, seed=seed)
        run = CASCADE.run(Bits.pack(hers), Bits.pack(his), qber=qber, seed=seed)
        told += int(run.exchange.alice.bits[: level + 1].sum())
    mean = frames * blocks * (1 + odd * level)
    deviation = level * math.sqrt(frames * blocks * odd * (1 - odd))
    assert abs(told - mean) < 4 * deviation


@built
def test_errors_in_bursts_cost_less_than_their_number() -> None:
    """Structure is used: 32 in a row are found as one, and f lies below 1."""
    leak = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        his = string(65536, seed=seed)
        hers = his.copy()
        for start in rng.integers(0, 65536 - 32, 82):
            hers[start : start + 32] ^= rng.random(32) < 0.5
        run = CASCADE.run(Bits.pack(hers), Bits.pack(his), qber=0.02, seed=seed)
        assert run.bits.equals(Bits.pack(hers))
        leak += run.exchange.alice.total_bits
    assert 0.7 < leak / (10 * 65536 * shannon(0.02)) < 1.0


@built
def test_errors_that_run_along_a_frame_are_corrected() -> None:
    """From 0.5 to 4 %: 1.03 of the limit at their mean."""
    leak = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        hers = string(65536, seed=seed)
        his = hers ^ (rng.random(65536) < np.linspace(0.005, 0.04, 65536))
        run = CASCADE.run(Bits.pack(hers), Bits.pack(his), qber=0.0225, seed=seed)
        assert run.bits.equals(Bits.pack(hers))
        leak += run.exchange.alice.total_bits
    assert 0.98 < leak / (10 * 65536 * shannon(0.0225)) < 1.08


def test_first_and_last_message_are_the_parities_that_they_should_be() -> None:
    """Blocks as they come; random subsets, each from one word further on in the stream."""
    hers = string(6000, seed=4)
    his = hers.copy()
    run = CASCADE.run(Bits.pack(hers), Bits.pack(his), qber=0.02, seed=77)
    said = run.exchange.alice
    assert said.bits.tolist() == [94, 15, 3, 4, 16]
    padded = np.zeros(8192, dtype=np.bool_)
    padded[:6000] = hers
    blocks = np.bitwise_xor.reduce(padded.reshape(128, 64), axis=1)[:94]
    assert said.content[:12] == Bits.pack(blocks).to_bytes()
    drawn = stream(77, count=128 + 19, first=1 << 14)
    subsets = np.unpackbits(drawn.view(np.uint8), bitorder="little").astype(np.bool_)
    checks = [np.bitwise_xor.reduce(padded & subsets[64 * s :][:8192]) for s in range(20)]
    assert said.content[-3:-2] == Bits.pack(checks[:4]).to_bytes()
    assert said.content[-2:] == Bits.pack(checks[4:]).to_bytes()


@built
def test_an_error_that_the_passes_leave_is_found_by_the_checks() -> None:
    """Two errors in the one block of every pass: only a subset sees them."""
    engine = Cascade(name="blind", levels=one_block, frame_bits=4096)
    hers = string(4096, seed=1)
    his = hers.copy()
    his[[5, 700]] ^= True
    run = assert_same_as_two_ends(engine, Bits.pack(hers), Bits.pack(his), qber=0.02)
    assert run.bits.equals(Bits.pack(hers))
    assert not run.told.any()
    assert run.exchange.alice.bits.tolist() in (
        [1, 4, *[1] * 12, *[1] * 12, 4, 16],  # a first check saw it; the block, odd then, another
        [1, 4, 16, *[1] * 12, *[1] * 12, 4, 16],  # none of the first did
    )


@built
def test_a_frame_too_short_for_its_checks_is_told_at_once() -> None:
    """31 bits at 2 %: 1, 7 and 3 blocks and 20 checks are as many as the frame has."""
    short, enough = Bits.pack(string(30, seed=1)), Bits.pack(string(31, seed=1))
    told = CASCADE.run(short, Bits.pack(~short.unpacked()), qber=0.02, seed=1)
    assert told.exchange.alice.bits.tolist() == [30]
    assert told.exchange.alice.content == short.to_bytes()
    assert told.exchange.bob.bits.tolist() == []
    assert told.told.tolist() == [True]
    assert told.bits.equals(short)
    checked = assert_same_as_two_ends(CASCADE, enough, enough, qber=0.02)
    assert checked.exchange.alice.bits.tolist() == [1, 7, 3, 4, 16]
    assert checked.told.tolist() == [False]


def test_a_frame_that_would_tell_more_than_it_holds_is_told() -> None:
    """At most twice its bits are said, and it is named."""
    hers = string(4096 + 20, seed=3)
    his = hers ^ errors(4096 + 20, qber=0.5, seed=3)
    engine = Cascade(name="small", levels=careful_levels, frame_bits=4096)
    run = engine.run(Bits.pack(hers), Bits.pack(his), qber=0.02, seed=1)
    assert run.bits.equals(Bits.pack(hers))
    assert run.told.tolist() == [True, True]
    assert 4096 + 20 < run.exchange.alice.total_bits <= 2 * 4096 + 20


@built
def test_two_threads_get_what_one_gets() -> None:
    hers = string(200_000, seed=1)
    his = hers ^ errors(200_000, qber=0.02, seed=1)
    alice, bob = Bits.pack(hers), Bits.pack(his)
    alone = CASCADE.run(alice, bob, qber=0.02, seed=9)
    found: list[Reconciled] = []
    threads = [
        threading.Thread(target=lambda: found.append(CASCADE.run(alice, bob, qber=0.02, seed=9)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.exchange.alice.content for each in found] == [alone.exchange.alice.content] * 4
    assert bob.equals(Bits.pack(his)), "what was given is not written to"


@built
def test_c_refuses_what_does_not_fit() -> None:
    words = np.zeros(64, dtype=np.uint64)
    for change in (
        {"size": 4097},
        {"size": -1},
        {"frame_bits": 2048},
        {"frame_bits": 5000},
        {"frame_bits": 1 << 17},
        {"levels": (0, 9, 12)},
        {"last": (6, 9, 13)},
    ):
        given = {
            "size": 4096,
            "frame_bits": 4096,
            "levels": (6, 9, 12),
            "last": (6, 9, 12),
            **change,
        }
        with pytest.raises(ValueError, match="do not fit"):
            native().cascade(words, words.copy(), *given.values(), 1)


def test_engines_refuse_what_makes_no_sense() -> None:
    one, two = Bits.pack([1]), Bits.pack([1, 0])
    with pytest.raises(NonPhysicalError, match="must be 1 bits"):
        CASCADE.run(one, two, qber=0.02, seed=1)
    for qber in (-0.01, 0.51, math.nan):
        with pytest.raises(NonPhysicalError, match="qber"):
            CASCADE.run(one, one, qber=qber, seed=1)
    for bits in (2048, 5000, 1 << 17):
        with pytest.raises(NonPhysicalError, match="frame_bits"):
            Cascade(name="x", levels=careful_levels, frame_bits=bits)
