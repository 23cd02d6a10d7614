"""Terrestrial links, alone and two with a node between them, for ``satqkd link``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from satqkd.cli.asked import Asked, all_columns, columns_listed
from satqkd.cli.published import printed_bits, published_hz
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import wrapped
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.terrestrial import Terrestrial
    from satqkd.mission.links import FixedLink
    from satqkd.mission.mission import Mission
    from satqkd.report.tables.column import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    columns: Sequence[Column[Any]]
    rows: Any
    names: Sequence[str] = ()
    """Columns for the terminal, the most important first; empty for all."""
    below: Sequence[str] = ()
    """Lines after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    """What the command says of terrestrial links."""

    files: Mapping[str, tuple[Sequence[Column[Any]], Any]]
    """What ``--out`` writes: columns and rows by name."""
    answers: Sequence[tuple[Sequence[Column[Any]], Any]]
    """What ``--json`` prints."""
    above: Sequence[str] = ()
    """Lines before the tables."""
    tables: Sequence[_Table]
    below: Sequence[str] = ()
    """Lines after them."""


def link_names(mission: Mission) -> list[str]:
    """Names of the terrestrial links, and of two with a node between them."""
    return [one.name for one in (*mission.together_links, *mission.links)]


def is_terrestrial(mission: Mission, name: str) -> bool:
    """Whether a link, or two with a node between them, have this name."""
    return _folded(name) in map(_folded, link_names(mission))


def _folded(name: str) -> str:
    return name.strip().casefold()


def show_terrestrial(mission: Mission, name: str | None, *, out: Path | None, asked: Asked) -> None:
    """Print the two links, or the link, of a name; all of them where none is given.

    Raises
    ------
    SatqkdError
        If the mission has none, for a clock of their own, and for a column that no table has.
    """
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder

    if asked.local:
        raise SatqkdError(
            "--local: a link that stands still has no times\n  fix: leave it out, or name a pass"
        )
    face = _every(mission) if name is None else _named(mission, _folded(name))
    printed = [table.columns for table in face.tables]
    answered = [columns for columns, _ in face.answers]
    if columns_listed(asked, all_columns(answered if asked.to_file else printed)):
        return
    if out is not None:
        write_folder(out, {file: to_csv(*table) for file, table in face.files.items()})
    if asked.to_file:
        put(_json(face.answers, asked))
        return
    _print(face, asked)
    if out is not None:
        typer.echo(f"written: {', '.join(str(out / file) for file in face.files)}", err=True)


def _print(face: _Face, asked: Asked) -> None:
    for line in face.above:
        typer.echo(line)
    for table in face.tables:
        own = asked.within(table.columns)
        if own is not None:
            show_rows(table.columns, (table.rows,), Shown(names=table.names, asked=own))
            for line in table.below:
                typer.echo(line)
    for line in face.below:
        typer.echo(line)


def _json(answers: Sequence[tuple[Sequence[Column[Any]], Any]], asked: Asked) -> Iterable[bytes]:
    """Return one list of the rows of several tables, with the columns asked for."""
    from satqkd.report.export.json import json_list, json_rows
    from satqkd.report.export.typed import filled

    chosen = [
        (own.of(columns), rows)
        for columns, rows in answers
        if (own := asked.within(columns)) is not None
    ]
    return json_list(
        chunk for columns, rows in chosen for chunk in json_rows(columns, filled(columns, rows))
    )


def _named(mission: Mission, name: str) -> _Face:
    """Say where the light of a link, or of two, goes and what key it gives."""
    from satqkd.forecast.terrestrial import follow_link, follow_pair

    for pair in mission.together_links:
        if _folded(pair.name) == name:
            return _pair(follow_pair(pair))
    link = next(one for one in mission.links if _folded(one.name) == name)
    if link.source is None:
        return _arm(mission, link)
    return _alone(follow_link(link, mission.protocol, mission.protocol_name))


def _title(link: FixedLink) -> str:
    from satqkd.report.export.printable import visible

    return f"{visible(link.name)}: {link.in_words}"


def _alone(found: Terrestrial) -> _Face:
    from satqkd.report.tables.terrestrial import LINK_COLUMNS, link_lines
    from satqkd.report.tables.waterfall import LINK_WATERFALL_COLUMNS, link_waterfall

    one, rows = (LINK_COLUMNS, (found,)), link_waterfall(found)
    return _Face(
        files={"link.csv": one, "waterfall.csv": (LINK_WATERFALL_COLUMNS, rows)},
        answers=[one],
        above=[_title(found.made_by.links[0])],
        tables=[_Table(columns=LINK_WATERFALL_COLUMNS, rows=rows, below=link_lines(found))],
    )


def _pair(found: Terrestrial) -> _Face:
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.terrestrial import PAIR_COLUMNS, pair_lines
    from satqkd.report.tables.waterfall import losses_alone, pair_waterfall_columns

    one = (PAIR_COLUMNS, (found,))
    columns, rows = pair_waterfall_columns(found.made_by.links), losses_alone(found.made_by.links)
    return _Face(
        files={"pair.csv": one, "waterfall.csv": (columns, rows)},
        answers=[one],
        above=[
            f"{visible(found.made_by.name)}: {found.made_by.protocol_name}, a node between",
            *(f"  {_title(link)}" for link in found.made_by.links),
        ],
        tables=[_Table(columns=columns, rows=rows, below=[*map(wrapped, pair_lines(found))])],
    )


def _arm(mission: Mission, link: FixedLink) -> _Face:
    """Say where the light of a link goes that makes key with another one only."""
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.waterfall import ARM_COLUMNS, losses_alone

    rows = losses_alone([link])
    pairs = [repr(visible(pair.name)) for pair in mission.together_links if link in pair.links]
    below = [f"it makes key with another link only: satqkd link {' or '.join(pairs)}"]
    return _Face(
        files={"waterfall.csv": (ARM_COLUMNS, rows)},
        answers=[(ARM_COLUMNS, rows)],
        above=[_title(link)],
        tables=[_Table(columns=ARM_COLUMNS, rows=rows, below=below)],
    )


def _every(mission: Mission) -> _Face:
    """Give one row for each link that makes key alone, then one for each pair.

    Raises
    ------
    SatqkdError
        If the mission has none.
    """
    from satqkd.forecast.terrestrial import follow_session, terrestrial_links
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.terrestrial import (
        LINK_COLUMNS,
        LINK_SCREEN,
        PAIR_COLUMNS,
        PAIR_SCREEN,
        published_column,
    )

    if not mission.links:
        raise SatqkdError(
            "no pass is named, and the mission has no links that stand still\n"
            "  fix: copy the id of a pass from 'satqkd passes --columns pass_id'"
        )
    every = [follow_session(link) for link in terrestrial_links(mission)]
    alone = [found for found in every if len(found.made_by.links) == 1]
    pairs = every[len(alone) :]
    bits, rates = printed_bits(mission), published_hz(mission)
    in_print = (
        (published_column("published_rate_hz", rates),
         published_column("published_bits_per_pulse", bits)),
        (published_column("published_bits_per_use", bits),),
    )  # fmt: skip
    kinds = (
        ("links.csv", LINK_COLUMNS, alone, LINK_SCREEN, in_print[0],
         f"key of an hour as one block; {mission.protocol_name}"),
        ("pairs.csv", PAIR_COLUMNS, pairs, PAIR_SCREEN, in_print[1],
         "two links at once, a node between them; key of each duration as one block"),
    )  # fmt: skip
    there = [kind for kind in kinds if kind[2]]
    tables = [
        _Table(
            columns=[*columns, *published],
            rows=rows,
            names=[screen[0], *(one.name for one in published), *screen[1:]],
            below=[below],
        )
        for _, columns, rows, screen, published, below in there
    ]
    example = pairs[0].made_by.name if pairs else mission.links[0].name
    return _Face(
        files={file: (columns, rows) for file, columns, rows, *_ in there},
        answers=[(columns, rows) for _, columns, rows, *_ in kinds],
        tables=tables,
        below=[f"where the light of one goes: satqkd link '{visible(example)}'"],
    )
