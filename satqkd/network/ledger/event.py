"""What every event has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from satqkd.network.ledger.book import Book
    from satqkd.network.ledger.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(ABC):
    """Something that happened, as ids, instants and numbers of bits: never key itself."""

    name: ClassVar[str]
    """What the ledger calls it; never changes."""

    @abstractmethod
    def post(self, book: Book, sequence: int) -> None:
        """Put it to the balances and states.

        Parameters
        ----------
        book
            What the entries before it amount to; not changed where it is refused.
        sequence
            Number of its entry.

        Raises
        ------
        LedgerError
            If it does not fit what came before.
        """

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return None

    def moves(self) -> Place | None:
        """Return the pool or the pair whose key it moves; None for none."""
        return None

    @abstractmethod
    def in_words(self) -> str:
        """Return one line for people."""
