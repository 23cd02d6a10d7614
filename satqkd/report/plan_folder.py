"""A plan as it lies in its folder, read back: tables, series of a pass, where it came from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from satqkd.errors import SatqkdError
from satqkd.report.export.csv import harmless
from satqkd.report.export.manifest import MANIFEST

TABLES: Final = (
    "passes.csv", "together.csv", "keys.csv", "deliveries.csv", "blocks.csv", "nights.csv",
    "what_if.csv", "links.csv",
)  # fmt: skip
"""Tables that are read whole."""
NAMED: Final = ("satellite", "station", "station_a", "station_b")
"""Columns of names, which a table writes without what acts instead of showing."""
SERIES: Final = "series.csv"
"""The samples of scheduled passes."""
LARGEST_BYTES: Final = 2_000_000_000
"""Numerical: larger tables are no plan that a terminal or a page can show. [B]"""

PLANNED: Final = {"clear": "for a clear sky", "expected": "for the mean over the weather"}
"""What the manifest says of what a plan is worth."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanFolder:
    """Tables of a plan; a cell is the text of the file, empty where it holds nothing.

    Satellites and stations are called as the mission calls them.
    """

    path: Path
    manifest: Mapping[str, Any]
    """``plan.json``."""
    tables: Mapping[str, tuple[Row, ...]]
    """Rows by name of file; a file that the plan lacks has none."""
    held_series: bytes | None = None
    """``series.csv`` of a plan that is not on disk yet."""
    _pieces: dict[str, list[tuple[int, int]]] = field(default_factory=dict, repr=False)
    """Where in ``series.csv`` each pass stands, by begin and end; found when first asked for. [B]
    """

    @property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of its tables, by name, as far as they are read."""
        return {name: self._files[name] for name in (*TABLES, SERIES) if name in self._files}

    @property
    def passes(self) -> tuple[Row, ...]:
        """Every pass, in order of rise."""
        return self.tables["passes.csv"]

    @property
    def windows(self) -> tuple[Row, ...]:
        """Every joint contact, in order of time."""
        return self.tables["together.csv"]

    def series(self, pass_id: str) -> tuple[Row, ...] | None:
        """Samples of a pass; None where the plan has no series.csv, or not of this pass.

        Raises
        ------
        SatqkdError
            If series.csv is not what ``plan.json`` says it is.
        """
        return rows_of(self._text_of([pass_id])) or None

    def samples(
        self, pass_ids: Collection[str], columns: Sequence[str]
    ) -> Mapping[str, tuple[Row, ...]]:
        """Return samples of some passes by pass, with some of their columns.

        Empty where the plan has no series.csv; a pass that is not in it is left out.

        Raises
        ------
        SatqkdError
            If series.csv is not what ``plan.json`` says it is.
        """
        return samples_of(self._text_of(pass_ids), pass_ids, columns)

    def _text_of(self, pass_ids: Collection[str]) -> bytes:
        """Read the header of series.csv and the samples of some passes; nothing where it is not."""
        if SERIES not in self._files:
            return b""
        if not self._pieces:
            self._pieces.update(self._searched())
        wanted = [piece for one in pass_ids if one for piece in self._pieces.get(one, ())]
        with self._open_series() as file:
            read = []
            for begin, end in [*self._pieces[""], *sorted(wanted)]:
                file.seek(begin)
                read.append(file.read(end - begin))
        return b"".join(read)

    def _searched(self) -> dict[str, list[tuple[int, int]]]:
        """Find where each pass stands in series.csv; its header stands under no name."""
        content = self.held_series
        if content is None:
            content = _content(self.path / SERIES)
            _require_same(self.path, self._files, {SERIES: content})
        head = content.find(b"\n") + 1 or len(content)
        found: dict[str, list[tuple[int, int]]] = {"": [(0, head)]}
        begin, at, name = head, head, b""
        while at < len(content):
            own = content[at : content.find(b",", at)]
            if own != name and at > begin:
                found.setdefault(name.decode(), []).append((begin, at))
                begin = at
            name, at = own, content.find(b"\n", at) + 1 or len(content)
        if at > begin:
            found.setdefault(name.decode(), []).append((begin, at))
        return found

    def _open_series(self) -> BinaryIO:
        if self.held_series is not None:
            return io.BytesIO(self.held_series)
        return (self.path / SERIES).open("rb")

    @property
    def _files(self) -> Mapping[str, str]:
        return dict(self.manifest["files"])


def plan_of_files(
    path: Path, files: Mapping[str, object], manifest: Mapping[str, Any]
) -> PlanFolder:
    """Return a plan that is about to be written, as it will be read.

    It has a series where ``files`` holds its bytes, and none where it comes in pieces.
    """
    texts = {name: text.encode() for name, text in files.items() if isinstance(text, str)}
    held = texts | {name: data for name, data in files.items() if isinstance(data, bytes)}
    known: dict[str, bytes] = {name: held[name] for name in (*TABLES, SERIES) if name in held}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in known.items()}
    return PlanFolder(
        path=path,
        manifest={**manifest, "files": hashes},
        tables=_tables(known, manifest),
        held_series=known.get(SERIES),
    )


def samples_of(
    content: bytes, pass_ids: Collection[str], columns: Sequence[str]
) -> dict[str, tuple[Row, ...]]:
    """Return the samples of some passes in the text of a series.csv, by pass."""
    lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = next(lines, [])
    places = [(name, header.index(name)) for name in columns if name in header]
    found: dict[str, list[Row]] = {}
    for line in lines:
        if line[0] in pass_ids:
            found.setdefault(line[0], []).append({name: line[place] for name, place in places})
    return {name: tuple(rows) for name, rows in found.items()}


def read_plan(path: Path) -> PlanFolder:
    """Read the folder of a plan.

    Raises
    ------
    SatqkdError
        If it is no plan of satqkd, or a table is not what ``plan.json`` says it is: whoever
        changed it, what follows would not be the plan.
    """
    manifest = _manifest(path)
    files = manifest["files"]
    held = {name: _content(path / name) for name in TABLES if name in files}
    _require_same(path, files, held)
    return PlanFolder(
        path=path,
        manifest=manifest,
        tables=_tables(held, manifest),
    )


def file_of(plan: PlanFolder, name: str) -> bytes:
    """Read a file of a plan whole.

    Raises
    ------
    SatqkdError
        If ``plan.json`` does not list it, or it is not what that says.
    """
    files = plan.manifest["files"]
    if name not in files or Path(name).name != name:
        raise SatqkdError(f"{plan.path}: has no {name}\n  fix: run 'satqkd plan' again")
    content = _content(plan.path / name)
    _require_same(plan.path, files, {name: content})
    return content


def _manifest(path: Path) -> dict[str, Any]:
    fix = "\n  fix: name the folder that 'satqkd plan' wrote, or run 'satqkd plan'"
    place = path / MANIFEST
    if not place.is_file():
        raise SatqkdError(f"{path}: holds no plan (no {MANIFEST}){fix}")
    try:
        manifest: Any = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise SatqkdError(f"{place}: could not be read: {error}{fix}") from error
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or "passes.csv" not in files:
        raise SatqkdError(f"{path}: is no folder of 'satqkd plan': it lists no passes.csv{fix}")
    return dict(manifest)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SatqkdError(f"{path}: is larger than {LARGEST_BYTES / 1e9:g} GB")
        content = path.read_bytes()
    except OSError as error:
        raise SatqkdError(
            f"{path}: could not be read ({error.strerror or error}), but {MANIFEST} lists it"
            "\n  fix: run 'satqkd plan' again"
        ) from error
    return content


def _require_same(path: Path, files: Mapping[str, str], held: Mapping[str, bytes]) -> None:
    changed = [
        name for name, data in held.items() if hashlib.sha256(data).hexdigest() != files[name]
    ]
    if changed:
        raise SatqkdError(
            f"{path}: {', '.join(changed)} {'is' if len(changed) == 1 else 'are'} not what "
            f"{MANIFEST} says: changed since the plan was made\n"
            "  fix: run 'satqkd plan' again; changes of a plan belong into the mission "
            "('pinned', 'banned', 'rules')"
        )


def _tables(held: Mapping[str, bytes], manifest: Mapping[str, Any]) -> dict[str, tuple[Row, ...]]:
    """Read tables, with satellites and stations called as the mission calls them."""
    models = manifest.get("models") or {}
    every = (*models.get("satellites", ()), *models.get("stations", ()))
    meant = {harmless(one["name"]): one["name"] for one in every if "name" in one}
    meant = {cell: name for cell, name in meant.items() if cell != name}
    return {name: _called(rows_of(held[name]), meant) if name in held else () for name in TABLES}


def _called(rows: tuple[Row, ...], meant: Mapping[str, str]) -> tuple[Row, ...]:
    if not meant:
        return rows
    return tuple(
        {name: meant.get(cell, cell) if name in NAMED else cell for name, cell in row.items()}
        for row in rows
    )


def rows_of(content: bytes) -> tuple[Row, ...]:
    """Read a table, line by line: a whole one as text is four times as large as its bytes."""
    return tuple(csv.DictReader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")))


def number(row: Row, column: str) -> float | None:
    """Return a number of a row; None where the cell, or the column, is empty or missing."""
    text = row.get(column) or ""
    return float(text) if text else None


def whole(row: Row, column: str) -> int | None:
    """Return a count of a row; None where the cell, or the column, is empty or missing."""
    text = row.get(column) or ""
    return int(text) if text else None


def with_status(rows: Sequence[Row], status: str) -> Iterator[Row]:
    """Yield the contacts with a status."""
    yield from (row for row in rows if row["status"] == status)
