"""What the mission's files say beside the plan: where satellites go, what pairs need."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.report.html.contact import Contact
from satqkd.report.html.written import instant_of
from satqkd.report.plan_folder import PlanFolder, Row, rows_of

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.ground_track import GroundTrack
    from satqkd.report.stock_course import Names

Seen = tuple[tuple[int, int], ...]
"""Of each file when it was changed, and how long it is."""
MOST_SERIES: Final = 12
"""So many passes that were followed again are kept, of some 200 kB each."""


@dataclass(slots=True, kw_only=True)
class Given:
    """Reads the mission's files, and keeps what it read until one of the two is another."""

    mission: Path
    stations: Path
    _held: tuple[Seen, Mission] | None = None
    _planned: tuple[tuple[Seen, str], Mission] | None = None
    _series: dict[tuple[Seen, str, str], tuple[Row, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> Mission:
        """Return the mission.

        Raises
        ------
        SatqkdError
            If its files are not there, or not as they should be.
        """
        from satqkd.config.load import load_mission  # noqa: PLC0415 - takes longer than the desk

        with self._lock:
            seen = tuple(self._seen())
            if self._held is None or self._held[0] != seen:
                self._held = seen, load_mission(self.mission, self.stations)
            return self._held[1]

    def _seen(self) -> Iterator[tuple[int, int]]:
        for path in (self.mission, self.stations):
            try:
                own = path.stat()
            except OSError as error:
                raise SatqkdError(f"{path.name}: could not be read") from error
            yield own.st_mtime_ns, own.st_size

    def track(self, one: Contact) -> GroundTrack:
        """Follow the satellite of a contact over the ground.

        Raises
        ------
        SatqkdError
            If the files are not those of the plan any more, or nothing says where it is.
        """
        epoch = one.row.get("elements_epoch_utc")
        from satqkd.network.ground_track import ground_track  # noqa: PLC0415 - likewise

        return ground_track(
            self.read(),
            satellite=one.satellite,
            middle=one.middle,
            epoch=instant_of(epoch) if epoch else None,
        )

    def series(self, plan: PlanFolder, row: Row) -> tuple[Row, ...]:
        """Follow a pass of a plan again, second by second.

        Raises
        ------
        SatqkdError
            If the files are not those of the plan any more.
        """
        from satqkd.network.pass_again import pass_again  # noqa: PLC0415 - likewise
        from satqkd.report.export.csv import to_csv  # noqa: PLC0415 - likewise
        from satqkd.report.tables.series import (  # noqa: PLC0415 - likewise
            SERIES_COLUMNS,
            series_report,
        )

        with self._lock:
            seen, of_plan = tuple(self._seen()), plan.hashes["passes.csv"]
            key = seen, of_plan, row["pass_id"]
            if key in self._series:
                return self._series[key]
            again = pass_again(
                self._mission_of(plan, (seen, of_plan)),
                satellite=row["satellite"],
                station=row["station"],
                pass_id=row["pass_id"],
                rise=instant_of(row["rise_utc"]),
                set_=instant_of(row["set_utc"]),
            )
            found = rows_of(to_csv(SERIES_COLUMNS, series_report(again)).encode())
            self._series[key] = found
            while len(self._series) > MOST_SERIES:
                del self._series[next(iter(self._series))]
            return found

    def _mission_of(self, plan: PlanFolder, key: tuple[Seen, str]) -> Mission:
        """Read the mission that a plan was made from, with its window and what was set."""
        from satqkd.report.handed_contacts import planned_mission  # noqa: PLC0415 - likewise

        if self._planned is None or self._planned[0] != key:
            made = planned_mission(plan, mission=self.mission, stations=self.stations)
            self._planned = key, made.mission
        return self._planned[1]

    def needs(self) -> Mapping[Names, float]:
        """Return what pairs use, of those of which the mission says it. [bit/d]"""
        mission = self._found()
        found: dict[Names, float] = {}
        for one in () if mission is None else mission.demands:
            if one.use_bit_s:
                names = _names(mission, one.station_a, one.station_b)
                found[names] = found.get(names, 0.0) + DAY_S * one.use_bit_s
        return found

    def held(self) -> Mapping[Names, int]:
        """Return what pairs hold by the mission, of those of which it says it. [bit]"""
        mission = self._found()
        return {
            _names(mission, one.station_a, one.station_b): int(one.held_bits)
            for one in (() if mission is None else mission.demands)
            if one.held_bits
        }

    def _found(self) -> Mission | None:
        try:
            return self.read()
        except SatqkdError:
            return None


def _names(mission: Mission | None, first: int, second: int) -> Names:
    stations = () if mission is None else mission.stations
    return frozenset(stations[place].site.name for place in (first, second))
