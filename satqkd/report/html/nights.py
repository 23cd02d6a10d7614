"""When a station has night, or the Moon up, on the axis of a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from satqkd.report.html.written import instant_of
from satqkd.report.plan_folder import Row


class Times(Protocol):
    """What places instants."""

    @property
    def begin(self) -> datetime:
        """First instant that is shown."""

    @property
    def end(self) -> datetime:
        """Last one."""

    def x(self, when: datetime) -> float:
        """Place of an instant. [px]"""


def intervals(
    nights: Sequence[Row], station: str, opens: str, closes: str, axis: Times
) -> Iterator[tuple[float, float]]:
    """Yield from where to where something lasts that one event opens and another closes. [px]

    What is open after the last event that is known lasts to the end.
    """
    begun: datetime | None = None
    for row in nights:
        if row["station"] != station:
            continue
        if row["sky_event"] == opens:
            begun = instant_of(row["event_utc"])
        elif row["sky_event"] == closes and begun is not None:
            yield from _clipped(begun, instant_of(row["event_utc"]), axis)
            begun = None
    if begun is not None:
        yield from _clipped(begun, axis.end, axis)


def _clipped(begin: datetime, end: datetime, axis: Times) -> Iterator[tuple[float, float]]:
    first, last = max(begin, axis.begin), min(end, axis.end)
    if first < last:
        yield axis.x(first), axis.x(last)
