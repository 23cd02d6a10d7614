"""Whether two corrected strings are equal: Alice tells a tag of hers, Bob compares."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange, Said
from satqkd.distil.tag_hash import LONGEST_TAG, TagHash, most_collisions
from satqkd.errors import NonPhysicalError, ProtocolError, require_between


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verified:
    """What the comparison found."""

    equal: bool
    """Whether the tags are the same; if not, the block gives no key."""
    leak_bits: int
    """What the tag told of the string: its length. [bit]"""
    failure_probability: float
    """At most how probably strings that differ were found equal."""
    exchange: Exchange
    """The seed and the tag; one bit back."""


def tag_length(bits: int, *, epsilon: float) -> int:
    """Return the length of the shortest tag that errs no more often than told. [bit]

    Parameters
    ----------
    bits
        Length of the strings. [bit]
    epsilon
        Probability with which two strings that differ may be found equal.

    References
    ----------
    Derived here from :func:`~satqkd.distil.tag_hash.most_collisions`.

    Examples
    --------
    >>> tag_length(1 << 20, epsilon=1e-15)
    50
    """
    require_between("epsilon", epsilon, 0.0, 1.0)
    for length in range(1, LONGEST_TAG + 1):
        if most_collisions(bits, length=length) <= epsilon:
            return length
    raise NonPhysicalError(
        "epsilon",
        f"must be at least {most_collisions(bits, length=LONGEST_TAG):.3g} for {bits} bits, "
        f"got {epsilon:.3g}",
    )


def seed_bits(length: int) -> int:
    """Return how many public random bits a tag of such a length takes. [bit]"""
    return TagHash.key_bits(length)


def tag(bits: Bits, *, seed: Bits, length: int) -> Bits:
    """Return the tag of a string.

    Parameters
    ----------
    bits
        The string, corrected.
    seed
        :func:`seed_bits` public random bits, drawn when the string was corrected: not before.
    length
        Of the tag. [bit]
    """
    return TagHash.chosen(seed, length=length).tag(bits.to_bytes(), bits=len(bits))


def verified(alice: Bits, bob: Bits, *, seed: Bits, length: int) -> Verified:
    """Compare the strings of both ends by their tags.

    Parameters
    ----------
    alice, bob
        Their strings, corrected.
    seed, length
        As of :func:`tag`.
    """
    if len(alice) != len(bob):
        raise ProtocolError(f"strings of {len(alice)} and {len(bob)} bits cannot be verified")
    hers, his = (tag(bits, seed=seed, length=length) for bits in (alice, bob))
    equal = hers.equals(his)
    return Verified(
        equal=equal,
        leak_bits=length,
        failure_probability=most_collisions(len(alice), length=length),
        exchange=Exchange(
            stage="verify", alice=Said.of([seed, hers]), bob=Said.of([Bits.pack([equal])])
        ),
    )
