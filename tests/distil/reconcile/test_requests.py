"""What Bob says follows from where the errors are alone: docs/security.md rests on it."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.engine import Engine, Reconciled
from satqkd.distil.reconcile.engines import ENGINES
from satqkd.distil.reconcile.measure import two_strings

SIZE = 70_001
"""More than a frame, so that the last one is short."""

each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


def _errors(qber: float) -> Bits:
    alice, bob = two_strings(SIZE, qber=qber, seed=5)
    return alice ^ bob


def _burst() -> Bits:
    return Bits.pack(np.arange(SIZE) // 1_000 == 17)


def _run(engine: Engine, alice: Bits, wrong: Bits) -> Reconciled:
    return engine.run(alice, alice ^ wrong, qber=0.02, seed=9)


@each_engine
@pytest.mark.parametrize(
    "wrong", [_errors(0.02), _errors(0.2), _burst()], ids=["few", "many", "burst"]
)
def test_bob_says_the_same_whatever_the_bits_are(engine: Engine, wrong: Bits) -> None:
    """The same errors in other strings: the same requests to the last bit, answers as long."""
    strings = [two_strings(SIZE, qber=0.5, seed=seed)[0] for seed in (1, 2)]
    one, two = (_run(engine, own, wrong) for own in strings)
    assert one.exchange.bob.content == two.exchange.bob.content
    assert np.array_equal(one.exchange.bob.bits, two.exchange.bob.bits)
    assert np.array_equal(one.exchange.alice.bits, two.exchange.alice.bits)
    assert one.exchange.alice.content != two.exchange.alice.content


@each_engine
def test_what_alice_says_is_linear_in_her_bits(engine: Engine) -> None:
    """Parities, nothing else: what she says of a ⊕ b ⊕ c is the sum of what she says of each."""
    wrong = _errors(0.02)
    a, b, c = (two_strings(SIZE, qber=0.5, seed=seed)[0] for seed in (1, 2, 3))
    said = [
        np.frombuffer(_run(engine, own, wrong).exchange.alice.content, dtype=np.uint8)
        for own in (a, b, c, a ^ b ^ c)
    ]
    assert np.array_equal(said[0] ^ said[1] ^ said[2], said[3])
    assert said[0].any()


@each_engine
def test_other_errors_are_asked_about_otherwise(engine: Engine) -> None:
    """Else the first test would hold of a Bob who says nothing; of one-way LDPC he does."""
    alice = two_strings(SIZE, qber=0.5, seed=1)[0]
    one, two = (_run(engine, alice, _errors(qber)) for qber in (0.02, 0.021))
    silent = not one.exchange.bob.bits.size
    assert silent is (engine.name == "ldpc")
    assert silent or one.exchange.bob.content != two.exchange.bob.content
