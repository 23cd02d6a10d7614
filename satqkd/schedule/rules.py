"""Rules beyond clashes: some contacts may use no more than so much of something together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from satqkd.errors import NonPhysicalError, require_not_negative
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """``Σ use · x ≤ most`` over some contacts."""

    name: str
    """What it says, to follow "rule:" where it keeps a contact out."""
    contacts: IntArray
    """Contacts it is about, rising."""
    use: FloatArray
    """What each uses, above 0, in any unit."""
    most: float
    """What they may use together, in the same unit."""
    unit: str = ""
    """Unit in which people are told what is used; empty where the name says it all."""
    per_unit: float = 1.0
    """So much use is one of that unit."""
    clash: bool = False
    """Whether each two of its contacts stand in each other's way, as those that clash."""

    def __post_init__(self) -> None:
        require_not_negative("most", self.most)
        if self.contacts.shape != self.use.shape:
            raise NonPhysicalError("use", "must be as long as contacts")
        if np.any(self.use <= 0) or not np.all(np.isfinite(self.use)):
            raise NonPhysicalError("use", "must hold finite numbers above 0")

    def used(self, chosen: BoolArray) -> float:
        """What a choice uses."""
        return float(self.use[chosen[self.contacts]].sum())

    def keeps(self, chosen: BoolArray) -> bool:
        """Whether a choice keeps to it, up to rounding."""
        return self.used(chosen) <= self.most * (1.0 + 1e-9) + 1e-9

    def in_words(self, chosen: BoolArray, more: int) -> str:
        """Say what it is, and what one contact more than a choice would use of how much."""
        if not self.unit:
            return self.name
        would = self.used(chosen) + float(self.use[self.contacts == more].sum())
        used, most = would / self.per_unit, self.most / self.per_unit
        for digits in range(3, 12):
            if f"{used:.{digits}g}" != f"{most:.{digits}g}":
                break
        return f"{self.name}: {used:.{digits}g} of {most:.{digits}g} {self.unit}"

    def part(self, contacts: IntArray) -> Rule:
        """Return the rule for some contacts, each counted by its place among them."""
        kept = np.isin(self.contacts, contacts)
        return replace(
            self,
            contacts=np.searchsorted(contacts, self.contacts[kept]),
            use=self.use[kept],
        )

    def beside(self, chosen: BoolArray) -> Rule:
        """Return what others that are chosen leave of it."""
        return replace(self, most=max(0.0, self.most - self.used(chosen)))


def kept_out(rules: Iterable[Rule], chosen: BoolArray) -> BoolArray:
    """Return which contacts a choice has no room for by some rule."""
    out = np.zeros(chosen.size, dtype=np.bool_)
    for rule in rules:
        left = rule.most * (1.0 + 1e-9) + 1e-9 - rule.used(chosen)
        out[rule.contacts[rule.use > left]] = True
    return out & ~chosen
