"""How many parities of a frame to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from satqkd.errors import NonPhysicalError

FEWEST_ROWS: Final = 16
"""Of circulants; with fewer no code of ours corrects."""
MOST_RATE: Final = 0.8
"""Parities a bit from which on telling the string is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Parities of a frame by the error fraction expected in it.

    Of n bits with error fraction Q, with h the binary entropy::

        parities = n h(Q) efficiency + margin sqrt(n Q (1 - Q)) log2((1 - Q) / Q)

    The second term is what the errors of a frame scatter by.
    """

    efficiency: float
    """Parities over n h(Q) of a long frame."""
    margin: float
    """How many standard deviations of a frame's errors are allowed for."""

    def parities(self, bits: int, *, qber: float) -> float:
        """Return parities of a frame. [bit]

        Parameters
        ----------
        bits
            Length n. [bit]
        qber
            Error fraction Q that is expected, from 0 to 1/2.

        References
        ----------
        Derived here: the first two terms of the limit of finite frames
        (:func:`satqkd.key.post_processing.leakage.one_way_limit_bits`), with both coefficients
        measured.
        """
        if not 0.0 <= qber <= 0.5:
            raise NonPhysicalError("qber", "must be from 0 to 1/2")
        Q = min(max(qber, 1e-4), 0.5 - 1e-9)
        entropy = -Q * math.log2(Q) - (1 - Q) * math.log2(1 - Q)
        spread = math.sqrt(bits * Q * (1 - Q)) * math.log2((1 - Q) / Q)
        return bits * entropy * self.efficiency + self.margin * spread
