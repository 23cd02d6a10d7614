"""Failure probabilities of a key, added up."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from satqkd.errors import NonPhysicalError


@dataclass(frozen=True, slots=True, kw_only=True)
class EpsilonTerm:
    """One thing that can go wrong, some equal times in a block."""

    name: str
    each: float
    """Probability of each."""
    times: int = 1

    @property
    def total(self) -> float:
        """Probability of any in a block, at most their sum.

        Derived here by the union bound (Boole's inequality).
        """
        return self.each * self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class EpsilonBudget:
    """What a block risks, and what several of them risk together.

    A key made of k blocks is as far from ideal as the k blocks together: the budget adds.

    References
    ----------
    .. [1] R. Canetti, *Proc. FOCS* 2001, 136; J. Müller-Quade and R. Renner, *New J. Phys.* 11,
       085006 (2009): composable security errors add up.

    Examples
    --------
    A week of 21 passes:

    >>> block = EpsilonBudget(terms=(EpsilonTerm(name="secrecy", each=1e-9),))
    >>> f"{block.over(21).total:.2g}"
    '2.1e-08'
    """

    terms: tuple[EpsilonTerm, ...]
    blocks: int = 1

    @property
    def block(self) -> float:
        """Of one block."""
        return math.fsum(term.total for term in self.terms)

    @property
    def total(self) -> float:
        """Of all blocks together, at most 1."""
        return min(self.blocks * self.block, 1.0)

    def over(self, blocks: int) -> EpsilonBudget:
        """Return the budget of a key of ``blocks`` such blocks."""
        if blocks < 0:
            raise NonPhysicalError("blocks", f"must not be negative, got {blocks}")
        return replace(self, blocks=blocks)

    def lines(self) -> tuple[str, ...]:
        """Return the budget for people, a line a term and one for the sum."""
        shown = [f"{t.name}: {t.times} × {t.each:.3g} = {t.total:.3g}" for t in self.terms]
        return (*shown, f"{self.blocks} × {self.block:.3g} = {self.total:.3g}")


def share_of_block(total: float, *, blocks: int) -> float:
    """Failure probability a block may have when ``blocks`` of them may have ``total``.

    Derived here: probabilities of failure add up at most (union bound), and the blocks share alike.
    """
    if blocks < 1:
        raise NonPhysicalError("blocks", f"must be at least 1, got {blocks}")
    return total / blocks
