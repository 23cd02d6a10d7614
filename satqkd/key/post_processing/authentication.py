"""Key spent on the authentication of classical messages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import NonPhysicalError, require_between, require_positive
from satqkd.key.statistics.epsilon import EpsilonTerm
from satqkd.units import FloatArray


def tag_bits(*, message_bits: float, failure_probability: float) -> int:
    r"""Length of the tag that authenticates a message.

    .. math:: t = \left\lceil \log_2 \frac{m}{\epsilon} \right\rceil

    Parameters
    ----------
    message_bits
        Length of the message :math:`m`, at least 1. [bit]
    failure_probability
        Probability :math:`\epsilon` that a forged message passes.

    Returns
    -------
    int
        Key bits that hide the tag and cannot be used again. [bit]

    Notes
    -----
    A polynomial over a field of :math:`2^t` elements collides with probability at most
    :math:`\lceil m/t \rceil 2^{-t}`, which :math:`m 2^{-t}` exceeds. The key that chooses the
    polynomial is hidden by the encrypted tags and serves again.

    References
    ----------
    .. [1] M. N. Wegman and J. L. Carter, *J. Comput. Syst. Sci.* 22, 265 (1981); polynomial
       hashing: D. R. Stinson, *Discrete Appl. Math.* 78, 273 (1997) (recalled).

    Examples
    --------
    >>> tag_bits(message_bits=1e6, failure_probability=1e-12)
    60
    """
    return math.ceil(math.log2(max(message_bits, 1.0) / failure_probability))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """Wegman-Carter tags on what is said about one block.

    References
    ----------
    .. [1] E. O. Kiktenko et al., "Lightweight authentication for quantum key distribution", *IEEE
       Trans. Inf. Theory* 66, 6354 (2020) (recalled): all that was said about a block is tagged
       once each way, before its key is used.
    """

    messages: int = 2
    """Tags a block, one each way on all that was said (assumed); 0 where authentication is paid for
    elsewhere."""
    message_bits: float = 1e9
    """Length of what a tag is on (assumed). [bit]"""
    failure_probability: float = 1e-15
    """Probability that a forged message passes, for each of them."""

    def __post_init__(self) -> None:
        if self.messages < 0:
            raise NonPhysicalError("messages", f"must not be negative, got {self.messages}")
        require_positive("message_bits", self.message_bits)
        require_positive("failure_probability", self.failure_probability)
        require_between("failure_probability", self.failure_probability, 0.0, 1.0)

    @property
    def cost_bits(self) -> float:
        """Key that a block spends on its tags. [bit]

        By definition: tags times their length.
        """
        return float(
            self.messages
            * tag_bits(message_bits=self.message_bits, failure_probability=self.failure_probability)
        )

    @property
    def epsilon(self) -> float:
        """Probability that any forged message of a block passes.

        Derived here by the union bound (Boole's inequality).
        """
        return self.messages * self.failure_probability

    @property
    def terms(self) -> tuple[EpsilonTerm, ...]:
        """What the tags of a block risk; nothing without any."""
        if self.messages == 0:
            return ()
        each = self.failure_probability
        return (EpsilonTerm(name="authentication", each=each, times=self.messages),)

    def paid(self, bits: FloatArray) -> FloatArray:
        """Return what is left of keys when their tags are paid, none below 0. [bit]"""
        return np.maximum(bits - self.cost_bits, 0.0)

    def too_dear(self, bits: float) -> str | None:
        """Say that a key does not pay its tags; None where there is none, or it does."""
        if not 1.0 <= bits <= self.cost_bits:
            return None
        return f"authentication would cost {self.cost_bits:.0f} bits of the {bits:.0f} there are"


TWO_TAGS: Final = Authentication()
"""What a block pays unless told otherwise."""
