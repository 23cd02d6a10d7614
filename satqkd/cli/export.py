"""``satqkd export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.hand_out import contacts_of_plan, hand_out
from satqkd.cli.options import MISSION, STATIONS, Days, Set, Start, read_mission
from satqkd.cli.shown import progress_bar, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from datetime import datetime

    from satqkd.mission.mission import Mission
    from satqkd.network.hand_over import HandOver
    from satqkd.network.tracking import Sampling
    from satqkd.report.handed_contacts import Planned


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|PASS",
            help="Folder that 'satqkd plan' wrote; or id of a pass, or contact_key, as 'satqkd "
            "passes --columns pass_id,contact_key' shows them, or its beginning.",
        ),
    ] = "plan",
    ics: Annotated[
        bool, typer.Option("--ics", help="Calendars: of all, and of each station.")
    ] = False,
    feed: Annotated[
        str | None,
        typer.Option(
            "--feed",
            metavar="MAIL",
            help="Write the calendars as feeds, for a server that people subscribe to: published "
            "by this address, looked at again every hour.",
            show_default=False,
        ),
    ] = None,
    track: Annotated[
        bool, typer.Option("--track", help="A table for each contact and telescope.")
    ] = False,
    cpf: Annotated[
        bool, typer.Option("--cpf", help="ILRS predictions (CPF 2), a satellite and day each.")
    ] = False,
    oem: Annotated[
        bool, typer.Option("--oem", help="CCSDS ephemerides (OEM), Earth-fixed and TEME.")
    ] = False,
    ssf: Annotated[bool, typer.Option("--ssf", help="CCSDS simple schedule (XML).")] = False,
    czml: Annotated[bool, typer.Option("--czml", help="A scene for Cesium.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All of these.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder for the files; not given, that of the plan with '-export', or export.",
        ),
    ] = None,
    station: Annotated[
        list[str] | None,
        typer.Option(help="Only contacts with this station; may be repeated."),
    ] = None,
    candidates: Annotated[
        bool,
        typer.Option("--candidates", help="Contacts that could be flown and are not, too."),
    ] = False,
    rate: Annotated[
        int, typer.Option("--rate", metavar="1|2|5|10|20|50", help="Samples of a track a second.")
    ] = 1,
    preroll: Annotated[
        float,
        typer.Option(metavar="S", help="A track begins so long before the rise, down to -1 deg."),
    ] = 120.0,
    postroll: Annotated[
        float, typer.Option(metavar="S", help="It ends so long after the set, likewise.")
    ] = 60.0,
    issued: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="When the files were made, as they say; not given, when the plan was "
            "issued, or the epoch of the newest elements used: no clock is asked.",
        ),
    ] = None,
    no_namespace: Annotated[
        bool,
        typer.Option("--no-namespace", help="Name no namespace in the schedule's XML."),
    ] = False,
    mission: Annotated[
        Path | None,
        typer.Option(
            "--mission", "-m", help="Mission file; not given, that of the plan, or mission.yaml."
        ),
    ] = None,
    stations: Annotated[
        Path | None,
        typer.Option(
            "--stations", "-s", help="Stations file; not given, that of the plan, or stations.yaml."
        ),
    ] = None,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
) -> None:
    """Write the files that telescopes, calendars and other operators take.

    Of a plan the scheduled contacts are handed over; it is refused when a file that it was made
    from has changed since. export.json says what each file is, its hash, and what was left out.
    Nothing asks for the clock: the same inputs give the same bytes. docs/hand-over.md says what
    to do with each file.
    """
    from satqkd.report.export.folder import check_folder
    from satqkd.report.export.hand_over import EXPORT_MANIFEST
    from satqkd.report.handed_contacts import Planned

    asked = {"ics": ics, "track": track, "cpf": cpf, "oem": oem, "ssf": ssf, "czml": czml}
    forms = [form for form, yes in asked.items() if yes or every]
    if not forms:
        raise SatqkdError(
            f"no kind of file is asked for\n  fix: add {', '.join(f'--{one}' for one in asked)} "
            "or --all"
        )
    _check_feed(feed, forms)
    sampling = _sampling(rate, preroll, postroll)
    moment = None if issued is None else _moment(issued)
    folder = Path(what)
    of_plan = folder.is_dir()
    target = out or (folder.with_name(f"{folder.name}-export") if of_plan else Path("export"))
    check_folder(target, named=EXPORT_MANIFEST)
    if of_plan:
        _refuse({"--set": changes, "--start": start, "--days": days})
        value, planned = _of_plan(folder, mission, stations, candidates=candidates)
    else:
        _refuse({"--candidates": candidates or None})
        value = read_mission(mission or MISSION, stations or STATIONS, start, days, changes)
        _refuse_link(value, what)
        planned = Planned(given=_of_pass(value, what))
    if station:
        planned = _at(value, planned, station)
    hand_out(
        planned, forms, target, issued=moment, sampling=sampling,
        namespace=not no_namespace, feed=feed,
    )  # fmt: skip


def _of_plan(
    folder: Path, mission: Path | None, stations: Path | None, *, candidates: bool
) -> tuple[Mission, Planned]:
    """Read the mission that a plan was made from, and the contacts that it schedules."""
    from satqkd.report.handed_contacts import planned_mission
    from satqkd.report.plan_folder import read_plan

    plan = read_plan(folder)
    with warnings_told():
        made = planned_mission(plan, mission=mission, stations=stations)
    found = contacts_of_plan(plan, made.mission, made.file, candidates=candidates)
    return made.mission, found


def _of_pass(value: Mission, wanted: str) -> HandOver:
    from satqkd.network.hand_over import hand_over

    with warnings_told(), progress_bar("searching passes") as progress:
        return hand_over(value, wanted=wanted, progress=progress)


def _at(value: Mission, planned: Planned, names: Sequence[str]) -> Planned:
    """Return the contacts with some stations."""
    from satqkd.cli.chosen import named

    sites = [ground.site.name for ground in value.stations]
    chosen = [place for place, yes in enumerate(named(names, sites, "station")) if yes]
    return planned.at(chosen)


def _refuse(options: dict[str, object]) -> None:
    for option, given in options.items():
        if given is not None:
            why = (
                "is of plans, and a pass is none"
                if option == "--candidates"
                else "is of passes: a plan has its own window and values"
            )
            raise SatqkdError(f"{option}: {why}\n  fix: leave it out")


def _refuse_link(value: Mission, name: str) -> None:
    """Say of a terrestrial link that there is nothing to hand over."""
    if name in {one.name for one in (*value.links, *value.together_links)}:
        raise SatqkdError(
            f"{name!r} is a terrestrial link: it stands all the time, and nothing turns to follow "
            "it\n  fix: 'satqkd forecast --links' lists its sessions and their key"
        )


def _check_feed(feed: str | None, forms: Sequence[str]) -> None:
    """Refuse a feed without calendars, and an address that is none."""
    if feed is None:
        return
    if "ics" not in forms:
        raise SatqkdError("--feed is of calendars, and none is asked for\n  fix: add --ics")
    from satqkd.report.export.ics import require_mail

    try:
        require_mail(feed)
    except SatqkdError as error:
        raise SatqkdError(f"--feed: {error}") from error


def _sampling(rate: int, preroll: float, postroll: float) -> Sampling:
    from satqkd.network.tracking import RATES_HZ, Sampling

    if rate not in RATES_HZ:
        raise SatqkdError(
            f"--rate: {rate} is no rate of a track\n  fix: write one of "
            f"{', '.join(map(str, RATES_HZ))}: whole fractions of a second"
        )
    for option, value in (("--preroll", preroll), ("--postroll", postroll)):
        if not 0.0 <= value <= 3_600.0:
            raise SatqkdError(f"{option}: {value:g} s is no sensible time\n  fix: write 0 to 3600")
    return Sampling(rate_hz=rate, preroll_s=preroll, postroll_s=postroll)


def _moment(text: str) -> datetime:
    from satqkd.config.instant import parse_instant
    from satqkd.config.mistake import Mistake

    try:
        return parse_instant(text)
    except Mistake as mistake:
        raise SatqkdError(f"--issued: {mistake.message}\n  fix: {mistake.fix}") from mistake
