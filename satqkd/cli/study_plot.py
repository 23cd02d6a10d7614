"""``satqkd study plot``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.shown import terminal_width, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.report.pictures.study_views import Views

PICTURES = "pictures"
MANIFEST = "pictures.json"
"""By which the folder of pictures is known as satqkd's own."""

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="Folder of a study's results, done or half done; or the study's file.",
    ),
]
MeasureName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What the pictures are of; the study's first if not given.",
        show_default=False,
    ),
]  # fmt: skip
Cost = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What is to be small on the front: a measure or a variable; one called cost, price, "
        "effort, mass, satellites or stations if not given.",
        show_default=False,
    ),
]
Hold = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Value at which a variable stands while others move; the middle one if not given. May "
        "be repeated.",
        show_default=False,
    ),
]


def command(
    folder: Folder = Path("study-results"),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help=f"Where the pictures go; {PICTURES} in the folder of the study if not given.",
            show_default=False,
        ),
    ] = None,
    measure: MeasureName = None,
    cost: Cost = None,
    hold: Hold = None,
    family: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The variable with a line for each value.", show_default=False
        ),
    ] = None,
) -> None:
    """Draw a study: against each variable, over two, its front, by month, one at a time.

    Lines have a band from P10 to P90 where both are measured. The front joins the points of which
    no other costs less and gives as much; its knee and what changes along it are printed, and are
    in front.csv; tornado.csv has what the measure does with each variable alone. Of a study that is
    half done the pictures say so. Exit code 1 when no point is done, or the measure is 0 at all.
    """
    from satqkd.report.export.folder import check_folder, write_folder
    from satqkd.report.pictures.style import png
    from satqkd.study.engine import folder_of

    folder = folder_of(folder)
    target = folder / PICTURES if out is None else out
    views = views_of(folder, measure=measure, cost=cost, hold=hold)
    if not views.points.done.any():
        typer.echo(f"{folder}: no point is done yet", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    check_folder(target, named=MANIFEST)
    files: dict[str, bytes | str] = {
        f"{name}.png": png(figure) for name, figure in views.pictures(family)
    }
    files |= tables_of(views)
    write_folder(target, files, named=MANIFEST)
    show(views)
    typer.echo(wrapped(f"written to {target}: {', '.join(sorted(files))}"), err=True)
    if nothing_moves(views):
        raise typer.Exit(ANSWER_IS_NO)


def views_of(
    folder: Path,
    *,
    measure: str | None = None,
    cost: str | None = None,
    hold: list[str] | None = None,
) -> Views:
    """Read a study and choose what is looked at."""
    from satqkd.report.pictures.study_views import Views
    from satqkd.study.results import Results

    return Views.of(Results.read(folder), measure=measure, cost=cost, hold=_held(hold or []))


def _held(texts: list[str]) -> dict[str, str]:
    held = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise SatqkdError(
                f"--hold: {text!r} is no variable with its value\n"
                "  fix: write such as --hold aperture=80"
            )
        held[name.strip()] = value.strip()
    return held


def tables_of(views: Views) -> dict[str, str]:
    """Return tornado.csv, front.csv and not-varied.csv as far as a study has them."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.tables.not_varied import NOT_VARIED_COLUMNS
    from satqkd.report.tables.study_views import step_columns, steps_of, swing_columns, swings
    from satqkd.study.sensitivity import kept_ranges

    found = {}
    results = views.points.results
    if views.tornado is not None:
        rows = swings(views.tornado, views.indices, kept_ranges(results).sources)
        found["tornado.csv"] = to_csv(swing_columns(views.quantity.middle), rows)
    if views.front is not None:
        steps = steps_of(views.points, views.front)
        found["front.csv"] = to_csv(step_columns(views.points, views.front), steps)
    if left := kept_ranges(results).left:
        found["not-varied.csv"] = to_csv(NOT_VARIED_COLUMNS, left)
    return found


def nothing_moves(views: Views) -> bool:
    """Whether the measure is 0 at every point that is done."""
    values = views.points.numbers[views.quantity.name][views.points.done]
    return bool(values.size) and not values.any()


def show(views: Views) -> None:
    """Print the tables that go with the pictures."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.pictures.study_parts import amount, standing
    from satqkd.report.tables.not_varied import not_varied_text
    from satqkd.report.tables.study_views import (
        SHARE_COLUMNS,
        screen_swing_columns,
        step_columns,
        steps_of,
        swings,
    )
    from satqkd.study.sensitivity import kept_ranges

    width, results = terminal_width(), views.points.results
    if views.front is not None and len(views.front):
        typer.echo(f"{views.front.large} against {views.front.small}:")
        steps = steps_of(views.points, views.front)
        columns = step_columns(views.points, views.front)
        typer.echo(to_terminal(columns, steps, width=width), nl=False)
    if views.tornado is not None and views.tornado.bars:
        stands = amount(views.tornado.nominal, views.quantity.middle)
        typer.echo(f"{views.tornado.measure}, one variable at a time from {stands}:")
        rows = swings(views.tornado, views.indices, kept_ranges(results).sources)
        columns_of = screen_swing_columns(views.quantity.middle)
        typer.echo(to_terminal(columns_of, rows, width=width), nl=False)
        if views.indices is not None:
            typer.echo(f"{views.tornado.measure}, shares of the variance, all at once:")
            typer.echo(to_terminal(SHARE_COLUMNS, rows, width=width), nl=False)
    if views.tornado is not None and views.tornado.missing:
        typer.echo(wrapped(f"too few points done: {', '.join(views.tornado.missing)}"), err=True)
    if left_out := kept_ranges(results).left:
        typer.echo(wrapped(not_varied_text(left_out)))
    if nothing_moves(views):
        typer.echo(f"{views.quantity.name} is 0 at every point", err=True)
    if left := standing(results):
        typer.echo(wrapped(left.strip()), err=True)
