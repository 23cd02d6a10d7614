"""Calendar months of a long window: what pictures add up where single passes have no room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.units import FloatArray, IntArray

SHORTEST_S = 35.0 * 86_400.0
"""Windows longer than five weeks are drawn by month. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Months:
    """The months of a window, UTC; the first and the last may be cut short."""

    begins: tuple[datetime, ...]
    """First instants, that of the window in place of the first month's."""
    edges_s: FloatArray
    """Mission seconds where months begin, and where the last one ends. [s]"""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.begins)

    @property
    def middle_h(self) -> FloatArray:
        """Middle of each in hours of the mission. [h]"""
        return np.asarray((self.edges_s[1:] + self.edges_s[:-1]) / 7200.0)

    @property
    def width_h(self) -> FloatArray:
        """Length of each. [h]"""
        return np.asarray(np.diff(self.edges_s) / 3600.0)

    def total(self, seconds: FloatArray, values: IntArray) -> IntArray:
        """Add up what belongs to instants, month by month."""
        index = np.searchsorted(self.edges_s, seconds, side="right") - 1
        totals = np.zeros(len(self), dtype=np.int64)
        np.add.at(totals, np.clip(index, 0, len(self) - 1), values)
        return totals


def months_of(forecast: Forecast) -> Months | None:
    """Return the months of a window, None for one short enough to show every pass."""
    mission, timebase = forecast.mission, forecast.timebase
    if mission.duration_s <= SHORTEST_S:
        return None
    start = mission.start.astimezone(UTC)
    start_s = timebase.seconds(start)
    end_s = start_s + mission.duration_s
    begins = [start]
    while timebase.seconds(following := _next_month(begins[-1])) < end_s:
        begins.append(following)
    edges_s = [timebase.seconds(begin) for begin in begins]
    return Months(begins=tuple(begins), edges_s=np.array([*edges_s, end_s], dtype=np.float64))


def _next_month(moment: datetime) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)
