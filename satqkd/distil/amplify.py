"""Privacy amplification: a string of which much is known becomes a short one of which nothing is.

::

    corrected bits, n   ──▶  a function of a family, drawn by a public seed  ──▶  key, l bits
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from satqkd.distil.family import HashFamily
from satqkd.distil.multiply_shift import MultiplyShift
from satqkd.distil.toeplitz import Toeplitz

_ALL: Final[tuple[HashFamily, ...]] = (Toeplitz(), MultiplyShift())

FAMILIES: Final[Mapping[str, HashFamily]] = MappingProxyType({each.name: each for each in _ALL})
"""By the name that the record of a block has."""

TOEPLITZ_TO: Final = 1 << 21
"""Longest string for which a Toeplitz matrix is the usual family. [bit]

By measurement: up to here its carry-less products are the faster; beyond, the multiplication of
long numbers is (``benchmarks/amplification.py``).
"""


def usual_family(n: int) -> HashFamily:
    """Return the family for a string of ``n`` bits unless another is named.

    It hangs on the length alone: what one end has installed must not change the key, for the other
    end may have something else.

    Examples
    --------
    >>> usual_family(1 << 20).name, usual_family(1 << 26).name
    ('toeplitz', 'multiply-shift')
    """
    return FAMILIES["toeplitz" if n <= TOEPLITZ_TO else "multiply-shift"]
