"""Tags on all that two ends said about a block: nobody stood between them.

::

    all that Alice said, as her end has it ─▶ 122 bits ─▶ t bits ─(+ t bits of key)─▶ her tag
    all that she said, as Bob's end has it ─▶  the same function, the same key     ─▶ expected

and as much for what Bob said. The function is secret and serves for every block; the key that
hides a tag serves once.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from satqkd.distil.authentication_key import AuthenticationKey
from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange, Said
from satqkd.distil.tag_hash import TagHash, most_collisions
from satqkd.errors import NonPhysicalError, ProtocolError
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication, tag_bits

ALICE: Final = b"A"
BOB: Final = b"B"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Tags:
    """Both tags of a block as one end makes them: its own to send, the other's to expect."""

    alice: Bits
    """On all that Alice said."""
    bob: Bits
    """On all that Bob said."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Authenticator:
    """What one end authenticates with; the other end holds the same.

    Notes
    -----
    A forger who replaces what was said must guess by which difference the tag changes. The function
    is hidden by the key of each tag, so he succeeds with probability
    :func:`~satqkd.distil.tag_hash.most_collisions` of the t bits at most, for every block anew:
    (k/2^60)^2 + 2^-t with k = ⌈m/56⌉, which is below the failure probability of ``authentication``
    (:meth:`of` refuses any other). With a message of 1e9 bit and t = 80: 2.4e-22.

    References
    ----------
    .. [1] M. N. Wegman and J. L. Carter, *J. Comput. Syst. Sci.* 22, 265 (1981): a hidden function
       serves again if each tag is encrypted.
    .. [2] C. Portmann, "Key recycling in authentication", *IEEE Trans. Inf. Theory* 60, 4383 (2014)
       (recalled): composably so.
    """

    authentication: Authentication
    """How many tags a block has, and how good they are."""
    function: TagHash | None
    """Secret, and the same for all blocks; None where there are no tags."""
    key: AuthenticationKey
    """Hides the tags."""

    @staticmethod
    def of(key: AuthenticationKey, *, authentication: Authentication = TWO_TAGS) -> Authenticator:
        """Draw the function from key that both ends hold, once; the rest is for tags.

        Parameters
        ----------
        key
            The same at both ends, at the same place.
        authentication
            What a block pays: no tags, where authentication is paid for elsewhere, or two.

        References
        ----------
        As of :class:`Authenticator`.
        """
        if authentication.messages not in {0, 2}:
            raise NonPhysicalError("messages", "must be 2, one each way, or 0")
        if authentication.messages == 0:
            return Authenticator(authentication=authentication, function=None, key=key)
        length = _tag_bits(authentication)
        most = most_collisions(int(authentication.message_bits), length=length)
        if most > authentication.failure_probability:
            raise NonPhysicalError(
                "failure_probability", f"must be at least {most:.3g} for messages so long"
            )
        drawn = key.spend(TagHash.key_bits(length))
        function = TagHash.chosen(drawn, length=length)
        drawn.wipe()
        return Authenticator(authentication=authentication, function=function, key=key)

    def tags(self, exchanges: Sequence[Exchange], *, block: int) -> Tags:
        """Make both tags of a block, and spend their key.

        Parameters
        ----------
        exchanges
            All that was said about the block, as this end has it, stage by stage.
        block
            Its number, never the same for two blocks.

        Raises
        ------
        AuthenticationKeyError
            If there is no key left for both; then none is taken.
        """
        stages = [each.stage for each in exchanges]
        sides = (
            (ALICE, [each.alice for each in exchanges]),
            (BOB, [each.bob for each in exchanges]),
        )
        function = self.function
        if function is None:
            return Tags(alice=Bits.pack([]), bob=Bits.pack([]))
        alice, bob = (
            self._bare(function, transcript(said, stages=stages, speaker=speaker, block=block))
            for speaker, said in sides
        )
        both = self.key.spend(2 * function.length)
        pads = both.first(function.length), both.beyond(function.length)
        for tag, pad in zip((alice, bob), pads, strict=True):
            tag.words[:] ^= pad.words
            pad.wipe()
        both.wipe()
        return Tags(alice=alice, bob=bob)

    def _bare(self, function: TagHash, content: bytes) -> Bits:
        """A tag that nothing hides yet."""
        bits = 8 * len(content)
        most = most_collisions(bits, length=function.length)
        if most > self.authentication.failure_probability:
            raise ProtocolError(
                f"{bits} bits were said about a block: too many for its tags, which would fail "
                f"with {most:.2g}"
            )
        return function.tag(content, bits=bits)


def exchange_tags(alice: Tags, bob: Tags) -> Exchange:
    """Let each end send its tag and compare the other's with what it expects.

    Parameters
    ----------
    alice, bob
        Tags of either end.

    Raises
    ------
    ProtocolError
        If one of them is not as expected: the block gives no key. What was spent stays spent.
    """
    for speaker, listener, sent, expected in (
        ("Alice", "Bob", alice.alice, bob.alice),
        ("Bob", "Alice", bob.bob, alice.bob),
    ):
        if not hmac.compare_digest(sent.to_bytes(), expected.to_bytes()):
            raise ProtocolError(
                f"what {listener} heard is not proven to be what {speaker} said: "
                "the block gives no key"
            )
    return Exchange(stage="authenticate", alice=Said.of([alice.alice]), bob=Said.of([bob.bob]))


def transcript(said: Sequence[Said], *, stages: Sequence[str], speaker: bytes, block: int) -> bytes:
    """Write all that one end said about a block, so that nothing else is written alike.

    ::

        speaker | block | stages | then for each: name, messages, bytes | their lengths | content

    Every number has 8 bytes, and each part says how long it is.

    Parameters
    ----------
    said, stages
        What was said at each stage, and its name.
    speaker
        :data:`ALICE` or :data:`BOB`.
    block
        Number of the block.
    """
    parts = [speaker, _number(block), _number(len(said))]
    for stage, each in zip(stages, said, strict=True):
        name = stage.encode()
        lengths = each.bits.astype("<i8").tobytes()
        parts += [_number(len(name)), name, _number(each.bits.size), _number(len(each.content))]
        parts += [lengths, each.content]
    return b"".join(parts)


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _tag_bits(authentication: Authentication) -> int:
    """Length of one tag, so that all of them cost what the key of a block pays."""
    return tag_bits(
        message_bits=authentication.message_bits,
        failure_probability=authentication.failure_probability,
    )
