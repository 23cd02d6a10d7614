"""Privacy amplification: a string of which much is known becomes a short one of which nothing is.

::

    corrected bits, n   ──▶  a function of a family, drawn by a public seed  ──▶  key, l bits
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from satqkd.distil.hash_family import HashFamily
from satqkd.distil.multiply_shift import MultiplyShift
from satqkd.distil.toeplitz import Toeplitz
from satqkd.errors import NonPhysicalError

_ALL: Final[tuple[HashFamily, ...]] = (Toeplitz(), MultiplyShift())

FAMILIES: Final[Mapping[str, HashFamily]] = MappingProxyType({each.name: each for each in _ALL})
"""By the name that the record of a block has."""

USUAL: Final = "toeplitz"
"""The family unless another is named, for strings of any length, on every machine.

What an end has installed must not change the key: the other end may have something else. A Toeplitz
matrix costs no bit of key and is the faster wherever a processor multiplies without carry; where C
was not built, or on other processors, multiply-shift by gmpy2 is (``benchmarks/amplification.py``).
"""


def family(name: str = USUAL) -> HashFamily:
    """Return the family of a name; both ends must name the same.

    Examples
    --------
    >>> family().name, family("multiply-shift").cost_bits
    ('toeplitz', 1)
    """
    if name not in FAMILIES:
        raise NonPhysicalError("family", f"must be one of {', '.join(FAMILIES)}, got {name}")
    return FAMILIES[name]
