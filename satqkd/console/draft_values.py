"""Changes of a draft that set values beside the mission's files, for the next plan alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from satqkd.console.decidable import LIMIT, LONGEST_VALUE, decidable
from satqkd.console.draft_change import Change, Wanted
from satqkd.errors import SatqkdError
from satqkd.mission.mission import SetValue
from satqkd.network.ledger.plain import require_name

BY_DRAFT: Final = "the draft"
"""What sets a value of the files, as findings and plans name it."""
MOST_TRIED: Final = 2_000
"""Longest text of what was tried. [characters]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Change):
    """Set a limit for the next plan, in place of what the files say."""

    name: ClassVar[str] = "limit"
    path: str
    """Path in the files, such as ``limits.min_elevation``."""
    value: str
    """As it would be written there."""

    def __post_init__(self) -> None:
        if not LIMIT.fullmatch(self.path):
            raise SatqkdError(
                f"{self.path!r} is no limit that a draft can set\n"
                "  fix: write one such as limits.min_elevation, or change the mission's files"
            )
        require_name("value", self.value)
        if len(self.value) > LONGEST_VALUE or not self.value.isprintable():
            raise SatqkdError(f"{self.path}: the value is no limit\n  fix: write such as 15 deg")

    def put(self, wanted: Wanted) -> Wanted:
        """Set it, in place of what was set before."""
        return replace(wanted, limits={**wanted.limits, self.path: self.as_set()})

    def as_set(self) -> SetValue:
        """Return it as a value set beside the files."""
        return SetValue(path=self.path, value=self.value, by=BY_DRAFT)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.path} = {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Change):
    """Plan with what was tried of a plan: one change, of one or several values."""

    name: ClassVar[str] = "tried"
    what: str
    """In words."""
    sets: str
    """Paths and values, as the column 'set_values' of what_if.csv has them."""

    def __post_init__(self) -> None:
        require_name("what", self.what)
        if len(self.sets) > MOST_TRIED or not decidable(self.sets):
            raise SatqkdError(
                f"{self.what[:LONGEST_VALUE]}: nothing that a draft can set\n"
                "  fix: change the mission's files"
            )

    def values(self) -> tuple[SetValue, ...]:
        """Return the values set beside the files."""
        pairs = (one.partition("=") for one in self.sets.split("; "))
        return tuple(SetValue(path=path, value=value, by=BY_DRAFT) for path, _, value in pairs)

    def put(self, wanted: Wanted) -> Wanted:
        """Set them, in place of what was set before."""
        limits = {**wanted.limits, **{one.path: one for one in self.values()}}
        return replace(wanted, limits=limits)

    def in_words(self) -> str:
        """Return one line for people."""
        own = self.values()
        if len(own) == 1:
            return f"{self.what}: {own[0].path} = {own[0].value}"
        return f"{self.what}: {len(own)} values"
