"""A table of a page; a cell that shows a number of a file holds that number as the file has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from satqkd.report.html.markup import Child, joined, tag
from satqkd.report.plan_folder import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One column of a table of a page."""

    heading: str | Markup
    cell: Callable[[Row], str | Markup]
    """What a reader sees."""
    column: str = ""
    """Column of the file; empty for one that is put together."""
    kind: str = "n"
    """``n`` number, ``d`` day, ``t`` text, ``w`` words, ``h`` heading of its row."""
    link: Callable[[Row], str | None] | None = None
    """Address that it leads to; None for none."""

    def heading_cell(self) -> Markup:
        """Return the cell of the first row."""
        return tag("th", self.heading, scope="col", class_=self.kind)

    def of(self, row: Row) -> Markup:
        """Return the cell of a row."""
        head = self.kind.split()[0] == "h"
        own: Mapping[str, str | None] = {
            "class_": self.kind,
            "data_col": self.column or None,
            "data_raw": _raw(row, self.column),
            "scope": "row" if head else None,
        }
        href = None if self.link is None else self.link(row)
        said = self.cell(row) if href is None else tag("a", self.cell(row), href=href)
        return tag("th" if head else "td", said, **own)


def _raw(row: Row, column: str) -> str | None:
    """Text of the file."""
    return (row.get(column) or "") if column else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A row with its place in the file."""

    number: int
    """Counted from 1 below the header."""
    row: Row


def numbered(rows: Iterable[Row]) -> tuple[Numbered, ...]:
    """Number the rows of a file."""
    return tuple(Numbered(number=number, row=row) for number, row in enumerate(rows, start=1))


def table(
    columns: Sequence[Shown],
    rows: Iterable[Numbered],
    *,
    caption: str,
    file: str = "",
    foot: Child = None,
) -> Markup:
    """Return a table in a box that scrolls sideways by itself where it is too wide.

    Parameters
    ----------
    columns
        From left to right.
    rows
        Rows of a file, with their number in it.
    caption
        What the table holds, for those who do not see it.
    file
        Name of the file; what is not from a file as it is has none.
    foot
        A last row, as markup.
    """
    head = tag("thead", tag("tr", *(column.heading_cell() for column in columns)))
    body = tag(
        "tbody",
        *(
            tag("tr", *(c.of(one.row) for c in columns), data_row=str(one.number) if file else None)
            for one in rows
        ),
    )
    own = tag(
        "table",
        tag("caption", caption),
        head,
        body,
        None if foot is None else tag("tfoot", foot),
        data_table=file or None,
    )
    return boxed(own, caption)


def boxed(content: Markup, label: str) -> Markup:
    """Let something wide scroll in a box of its own, by keyboard too."""
    return tag("div", content, class_="wide", tabindex="0", role="region", aria_label=label)


def pairs_list(items: Iterable[tuple[str, Child]]) -> Markup:
    """Return names with what they stand for."""
    return tag("dl", joined(joined((tag("dt", name), tag("dd", said))) for name, said in items))
