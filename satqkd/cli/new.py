"""``satqkd new``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.answers import STATION, STATIONS, Asker, a_name, a_number_of_days, a_part, a_station
from satqkd.errors import InputError, SatqkdError

if TYPE_CHECKING:
    from satqkd.config.new_mission import NewMission, NewStation

SUN_SYNCHRONOUS = "sun-synchronous"


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to; nothing there is overwritten.")
    ] = Path(),
    name: Annotated[str | None, typer.Option(help="What the mission is called.")] = None,
    elements: Annotated[
        Path | None,
        typer.Option(help="File or folder with elements of the satellite (TLE, OMM, OEM); copied."),
    ] = None,
    norad_id: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Catalogue number; with --elements.")
    ] = None,
    altitude: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Of a design instead, such as '500 km'.")
    ] = None,
    inclination: Annotated[
        str | None,
        typer.Option(metavar="ANGLE", help=f"Of a design, such as '53 deg', or {SUN_SYNCHRONOUS}."),
    ] = None,
    local_time: Annotated[
        str | None,
        typer.Option(
            metavar="HH:MM", help="Local time of its descending node, if it is sun-synchronous."
        ),
    ] = None,
    satellite: Annotated[str | None, typer.Option(help="What the satellite is called.")] = None,
    payload: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Preset ('satqkd preset list') or file of your own."),
    ] = None,
    station: Annotated[
        list[str] | None,
        typer.Option(
            metavar=STATION,
            help="Degrees, degrees, metres, a preset or file of your own, and a name such as "
            "Europe/Vienna; may be repeated.",
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Begin here: ISO 8601 with a zone, 2026-05-05T00:00:00Z.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="Plan so many days ahead.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: take the default where no option is.")
    ] = False,
) -> None:
    """Ask for the little a mission needs, and write mission.yaml and stations.yaml.

    What no option answers is asked for, with a default. The files pass 'satqkd check' and give a
    plan; comments in them say what comes next, and their first lines name the schemas by which
    editors complete and check them, in schema/.
    """
    from satqkd.cli.shown import warnings_told
    from satqkd.config.new_files import refuse_present, write_new
    from satqkd.config.new_mission import check_new, new_files

    refuse_present(folder, {Path("mission.yaml"): b"", Path("stations.yaml"): b""}, done="written")
    ask = Asker(yes=yes)
    with warnings_told():
        orbit = _orbit(ask, elements, norad_id, altitude, inclination, local_time)
        title = folder.resolve().name.replace("-", " ").replace("_", " ") or "My mission"
        new = _answers(
            ask, orbit, name=name, title=title, satellite=satellite, payload=payload,
            stations=station, start=start, days=days,
        )  # fmt: skip
        files = new_files(new)
        try:
            check_new(new, files, folder)
        except InputError as error:
            raise SatqkdError(
                f"{error}\nnothing was written: answers do not go together"
            ) from error
    fresh = {path: text for path, text in files.items() if not _there(folder / path, text)}
    for path in write_new(folder, fresh, done="written"):
        typer.echo(str(path))
    where = "" if folder == Path() else f"cd {folder}, then "
    typer.echo(f"next: {where}satqkd check, satqkd plan", err=True)


def _there(path: Path, content: bytes) -> bool:
    """Whether a file is there as it is to be: a payload or elements that lie in the folder."""
    return path.is_file() and path.read_bytes() == content


@dataclass(frozen=True, slots=True, kw_only=True)
class Orbit:
    """Where the satellite is, and what that says of its name and of when to begin."""

    written: str = ""
    elements: Path | None = None
    norad_id: int | None = None
    name: str = "MySat"
    start: datetime | None = None


def _orbit(
    ask: Asker,
    elements: Path | None,
    norad_id: int | None,
    altitude: str | None,
    inclination: str | None,
    local_time: str | None,
) -> Orbit:
    designed = {"--altitude": altitude, "--inclination": inclination, "--local-time": local_time}
    design = next((option for option, given in designed.items() if given is not None), None)
    if design and (elements is not None or norad_id is not None):
        raise SatqkdError(f"{design} is of a design\n  fix: leave it out, or --elements")
    if norad_id is not None and elements is None and ask.yes:
        raise SatqkdError("--norad-id: there are no elements\n  fix: add --elements FILE")
    if elements is None and not design:
        question = "File with elements (TLE, OMM, OEM), empty for a design"
        elements = ask(question, "--elements", None, "", lambda text: Path(text) if text else None)
    if elements is not None:
        return _flown(ask, elements, norad_id)
    return _designed(ask, altitude, inclination, local_time)


def _flown(ask: Asker, elements: Path, norad_id: int | None) -> Orbit:
    from satqkd.config.mistake import Mistake, quoted
    from satqkd.config.new_mission import objects_in
    from satqkd.config.quantity import parse_whole

    try:
        objects = objects_in(elements)
    except Mistake as mistake:
        raise SatqkdError(f"--elements: {mistake.message}\n  fix: {mistake.fix}") from mistake
    shown = ", ".join(f"{number} ({name})" for number, (name, _) in list(objects.items())[:10])

    def read(text: str) -> int:
        number = parse_whole(text, str(next(iter(objects))))
        if number not in objects:
            raise Mistake(f"no elements of {quoted(text)} there", f"use one of: {shown}")
        return number

    given = None if norad_id is None else str(norad_id)
    default = str(next(iter(objects))) if len(objects) == 1 else ""
    if ask.yes and given is None and not default:
        raise SatqkdError(f"--norad-id: which satellite?\n  fix: use one of: {shown}")
    number = ask(f"Catalogue number: {shown}", "--norad-id", given, default, read)
    name, epoch = objects[number]
    return Orbit(elements=elements, norad_id=number, name=name or "MySat", start=epoch)


def _designed(
    ask: Asker, altitude: str | None, inclination: str | None, local_time: str | None
) -> Orbit:
    from satqkd.config.orbit_text import parse_local_time
    from satqkd.config.quantity import parse_field

    def tilt(text: str) -> str:
        if text.strip() != SUN_SYNCHRONOUS:
            parse_field(text, "inclination_deg")
        return text.strip()

    def clock(text: str) -> str:
        parse_local_time(text)
        return text.strip()

    def height(text: str) -> str:
        parse_field(text, "altitude_m")
        return text.strip()

    high = ask("Altitude of the orbit", "--altitude", altitude, "500 km", height)
    question = f"Inclination, or {SUN_SYNCHRONOUS}"
    plane = ask(question, "--inclination", inclination, SUN_SYNCHRONOUS, tilt)
    if plane != SUN_SYNCHRONOUS:
        if local_time is not None:
            raise SatqkdError(
                f"--local-time: the orbit is not {SUN_SYNCHRONOUS}\n  fix: leave one of them out"
            )
        return Orbit(written=f"{{model: circular, altitude: {high}, inclination: {plane}}}")
    node = ask("Local time of the descending node", "--local-time", local_time, "00:00", clock)
    return Orbit(
        written=f'{{model: {SUN_SYNCHRONOUS}, altitude: {high}, descending_node_time: "{node}"}}'
    )


def _answers(
    ask: Asker,
    orbit: Orbit,
    *,
    name: str | None,
    title: str,
    satellite: str | None,
    payload: str | None,
    stations: list[str] | None,
    start: str | None,
    days: float | None,
) -> NewMission:
    from satqkd.config.instant import parse_when
    from satqkd.config.new_mission import NewMission

    now = datetime.now(UTC)
    begin = orbit.start or now
    return NewMission(
        satellite=ask("Name of the satellite", "--satellite", satellite, orbit.name, a_name),
        payload=ask(
            "Payload, a preset or a file of yours", "--payload", payload, "micius-2017-flown",
            lambda text: a_part(text, "payload"),
        ),
        stations=_stations(ask, stations),
        start=ask(
            "Begin", "--start", start, f"{begin:%Y-%m-%dT00:00:00Z}",
            lambda text: parse_when(text, now=now),
        ),
        days=ask(
            "Days to plan", "--days", None if days is None else f"{days:g}", "7", a_number_of_days
        ),
        name=ask("Name of the mission", "--name", name, title, a_name),
        orbit=orbit.written,
        elements=orbit.elements,
        norad_id=orbit.norad_id,
    )  # fmt: skip


def _stations(ask: Asker, given: list[str] | None) -> tuple[NewStation, ...]:
    if given or ask.yes:
        return tuple(ask("", "--station", text, "", a_station) for text in given or STATIONS)
    found = [
        ask(f"Station {number}: {STATION.lower().replace(',', ', ')}", "--station", None, text,
            a_station)
        for number, text in enumerate(STATIONS, start=1)
    ]  # fmt: skip
    while True:
        question = f"Station {len(found) + 1}, empty for no more"
        more = ask(question, "--station", None, "", lambda text: a_station(text) if text else None)
        if more is None:
            return tuple(found)
        found.append(more)
