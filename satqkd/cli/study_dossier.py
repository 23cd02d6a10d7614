"""``satqkd study dossier``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.study_plot import Cost, Folder, Hold, MeasureName, views_of

if TYPE_CHECKING:
    from satqkd.mission.mission import Assumption
    from satqkd.study.results import Results


def command(
    folder: Folder = Path("study-results"),
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where the page goes.")
    ] = Path("dossier.html"),
    measure: MeasureName = None,
    cost: Cost = None,
    hold: Hold = None,
) -> None:
    """Write a study as one page: question, pictures, results, assumptions, provenance.

    The page holds all it shows and asks for nothing: no script, no network. The same results give
    the same bytes. The mission's assumptions are on it where the mission's files still are what
    the study read.
    """
    from hashlib import sha256

    from satqkd.report.export.file import write_file
    from satqkd.report.html.dossier import dossier_page
    from satqkd.study.engine import folder_of
    from satqkd.study.results import MANIFEST, MONTHS, SUMMARY

    folder = folder_of(folder)
    views = views_of(folder, measure=measure, cost=cost, hold=hold)
    hashes = {
        name: sha256((folder / name).read_bytes()).hexdigest()
        for name in (MANIFEST, SUMMARY, MONTHS)
    }
    page = dossier_page(
        views, assumptions=_assumptions(folder, views.points.results), hashes=hashes
    )
    write_file(out, page.encode())
    typer.echo(f"written to {out}", err=True)


def _assumptions(folder: Path, results: Results) -> tuple[Assumption, ...] | None:
    """Return what the mission assumes; None where its files are gone, or not those of before."""
    from satqkd.cli.shown import warnings_told
    from satqkd.study.origin import mission_of

    with warnings_told():
        mission = mission_of(folder, results.manifest)
    return None if mission is None else mission.assumptions
