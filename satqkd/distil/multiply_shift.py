"""Privacy amplification by one long multiplication."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.distil.bits import Bits
from satqkd.distil.hash_family import require_fit

try:
    import gmpy2 as _gmpy2
except ImportError:
    _gmpy2 = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplyShift:
    r"""The upper bits of the lower half of a product.

    .. math:: h_a(x) = \left\lfloor \frac{a\,x \bmod 2^n}{2^{n - l}} \right\rfloor,
        \quad a \text{ odd}

    The first bit of a string counts 1, the next 2, and so on; bit k of the seed counts
    :math:`2^{k + 1}` in :math:`a`.

    Notes
    -----
    Two strings meet under at most :math:`2 \cdot 2^{-l}` of the seeds, and some do (the tests try
    all there are at n = 8 to 10): one bit of key more than with a universal family.

    The numbers are gmpy2's or Python's and cannot be wiped.

    References
    ----------
    .. [1] M. Dietzfelbinger, T. Hagerup, J. Katajainen and M. Penttonen, "A reliable randomized
       algorithm for the closest-pair problem", *J. Algorithms* 25, 19 (1997) (recalled).
    .. [2] R. Impagliazzo, L. A. Levin and M. Luby, *Proc. STOC* 1989, 12 (recalled): the leftover
       hash lemma; derived here: a factor 2 in the probability that strings meet is one bit of it.
    """

    @property
    def name(self) -> str:
        """As in the record of a block."""
        return "multiply-shift"

    @property
    def cost_bits(self) -> int:
        """How much shorter the key must be than with a universal family. [bit]"""
        return 1

    def seed_bits(self, n: int, length: int) -> int:
        """Return how many public random bits choose a function: all of a but its lowest. [bit]"""
        del length
        return max(n - 1, 0)

    def hashed(self, bits: Bits, *, seed: Bits, length: int) -> Bits:
        """Shorten a string, by gmpy2 where it is installed and by Python's numbers where not.

        Parameters
        ----------
        bits
            The string, n bits.
        seed
            n - 1 public random bits.
        length
            Bits of the result, at most n. [bit]
        """
        require_fit(self, bits, seed=seed, length=length)
        middle = middle_by_gmpy2 if has_gmpy2() else middle_by_python
        content = middle(bits.to_bytes(), seed.to_bytes(), n=len(bits), length=length)
        return Bits.from_bytes(content, size=length)


def has_gmpy2() -> bool:
    """Whether gmpy2 is installed."""
    return _gmpy2 is not None


def middle_by_python(x: bytes, half_a: bytes, *, n: int, length: int) -> bytes:
    """Return bits n - length to n of a x, where a = 2 half_a + 1.

    References
    ----------
    As of :class:`MultiplyShift`.
    """
    a = 2 * int.from_bytes(half_a, "little") + 1
    product = (a * int.from_bytes(x, "little")) & ((1 << n) - 1)
    return (product >> (n - length)).to_bytes(-(-length // 8), "little")


def middle_by_gmpy2(x: bytes, half_a: bytes, *, n: int, length: int) -> bytes:
    """Return the same as :func:`middle_by_python`, sooner.

    References
    ----------
    As of :class:`MultiplyShift`.
    """
    # gmpy2 lets the interpreter's lock go only if the context of this thread says so: without it
    # two threads take turns.
    with _gmpy2.context(_gmpy2.get_context(), allow_release_gil=True):
        a = 2 * _gmpy2.mpz.from_bytes(half_a, "little") + 1
        product = _gmpy2.f_mod_2exp(a * _gmpy2.mpz.from_bytes(x, "little"), n)
    return bytes((product >> (n - length)).to_bytes(-(-length // 8), "little"))
