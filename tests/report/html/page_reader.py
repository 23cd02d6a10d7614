"""Reads a page as a browser does, with the parser of the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "circle", "input", "line", "link", "meta", "path", "rect", "wbr"}


@dataclass
class Cell:
    table: str
    row: int
    column: str
    raw: str
    text: str = ""


@dataclass
class Page(HTMLParser):
    """What a page holds."""

    cells: list[Cell] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    table: str = ""
    row: int = 0
    inside: Cell | None = None

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        own = {name: value or "" for name, value in attrs}
        self.elements.append((tag, own))
        if tag not in VOID:
            self.unclosed.append(tag)
        if tag == "table":
            self.table = own.get("data-table", "")
        if "data-row" in own:
            self.row = int(own["data-row"])
        if "data-col" in own and self.table:
            self.inside = Cell(self.table, self.row, own["data-col"], own["data-raw"])
            self.cells.append(self.inside)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag
        if tag in {"td", "th"}:
            self.inside = None

    def handle_data(self, data):
        if not self.unclosed or self.unclosed[-1] != "style":
            self.words.append(data)
        if self.inside is not None:
            self.inside.text += data

    @property
    def text(self):
        return " ".join(self.words)

    def of(self, tag):
        return [own for name, own in self.elements if name == tag]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.unclosed == []
    return page
