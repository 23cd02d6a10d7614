"""``satqkd link``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satqkd.cli.asked import Asked, columns_listed
from satqkd.cli.joint_link import show_pair
from satqkd.cli.local_time import on_clock, station_zones
from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Columns,
    Days,
    Json,
    Local,
    MissionFile,
    Set,
    Start,
    StationsFile,
    read_mission,
)
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import progress_bar, warnings_told, wrapped
from satqkd.cli.terrestrial import is_terrestrial, link_names, show_terrestrial
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.mission.mission import Mission
    from satqkd.report.tables.column import Column
    from satqkd.report.tables.series import SeriesReport


def command(
    pass_id: Annotated[
        str | None,
        typer.Argument(
            metavar="PASS",
            help="Id of a pass as 'satqkd passes --columns pass_id' shows it, or its beginning; "
            "or the name of a "
            "horizontal or fibre link of the mission, or of two under 'together'. Without it all "
            "such links are listed.",
        ),
    ] = None,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write series.csv and loss.png of the pass into this folder; key_over_time.csv "
            "and .png as well where 'distillation' says how clicks become key. Of links that stand "
            "still link.csv and waterfall.csv, of two together pair.csv and waterfall.csv; of all "
            "links.csv and pairs.csv."
        ),
    ] = None,
    together: Annotated[
        str | None,
        typer.Option(
            metavar="STATION",
            help="Show instead the links to the pass's station and this one side by side, while "
            "both see the satellite.",
        ),
    ] = None,
    columns: Columns = None,
    local: Local = False,
    block: Annotated[str | None, typer.Option(hidden=True)] = None,
    optimise: Annotated[str | None, typer.Option(hidden=True)] = None,
    availability: Annotated[bool, typer.Option("--availability", hidden=True)] = False,
    json: Json = False,
) -> None:
    """Show where the light of one pass goes: the loss waterfall and the series.

    The waterfall is printed at rise, culmination and set; its lines add up to the total. The
    total ends at the detectors' input; their efficiency comes on top. A link that stands still
    has one column, and the key of an hour; without a name there is one row for each of them, and
    for each two that make key together with a node between them. --columns are those of what is
    printed: the waterfall, with --json the series.
    """
    from satqkd.report.export.folder import check_folder
    from satqkd.report.tables.series import SERIES_COLUMNS
    from satqkd.report.tables.waterfall import WATERFALL_COLUMNS

    asked = Asked(json=json, columns=columns, local=local)
    _require_no_listing(block=block, optimise=optimise, availability=availability)
    value = read_mission(mission, stations, start, days, changes)
    if out is not None:
        _require_series(together)
        check_folder(out)
    if pass_id is None or is_terrestrial(value, pass_id):
        _require_pass(together)
        show_terrestrial(value, pass_id, out=out, asked=asked)
        return
    if together is None:
        known: Sequence[Column[Any]] = SERIES_COLUMNS if json else WATERFALL_COLUMNS
        if columns_listed(asked, known):
            return
    result = run_forecast(value)
    index = find_pass(pass_id, result.ids, links=link_names(value))
    if together is not None:
        show_pair(result, index, together, asked)
    else:
        _show_pass(result, index, out=out, asked=asked)


def _show_pass(result: Forecast, index: int, *, out: Path | None, asked: Asked) -> None:
    """Print where the light of a pass goes; write its files."""
    import numpy as np

    from satqkd.report.selection import selection_text
    from satqkd.report.tables.series import SERIES_COLUMNS, series_report
    from satqkd.report.tables.waterfall import (
        WATERFALL_COLUMNS,
        WATERFALL_SCREEN,
        pass_instants,
        pass_waterfall,
    )

    followed = result.with_series(np.array([index]), every=True)
    series = series_report(followed)
    written = "" if out is None else _write(out, result, index, series)
    if asked.to_file:
        show_rows(SERIES_COLUMNS, (series,), Shown(names=(), asked=asked))
        return
    mission = result.mission
    zone = station_zones(mission).get(mission.stations[int(result.passes.station[index])].site.name)
    instants = pass_instants(followed, 0)
    told = [f"{name} {on_clock(one, zone, local=asked.local)}" for name, one in instants.items()]
    typer.echo(wrapped(f"{result.ids[index]}: {', '.join(told)}"))
    shown = Shown(names=WATERFALL_SCREEN, asked=asked)
    show_rows(WATERFALL_COLUMNS, (pass_waterfall(followed, 0),), shown)
    typer.echo(wrapped(selection_text(followed, 0)))
    if written:
        typer.echo(f"written: {written}", err=True)


def _write(out: Path, result: Forecast, index: int, series: SeriesReport) -> str:
    """Write series and pictures of a pass; return what was written."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.pictures.loss import loss
    from satqkd.report.pictures.style import png
    from satqkd.report.tables.series import SERIES_COLUMNS

    files: dict[str, bytes | str] = {
        "series.csv": to_csv(SERIES_COLUMNS, series),
        "loss.png": png(loss(result, index=index)),
        **_key_over_time(result, index),
    }
    write_folder(out, files)
    return ", ".join(str(out / name) for name in files)


def run_forecast(mission: Mission) -> Forecast:
    """Forecast every pass."""
    from satqkd.forecast.stream import forecast

    with warnings_told(), progress_bar("searching passes") as progress:
        return forecast(mission, progress=progress)


def _key_over_time(result: Forecast, index: int) -> dict[str, bytes | str]:
    """Table and picture of when the key of a pass can be used; none where nobody tells how."""
    import numpy as np

    from satqkd.forecast.availability import availability
    from satqkd.report.export.csv import to_csv
    from satqkd.report.pictures.style import png
    from satqkd.report.tables.availability import KEY_OVER_TIME_COLUMNS, key_over_time

    wanted = np.zeros(len(result), dtype=np.bool_)
    wanted[index] = True
    found = availability(result, wanted=wanted)
    if not found.contacts.size:
        return {}
    return {
        "key_over_time.csv": to_csv(KEY_OVER_TIME_COLUMNS, found),
        "key_over_time.png": png(key_over_time(found, index=index)),
    }


def _require_no_listing(*, block: str | None, optimise: str | None, availability: bool) -> None:
    """Name the command that lists what is made of contacts."""
    asked = {
        f"--block {block}": block is not None,
        f"--optimise {optimise}": optimise is not None,
        "--availability": availability,
    }
    for option, given in asked.items():
        if given:
            raise SatqkdError(
                f"{option.split()[0]}: 'satqkd link' shows where the light of one pass or link "
                f"goes, not what is made of many\n  fix: run 'satqkd forecast {option}'; for "
                "terrestrial links of a mission with satellites add --links"
            )


def _require_series(together: str | None) -> None:
    """Refuse to write files that there are none of."""
    if together is not None:
        raise SatqkdError("--out: there are no files of --together\n  fix: leave out --out")


def _require_pass(together: str | None) -> None:
    """Refuse to look at a second station from a link that stands still."""
    if together is not None:
        raise SatqkdError(
            "--together: a link that stands still sees no satellite\n"
            "  fix: name a pass, or leave out --together"
        )


def find_pass(wanted: str, ids: Sequence[str], *, links: Sequence[str] = ()) -> int:
    """Index of the pass with this id, or the only one whose id begins so."""
    if wanted in ids:
        return ids.index(wanted)
    fitting = [name for name in ids if name.startswith(wanted)]
    if len(fitting) == 1:
        return ids.index(fitting[0])
    if fitting:
        raise SatqkdError(
            f"{wanted!r} could be {', '.join(fitting[:5])}"
            f"{' …' if len(fitting) > 5 else ''}\n  fix: write more of the id"
        )
    standing = f", or name a link: {', '.join(links)}" if links else ""
    raise SatqkdError(
        f"no pass of the window is called {wanted!r}\n"
        "  fix: copy an id from 'satqkd passes --columns pass_id', with the same --start and "
        f"--days{standing}"
    )
