"""The dossier of a study: question, assumptions, pictures, table, provenance on one page."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

import satqkd
from satqkd.config.axis import unit_suffix
from satqkd.mission.mission import Assumption
from satqkd.report.counted import counted
from satqkd.report.export.printable import visible
from satqkd.report.html.inputs import gathered
from satqkd.report.html.markup import Child, joined, tag
from satqkd.report.html.page import Section, page
from satqkd.report.html.tables import Shown, boxed, numbered, pairs_list, table
from satqkd.report.pictures.study_parts import amount, brief, sentence, shown_text
from satqkd.report.pictures.study_views import Views
from satqkd.report.pictures.style import png
from satqkd.report.tables.column import Column, cells
from satqkd.report.tables.not_varied import not_varied_text
from satqkd.report.tables.study import screen_columns, study_notes
from satqkd.report.tables.study_views import step_columns, steps_of, swing_columns, swings
from satqkd.study.gathered import pooled_text
from satqkd.study.results import FAILED, LEFT, Results
from satqkd.study.sensitivity import kept_ranges

DOSSIER: Final = "dossier.html"
MOST_ROWS: Final = 200
"""Rows of the results that the page shows; summary.csv has all."""
LIBRARIES: Final = ("numpy", "scipy", "matplotlib")
"""What the bytes of numbers and pictures depend on beside satqkd."""


def dossier_page(
    views: Views, *, assumptions: Sequence[Assumption] | None, hashes: Mapping[str, str]
) -> str:
    """Return the dossier of a study as one HTML file: the same results, the same bytes.

    Parameters
    ----------
    views
        What is looked at.
    assumptions
        Of the mission that is varied; None where its files are not there any more.
    hashes
        SHA-256 of the tables of the study's folder, by name.
    """
    results = views.points.results
    title = visible(results.name) or "A study"
    told = results.manifest
    return page(
        "dossier",
        version=satqkd.__version__,
        title=title,
        running=f"satqkd, {title}",
        figures=_figures(views),
        sections=[
            Section(name=name, short=short, heading=heading, body=body)
            for name, short, heading, body in (
                ("question", "Question", "What was asked, and what came of it", _question(views)),
                ("pictures", "Pictures", *_pictures(views)),
                ("results", "Results", *_results(results)),
                ("assumed", "Assumptions", "What it rests on", _assumed(results, assumptions)),
                ("origin", "Provenance", "Where every number comes from", _origin(told, hashes)),
            )
        ],
        own=("dossier.css",),
        under=_under(results),
    )


def _under(results: Results) -> str:
    left, failed = results.status.count(LEFT), results.status.count(FAILED)
    state = "all done" if not left and not failed else f"{left:,} not done yet, {failed:,} failed"
    return (
        f"{counted(len(set(results.point)), 'point')}, "
        f"{counted(len(results.variables), 'variable')}, {state}. By satqkd {satqkd.__version__}."
    )


def _figures(views: Views) -> Markup:
    items = [
        tag("li", tag("span", name, class_="of"), tag("strong", value),
            tag("span", beside, class_="small"))
        for name, value, beside in _facts(views)
    ]  # fmt: skip
    return tag("ul", *items, class_="figures")


def _facts(views: Views) -> Iterator[tuple[str, str, str]]:
    """Yield what heads the page: most, knee, what matters most."""
    points, middle = views.points, views.quantity.middle
    values = points.numbers[middle.name]
    done = np.flatnonzero(points.done & np.isfinite(values)).tolist()
    if not done:
        yield "Most", "nothing yet", "no point is done"
        return
    best = max(done, key=lambda row: values[row])
    yield (
        sentence(brief(middle)),
        amount(float(values[best]), middle),
        f"most: {_where(views, best)}",
    )
    front = views.front
    if front is not None and front.knee is not None:
        row = int(front.rows[front.knee])
        yield "Knee", amount(float(front.gain[front.knee]), middle), f"at {_where(views, row)}"
    if views.tornado is not None and views.tornado.bars:
        bar = views.tornado.bars[0]
        title = points.results.variable(bar.variable).title
        yield (
            "Moves it most, alone",
            title,
            f"{amount(bar.least, middle)} to {amount(bar.most, middle)}",
        )


def _where(views: Views, row: int) -> str:
    return ", ".join(
        f"{one.title} {shown_text(views.points.texts[one.name][row])}"
        for one in views.points.results.variables[:4]
    )


def _question(views: Views) -> Markup:
    results = views.points.results
    asked = results.question or "No question is written in the study."
    parts: list[Child] = [tag("p", asked, class_="question")]
    parts.append(_varied(results))
    middle = views.quantity.middle
    if views.front is not None and len(views.front):
        front = views.front
        parts.append(tag("h3", f"{sentence(brief(middle))} for the {front.small} it costs"))
        columns = step_columns(views.points, front)
        parts.append(_table(columns, steps_of(views.points, front), "Points of the front"))
    if views.tornado is not None and views.tornado.bars:
        parts.append(tag("h3", f"{sentence(brief(middle))}, one variable at a time"))
        rows = swings(views.tornado, views.indices, kept_ranges(results).sources)
        columns_of = [one for one in swing_columns(middle) if _says_any(one, rows)]
        parts.append(_table(columns_of, rows, "Swings"))
    return joined(parts)


def _says_any(column: Column[Any], rows: Sequence[Any]) -> bool:
    return any(one is not None for one in cells(column, rows))


def _varied(results: Results) -> Markup:
    rows = [
        {"variable": one.title, "values": ", ".join(map(shown_text, one.levels[:12]))
         + (f" and {len(one.levels) - 12} more" if len(one.levels) > 12 else "")
         or "any between two ends", "name": one.name}
        for one in results.variables
    ]  # fmt: skip
    columns = [
        Shown(heading="What is varied", cell=lambda row: row["variable"], kind="h"),
        Shown(heading="Values", cell=lambda row: row["values"], kind="w"),
        Shown(heading="Column", cell=lambda row: row["name"], kind="t"),
    ]
    return table(columns, numbered(rows), caption="What is varied")


def _pictures(views: Views) -> tuple[str, Markup]:
    shown = [_picture(name, figure) for name, figure in views.pictures()]
    return counted(len(shown), "picture"), joined(shown)


def _picture(name: str, figure: Figure) -> Markup:
    data = base64.b64encode(png(figure)).decode("ascii")
    words = figure.texts[0].get_text().replace("\n", " ") if figure.texts else name
    image = Markup('<img src="data:image/png;base64,{}" alt="{}">').format(Markup(data), words)  # noqa: S704 - base64
    return tag(
        "figure", boxed(image, words), tag("figcaption", f"{name}.png of 'satqkd study plot'")
    )


def _results(results: Results) -> tuple[str, Markup]:
    columns = screen_columns(results)
    shown = _table(columns, results, "Results")
    heading = f"{counted(len(results), 'row')} of results"
    if len(results) > MOST_ROWS:
        more = tag("p", f"The first {MOST_ROWS} rows; summary.csv has all {len(results):,}.")
        shown = joined((shown, more))
    notes = [tag("p", f"{sentence(text)}.") for text in study_notes(results)]
    return heading, joined((shown, *notes))


def _table(columns: Sequence[Column[Any]], source: Any, caption: str) -> Markup:
    """Return the first rows of a table; as many as the page has room for."""
    every = {one.name: cells(one, source) for one in columns}
    count = min(len(next(iter(every.values()), [])), MOST_ROWS)
    numeric = {
        name: all(cell is None or isinstance(cell, int | float) for cell in column)
        for name, column in every.items()
    }
    rows = [{name: _cell(column[row]) for name, column in every.items()} for row in range(count)]
    shown = [
        Shown(
            heading=_heading(one),
            cell=_of(one.name),
            kind="n" if numeric[one.name] else "w" if one.below else "t",
        )
        for one in columns
    ]
    return table(shown, numbered(rows), caption=caption)


def _heading(column: Column[Any]) -> str:
    name = column.name.removesuffix(unit_suffix(column.unit)).replace("_", " ")
    return f"{name} [{column.unit}]" if column.unit else name


def _of(name: str) -> Any:
    return lambda row: row[name] or "–"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _assumed(results: Results, assumptions: Sequence[Assumption] | None) -> Markup:
    parts: list[Child] = []
    left = kept_ranges(results).left
    if left:
        parts.append(tag("p", f"{sentence(not_varied_text(left))}."))
    if text := pooled_text(results.manifest):
        parts.append(tag("p", f"{sentence(text)}."))
    if assumptions is None:
        told = (
            "The files of the mission are not where the study found them, or hold something else."
        )
        parts.append(tag("p", told, class_="absent"))
        return joined(parts)
    rows = gathered([{"where": a.where, "value": a.value, "why": a.why} for a in assumptions])
    columns = [
        Shown(heading=name.capitalize(), cell=_of(name), kind="h w" if name == "where" else "w")
        for name in ("where", "value", "why")
    ]
    parts.append(tag("p", f"{counted(len(rows), 'value')} of the mission's files are assumed."))
    parts.append(table(columns, numbered(rows), caption="Assumptions of the mission's files"))
    return joined(parts)


def _origin(told: Mapping[str, Any], hashes: Mapping[str, str]) -> Markup:
    plan = "planned" if told.get("plan") else "forecast, not planned"
    items: list[tuple[str, Child]] = [
        ("satqkd, with its sources", str(told.get("code", "not said"))),
        *((name, version(name)) for name in LIBRARIES),
        ("each point", plan),
        ("points", f"{told.get('sample', 'not said')}, {told.get('points', 'not said')}"),
        ("repetitions", str(told.get("repeat", "not said"))),
        ("realisations of the weather", str(told.get("realisations", "not said"))),
        ("seed", str(told.get("seed", "not said"))),
        ("names of all rows", str(told.get("rows", "not said"))),
        *((f"measure {name}", text) for name, text in (told.get("expressions") or {}).items()),
    ]
    files_read = [
        {"file": str(one.get("file")), "sha256": str(one.get("sha256"))}
        for one in told.get("inputs") or []
    ]
    files_read += [{"file": name, "sha256": digest} for name, digest in sorted(hashes.items())]
    columns = [
        Shown(heading="File", cell=_of("file"), kind="h"),
        Shown(heading="SHA-256", cell=_of("sha256"), kind="w code"),
    ]
    text = str(told.get("file") or "")
    return joined((
        pairs_list(items),
        tag("h3", "Files read, and tables shown"),
        table(columns, numbered(files_read), caption="Files and their hashes"),
        tag("h3", "The study as it was asked for") if text else None,
        boxed(_lines(text), "The study") if text else None,
    ))  # fmt: skip


def _lines(text: str) -> Markup:
    """Return a text as it is written, line by line."""
    pieces = (joined((line, Markup("\n"))) for line in text.splitlines())
    return tag("pre", *pieces)
