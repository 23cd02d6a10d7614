"""What people want of the next plan: pins, bans and stations out of service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from satqkd.errors import LedgerError

if TYPE_CHECKING:
    from satqkd.network.ledger.plan_events import Banned, Pinned, StationOut


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Those that hold after some entries, by the sequence of their entry."""

    pins: dict[int, Pinned] = field(default_factory=dict)
    bans: dict[int, Banned] = field(default_factory=dict)
    outages: dict[int, StationOut] = field(default_factory=dict)

    def require_new(self, contact_key: str) -> None:
        """Refuse to pin or ban what is pinned or banned."""
        for word, own in (("pinned", self.pins), ("banned", self.bans)):
            for sequence, one in own.items():
                if one.contact_key == contact_key:
                    raise LedgerError(
                        f"{contact_key} is {word} already (entry {sequence})\n"
                        f"  fix: leave it so, or undo it first: satqkd undo {sequence}"
                    )

    def last(self) -> int | None:
        """Return the sequence of the latest that holds; None for none."""
        return max((*self.pins, *self.bans, *self.outages), default=None)

    def undo(self, sequence: int) -> bool:
        """Take one back; False where the entry is none that holds."""
        found = [own for own in (self.pins, self.bans, self.outages) if sequence in own]
        for own in found:
            del own[sequence]
        return bool(found)
