"""From clicks to key, stage by stage.

::

    clicks ─▶ sift ─▶ estimate ─▶ reconcile ─▶ verify ─▶ amplify ─▶ authenticate ─▶ two equal keys

Nothing passes between the two ends but what stands in the exchanges; whatever goes wrong, no key
comes of the block.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from satqkd.clicks.counts import Counts
from satqkd.distil.authenticate import Authenticator, exchange_tags
from satqkd.distil.bits import Bits
from satqkd.distil.block import Distilled, Terms
from satqkd.distil.estimate import (
    EstimatingAlice,
    EstimatingBob,
    Spent,
    counted,
    key_errors_of,
    proven,
    require_key_errors,
)
from satqkd.distil.exchange import Exchange, Said, exchange
from satqkd.distil.packing import message, number, numbers
from satqkd.distil.randomness import Randomness
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.distil.records import Received, Transmitted
from satqkd.distil.sift import Sifted, SiftingAlice, SiftingBob
from satqkd.distil.verify import seed_bits, tag_length, verified
from satqkd.errors import AuthenticationKeyError, ProtocolError
from satqkd.key.result import KeyResult
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """What the two ends hold when a block begins."""

    alice: Transmitted
    """Her record."""
    bob: Received
    """His."""
    alice_authenticator: Authenticator
    """What she authenticates with."""
    bob_authenticator: Authenticator
    """The same at his end."""


def distilled(ends: Ends, terms: Terms, randomness: Randomness) -> Distilled:
    """Make key of a block, or say why there is none.

    Parameters
    ----------
    ends
        Both records, and the key that authenticates.
    terms
        What both agreed on before.
    randomness
        Seeds of permutations, tags and hashes: public, but drawn no sooner than they are told.

    Returns
    -------
    Distilled
        With two keys of the same bits, or none. The records are as they were; the strings between
        are overwritten as well as Python can.
    """
    work = _Work(terms=terms)
    try:
        work.run(ends, randomness)
    except (ProtocolError, AuthenticationKeyError, _GivenUpError) as error:
        work.why = str(error)
    finally:
        work.wipe()
    return work.result()


class _GivenUpError(Exception):
    """The block gives no key, as it should be."""


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Work:
    """A block while it is worked on."""

    terms: Terms
    why: str | None = None
    clicks: int = 0
    hers: Sifted | None = None
    his: Sifted | None = None
    check_qber: float | None = None
    wrong_bits: int = 0
    corrected_bits: int = 0
    reconciled: Reconciled | None = None
    counts: Counts | None = None
    proven: KeyResult | None = None
    family: str = ""
    made: tuple[Bits, Bits] | None = None
    keys: tuple[Bits, Bits] | None = None
    earned: tuple[Bits, Bits] | None = None
    spent_bits: int = 0
    failure_probability: float = 0.0
    exchanges: list[Exchange] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, ends: Ends, randomness: Randomness) -> None:
        """Go through all stages."""
        hers, his = self._sift(ends)
        check_errors = self._estimate(hers, his)
        corrected = self._reconcile(hers, his, randomness)
        tag_bits = self._verify(hers.key, corrected, randomness)
        key_errors = key_errors_of(corrected ^ his.key, his)
        net = self._count(hers, (check_errors, key_errors), tag_bits)
        self.made = self._amplify((hers.key, corrected), net, key_errors, randomness)
        self._authenticate(ends)
        self._release(self.made, net)

    def _sift(self, ends: Ends) -> tuple[Sifted, Sifted]:
        terms = self.terms
        alice = SiftingAlice(ends.alice, block=terms.block, both_bases=terms.protocol.both_bases)
        bob = SiftingBob(ends.bob, block=terms.block, both_bases=terms.protocol.both_bases)
        self.clicks = ends.bob.places.size
        with self._stage("sift"):
            self.exchanges.append(exchange(alice, bob, stage="sift"))
        if alice.sifted is None or bob.sifted is None:
            raise ProtocolError("sifting ended before it was done")
        self.hers, self.his = alice.sifted, bob.sifted
        self.wrong_bits = (alice.sifted.key ^ bob.sifted.key).ones
        if not len(alice.sifted.key):
            raise _GivenUpError("no click was prepared and read in the same basis")
        return alice.sifted, bob.sifted

    def _estimate(self, hers: Sifted, his: Sifted) -> IntArray:
        alice, bob = EstimatingAlice(hers), EstimatingBob(his)
        with self._stage("estimate"):
            self.exchanges.append(exchange(alice, bob, stage="estimate"))
        if alice.check_errors is None:
            raise ProtocolError("estimation ended before it was done")
        if his.check.size:
            self.check_qber = float(alice.check_errors.sum()) / his.check.size
            self._require_qber(self.check_qber, "of the bits that test the phase")
        return alice.check_errors

    def _reconcile(self, hers: Sifted, his: Sifted, randomness: Randomness) -> Bits:
        seed = randomness.number(64)
        told = Said.of([message(number(seed))])
        self.exchanges.append(Exchange(stage="estimate", alice=told, bob=Said.of([])))
        with self._stage("reconcile"):
            found = self.terms.engine.run(hers.key, his.key, qber=self.terms.qber, seed=seed)
        self.reconciled = found
        self.exchanges.append(replace(found.exchange, stage="reconcile"))
        self.corrected_bits = (found.bits ^ his.key).ones
        return found.bits

    def _verify(self, hers: Bits, corrected: Bits, randomness: Randomness) -> int:
        """Return the length of the tag."""
        with self._stage("verify"):
            length = tag_length(len(hers), epsilon=self._epsilon_cor())
            seed = randomness.bits(seed_bits(length))
            found = verified(hers, corrected, seed=seed, length=length)
        self.exchanges.append(found.exchange)
        if not found.equal:
            raise _GivenUpError(
                "the tags of both ends' bits differ: error correction left errors, or what it was "
                "told was not true"
            )
        return found.leak_bits

    def _count(self, hers: Sifted, errors: tuple[IntArray, IntArray], tag_bits: int) -> int:
        """Return how many bits are secret and need not pay tags: both ends work it out."""
        check_errors, key_errors = errors
        with self._stage("estimate"):
            require_key_errors(key_errors, hers)
            self._require_qber(int(key_errors.sum()) / len(hers.key), "of the corrected bits")
            self.counts = counted(
                self.terms.expected, hers, check_errors=check_errors, key_errors=key_errors
            )
            spent = Spent(
                leak_bits=sum(
                    one.alice.total_bits for one in self.exchanges if one.stage == "reconcile"
                ),
                tag_bits=tag_bits,
                hash_cost_bits=self.terms.family.cost_bits,
                bob_bits=sum(
                    one.bob.total_bits
                    for one in self.exchanges
                    if one.stage in {"reconcile", "verify"}
                )
                + len(message(numbers(key_errors))),
            )
            self.proven = proven(self.terms.protocol, self.counts, spent)
        net = int(self.proven.secure_bits[0])
        if net < 1:
            raise _GivenUpError(self.proven.why_zero[0] or "less than one bit is secret")
        return net

    def _amplify(
        self,
        both: tuple[Bits, Bits],
        net: int,
        key_errors: IntArray,
        randomness: Randomness,
    ) -> tuple[Bits, Bits]:
        """Return all that is secret at both ends: the key, and what pays for later tags."""
        bits = len(both[0])
        family = self.terms.family
        length = min(net + round(self.terms.protocol.authentication.cost_bits), bits)
        with self._stage("amplify"):
            seed = randomness.bits(family.seed_bits(bits, length))
            hers, his = (family.hashed(own, seed=seed, length=length) for own in both)
        self.family = family.name
        told = message(numbers(key_errors))
        self.exchanges.append(
            Exchange(stage="amplify", alice=Said.of([message(), seed]), bob=Said.of([told]))
        )
        return hers, his

    def _authenticate(self, ends: Ends) -> None:
        with self._stage("authenticate"):
            block = self.terms.block
            hers = ends.alice_authenticator.tags(self.exchanges, block=block)
            self.spent_bits = len(hers.alice) + len(hers.bob)
            his = ends.bob_authenticator.tags(self.exchanges, block=block)
            self.exchanges.append(exchange_tags(hers, his))

    def _release(self, made: tuple[Bits, Bits], net: int) -> None:
        """Let the keys go, now that all is proven."""
        self.keys = (made[0].first(net), made[1].first(net))
        self.earned = (made[0].beyond(net), made[1].beyond(net))
        self.failure_probability = self._budget().block

    def _budget(self) -> EpsilonBudget:
        return self.terms.protocol.epsilon_budget(self.terms.expected.intensities.shape[-1])

    def _epsilon_cor(self) -> float:
        """What the tag may fail with: all that the budget has for correctness."""
        return sum(term.total for term in self._budget().terms if term.name == "correctness")

    def _require_qber(self, qber: float, which: str) -> None:
        if qber > self.terms.most_qber:
            raise _GivenUpError(
                f"{qber:.2%} {which} are wrong: more than {self.terms.most_qber:.2%}, so that "
                "somebody may have listened"
            )

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            passed = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + passed

    def wipe(self) -> None:
        """Overwrite the strings that were between clicks and key."""
        between = [own.key for own in (self.hers, self.his) if own is not None]
        if self.reconciled is not None:
            between.append(self.reconciled.bits)
        if self.made is not None:
            between += self.made
        for own in between:
            own.wipe()

    def result(self) -> Distilled:
        """Return what became of it."""
        told = None if self.reconciled is None else self.reconciled.told
        return Distilled(
            terms=self.terms,
            keys=self.keys,
            earned=self.earned,
            why_none=self.why,
            clicks=self.clicks,
            sifted_bits=0 if self.hers is None else len(self.hers.key),
            check_bits=0 if self.hers is None else len(self.hers.check),
            check_qber=self.check_qber,
            wrong_bits=self.wrong_bits,
            corrected_bits=self.corrected_bits,
            frames=0 if told is None else told.size,
            told_frames=0 if told is None else int(told.sum()),
            counts=self.counts,
            proven=self.proven,
            exchanges=tuple(self.exchanges),
            seconds=dict(self.seconds),
            family=self.family,
            authentication_bits=self.spent_bits,
            failure_probability=self.failure_probability,
        )
