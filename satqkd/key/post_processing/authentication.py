"""Key spent on the authentication of classical messages."""

from __future__ import annotations

import math
from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_between, require_positive


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
    """Wegman-Carter tags on what is said about one block."""

    messages: int = 5
    """Tagged messages a block: bases both ways, error correction, verification, hashing (assumed).
    """
    message_bits: float = 1e9
    """Length of the longest of them (assumed). [bit]"""
    failure_probability: float = 1e-15
    """Probability that a forged message passes, for each of them."""

    def __post_init__(self) -> None:
        if self.messages < 1:
            raise NonPhysicalError("messages", f"must be at least 1, got {self.messages}")
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
