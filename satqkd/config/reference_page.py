"""The page that explains every key of the files, made from what reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from satqkd.config.file_keys import Key, Models, Shape, keys, models_of, summary
from satqkd.config.files import MissionFile, PresetFile, StationEntry
from satqkd.config.study_file import StudyFile

_HEAD = """\
# Every key of the files

What can be written in `mission.yaml`, in `stations.yaml`, in `study.yaml`, and in the files of
payloads, terminals, protocols and clocks. The page is made from the code that reads them; a test
keeps the two equal. To make it anew: `satqkd reference > docs/file-reference.md`. Editors complete
and check the files [by schemas](#in-an-editor).

- **unit**: a quantity is written with its unit, any that converts to the one named here: `30 cm`
  for m, `2 arcsec` for rad, `14 d` for s. A bare number there is an error. Without a unit: a
  number, or a percentage where that makes sense (`16 %` is `0.16`).
- **default**: what counts where the key is left out, and is then stated with every result.
  **required** keys have none. Where the cell is empty nothing is there, or the keys below it have
  defaults of their own.
- **range**: what a value may be; beyond it lies a slip of a unit or a sign. How values go together
  is checked as well.
- A payload, terminal, protocol or clock may be named instead of written out: a preset (`satqkd
  preset list`), or the path of a file of your own.
- One value can be changed without editing: `satqkd plan --set 'limits.min_elevation=20 deg'`, in
  Python `mission.replace("limits.min_elevation", "20 deg")`.
"""

_OWN = """\
A file of your own holds what would stand under `payload:`, `terminal:`, `protocol:` or `clock:`,
as it is, and `assumed:` if you like. With sources, as `satqkd preset copy` writes it, it has these
keys, of `payload`, `terminal`, `protocol` and `clock` the one that `kind` names:
"""

_EDITOR = """\
## In an editor

`satqkd schema mission > mission.schema.json` writes the JSON schema of a kind of file (also
`stations`, `payload`, `terminal`, `protocol`, `clock`, `study`; all are in [schema/](schema/)).
Editors with a YAML language server (VS Code with the YAML extension, Neovim, Emacs, Helix) then
complete keys, explain them, and mark a misspelt key or a number without its unit, once the first
line of the file names it:

```yaml
# yaml-language-server: $schema=mission.schema.json
```

`satqkd new` writes both. `satqkd check` finds more: what does not go together.
"""


@dataclass(slots=True)
class _Section:
    """A mapping with keys of its own."""

    title: str
    kind: Any
    under: list[tuple[str, str]] = field(default_factory=list)
    """Titles of the sections that have it, and by which key."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Sections in their order, by dataclass."""

    sections: dict[Any, _Section] = field(default_factory=dict)

    def add(self, kind: Any, title: str, *, under: tuple[str, str] | None = None) -> None:
        """Take in a dataclass and all that is written below it."""
        if kind not in self.sections:
            taken = {section.title for section in self.sections.values()}
            if title in taken and under:
                title = f"{title}, in {under[0]}"
            self.sections[kind] = _Section(title, kind)
            for key in keys(kind):
                for inner, inner_title in _inner(key):
                    self.add(inner, inner_title, under=(self.sections[kind].title, key.name))
        if under and under not in self.sections[kind].under:
            self.sections[kind].under.append(under)


def reference_page() -> str:
    """Return the whole of ``docs/file-reference.md``."""
    page = _Page()
    page.add(MissionFile, "mission.yaml")
    page.add(StationEntry, "stations.yaml")
    page.add(StudyFile, "study.yaml")
    parts = [_HEAD]
    for section in page.sections.values():
        parts += _section(section, page)
    own = _Page(sections=dict(page.sections))
    own.add(PresetFile, "Files of your own")
    for kind in list(own.sections)[len(page.sections) :]:
        section = own.sections[kind]
        parts += [f"## {section.title}\n", _OWN, _table(kind, own)]
    return "\n".join([*parts, _EDITOR])


def _inner(key: Key) -> Iterator[tuple[Any, str]]:
    """Yield the mappings that can stand behind a key, with titles for them."""
    shape = _of_items(key.shape)
    if shape.sort == "mapping":
        yield shape.of, key.name
    if shape.sort == "models":
        models = models_of(shape.of)
        for name, kind in models.kinds.items():
            yield kind, f"{key.name}, {models.key}: {name}"


def _of_items(shape: Shape) -> Shape:
    while shape.sort == "list":
        shape = shape.of
    return shape


def _section(section: _Section, page: _Page) -> list[str]:
    level = "##" if section.kind in {MissionFile, StationEntry, StudyFile} else "###"
    lines = [f"{level} {section.title}\n", f"{summary(section.kind)}\n"]
    if section.under:
        places = ", ".join(f"`{key}` of {_link(title)}" for title, key in section.under)
        lines.append(f"Written as {places}.\n")
    return [*lines, _table(section.kind, page)]


def _table(kind: Any, page: _Page) -> str:
    model = _model_rows(kind, page)
    rows = [*model, *(_row(key, page) for key in keys(kind))]
    if not rows:
        return "It has no keys.\n"
    head = [
        "| key | what | unit | default | range | meaning | example |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _model_rows(kind: Any, page: _Page) -> list[str]:
    """Return the row of the key that names the model, for a mapping of one."""
    found = dict.fromkeys(
        (models.key, name, models.unsaid == name)
        for section in page.sections.values()
        for key in keys(section.kind)
        for models in _models(key)
        for name, one in models.kinds.items()
        if one is kind
    )
    return [
        f"| `{key}` | word | | {f'`{name}`' if unsaid else '**required**'} | {name} | "
        f"Names this model. | `{key}: {name}` |"
        for key, name, unsaid in found
    ]


def _models(key: Key) -> list[Models]:
    shape = _of_items(key.shape)
    return [models_of(shape.of)] if shape.sort == "models" else []


def _row(key: Key, page: _Page) -> str:
    shape = key.shape
    default = "**required**" if key.required else f"`{key.default}`" if key.default else ""
    unit = f"`{shape.unit}`" if shape.unit else ""
    example = shape.example
    if example:
        example = f"`{key.name}: {example}`"
    cells = [f"`{key.name}`", _what(key, page), unit, default, shape.limits, key.meaning, example]
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |".replace("|  |", "| |")


_WHAT: Mapping[str, str] = {
    "yes-no": "`true` or `false`",
    "instant": "date and time with zone",
    "zone": "time zone",
    "local time": "time of day",
    "floor": "key by the night, day or week",
    "manoeuvre": "instant or interval",
    "pattern": "pattern",
    "path": "file",
    "reasons": "path: reason",
    "value": "any value",
    "settings": "path: value",
    "whole": "whole number",
}


def _what(key: Key, page: _Page) -> str:
    """Say what is written behind a key, with links to the tables of what has keys itself."""
    shape = key.shape
    tables = [page.sections[kind].title for kind, _ in _inner(key) if kind in page.sections]
    if tables:
        text = " or ".join(_link(title, title.rpartition(": ")[2]) for title in tables)
        text = f"list of {text}" if shape.sort == "list" else text
    elif shape.sort == "list":
        number = f"{shape.length} " if shape.length else ""
        inner = shape.of
        text = f"list of {number}{f'lists of {inner.length}' if inner.sort == 'list' else ''}"
        text = text + ("" if inner.sort == "list" else _plural(inner))
    else:
        text = _WHAT.get(shape.sort, shape.sort)
    return (
        text
        + (", or a name" if shape.named else "")
        + (", or `none`" if shape.none and not key.absent else "")
    )


def _plural(shape: Shape) -> str:
    return {"quantity": "quantities"}.get(shape.sort, f"{_WHAT.get(shape.sort, shape.sort)}s")


def _link(title: str, text: str = "") -> str:
    """Link to a section of this page, as its host makes anchors of headings."""
    anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    return f"[{text or title}](#{anchor})"
