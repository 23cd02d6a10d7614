"""Clicks that are drawn follow what is expected, within what chance allows."""

import numpy as np
import pytest

from satqkd.distil import simulate
from satqkd.distil.bits import Bits
from satqkd.distil.expected import Expected
from satqkd.distil.simulate import simulated
from satqkd.units import BoolArray

FAR = 4.5
"""σ that chance goes beyond once in 150,000 tries."""


def _expected(*, sent: float = 0.9, read: float = 0.6) -> Expected:
    # Four stretches, one of them dark and one without pulses; rates rise and fall.
    return Expected(
        seconds=np.array([0.5, 1.0, 0.0, 2.0]),
        pulse_rate_hz=1e6,
        probability=np.array([0.6, 0.3, 0.1]),
        click=np.array([[0.2, 0.0, 0.2, 0.05], [0.05, 0.0, 0.2, 0.01], [1e-3, 0.0, 0.2, 1e-3]]),
        error=np.array([[0.004, 0.0, 0.1, 0.001], [0.002, 0.0, 0.1, 4e-4], [5e-4, 0.0, 0.1, 5e-4]]),
        sent_in_key_basis=sent,
        read_in_key_basis=read,
    )


def _many(mask: BoolArray) -> int:
    return int(np.count_nonzero(mask))


def _near(found: float, trials: float, chance: float) -> bool:
    sigma = np.sqrt(trials * chance * (1.0 - chance))
    return bool(abs(found - trials * chance) <= FAR * sigma + 1e-9)


@pytest.mark.parametrize("at_once", [1 << 20, 1000])
def test_clicks_of_every_stretch_intensity_and_basis_are_as_many_as_expected(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(simulate, "MOST_AT_ONCE", at_once)
    expected = _expected()
    made = simulated(expected, np.random.default_rng(5))
    place, alice, bob = made.alice.places.numbers(), made.alice, made.bob
    assert made.pulses == 3_500_000
    assert np.array_equal(place, bob.places.numbers())
    assert np.all(np.diff(place) > 0)
    begins, ends = [0, 500_000, 1_500_000, 1_500_000], [500_000, 1_500_000, 1_500_000, 3_500_000]
    wrong = (alice.bit ^ bob.bit).unpacked()
    sent, read = alice.key_basis.unpacked(), bob.key_basis.unpacked()
    for stretch, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        here = (place >= begin) & (place < end)
        for kind, mask in enumerate(own.unpacked() for own in alice.intensity):
            chance = expected.probability[kind] * expected.click[kind, stretch]
            own = here & mask
            assert _near(_many(own), end - begin, chance)
            for side, share in ((sent, 0.9), (read, 0.6)):
                assert _near(_many(own & side), _many(own), share)
            if np.any(own):
                alike = own & (sent == read)
                error = expected.error[kind, stretch] / expected.click[kind, stretch]
                assert _near(_many(alike & wrong), _many(alike), error)
                other = own & (sent != read)
                assert _near(_many(other & wrong), _many(other), 0.5)
    assert _near(alice.bit.ones, place.size, 0.5)


def test_bases_are_independent_of_each_other_and_of_bits() -> None:
    made = simulated(_expected(sent=0.5, read=0.5), np.random.default_rng(6))
    bits = (made.alice.bit, made.alice.key_basis, made.bob.key_basis, made.alice.intensity[0])
    for first, one in enumerate(bits[:3]):
        for other in bits[first + 1 :]:
            both = (one & other).ones
            assert _near(both, one.ones, other.ones / len(other))


def test_the_same_seed_draws_the_same_clicks() -> None:
    one, two = (simulated(_expected(), np.random.default_rng(7)) for _ in range(2))
    assert one.bob.bit.equals(two.bob.bit)
    assert np.array_equal(one.bob.places.numbers(), two.bob.places.numbers())


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_certain_labels_are_certain(chance: float) -> None:
    made = simulated(_expected(sent=chance, read=chance), np.random.default_rng(8))
    assert made.alice.key_basis.ones == chance * made.alice.places.size
    assert made.bob.key_basis.ones == chance * made.bob.places.size


def test_no_light_clicks_nothing() -> None:
    nothing = Expected(
        seconds=np.zeros(0),
        pulse_rate_hz=1e6,
        probability=np.array([1.0]),
        click=np.zeros((1, 0)),
        error=np.zeros((1, 0)),
        sent_in_key_basis=0.5,
        read_in_key_basis=0.5,
    )
    made = simulated(nothing, np.random.default_rng(9))
    assert (made.pulses, made.bob.places.size, made.alice.bit.equals(Bits.zeros(0))) == (0, 0, True)
