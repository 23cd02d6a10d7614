"""How many parities of a frame to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from satqkd.key.statistics.entropy import binary_entropy

FEWEST_ERRORS: Final = 1e-4
"""Error fraction that is reckoned with where fewer are expected."""
FEWEST_ROWS: Final = 16
"""Of circulants; with fewer no code of ours corrects."""
MOST_RATE: Final = 0.8
"""Parities a bit from which on telling the string is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Parities of a frame by the error fraction expected in it.

    Of n bits with error fraction Q and entropy h(Q)::

        parities = n h(Q) (long + margin x + curve x^2)
        x        = sqrt(Q (1 - Q) / n) log2((1 - Q) / Q) / h(Q)

    x is what the errors of a frame scatter by, over n h(Q). At one x, frames of 32,768 and 65,536
    bits and all error fractions from 0.5 to 11 % were found to need the same within 0.02.
    """

    long: float
    """Parities of an endless frame over n h(Q)."""
    margin: float
    """Standard deviations of a frame's errors that are allowed for."""
    curve: float
    """What codes of few rows need besides."""

    def parities(self, bits: int, *, qber: float) -> float:
        """Return parities of a frame. [bit]

        Parameters
        ----------
        bits
            Length n. [bit]
        qber
            Error fraction Q that is expected, from 0 to 1/2; :data:`FEWEST_ERRORS` at least.

        References
        ----------
        Derived here: long and margin are the first terms of the limit of finite frames
        (:func:`satqkd.key.post_processing.leakage.one_way_limit_bits`); all three are measured.
        """
        Q = min(max(qber, FEWEST_ERRORS), 0.5)
        entropy = float(binary_entropy(Q))
        x = math.sqrt(Q * (1 - Q) / bits) * math.log2((1 - Q) / Q) / entropy
        return bits * entropy * (self.long + self.margin * x + self.curve * x * x)


def request_bits(share: float, *, bits: int, qber: float) -> int:
    """Return how many bits are a share of what Shannon's limit n h(Q) is, at least 1. [bit]

    By definition: share n h(Q), rounded down.
    """
    entropy = float(binary_entropy(min(max(qber, FEWEST_ERRORS), 0.5)))
    return max(int(share * bits * entropy), 1)


ONE_WAY: Final = Rate(long=1.08, margin=4.5, curve=50.0)
"""Of 1,000 frames of 65,536 bits 2, 1, 3, 0, 0 and 0 failed at 0.5, 1, 2, 3, 5 and 8 %, none of
which the rule was found on; of 2,000 frames of 16,384 bits 0, 7 and 2 at 1, 2 and 5 %."""
BLIND: Final = Rate(long=1.06, margin=0.5, curve=20.0)
"""Near what our codes can do at best: a frame asks twice on average, and none of 3,000 failed at
0.5 to 8 %, none of 6,000 shorter ones at 1 to 5 %."""
