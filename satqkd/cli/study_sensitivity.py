"""``satqkd study sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Days,
    MissionFile,
    Set,
    Start,
    StationsFile,
    both_there,
    instant_of,
    now_of,
    set_values_of,
)
from satqkd.cli.shown import wrapped
from satqkd.cli.study_at_work import Scheduler, Workers, holds, require_count, work_on
from satqkd.cli.study_plot import MANIFEST, PICTURES, nothing_moves, show, tables_of, views_of
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.study.ranges import Known
    from satqkd.study.sensitivity import Sensitivity

FOLDER = Path("sensitivity-results")


def command(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    start: Start = None,
    days: Days = None,
    changes: Set = None,
    measure: Annotated[
        str,
        typer.Option(metavar="NAME", help="What is measured, as 'measure:' of a study names it."),
    ] = "key_day_mean",
    sobol: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Sobol indices too, from N points for each range and two more; a power of two.",
        ),
    ] = 0,
    realisations: Annotated[
        int, typer.Option(metavar="N", help="Realisations of the weather; 0 for clear skies.")
    ] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the weather and of the points.")] = 1,
    to: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Where the results go; a killed run goes on there."),
    ] = FOLDER,
    workers: Workers = None,
    scheduler: Scheduler = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would be walked; start nothing.")
    ] = False,
) -> None:
    """Walk every range that a mission states, and say which of them the key depends on most.

    Needs no study.yaml: the ranges beside values (loss_range, jitter_range …) and the spread of
    each climate are those of the mission's own files and presets. First each alone, all else as
    stated: a tornado. With --sobol all at once, each value between its ends as likely as another:
    shares of the variance with 95 % intervals. What has no range is said to
    stand still. Exit code 1 when the measure is 0 at every point.
    """
    both_there(mission, stations)
    window = []
    if start is not None:
        begin = instant_of("--start", start, now=now_of(None))
        window.append(f"start={begin.isoformat().replace('+00:00', 'Z')}")
    window += [f"duration={days:g} d"] if days is not None else []
    found = _sensitivity(
        mission, stations, [*window, *(changes or [])], measure=measure, sobol=sobol,
        realisations=realisations, seed=seed,
    )  # fmt: skip
    require_count(workers, scheduler)
    if explain:
        _explain(found)
        return
    _run(found, to, workers, scheduler)
    _show(to, sobol)


def _sensitivity(
    mission: Path, stations: Path, changes: list[str], *, measure: str, sobol: int,
    realisations: int, seed: int,
) -> Sensitivity:  # fmt: skip
    from satqkd.cli.shown import warnings_told
    from satqkd.study.sensitivity import sensitivity_of
    from satqkd.study.variable import Setting

    for option, value in (("--sobol", sobol), ("--realisations", realisations), ("--seed", seed)):
        if value < 0:
            raise SatqkdError(f"{option}: {value} is below 0\n  fix: write 0 or more")
    if sobol & (sobol - 1) or sobol == 1:
        raise SatqkdError(
            f"--sobol: {sobol} is no power of two, which Sobol's sequence needs\n"
            "  fix: write such as 64"
        )
    settings = [
        Setting(path=one.path, value=one.value, by=one.by) for one in set_values_of(changes)
    ]
    with warnings_told():
        return sensitivity_of(
            mission, stations, settings=settings, measure=measure, realisations=realisations,
            seed=seed, sobol=sobol,
        )  # fmt: skip


def _explain(found: Sensitivity) -> None:
    for one in found.known.ranges:
        low, stated, high = one.texts
        typer.echo(wrapped(f"{one.name}: {stated} ({low} to {high}): {one.source}"))
    _not_varied(found.known)
    typer.echo(f"{len(found.points):,} points")


def _run(found: Sensitivity, folder: Path, workers: int | None, scheduler: str | None) -> None:
    from satqkd.study.store import Asked

    work_on(
        Asked.of(found.study, found.points), folder, workers=workers, scheduler=scheduler,
        to_go_on=", give the same command", extend=holds(folder, found.study.name),
    )  # fmt: skip


def _show(folder: Path, sobol: int) -> None:
    from satqkd.report.export.folder import write_folder
    from satqkd.report.pictures.style import png

    views = views_of(folder)
    if views.tornado is None:
        reasons = sorted({one for one in views.points.results.reason if one})
        raise SatqkdError(
            f"the point with every value as stated failed: {'; '.join(reasons) or 'no reason'}\n"
            "  fix: mend that in the mission's files, see satqkd check; then give the same command"
        )
    files: dict[str, bytes | str] = {f"{name}.png": png(one) for name, one in views.pictures()}
    files |= {name: text for name, text in tables_of(views).items() if name != "front.csv"}
    write_folder(folder / PICTURES, files, named=MANIFEST)
    show(views)
    if sobol and views.indices is None:
        typer.echo("no Sobol indices: a point failed, or none moves the measure", err=True)
    typer.echo(wrapped(f"written to {folder / PICTURES}: {', '.join(sorted(files))}"), err=True)
    if nothing_moves(views):
        raise typer.Exit(ANSWER_IS_NO)


def _not_varied(known: Known) -> None:
    """Say what stands still: what the files write, by file; defaults are counted."""
    from satqkd.report.tables.not_varied import not_varied_text

    if known.left:
        typer.echo(wrapped(not_varied_text(known.left)))
