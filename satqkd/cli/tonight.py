"""``satqkd tonight``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import Asked, columns_listed
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Columns,
    Csv,
    Json,
    MissionFile,
    Now,
    Set,
    StationsFile,
    now_of,
    one_format,
    read_mission,
)
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import wrapped
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from satqkd.mission.mission import Mission
    from satqkd.report.plan_folder import PlanFolder
    from satqkd.report.tonight import Tonight, TonightContact

MOST_HOURS = 240.0
"""Longest span that is still a night or a shift or two. [h]"""
NIGHT_AT_MOST_H = 48.0
"""Where the Sun does not rise within two days, a night ends after one. [h]"""


def command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="Folder that 'satqkd plan' wrote.")
    ] = Path("plan"),
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    now: Now = None,
    hours: Annotated[
        float | None,
        typer.Option(
            "--hours", help="Look so far ahead instead of to the next sunrise.", show_default=False
        ),
    ] = None,
    columns: Columns = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Print the run sheet of the night: what is flown until the next sunrise, and whether to.

    For each scheduled contact of the plan: go, watch or stop by named checks, when its station
    does what and where the satellite stands then, what could be flown instead and by when to
    decide, and what the source is set to. A check that could not be made is no pass, and counted.
    Exit code 1 for a night that is no-go.
    """
    from satqkd.report.plan_folder import read_plan
    from satqkd.report.same_mission import require_same_mission
    from satqkd.report.tables.tonight import TONIGHT_COLUMNS, TONIGHT_SCREEN
    from satqkd.report.tonight import tonight

    one_format(json=json, csv=csv)
    asked = Asked(json=json, csv=csv, columns=columns)
    if columns_listed(asked, TONIGHT_COLUMNS):
        return
    begin = now_of(now)
    value = read_mission(mission, stations, None, None, changes)
    folder = read_plan(plan)
    require_same_mission(folder, value)
    for line in changed_inputs(folder, value):
        typer.echo(wrapped(line), err=True)
    until = begin + timedelta(hours=_hours(hours)) if hours else sunrise(value, begin)
    night = tonight(folder, value, now=begin, until=until, states=_states(mission, begin))
    if json:
        _print_json(night)
    elif csv or asked.names:
        shown = Shown(names=TONIGHT_SCREEN, order_by="run_rise_utc", asked=asked)
        show_rows(TONIGHT_COLUMNS, (night.contacts,), shown)
    else:
        for line in _lines(night, value, folder):
            typer.echo(line)
    if night.verdict == "NO-GO":
        raise typer.Exit(ANSWER_IS_NO)


def _states(mission: Path, now: datetime) -> dict[str, str]:
    """Return what the mission's ledger says of contacts; nothing without one."""
    from satqkd.cli.plan_kept import store_of

    store = store_of(mission, now)
    book = None if store is None else store.book()
    if book is None:
        return {}
    return {key: own[-1][1] for key, own in book.contacts.states.items() if own}


def changed_inputs(folder: PlanFolder, mission: Mission) -> Iterator[str]:
    """Say which files changed since the plan was made."""
    planned = {one["path"]: one["sha256"] for one in folder.manifest.get("inputs", [])}
    changed = [
        one.path for one in mission.inputs if planned.get(one.path, one.sha256) != one.sha256
    ]
    if changed:
        yield (
            f"{', '.join(changed)} changed since {folder.path} was planned: limits are today's, "
            "contacts are the plan's; 'satqkd plan' plans again"
        )


def sunrise(mission: Mission, now: datetime) -> datetime:
    """Return when the Sun has risen at the last of the stations; a day on where it does not."""
    from satqkd.passes.bodies import Bodies
    from satqkd.passes.night import next_sunrise_s
    from satqkd.passes.timebase import Timebase

    timebase = Timebase.starting(now)
    ahead_s = 3600.0 * NIGHT_AT_MOST_H
    bodies = Bodies.over(timebase, start_s=0.0, end_s=ahead_s)
    found = [next_sunrise_s(ground.site, bodies, duration_s=ahead_s) for ground in mission.stations]
    risen = [at_s for at_s in found if at_s is not None]
    return now + timedelta(seconds=max(risen) if risen else 0.5 * ahead_s)


def _hours(hours: float) -> float:
    if not 0.0 < hours <= MOST_HOURS:
        raise SatqkdError(
            f"--hours: {hours:g} is no sensible length\n"
            f"  fix: write a number above 0 and up to {MOST_HOURS:g}"
        )
    return hours


def _lines(night: Tonight, mission: Mission, folder: PlanFolder) -> Iterator[str]:
    """Say the whole night: the answer first."""
    from satqkd.cli.local_time import station_zones
    from satqkd.report.counted import counted

    zones = station_zones(mission)
    count = len(night.contacts)
    yield wrapped(
        f"{night.verdict}: {counted(count, 'contact')}"
        f"{_of_states(night)} from {night.now:%Y-%m-%d %H:%M}Z to {night.until:%m-%d %H:%M}Z, "
        f"{night.planned_bits:,} secret bits planned"
    )
    if night.not_checked:
        yield f"{counted(night.not_checked, 'check')} of {7 * count} not made: not given"
    if not count:
        after = night.next_rise
        yield (
            "no contact is scheduled any more in this plan"
            if after is None
            else f"the next rises {after:%Y-%m-%d %H:%M:%S}Z"
        )
    for one in night.contacts:
        yield ""
        yield from _sheet(one, zones)
    yield from _settings(night, mission, folder)


def _of_states(night: Tonight) -> str:
    """Count the contacts of each verdict."""
    words = [one.verdict for one in night.contacts]
    told = [f"{words.count(word)} {word}" for word in ("go", "watch", "stop") if word in words]
    return f" ({', '.join(told)})" if told else ""


def _clock(when: datetime, zone: ZoneInfo) -> str:
    """Return how far a clock is from UTC, such as UTC+08:00."""
    return f"UTC{when.astimezone(zone).isoformat()[-6:]}"


def _sheet(one: TonightContact, zones: dict[str, ZoneInfo]) -> Iterator[str]:
    """Print the run sheet of a contact."""
    from satqkd.report.tables.tonight import alternate_line

    where = " and ".join(one.stations)
    state = "" if one.state == "planned" else f", {one.state}"
    yield wrapped(
        f"{one.verdict.upper()}  {one.satellite} over {where}  {one.contact_key}{state}  "
        f"{one.planned_bits:,} bit{_ranges(one)}"
    )
    zone = zones.get(one.stations[0])
    clocks = (
        {} if zone is None else {at: _clock(at, zone) for at in (step.utc for step in one.steps)}
    )
    several = len(set(clocks.values())) > 1  # the clock is changed in between
    wide = 16 if several else 10
    heading = "station time" if several else next(iter(clocks.values()), "")
    clock = "" if zone is None else f"{heading:>{wide + 1}}"
    yield f"    {'':9}{'UTC':>10}{clock}{'azimuth':>10}{'elevation':>11}{'loss':>10}"
    for step in one.steps:
        here = "" if zone is None else f"{step.utc.astimezone(zone):%H:%M:%S}"
        here += clocks[step.utc].removeprefix("UTC") if several else ""
        yield (
            f"    {step.event:9}{step.utc:%H:%M:%S}Z ".ljust(24)
            + ("" if zone is None else f"{here:>{wide}}")
            + _cell(step.azimuth_deg, 9, "°")
            + _cell(step.elevation_deg, 10, "°")
            + _cell(step.loss_db, 8, " dB")
        )
    for check in one.watch:
        yield wrapped(f"    {check.state} {check.name}: {check.value}")
    if one.not_checked:
        told = ", ".join(f"{check.name} ({check.value})" for check in one.not_checked)
        yield wrapped(f"    not checked: {told}")
    for place, other in enumerate(one.alternates):
        begin = "if its sky stays closed" if place == 0 else "or"
        yield wrapped(f"    {begin}: {alternate_line(other)}")
    if not one.alternates:
        yield "    nothing else could be flown in its place"


def _ranges(one: TonightContact) -> str:
    low, high = one.low_bits, one.high_bits
    stated = "" if low is None or high is None else f", alone {low:,} to {high:,}"
    drawn = (
        ""
        if one.p10_bits is None or one.p90_bits is None
        else f", over the weather {one.p10_bits:,} (P10) to {one.p90_bits:,} (P90)"
    )
    return stated + drawn


def _cell(value: float | None, width: int, unit: str) -> str:
    return f"{'–':>{width + len(unit)}}" if value is None else f"{value:>{width}.1f}{unit}"


def _settings(night: Tonight, mission: Mission, folder: PlanFolder) -> Iterator[str]:
    """Say what each source is to be set to: as the plan found, or as the mission states."""
    from satqkd.report.settings_sum import planned_words, setting_words

    found = folder.manifest.get("settings") or []
    if found and night.contacts:
        yield ""
        for one in found:
            yield wrapped(f"load on {one['name']}: {planned_words(one['planned'])}")
        return
    flown = {one.satellite for one in night.contacts}
    ends = [
        (craft.satellite.name, craft.payload.source)
        for craft in mission.spacecraft
        if craft.satellite.name in flown and craft.payload.source is not None
    ]
    for name, source in ends:
        yield ""
        yield wrapped(f"load on {name}: {setting_words(source)}")


def _print_json(night: Tonight) -> None:
    from satqkd.report.export.json import json_document
    from satqkd.report.tables.tonight import TONIGHT_COLUMNS, utc

    told = {
        "verdict": night.verdict,
        "now_utc": utc(night.now),
        "until_utc": utc(night.until),
        "planned_bits": night.planned_bits,
        "checks_not_made": night.not_checked,
        "next_rise_utc": None if night.next_rise is None else utc(night.next_rise),
    }
    put(json_document({"contacts": (TONIGHT_COLUMNS, (night.contacts,))}, {"night": told}))
