"""Links that stand still, alone and two with a node between them, for ``satqkd link``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
    from satqkd.mission.together import TogetherLinks
    from satqkd.report.tables.column import Column

Named = TypeVar("Named", "FixedLink", "TogetherLinks")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    """What the command says of links that stand still."""

    files: Mapping[str, str]
    """What ``--out`` writes."""
    answer: Sequence[_Table]
    """What ``--json`` prints, in one list."""
    tables: Sequence[_Table]
    above: Sequence[str] = ()
    """Lines before the tables."""
    below: Sequence[str] = ()
    """Lines after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    columns: Sequence[Column[Any]]
    rows: Any
    names: Sequence[str] = ()
    """Columns for the terminal, the most important first; empty for all."""
    below: Sequence[str] = ()
    """Lines after it."""


def stands_still(mission: Mission, name: str) -> bool:
    """Whether a link, or two together, that stand still have this name."""
    every = (*mission.together_links, *mission.links)
    return name.strip().casefold() in {one.name.casefold() for one in every}


def show_standing(mission: Mission, name: str | None, *, out: Path | None, asked: Asked) -> None:
    """Print the two links, or the link, of a name; all that stand still where none is given.

    Raises
    ------
    SatqkdError
        If the mission has none, for a clock of their own, and for a column that no table has.
    """
    from satqkd.report.export.folder import write_folder

    if asked.local:
        raise SatqkdError(
            "--local: a link that stands still has no times\n  fix: leave it out, or name a pass"
        )
    face = _face(mission, name)
    known = all_columns(one.columns for one in (face.answer if asked.to_file else face.tables))
    if columns_listed(asked, known):
        return
    if out is not None:
        write_folder(out, face.files)
    if asked.to_file:
        put(_json(face.answer, asked))
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


def _face(mission: Mission, name: str | None) -> _Face:
    pair = None if name is None else _named(mission.together_links, name)
    link = None if name is None else _named(mission.links, name)
    if pair is not None:
        return _pair(pair)
    if link is None:
        return _every(mission)
    return _arm(mission, link) if link.source is None else _alone(mission, link)


def _named(known: Sequence[Named], name: str) -> Named | None:
    folded = name.strip().casefold()
    return next((one for one in known if one.name.casefold() == folded), None)


def _json(tables: Sequence[_Table], asked: Asked) -> Iterable[bytes]:
    """Return one list of the rows of several tables, with the columns asked for."""
    from satqkd.report.export.json import json_list, json_rows
    from satqkd.report.export.typed import filled

    chosen = [
        (own.of(table.columns), table.rows)
        for table in tables
        if (own := asked.within(table.columns)) is not None
    ]
    return json_list(
        chunk for columns, rows in chosen for chunk in json_rows(columns, filled(columns, rows))
    )


def _alone(mission: Mission, link: FixedLink) -> _Face:
    """Say where the light of a link goes and what it gives in an hour."""
    from satqkd.forecast.terrestrial import follow_link
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.fixed import (
        FIXED_COLUMNS,
        FIXED_ROW_COLUMNS,
        fixed_rows,
        hour_text,
        link_text,
        pulse_text,
        rate_text,
    )

    found = follow_link(link, mission.protocol, mission.protocol_name)
    rows = fixed_rows(found)
    rate = rate_text(found)
    return _Face(
        files={
            "link.csv": to_csv(FIXED_COLUMNS, (found,)),
            "waterfall.csv": to_csv(FIXED_ROW_COLUMNS, rows),
        },
        answer=[_Table(columns=FIXED_COLUMNS, rows=(found,))],
        above=[f"{visible(link.name)}: {link_text(link)}"],
        tables=[_Table(columns=FIXED_ROW_COLUMNS, rows=rows)],
        below=[
            f"{hour_text(found)}; {mission.protocol_name}",
            *([f"{rate}; {pulse_text(found)}"] if rate else []),
        ],
    )


def _pair(pair: TogetherLinks) -> _Face:
    """Say where the light of two links goes and what key they give."""
    from satqkd.forecast.terrestrial import follow_pair
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.fixed import link_text
    from satqkd.report.tables.fixed_pair import (
        FIXED_PAIR_COLUMNS,
        pair_columns,
        pair_lines,
        pair_rows,
    )

    found = follow_pair(pair)
    columns, rows = pair_columns(found), pair_rows(found)
    return _Face(
        files={
            "pair.csv": to_csv(FIXED_PAIR_COLUMNS, (found,)),
            "waterfall.csv": to_csv(columns, rows),
        },
        answer=[_Table(columns=FIXED_PAIR_COLUMNS, rows=(found,))],
        above=[
            f"{visible(pair.name)}: {pair.protocol_name}, a node between",
            *(f"  {visible(link.name)}: {link_text(link)}" for link in pair.links),
        ],
        tables=[_Table(columns=columns, rows=rows)],
        below=[wrapped(line) for line in pair_lines(found)],
    )


def _arm(mission: Mission, link: FixedLink) -> _Face:
    """Say where the light of a link goes that makes key with another one only."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.fixed import link_text
    from satqkd.report.tables.fixed_pair import ARM_COLUMNS, arm_rows

    rows = arm_rows(link)
    pairs = [repr(visible(pair.name)) for pair in mission.together_links if link in pair.links]
    return _Face(
        files={"waterfall.csv": to_csv(ARM_COLUMNS, rows)},
        answer=[_Table(columns=ARM_COLUMNS, rows=rows)],
        above=[f"{visible(link.name)}: {link_text(link)}"],
        tables=[_Table(columns=ARM_COLUMNS, rows=rows)],
        below=[f"it makes key with another link only: satqkd link {' or '.join(pairs)}"],
    )


def _every(mission: Mission) -> _Face:
    """Give one row for each link that stands still, then one for each pair of them.

    Raises
    ------
    SatqkdError
        If the mission has none.
    """
    from satqkd.forecast.terrestrial import follow_link, follow_pair
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.fixed import FIXED_COLUMNS
    from satqkd.report.tables.fixed_pair import FIXED_PAIR_COLUMNS

    if not mission.links:
        raise SatqkdError(
            "no pass is named, and the mission has no links that stand still\n"
            "  fix: copy the id of a pass from 'satqkd passes --columns pass_id'"
        )
    alone = [link for link in mission.links if link.source is not None]
    every = [follow_link(link, mission.protocol, mission.protocol_name) for link in alone]
    pairs = [follow_pair(pair) for pair in mission.together_links]
    files = {"links.csv": to_csv(FIXED_COLUMNS, every)} if every else {}
    files |= {"pairs.csv": to_csv(FIXED_PAIR_COLUMNS, pairs)} if pairs else {}
    example = pairs[0].name if pairs else mission.links[0].name
    return _Face(
        files=files,
        answer=[
            _Table(columns=FIXED_COLUMNS, rows=every),
            _Table(columns=FIXED_PAIR_COLUMNS, rows=pairs),
        ],
        tables=[
            *([_table_alone(mission, every)] if every else []),
            *([_table_of_pairs(mission, pairs)] if pairs else []),
        ],
        below=[f"where the light of one goes: satqkd link '{visible(example)}'"],
    )


def _table_alone(mission: Mission, every: Sequence[Terrestrial]) -> _Table:
    """Links that make key alone, beside what is in print of them."""
    from satqkd.report.tables.column import Column
    from satqkd.report.tables.fixed import FIXED_COLUMNS, FIXED_SCREEN

    bits, rates = printed_bits(mission), published_hz(mission)
    published: tuple[Column[Sequence[Terrestrial]], ...] = (
        Column(
            "published_rate_hz", "Hz", "Key rate in print, as 'satqkd validate' holds it.",
            lambda found: [rates.get(one.link.name) for one in found],
        ),
        Column(
            "published_bits_per_pulse", "bit", "Key per pulse in print.",
            lambda found: [bits.get(one.link.name) for one in found],
        ),
    )  # fmt: skip
    return _Table(
        columns=[*FIXED_COLUMNS, *published],
        rows=every,
        names=[*FIXED_SCREEN[:1], *(column.name for column in published), *FIXED_SCREEN[1:]],
        below=[f"key of an hour as one block; {mission.protocol_name}"],
    )


def _table_of_pairs(mission: Mission, pairs: Sequence[Terrestrial]) -> _Table:
    """Pairs of links with a node between them, beside what is in print of them."""
    from satqkd.report.tables.column import Column
    from satqkd.report.tables.fixed_pair import FIXED_PAIR_COLUMNS, FIXED_PAIR_SCREEN

    bits = printed_bits(mission)
    published: Column[Sequence[Terrestrial]] = Column(
        "published_bits_per_use", "bit", "Key per use in print.",
        lambda found: [bits.get(one.name) for one in found],
    )  # fmt: skip
    return _Table(
        columns=[*FIXED_PAIR_COLUMNS, published],
        rows=pairs,
        names=[*FIXED_PAIR_SCREEN[:1], published.name, *FIXED_PAIR_SCREEN[1:]],
        below=["two links at once, a node between them; key of each duration as one block"],
    )
