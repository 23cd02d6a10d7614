"""What a change of a draft is: a value that changes what is wanted of the next plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final

from satqkd.mission.mission import SetValue
from satqkd.network.wished import Wished

UTC_TEXT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How a change keeps an instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of the next plan: the ledger's wishes, changed by a draft."""

    wished: Wished
    limits: Mapping[str, SetValue]
    """Values in place of what the files say, by path."""


class Change(ABC):
    """One change of a draft."""

    __slots__ = ()
    name: ClassVar[str]
    """What it is called in the draft's file."""

    @abstractmethod
    def put(self, wanted: Wanted) -> Wanted:
        """Return what is wanted with it.

        Raises
        ------
        SatqkdError
            If it changes nothing, or cannot be.
        """

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return None

    @abstractmethod
    def in_words(self) -> str:
        """Return one line for people."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values, with its name."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        texts = {
            name: value.strftime(UTC_TEXT) if isinstance(value, datetime) else value
            for name, value in own.items()
        }
        return {"change": self.name, **texts}
