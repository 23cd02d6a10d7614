"""``satqkd elements``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.options import Csv, Json
from satqkd.errors import InputError, SatqkdError

if TYPE_CHECKING:
    from satqkd.elements.satellite import ElementSet, Satellite
    from satqkd.errors import Finding

FETCHED = Path("data/elements")
"""Where fetched element sets go."""

DEFAULT_FOLDERS = (FETCHED, Path("data/tle"))

COLUMNS = (
    "satellite",
    "norad_id",
    "epochs",
    "first_epoch_utc",
    "last_epoch_utc",
    "age_h",
    "source",
)

app = typer.Typer(no_args_is_help=True, help="Orbit elements: what is here, is it right, get more.")

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files or folders of TLE or OMM; data/elements and data/tle when none is named.",
        show_default=False,
    ),
]


@app.command(name="list")
def list_(
    paths: Paths = None,
    at: Annotated[
        str | None,
        typer.Option(help="Count ages up to here instead of now: ISO 8601 with a zone."),
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the objects there are elements of, with their epochs, age and source."""
    from satqkd.cli.shown import terminal_width
    from satqkd.report.csv import to_csv
    from satqkd.report.elements import ELEMENT_COLUMNS, ElementReport
    from satqkd.report.json import to_json
    from satqkd.report.terminal import to_terminal

    report = ElementReport(satellites=_satellites(paths), at=_instant(at))
    if json:
        typer.echo(to_json(ELEMENT_COLUMNS, report), nl=False)
    elif csv:
        typer.echo(to_csv(ELEMENT_COLUMNS, report), nl=False)
    else:
        table = to_terminal(ELEMENT_COLUMNS, report, names=COLUMNS, width=terminal_width())
        typer.echo(table, nl=False)


@app.command()
def check(paths: Paths = None) -> None:
    """Read every element set as strictly as a plan does, and list every mistake."""
    satellites = _satellites(paths)
    sets = sum(len(satellite.element_sets) for satellite in satellites)
    objects = _counted(len(satellites), "object")
    typer.echo(f"{_counted(sets, 'element set')} of {objects}: no mistake found")


@app.command()
def fetch(
    norad_id: Annotated[
        list[int] | None, typer.Option("--id", help="Catalogue number; may be repeated.")
    ] = None,
    group: Annotated[str, typer.Option(help="One of CelesTrak's groups, such as 'stations'.")] = "",
    launch: Annotated[str, typer.Option(help="All objects of a launch, such as 2016-051.")] = "",
    source: Annotated[str, typer.Option(help="celestrak or space-track.")] = "celestrak",
    folder: Annotated[Path, typer.Option(help="Where the answer is stored.")] = FETCHED,
    timeout: Annotated[
        float, typer.Option(help="Longest wait for an answer [s].", min=0.1, max=3600)
    ] = 60.0,
    source_url: Annotated[
        str,
        typer.Option(help="Ask a mirror at this address.", envvar="SATQKD_SOURCE_URL"),
    ] = "",
) -> None:
    """Ask CelesTrak or Space-Track for the newest elements and store them in a new dated file.

    What comes is read as strictly as a file before it is stored; no file is replaced. Space-Track
    takes the login in the environment variables SATQKD_SPACETRACK_USER and
    SATQKD_SPACETRACK_PASSWORD.
    """
    from satqkd.elements.fetch import Query, store
    from satqkd.elements.fetch import fetch as ask

    query = Query(source=source, norad_ids=tuple(norad_id or ()), group=group, launch=launch)
    downloads = ask(query, source_url=source_url, timeout_s=timeout)
    for path, download in zip(
        store(downloads, folder, at=datetime.now(UTC)), downloads, strict=True
    ):
        newest = max(one.epoch for one in download.element_sets)
        typer.echo(
            f"{path}: {_counted(len(download.element_sets), 'element set')}, "
            f"newest epoch {newest:%Y-%m-%dT%H:%M:%SZ}"
        )


def _satellites(paths: list[Path] | None) -> tuple[Satellite, ...]:
    """Read every path; mistakes of all of them come together."""
    from satqkd.elements.library import group, read_elements

    sets: list[ElementSet] = []
    findings: list[Finding] = []
    for path in paths or _default_folders():
        try:
            sets += read_elements(path)
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return group(sets)


def _default_folders() -> list[Path]:
    there = [folder for folder in DEFAULT_FOLDERS if folder.is_dir()]
    if not there:
        raise SatqkdError(
            f"{' and '.join(map(str, DEFAULT_FOLDERS))}: not found in {Path.cwd()}\n"
            "  fix: name a file or folder, or begin with 'satqkd elements fetch --group stations'"
        )
    return there


def _instant(text: str | None) -> datetime:
    from satqkd.config.instant import parse_instant
    from satqkd.config.mistake import Mistake

    if text is None:
        return datetime.now(UTC)
    try:
        return parse_instant(text)
    except Mistake as mistake:
        raise SatqkdError(f"--at: {mistake.message}\n  fix: {mistake.fix}") from mistake


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
