"""Instants of a table on the clock of the station, or of this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from satqkd.mission.mission import Mission
    from satqkd.report.tables.column import Cell, Column

Record = dict[str, "Cell"]


def station_zones(mission: Mission) -> dict[str, ZoneInfo]:
    """Return the time zone of each station that gives one, by name."""
    sites = [ground.site for ground in mission.stations]
    return {site.name: site.zone for site in sites if site.timezone is not None}


def on_local_clocks(
    columns: Sequence[Column[Any]], rows: Sequence[Record], zones: Mapping[str, ZoneInfo]
) -> tuple[list[Column[Any]], list[Record]]:
    """Put every instant on the clock of its row's station, of this computer where there is none.

    Of several stations the first counts; of a row without any, the zone that all have in common.
    A column of one offset from UTC bears it in its heading; where there are several, each instant
    bears its own.
    """
    instants = [column for column in columns if column.unit == "UTC"]
    moved = [dict(row) for row in rows]
    headed: dict[str, str] = {}
    common = next(iter(zones.values())) if len(set(zones.values())) == 1 else None
    for column in instants:
        told = [_told(row[column.name], _zone(row, zones, common)) for row in rows]
        offsets = {offset for _, offset in told if offset}
        alone = len(offsets) == 1
        headed[column.name] = f"UTC{min(offsets)}" if alone else "local time"
        for row, (clock, offset) in zip(moved, told, strict=True):
            row[column.name] = clock if alone or clock is None else f"{clock}{offset}"
    return [
        replace(column, unit=headed[column.name]) if column.name in headed else column
        for column in columns
    ], moved


def _zone(row: Record, zones: Mapping[str, ZoneInfo], common: ZoneInfo | None) -> ZoneInfo | None:
    """Return the zone of a row; None for that of this computer."""
    station = row.get("station") or row.get("station_a")
    return common if station is None else zones.get(str(station))


def on_clock(instant: str, zone: ZoneInfo | None, *, local: bool) -> str:
    """Return an instant in UTC or, if ``local``, on the clock of a zone with its offset."""
    if not local:
        return instant
    clock, offset = _told(instant, zone)
    return f"{str(clock)[:19]}{offset}"


def _told(instant: Cell, zone: ZoneInfo | None) -> tuple[str | None, str]:
    """Return an instant on a clock, to the millisecond, and the clock's offset from UTC.

    Seconds are left as they are: offsets are whole minutes, and datetime has no leap second.
    """
    if not instant:
        return None, ""
    minute, second = str(instant)[:16], str(instant)[16:23].rstrip("Z")
    local = datetime.fromisoformat(f"{minute}+00:00").astimezone(zone)
    padded = second if "." in second else f"{second}.000"
    return f"{local:%Y-%m-%dT%H:%M}{padded}", local.isoformat()[-6:]
