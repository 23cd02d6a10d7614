"""A block from clicks to two equal keys, and all that must keep it from giving any."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.counts import Counts
from satqkd.distil import chain
from satqkd.distil.authenticate import Authenticator
from satqkd.distil.authentication_key import AuthenticationKey
from satqkd.distil.bits import Bits
from satqkd.distil.block import Distilled, Terms
from satqkd.distil.chain import Ends, distilled
from satqkd.distil.estimate import Spent, proven, without_empty_pulses
from satqkd.distil.exchange import Said
from satqkd.distil.expected import Expected
from satqkd.distil.places import Places
from satqkd.distil.randomness import simulated_randomness
from satqkd.distil.reconcile.cascade import CASCADE
from satqkd.distil.reconcile.engine import Engine, Reconciled
from satqkd.distil.simulate import Simulated, simulated
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.error_correction import CountedLeak
from satqkd.key.result import KeyResult
from satqkd.units import BoolArray, FloatArray

SENT, READ = 0.5, 0.5
INTENSITIES = (0.5, 0.1, 0.0)
PROBABILITIES = np.array([0.6, 0.2, 0.2])
GAINS = np.array([[0.06], [0.0125], [2e-5]])
PULSES = 24_000_000
ONE, BOTH = DecoyBB84(ec_efficiency=1.05), DecoyBB84(ec_efficiency=1.05, key_bases="both")


@cache
def _clicks(seed: int, *, qber: float = 0.01) -> Simulated:
    expected = Expected(
        seconds=np.array([1.0]),
        pulse_rate_hz=float(PULSES),
        probability=PROBABILITIES,
        click=GAINS,
        error=GAINS * np.array([[qber], [2.0 * qber], [0.5]]),
        sent_in_key_basis=SENT,
        read_in_key_basis=READ,
    )
    return simulated(expected, np.random.default_rng(seed))


def _expected(qber: float = 0.01) -> Counts:
    clicks = PULSES * PROBABILITIES * GAINS[:, 0]
    errors = clicks * np.array([qber, 2.0 * qber, 0.5])

    def row(values: FloatArray, share: float) -> FloatArray:
        return (share * values)[np.newaxis]

    both, other = SENT * READ, (1.0 - SENT) * (1.0 - READ)
    return Counts(
        intensities=np.array(INTENSITIES),
        probabilities=PROBABILITIES,
        pulses=np.array([float(PULSES)]),
        key_clicks=row(clicks, both),
        key_errors=row(errors, both),
        check_clicks=row(clicks, other),
        check_errors=row(errors, other),
        key_pulses=np.array([both * PULSES]),
        check_pulses=np.array([other * PULSES]),
        multi_photon=None,
    )


def _ends(clicks: Simulated, *, bob_key: bytes | None = None) -> Ends:
    own = bytes(range(256))
    alice, bob = (
        Authenticator.of(AuthenticationKey(content=bytearray(key)))
        for key in (own, own if bob_key is None else bob_key)
    )
    return Ends(
        alice=clicks.alice, bob=clicks.bob, alice_authenticator=alice, bob_authenticator=bob
    )


def _terms(*, protocol: DecoyBB84 = ONE, engine: Engine = CASCADE, qber: float = 0.01) -> Terms:
    return Terms(
        block=4, protocol=protocol, expected=_expected(qber), engine=engine, qber=min(qber, 0.5)
    )


def _run(
    clicks: Simulated, terms: Terms | None = None, *, bob_key: bytes | None = None
) -> Distilled:
    return distilled(_ends(clicks, bob_key=bob_key), terms or _terms(), simulated_randomness(1))


@pytest.mark.parametrize("protocol", [ONE, BOTH])
def test_both_ends_hold_the_same_key_and_no_more_than_is_proven(protocol: DecoyBB84) -> None:
    clicks = _clicks(1)
    made = _run(clicks, _terms(protocol=protocol))
    assert made.keys is not None, made.why_none
    assert made.proven is not None
    assert made.keys[0].equals(made.keys[1])
    assert made.bits == made.proven.secure_bits[0] > 10_000
    # A key that is even: 6 σ.
    assert abs(made.keys[0].ones - made.bits / 2.0) < 3.0 * made.bits**0.5
    wrong = (clicks.alice.bit ^ clicks.bob.bit).unpacked()
    sent, read = clicks.alice.key_basis.unpacked(), clicks.bob.key_basis.unpacked()
    key = sent == read if protocol.both_bases else sent & read
    assert made.sifted_bits == np.count_nonzero(key)
    assert made.wrong_bits == made.corrected_bits == np.count_nonzero(key & wrong)


def test_counts_are_those_of_the_records() -> None:
    clicks = _clicks(1)
    made = _run(clicks)
    assert made.counts is not None
    wrong = (clicks.alice.bit ^ clicks.bob.bit).unpacked()
    sent, read = clicks.alice.key_basis.unpacked(), clicks.bob.key_basis.unpacked()
    for kind, own in enumerate(own.unpacked() for own in clicks.alice.intensity):
        for name, basis in (("key", sent & read), ("check", ~sent & ~read)):
            assert getattr(made.counts, f"{name}_clicks")[0, kind] == np.count_nonzero(own & basis)
            assert getattr(made.counts, f"{name}_errors")[0, kind] == np.count_nonzero(
                own & basis & wrong
            )


def test_the_leak_is_what_alice_said_and_makes_the_difference_to_the_stated_one() -> None:
    made = _run(_clicks(1))
    said = next(one for one in made.exchanges if one.stage == "reconcile")
    verify = next(one for one in made.exchanges if one.stage == "verify")
    assert made.leak_bits == said.alice.bits.sum()
    assert made.stated is not None
    assert made.proven is not None
    assert made.empty_pulse_bits == 0
    # Whatever is charged beside the leak is the same, but for a tag longer than log2(2/ε_cor)
    # (paid for already) and at most 1 bit of the hash and 2 of rounding.
    beside = (
        made.proven.secure_bits
        + made.leak_bits
        - (made.stated.secure_bits + made.stated.leak_ec_bits)
    )
    paid = np.log2(2.0 / ONE.epsilon_cor)
    tag = verify.alice.bits[-1]
    assert -max(tag - paid, 0.0) - 3.0 <= beside[0] <= 1.0


NOISY = np.array([[0.06], [0.0135], [2e-3]])
"""Gains with so many dark counts that decoys prove empty pulses."""


def _noisy(engine: Engine) -> Distilled:
    errors = NOISY * np.array([[0.02], [0.08], [0.5]])
    expected = Expected(
        seconds=np.array([1.0]),
        pulse_rate_hz=4.0 * PULSES,
        probability=PROBABILITIES,
        click=NOISY,
        error=errors,
        sent_in_key_basis=SENT,
        read_in_key_basis=READ,
    )
    clicks = simulated(expected, np.random.default_rng(3))
    return _run(clicks, _terms(engine=engine, qber=0.025))


def test_empty_pulses_are_not_private_where_bob_has_said_where_errors_are() -> None:
    """docs/security.md: with Cascade all of them are lost."""
    made = _noisy(CASCADE)
    assert made.proven is not None
    assert made.counts is not None
    empty = float(made.proven.vacuum_bits[0])
    assert empty > 500.0
    assert made.bob_bits > empty
    told = CountedLeak(share=made.leak_bits / made.sifted_bits)
    whole = ONE.correcting(told).key(made.counts)
    lost = int(whole.secure_bits[0]) - made.bits
    assert made.empty_pulse_bits == math.ceil(empty)
    # Beside them rounding: 2 bits; the tag is paid by log2(2/ε_cor).
    assert 0 <= lost - math.ceil(empty) <= 2


@cache
def _a_key() -> KeyResult:
    made = _run(_clicks(1)).proven
    assert made is not None
    return made


@given(st.integers(0, 1000), st.floats(0.0, 500.0), st.integers(0, 500))
def test_what_empty_pulses_cost_is_at_most_all_of_them_and_what_bob_said(
    bits: int, empty: float, said: int
) -> None:
    keys = replace(_a_key(), secure_bits=np.array([bits]), vacuum_bits=np.array([empty]))
    (left,) = without_empty_pulses(keys, bob_bits=np.array([float(said)])).tolist()
    assert max(bits - said, 0) <= left <= bits
    assert left >= max(bits - math.ceil(empty), 0)
    assert left in {max(bits - said, 0), max(bits - math.ceil(empty), 0)}


@pytest.mark.parametrize("worse", [1.0, 4.0, 8.0])
@pytest.mark.parametrize("leak_bits", [0, 40_000, 86_000, 135_000])
def test_every_bit_told_is_taken_off_what_is_private_of_both_bases(
    worse: float, leak_bits: int
) -> None:
    """Who listens in one basis makes errors in the other: what that one owes is not forgotten."""
    counts = _expected()
    counts = replace(counts, key_errors=np.minimum(worse * counts.key_errors, counts.key_clicks))
    before, told = (
        proven(BOTH, counts, Spent(leak_bits=each, tag_bits=0, hash_cost_bits=0, bob_bits=0))
        for each in (0, leak_bits)
    )
    left = int(before.secure_bits[0]) - leak_bits
    # A bit of rounding a basis.
    made = int(told.secure_bits[0])
    assert max(left - 2, 0) <= made <= max(left, 0)
    assert (told.why_zero[0] is None) is (made > 0)


def test_who_listens_in_one_basis_leaves_no_key_that_is_not_private() -> None:
    clicks = _clicks(2)
    heard = np.random.default_rng(3).random(clicks.bob.places.size) < 0.07
    made = _run(_where(heard & clicks.alice.key_basis.unpacked(), clicks), _terms(protocol=BOTH))
    assert made.keys is None
    assert made.why_none is not None
    assert "error correction would cost" in made.why_none


def test_new_key_pays_for_the_tags_of_a_later_block() -> None:
    made = _run(_clicks(1))
    assert made.earned is not None
    assert made.earned[0].equals(made.earned[1])
    assert len(made.earned[0]) == made.authentication_bits == ONE.authentication.cost_bits


def test_the_records_are_left_as_they_were_and_the_same_seed_gives_the_same_key() -> None:
    clicks = _clicks(1)
    one, two = _run(clicks), _run(clicks)
    assert one.keys is not None
    assert two.keys is not None
    assert one.keys[0].equals(two.keys[0])
    assert [e.alice.content for e in one.exchanges] == [e.alice.content for e in two.exchanges]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoilt:
    """An engine after which something happens."""

    after: Callable[[Reconciled], Reconciled]
    name: str = "spoilt"
    frame_bits: int = CASCADE.frame_bits
    alice = CASCADE.alice
    bob = CASCADE.bob

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        return self.after(CASCADE.run(alice, bob, qber=qber, seed=seed))


@pytest.mark.parametrize("flips", [1, 2, 3, 1000])
def test_bits_flipped_after_reconciliation_are_caught_by_the_tag(flips: int) -> None:
    def flipped(made: Reconciled) -> Reconciled:
        wrong = np.zeros(len(made.bits), dtype=np.bool_)
        wrong[np.random.default_rng(flips).choice(wrong.size, flips, replace=False)] = True
        return replace(made, bits=made.bits ^ Bits.pack(wrong))

    made = _run(_clicks(1), _terms(engine=_Spoilt(after=flipped)))
    assert made.keys is None
    assert made.earned is None
    assert made.why_none is not None
    assert "tags of both ends' bits differ" in made.why_none
    assert made.leak_bits > 0  # what was told stays told


def test_what_was_told_counts_although_bits_are_right() -> None:
    """A peer who says more than it must costs key, bit by bit."""

    def talkative(made: Reconciled) -> Reconciled:
        own = made.exchange.alice
        more = Said(bits=np.append(own.bits, 8_000), content=own.content + bytes(1_000))
        return replace(made, exchange=replace(made.exchange, alice=more))

    plain, told = _run(_clicks(1)), _run(_clicks(1), _terms(engine=_Spoilt(after=talkative)))
    assert plain.bits - told.bits in {7_999, 8_000, 8_001}


def test_a_wrong_key_for_authentication_gives_no_key() -> None:
    made = _run(_clicks(1), bob_key=bytes(range(255, -1, -1)))
    assert made.keys is None
    assert made.why_none is not None
    assert "is not proven to be what" in made.why_none
    assert made.authentication_bits == ONE.authentication.cost_bits


def test_no_authentication_key_left_gives_no_key() -> None:
    short = AuthenticationKey(content=bytearray(bytes(40)))
    ends = _ends(_clicks(1))
    alone = replace(ends, alice_authenticator=replace(ends.alice_authenticator, key=short))
    short.spend(300)
    with_none = distilled(alone, _terms(), simulated_randomness(1))
    assert with_none.keys is None
    assert with_none.why_none is not None
    assert "authentication key" in with_none.why_none


@pytest.mark.parametrize("protocol", [ONE, BOTH])
def test_too_many_errors_give_no_key(protocol: DecoyBB84) -> None:
    made = _run(_clicks(10, qber=0.13), _terms(protocol=protocol, qber=0.13))
    assert made.keys is None
    assert made.why_none is not None
    assert "are wrong: more than 11.00%" in made.why_none
    # The check basis tells before any key bit is spoken of; where both make key, correction does.
    assert (made.leak_bits == 0) is (protocol is ONE)


def _where(change: BoolArray, clicks: Simulated) -> Simulated:
    return replace(clicks, bob=replace(clicks.bob, bit=clicks.bob.bit ^ Bits.pack(change)))


@pytest.mark.parametrize("shape", ["bursts", "rising"])
def test_errors_in_bursts_or_rising_along_the_pass_are_corrected_or_refused(shape: str) -> None:
    clicks = _clicks(2)
    size = clicks.bob.places.size
    generator = np.random.default_rng(11)
    if shape == "bursts":
        starts = generator.random(size) < 0.01 / 32
        change = np.convolve(starts, np.ones(32), mode="full")[:size] > 0.0
    else:
        change = generator.random(size) < np.linspace(0.0, 0.05, size)
    made = _run(_where(change, clicks))
    assert made.keys is None or made.keys[0].equals(made.keys[1])
    assert made.why_none is None
    assert made.corrected_bits == made.wrong_bits


def test_few_clicks_give_no_key_and_say_why() -> None:
    clicks = _clicks(2)
    few = replace(
        clicks,
        alice=clicks.alice.take(np.arange(200)),
        bob=replace(
            clicks.bob,
            places=Places.of(clicks.bob.places.numbers()[:200]),
            bit=clicks.bob.bit.first(200),
            key_basis=clicks.bob.key_basis.first(200),
        ),
    )
    made = _run(few)
    assert made.keys is None
    assert made.why_none


def test_no_clicks_give_no_key_and_say_why() -> None:
    clicks = _clicks(2)
    none = replace(
        clicks,
        bob=replace(
            clicks.bob,
            places=Places.of(clicks.bob.places.numbers()[:0]),
            bit=clicks.bob.bit.first(0),
            key_basis=clicks.bob.key_basis.first(0),
        ),
    )
    assert _run(none).why_none == "no click was prepared and read in the same basis"


def test_secrets_are_not_shown() -> None:
    made = _run(_clicks(2))
    assert made.keys is not None
    assert repr(made) == f"Distilled(block 4: {made.bits} bits)"
    assert repr(made.keys[0]) == f"Bits({made.bits})"


@pytest.mark.parametrize("bob_key", [None, bytes(range(255, -1, -1))])
def test_strings_between_clicks_and_key_are_overwritten(
    monkeypatch: pytest.MonkeyPatch, bob_key: bytes | None
) -> None:
    """Those hashed too, which no end may use where the tags are not as expected."""
    seen: list[chain._Work] = []
    made = chain._Work.result

    def result(work: chain._Work) -> Distilled:
        seen.append(work)
        return made(work)

    monkeypatch.setattr(chain._Work, "result", result)
    assert (_run(_clicks(2), bob_key=bob_key).keys is None) is (bob_key is not None)
    (work,) = seen
    assert work.hers is not None
    assert work.his is not None
    assert work.reconciled is not None
    assert work.made is not None
    between = (work.hers.key, work.his.key, work.reconciled.bits, *work.made)
    assert len(work.made[0]) > 10_000
    assert not any(own.ones for own in between)
