"""``satqkd elements``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.options import Csv, Every, Json, one_format
from satqkd.cli.shown import wrapped
from satqkd.cli.telling import every_mistake_told
from satqkd.errors import InputError, SatqkdError

if TYPE_CHECKING:
    from satqkd.elements.satellite import ElementSet
    from satqkd.elements.trajectory import Trajectory
    from satqkd.errors import Finding
    from satqkd.report.tables.elements import ElementReport

FETCHED = Path("data/elements")
"""Where fetched element sets go."""

DEFAULT_FOLDERS = (FETCHED, Path("data/tle"))

app = typer.Typer(
    no_args_is_help=True,
    help="Orbit elements (TLE, OMM) and ephemerides (OEM): what is here, is it right, get more.",
)

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files or folders of TLE, OMM or OEM; data/elements and data/tle when none is named.",
        show_default=False,
    ),
]


@app.command(name="list")
def list_(
    paths: Paths = None,
    at: Annotated[
        str | None,
        typer.Option(help="Count ages up to here instead of now: as --start of other commands."),
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the objects there are elements of, and the ephemerides (OEM).

    Elements with their epochs, age and source; ephemerides with the span in which they may be
    used, their frame and interpolation.
    """
    from satqkd.elements.library import group
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.json import to_json
    from satqkd.report.tables.elements import ELEMENT_COLUMNS, ElementReport

    one_format(json=json, csv=csv)
    when = _instant(at)
    sets, ephemerides = _read(paths or _default_folders())
    report = ElementReport(satellites=group(sets), ephemerides=ephemerides, at=when)
    if json:
        typer.echo(to_json(ELEMENT_COLUMNS, report), nl=False)
    elif csv:
        typer.echo(to_csv(ELEMENT_COLUMNS, report), nl=False)
    else:
        _print(report)


@app.command()
def check(paths: Paths = None, every: Every = False) -> None:
    """Read every element set and ephemeris (OEM) as strictly as a plan does; list every mistake.

    Each ephemeris is told with the span in which it may be used, its frame and interpolation.
    """
    from satqkd.elements.library import group
    from satqkd.report.counted import counted

    with every_mistake_told(every):
        sets, ephemerides = _read(paths or _default_folders())
        satellites = group(sets)
    for ephemeris in ephemerides:
        typer.echo(_told(ephemeris))
    held = []
    if satellites:
        number = sum(len(satellite.element_sets) for satellite in satellites)
        held.append(f"{counted(number, 'element set')} of {counted(len(satellites), 'object')}")
    if ephemerides:
        held.append(counted(len(ephemerides), "ephemeris", many="ephemerides"))
    typer.echo(f"{' and '.join(held)}: no mistake found")


@app.command()
def convert(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files or folders of TLE or OMM.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write, instead of standard output."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out.")] = False,
) -> None:
    """Write element sets as OMM in JSON, in the order they are read.

    OMM holds what a TLE cannot, such as nine-digit catalogue numbers. The numbers read back are
    the same to the last bit. Ephemerides (OEM) are refused: they hold no mean elements.
    """
    from satqkd.elements.omm_write import write_omm_json
    from satqkd.elements.whole_file import check_place, write_whole
    from satqkd.report.counted import counted

    if force and out is None:
        raise SatqkdError("--force means nothing without --out\n  fix: add --out, or leave it out")
    if out is not None:
        check_place(out, replace=force)
    sets, ephemerides = _read(paths)
    _no_ephemeris(ephemerides)
    text = write_omm_json(sets)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode(), replace=force)
        typer.echo(f"written: {out}, {counted(len(sets), 'element set')}", err=True)


@app.command()
def fetch(
    norad_id: Annotated[
        list[int] | None, typer.Option("--id", help="Catalogue number; may be repeated.")
    ] = None,
    group: Annotated[str, typer.Option(help="One of CelesTrak's groups, such as 'stations'.")] = "",
    launch: Annotated[str, typer.Option(help="All objects of a launch, such as 2016-051.")] = "",
    source: Annotated[str, typer.Option(help="celestrak or space-track.")] = "celestrak",
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where the answer is stored; the folder that 'elements' of mission.yaml here "
            "names if not given, data/elements without one.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Longest wait for an answer, in seconds.", min=0.1, max=3600)
    ] = 60.0,
    source_url: Annotated[
        str,
        typer.Option(help="Ask a mirror at this address.", envvar="SATQKD_SOURCE_URL"),
    ] = "",
    plan: Annotated[
        Path,
        typer.Option("--plan", help="Plan whose contacts are looked at: how far they moved."),
    ] = Path("plan"),
) -> None:
    """Ask CelesTrak or Space-Track for the newest elements and store them in a new dated file.

    What comes is read as strictly as a file before it is stored; no file is replaced. Where a plan
    lies here one line says how far its contacts moved. Space-Track
    takes the login in the environment variables SATQKD_SPACETRACK_USER and
    SATQKD_SPACETRACK_PASSWORD.
    """
    from satqkd.elements.fetch import Query, store
    from satqkd.elements.fetch import fetch as ask
    from satqkd.report.counted import counted

    query = Query(source=source, norad_ids=tuple(norad_id or ()), group=group, launch=launch)
    downloads = ask(query, source_url=source_url, timeout_s=timeout)
    for path, download in zip(
        store(downloads, folder or _own_folder(), at=datetime.now(UTC)), downloads, strict=True
    ):
        newest = max(one.epoch for one in download.element_sets)
        typer.echo(
            f"{path}: {counted(len(download.element_sets), 'element set')}, "
            f"newest epoch {newest:%Y-%m-%dT%H:%M:%SZ}"
        )
    moved = _moved(plan)
    if moved:
        typer.echo(wrapped(moved))


def _moved(folder: Path) -> str:
    """Say how far the contacts of the plan here moved; nothing where there is none."""
    from satqkd.cli.options import MISSION, STATIONS, load_asked

    if not (folder / "plan.json").is_file() or not MISSION.is_file():
        return ""
    from satqkd.network.moved import moved_contacts
    from satqkd.report.last_plan import last_plan
    from satqkd.report.plan_folder import read_plan

    try:
        mission = load_asked(MISSION, STATIONS, None, None, None)
        found = moved_contacts(mission, last_plan(read_plan(folder)))
    except SatqkdError as error:  # what was fetched is stored all the same
        return f"{folder}: how far its contacts moved is not known: {error}"
    shifts = [(one.shift_s, one.contact_key) for one in found if one.shift_s is not None]
    gone = [one.contact_key for one in found if one.shift_s is None]
    told = f"{folder}: " + (
        "no pass is scheduled"
        if not found
        else "none of its contacts is there any more"
        if not shifts
        else _span(shifts, len(found))
    )
    lost = f"; there no more: {', '.join(gone)}" if gone and shifts else ""
    return f"{told}{lost}. 'satqkd plan --from {folder}' takes the new elements in"


def _span(shifts: list[tuple[float, str]], count: int) -> str:
    """Say how far contacts moved, and which the farthest."""
    farthest, key = max(shifts, key=lambda one: abs(one[0]))
    least = min(abs(shift) for shift, _ in shifts)
    return (
        f"{len(shifts)} of {count} scheduled contacts moved by {least:.2f} to "
        f"{abs(farthest):.2f} s, {key} most ({farthest:+.2f} s)"
    )


def _own_folder() -> Path:
    """Return the folder of elements that the mission here reads, or the usual one."""
    from satqkd.cli.options import MISSION
    from satqkd.config.yaml_nodes import read_file

    value = read_file(MISSION).value if MISSION.is_file() else None
    written = value.get("elements") if isinstance(value, dict) else None
    if isinstance(written, str) and written.strip() and Path(written.strip()).is_dir():
        return Path(written.strip())
    return FETCHED


def _print(report: ElementReport) -> None:
    """Print the objects, then the ephemerides, each with the columns that say something."""
    from satqkd.cli.shown import terminal_width
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.elements import ELEMENT_COLUMNS, ELEMENT_SCREEN, EPHEMERIS_SCREEN

    for part in report.parts():
        names = ELEMENT_SCREEN if part.satellites else EPHEMERIS_SCREEN
        typer.echo(
            to_terminal(ELEMENT_COLUMNS, part, names=names, width=terminal_width()), nl=False
        )


def _told(ephemeris: Trajectory) -> str:
    """Say in a line what an ephemeris is of, and how it may be used."""
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.elements import frames_text, interpolation_text, span_utc

    start, stop = span_utc(ephemeris)
    identity = str(ephemeris.norad_id or ephemeris.cospar_id)
    who = f"{visible(ephemeris.name, limit=80)} ({visible(identity, limit=80)})"
    return (
        f"{visible(ephemeris.source)}: {who}, {start} to {stop}, "
        f"{frames_text(ephemeris)}, {interpolation_text(ephemeris)}"
    )


def _read(paths: list[Path]) -> tuple[list[ElementSet], list[Trajectory]]:
    """Read every path; mistakes of all of them come together."""
    from satqkd.cli.shown import warnings_told
    from satqkd.elements.library import divided, read_sources

    sets: list[ElementSet] = []
    ephemerides: list[Trajectory] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            with warnings_told():
                own, tables = divided(read_sources(path))
        except InputError as error:
            findings += error.findings
            continue
        sets += own
        ephemerides += tables
    if findings:
        raise InputError(findings)
    return sets, ephemerides


def _no_ephemeris(ephemerides: list[Trajectory]) -> None:
    """Refuse what no mean elements can be made of."""
    from satqkd.errors import Finding

    places = [one.source.rpartition(":") for one in ephemerides]
    if places:
        raise InputError(
            [
                Finding(
                    file=file,
                    line=int(line),
                    message="an ephemeris (OEM) holds states, no mean elements to write as OMM",
                    fix="leave this file out; put it beside the elements as it is",
                )
                for file, _, line in places
            ]
        )


def _default_folders() -> list[Path]:
    there = [folder for folder in DEFAULT_FOLDERS if folder.is_dir()]
    if not there:
        raise SatqkdError(
            f"{' and '.join(map(str, DEFAULT_FOLDERS))}: not found in {Path.cwd()}\n"
            "  fix: name a file or folder, or begin with 'satqkd elements fetch --group stations'"
        )
    return there


def _instant(text: str | None) -> datetime:
    from satqkd.config.instant import parse_when
    from satqkd.config.mistake import Mistake

    if text is None:
        return datetime.now(UTC)
    try:
        return parse_when(text, now=datetime.now(UTC))
    except Mistake as mistake:
        raise SatqkdError(f"--at: {mistake.message}\n  fix: {mistake.fix}") from mistake
