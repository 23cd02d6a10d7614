"""How somebody wants a table: its format, its columns, and on whose clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.report.tables.column import Column, Source

LIST_THEM = "help"
"""Names no column: lists them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Options of every command that lists rows.

    Raises
    ------
    SatqkdError
        For two formats at once, for a clock of its own in a file, and for names with nothing
        between commas.
    """

    json: bool = False
    csv: bool = False
    columns: str | None = None
    """Names with commas between, or ``help``."""
    local: bool = False

    def __post_init__(self) -> None:
        if self.json and self.csv:
            raise SatqkdError("--json and --csv do not go together\n  fix: leave out one of them")
        if self.local and self.to_file:
            raise SatqkdError("--local: CSV and JSON are in UTC\n  fix: leave out --local")
        if self.columns is not None and not all(self.names):
            raise SatqkdError(
                f"--columns: {self.columns!r} names nothing somewhere\n"
                "  fix: write names with one comma between two, or 'help' to see all"
            )

    @property
    def to_file(self) -> bool:
        """Whether a program reads the table."""
        return self.json or self.csv

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that are asked for, each once, in order; none where nobody asks."""
        given = () if self.columns is None else self.columns.split(",")
        return tuple(dict.fromkeys(_today(name.strip()) for name in given))

    @property
    def lists_columns(self) -> bool:
        """Whether the columns are to be listed, and no row."""
        return self.names == (LIST_THEM,)

    def of(self, columns: Sequence[Column[Source]]) -> list[Column[Source]]:
        """Return the columns that are asked for, in the order in which they are; all without.

        Raises
        ------
        SatqkdError
            For a name that is none of theirs.
        """
        from satqkd.config.mistake import did_you_mean, meant

        if not self.names:
            return list(columns)
        known = {column.name: column for column in columns}
        for name in self.names:
            if name not in known:
                near = meant(did_you_mean(name, known))
                fix = f"write '{near}'; " if near else ""
                raise SatqkdError(
                    f"--columns: no column is called {name!r}\n"
                    f"  fix: {fix}'--columns {LIST_THEM}' lists all"
                )
        return [known[name] for name in self.names]

    def within(self, columns: Sequence[Column[Any]]) -> Asked | None:
        """Return the same of one of several tables; None for one that has nothing asked for."""
        known = {column.name for column in columns}
        own = [name for name in self.names if name in known]
        if self.names and not own:
            return None
        return replace(self, columns=",".join(own) or None)


def all_columns(tables: Iterable[Sequence[Column[Source]]]) -> list[Column[Source]]:
    """Return the columns of several tables; of those of one name the first."""
    found: dict[str, Column[Source]] = {}
    for columns in tables:
        for column in columns:
            found.setdefault(column.name, column)
    return list(found.values())


def one_of(asked: Mapping[str, bool]) -> None:
    """Refuse options that ask for different things: no more than one of these may be given."""
    given = [option for option, yes in asked.items() if yes]
    if len(given) > 1:
        raise SatqkdError(f"{' and '.join(given)} do not go together\n  fix: keep one of them")


def refuse_columns(asked: Asked) -> None:
    """Refuse to choose columns, or a clock, of a table that has no choice."""
    if asked.names or asked.local:
        option = "--columns" if asked.names else "--local"
        raise SatqkdError(
            f"{option} is of passes; there are none here\n  fix: leave it out, or add --passes"
        )


def _today(name: str) -> str:
    """Return what a column is called now."""
    from satqkd.report.tables.definitions import RENAMED

    for old, new in RENAMED.items():
        name = name.replace(old, new)
    return name


def columns_listed(asked: Asked, columns: Sequence[Column[Any]]) -> bool:
    """List name, unit and meaning of every column if that is asked for, and say whether it was.

    Raises
    ------
    SatqkdError
        For a name asked for that is none of theirs.
    """
    from satqkd.cli.shown import wrapped

    for old in (asked.columns or "").split(","):
        if (new := _today(old)) != old:
            typer.echo(
                f"warning: --columns: '{old.strip()}' is called '{new.strip()}' now: write that, "
                "the next version no longer knows the old name",
                err=True,
            )
    if not asked.lists_columns:
        asked.of(columns)
        return False
    for column in columns:
        unit = f" [{column.unit}]" if column.unit else ""
        typer.echo(wrapped(f"{column.name}{unit}: {column.description}"))
    return True
