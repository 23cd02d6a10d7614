"""Tables that exist for each kind of contact: of passes, of joint contacts, of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen
from satqkd.mission.together import Together
from satqkd.report.tables.column import Column, Source


@dataclass(frozen=True, slots=True)
class Shape(Generic[Source]):
    """One table: its columns, and what a terminal shows of it."""

    columns: tuple[Column[Source], ...]
    screen: tuple[str, ...]
    """Columns worth a place on a terminal, the most important first."""
    order_by: str
    """Column of instants that a terminal's rows are ordered by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds(Generic[Source]):
    """The same table of each kind of contact, built from the same groups of columns."""

    passes: Shape[Source]
    joint: Shape[Source]
    links: Shape[Source]

    def of(self, found: Forecast) -> Shape[Source]:
        """Return the table of some contacts."""
        return self._one(joint=found.pair is not None, links=found.link is not None)

    def chosen(self, chosen: Chosen) -> Shape[Source]:
        """Return the table of what is listed; without columns that say the same in every row."""
        shape = self._one(joint=bool(chosen.pairs), links=bool(chosen.links))
        hidden = alike(chosen.pairs) if chosen.pairs else set[str]()
        screen = tuple(name for name in shape.screen if name not in hidden)
        return Shape(shape.columns, screen, shape.order_by)

    def _one(self, *, joint: bool, links: bool) -> Shape[Source]:
        if links:
            return self.links
        return self.joint if joint else self.passes


def alike(pairs: Sequence[Together]) -> set[str]:
    """Columns of joint contacts that say the same in every row."""
    one_pair = len({pair.stations for pair in pairs}) == 1
    same = {
        "protocol": len({pair.protocol_name for pair in pairs}) == 1,
        "satellite": len({craft for pair in pairs for craft in pair.spacecraft}) == 1,
        "station_a": one_pair,
        "station_b": one_pair,
    }
    return {name for name, yes in same.items() if yes}
