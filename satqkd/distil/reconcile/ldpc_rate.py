"""How many parities of a frame to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from satqkd.errors import require_between

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
            Error fraction Q that is expected, from 0 to 1/2; below 10^-4 as if it were that.

        References
        ----------
        Derived here: long and margin are the first terms of the limit of finite frames
        (:func:`satqkd.key.post_processing.leakage.one_way_limit_bits`); all three are measured.
        """
        require_between("qber", qber, 0.0, 0.5)
        Q = min(max(qber, 1e-4), 0.5 - 1e-9)
        entropy = -Q * math.log2(Q) - (1 - Q) * math.log2(1 - Q)
        x = math.sqrt(Q * (1 - Q) / bits) * math.log2((1 - Q) / Q) / entropy
        return bits * entropy * (self.long + self.margin * x + self.curve * x * x)


ONE_WAY: Final = Rate(long=1.08, margin=4.5, curve=50.0)
"""Some 2 to 5 frames in 1,000 fail."""
BLIND: Final = Rate(long=1.08, margin=0.5, curve=30.0)
"""Near what a code of ours can do at best: most frames ask once or twice."""
