"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from markupsafe import Markup

from satqkd.console.links import with_query
from satqkd.report.html.markup import tag

Item = TypeVar("Item")

ROWS: Final = 200
"""Rows of a page of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager(Generic[Item]):
    """One page of a list."""

    shown: tuple[Item, ...]
    number: int
    """Of the page, from 1."""
    pages: int
    size: int
    """Items of a page."""
    total: int
    """Of all items."""
    asked: Mapping[str, str]

    def links(self, path: str) -> Markup | None:
        """Lead to the other pages; None where there is one alone."""
        if self.pages < 2:
            return None
        first = (self.number - 1) * self.size + 1

        def to(number: int, words: str) -> Markup | None:
            if not 1 <= number <= self.pages or number == self.number:
                return None
            href = with_query(path, self.asked, page=None if number == 1 else number)
            return tag("a", words, href=href, class_="button")

        return tag(
            "nav",
            to(1, "« first"), " ", to(self.number - 1, "‹ before"),
            f" {first} to {first + len(self.shown) - 1} of {self.total} ",
            to(self.number + 1, "next ›"), " ", to(self.pages, "last »"),
            class_="pager", aria_label="Pages of the list",
        )  # fmt: skip


def pager(
    items: Sequence[Item], asked: Mapping[str, str], *, rows: int | None = None
) -> Pager[Item]:
    """Cut out the page that the address asks for; one that is not there is the nearest."""
    size = rows or ROWS
    pages = max(1, -(-len(items) // size))
    wanted = asked.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    number = min(max(number, 1), pages)
    return Pager(
        shown=tuple(items[(number - 1) * size : number * size]),
        number=number,
        pages=pages,
        size=size,
        total=len(items),
        asked=asked,
    )
