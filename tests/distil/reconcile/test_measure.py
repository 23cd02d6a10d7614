"""What is measured of an engine, and the registry of engines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Alice, Exchange, Said
from satqkd.distil.reconcile.engine import CorrectingBob, Reconciled
from satqkd.distil.reconcile.engines import ENGINES, engine, engine_names
from satqkd.distil.reconcile.measure import measure, two_strings
from satqkd.errors import NonPhysicalError


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells every bit in two messages, and leaves every second block as it was."""

    name: str = "teller"
    frame_bits: int = 1000

    def alice(self, bits: Bits, *, qber: float, seed: int) -> Alice:
        """Nobody asks for it."""
        raise NotImplementedError

    def bob(self, bits: Bits, *, qber: float, seed: int) -> CorrectingBob:
        """Nobody asks for it."""
        raise NotImplementedError

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        """Tell."""
        even = seed % 2 == 0
        said = Said.of([alice, Bits.pack([qber > 0.1])])
        asked = Said.of([Bits.pack([0])])
        return Reconciled(
            bits=alice if even else bob,
            exchange=Exchange(stage="reconcile", alice=said, bob=asked),
            told=np.array([even]),
        )


def test_a_frame_told_in_full_and_one_bit_more_is_measured() -> None:
    """h(0.11) = 0.4999, so 101 bits for 100 are 2.02 of the limit."""
    got = measure(Teller(), frame_bits=100, qber=0.11, frames=40)
    limit = -0.11 * math.log2(0.11) - 0.89 * math.log2(0.89)
    assert got.efficiency == pytest.approx(1.01 / limit, rel=1e-12)
    assert got.standard_error == 0.0
    assert got.rounds.tolist() == [1] * 40
    assert got.failed.tolist() == (~got.told).tolist()
    assert 8 < got.failed.sum() < 32


def test_ends_may_expect_other_errors_than_there_are() -> None:
    """Who expects 50 % begins with blocks of two bits: half as many parities as bits."""
    right = measure(engine("cascade"), frame_bits=4096, qber=0.02, frames=2)
    wrong = measure(engine("cascade"), frame_bits=4096, qber=0.02, frames=2, expected=0.5)
    assert (right.leak_bits < 1000).all()
    assert (wrong.leak_bits > 2048).all()


def test_standard_error_is_that_of_a_mean() -> None:
    """Leaks of 1 and 3 bits in equal number scatter by 1."""
    got = measure(Teller(), frame_bits=100, qber=0.11, frames=4)
    limit = got.leak_bits.mean() / got.efficiency
    got.leak_bits[:] = [1, 3, 1, 3]
    assert got.standard_error == pytest.approx(1 / 2 / limit, rel=1e-12)


@pytest.mark.parametrize(("size", "qber"), [(0, 0.1), (1, 0.5), (100_000, 0.02), (100_001, 0.3)])
def test_strings_differ_as_often_as_told(size: int, qber: float) -> None:
    """Within four standard deviations; Alice's bits are even."""
    alice, bob = two_strings(size, qber=qber, seed=5)
    errors = (alice.unpacked() ^ bob.unpacked()).sum()
    assert abs(errors - size * qber) <= 4 * math.sqrt(size * qber * (1 - qber)) + (size == 1)
    assert abs(alice.unpacked().sum() - size / 2) <= 2 * math.sqrt(size) + (size == 1)
    again, _ = two_strings(size, qber=qber, seed=5)
    other, _ = two_strings(size, qber=qber, seed=6)
    assert again.equals(alice)
    assert size < 100 or not other.equals(alice)


def test_engines_are_found_by_name() -> None:
    assert engine_names()[:2] == ["cascade", "cascade-fast"]
    assert len(set(engine_names())) == len(ENGINES)
    for name in engine_names():
        assert engine(name).name == name
    with pytest.raises(NonPhysicalError, match="engine must be one of cascade, cascade-fast"):
        engine("cascada")
