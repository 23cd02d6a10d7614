"""What a run keeps in the folder of a study: one file a row that is done, and the summary."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from satqkd.elements.whole_file import write_whole
from satqkd.errors import OutputError, SatqkdError
from satqkd.study.differs import differs
from satqkd.study.fingerprint import DIGITS, Names, code_version
from satqkd.study.folder import LOG, ORIGIN, POINTS, read_json, written
from satqkd.study.one_run import alone
from satqkd.study.origin import origin_text
from satqkd.study.point import Point, points_of
from satqkd.study.results import LEFT, MANIFEST, MONTHS, SUMMARY
from satqkd.study.rows_file import PART, SUFFIX, read_row, write_row
from satqkd.study.rows_together import TOGETHER, hash_of, read_together, together
from satqkd.study.study import Study
from satqkd.study.summary import manifest_text, months_text, number_text, row_of, summary_text
from satqkd.study.work import Job, Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """All that a study asks for, in its order."""

    study: Study
    jobs: tuple[Job, ...]
    """One a point and repetition; those of equal points stand as often as these."""
    inputs: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each file that any of the points rests on."""

    @staticmethod
    def of(study: Study, points: Iterable[Point] | None = None) -> Asked:
        """Name the points of a study, or points of one's own."""
        name = Names(study)
        named = [(name(one), one) for one in (points_of(study) if points is None else points)]
        return Asked(
            study=study,
            jobs=tuple(
                Job(name=point_name, repeat=number, point=point)
                for point_name, point in named
                for number in range(1, study.repeat + 1)
            ),
            inputs=name.every_input,
        )

    @property
    def once(self) -> dict[str, Job]:
        """The jobs that differ, by their keys."""
        return {job.key: job for job in self.jobs}

    def manifest(self) -> str:
        """Return what the results mean and what they rest on: the same for the same study."""
        study = self.study
        rows = hashlib.sha256("\n".join(job.key for job in self.jobs).encode())
        return manifest_text(
            name=study.name,
            question=study.question,
            variables=[one.axis for one in study.variables],
            measures=study.measures,
            more={
                "sample": study.sample,
                "points": len(self.jobs) // study.repeat,
                "repeat": study.repeat,
                "seed": study.seed,
                "realisations": study.realisations,
                "plan": study.plan,
                "blocks": list(study.blocks),
                "expressions": {one.name: one.expression.text for one in study.measures},
                "inputs": [{"file": file, "sha256": sha256} for file, sha256 in self.inputs],
                "code": code_version(),
                "rows": rows.hexdigest()[:DIGITS],
                "file": study.text,
            },
        )


class Store:
    """The folder of one study, open for one run."""

    def __init__(self, folder: Path, asked: Asked) -> None:
        self.folder, self.asked = folder, asked
        self._points = folder / POINTS
        self.rows: dict[str, Row] = {}
        """What is done, by key."""
        self._hashes: dict[str, str] = {}
        """Of the file of each of them."""

    @staticmethod
    @contextmanager
    def opened(folder: Path, asked: Asked, *, extend: bool = False) -> Iterator[Store]:
        """Open the folder of a study, make it where it is missing, and read what is done.

        Parameters
        ----------
        folder
            Where to.
        asked
            What the study asks for.
        extend
            Whether the folder may hold another study, of which the points that this one asks for
            too are kept.

        Raises
        ------
        SatqkdError
            If the folder holds another study, that of another version of the code, or something
            else; or another run is at work in it.
        OutputError
            If it cannot be written.
        """
        store = Store(folder, asked)
        store.refuse_other(extend=extend)
        with written(folder):
            store._points.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            store.begin()
            yield store

    def refuse_other(self, *, extend: bool) -> None:
        """Raise :class:`SatqkdError` where the folder holds anything but this study."""
        path = self.folder / MANIFEST
        if not path.exists():
            if self.folder.exists() and not self.folder.is_dir():
                raise SatqkdError(
                    f"{self.folder}: is a file\n  fix: name a folder for the results: --to FOLDER"
                )
            if self.folder.exists() and any(self.folder.iterdir()):
                raise SatqkdError(
                    f"{self.folder}: holds something else than a study\n"
                    "  fix: name another folder: --to FOLDER"
                )
            return
        before = read_json(path)
        if before.get("code") != code_version():
            raise SatqkdError(
                f"{self.folder}: was worked out by satqkd {before.get('code')}, this is "
                f"{code_version()}\n"
                "  fix: name another folder: --to FOLDER; or go on with the version of before"
            )
        what = differs(before, json.loads(self.asked.manifest()))
        if what and not extend:
            raise SatqkdError(
                f"{self.folder}: holds another study: {what}\n"
                "  fix: name another folder: study run STUDY --to FOLDER; or keep the points that "
                "both ask for: study run STUDY --extend"
            )

    def begin(self) -> None:
        """Clear away what an earlier run left half, read what is done, write what is asked."""
        with written(self.folder):
            for part in [*self._points.glob(f"*{PART}"), *self.folder.glob(".satqkd-*")]:
                part.unlink()
        wanted = self.asked.once
        known = read_together(self.folder / TOGETHER)
        for path in sorted(self._points.glob(f"*{SUFFIX}")):
            key = path.name.removesuffix(SUFFIX)
            if key in wanted:
                self.rows[key], self._hashes[key] = _read(path, key, known)
        self._write(MANIFEST, self.asked.manifest().encode())
        self.write_tables()
        if set(self._hashes.values()) != set(known):
            self.write_together()

    @property
    def left(self) -> list[Job]:
        """What is not done yet, each once, in order."""
        return [job for key, job in self.asked.once.items() if key not in self.rows]

    def put(self, row: Row) -> None:
        """Take in what was done.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        self._hashes[row.key] = hash_of(write_row(self._points, row))
        self.rows[row.key] = row

    def forget(self, keys: Iterable[str]) -> None:
        """Remove rows, to work them out again."""
        for key in keys:
            (self._points / f"{key}{SUFFIX}").unlink(missing_ok=True)
            self.rows.pop(key, None)
            self._hashes.pop(key, None)

    def write_tables(self) -> None:
        """Write ``summary.csv`` and ``months.csv`` of what is done, each whole or not at all."""
        study = self.asked.study
        axes = [one.axis for one in study.variables]
        self._write(SUMMARY, summary_text(axes, study.measures, self._summary()).encode())
        self._write(MONTHS, months_text(self._months()).encode())

    def write_together(self) -> None:
        """Write all rows in one file, for the next run."""
        done = {self._hashes[key]: row for key, row in sorted(self.rows.items())}
        self._write(TOGETHER, together(done))

    def _summary(self) -> Iterator[Sequence[str]]:
        nothing = (None,) * len(self.asked.study.measures)
        for job in self.asked.jobs:
            row = self.rows.get(job.key)
            yield row_of(
                job.name,
                job.repeat,
                job.point.levels,
                (row.values if row else ()) or nothing,
                status=row.status if row else LEFT,
                reason=row.reason if row else "",
            )

    def _months(self) -> Iterator[Sequence[str]]:
        for key, job in self.asked.once.items():
            row = self.rows.get(key)
            for month, bits in row.months if row else ():
                yield job.name, str(job.repeat), month, number_text(bits)

    def log(self, what: str, **more: Any) -> None:
        """Note what happened, and when; a note that cannot be written is not worth a run."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "what": what, **more}
        try:
            with (self.folder / LOG).open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError:
            return

    def origin(self, path: Path | None) -> None:
        """Note where the files are: the study's, if it has one, and those of the mission."""
        self._write(ORIGIN, origin_text(self.folder, path, self.asked.study.base).encode())

    def _write(self, name: str, content: bytes) -> None:
        try:
            write_whole(self.folder / name, content, replace=True)
        except OutputError as error:
            raise OutputError(f"{error}, then go on: satqkd study resume {self.folder}") from error


def _read(path: Path, key: str, known: Mapping[str, Row]) -> tuple[Row, str]:
    """Return a row and the hash of its file; what is known by that hash is read no more."""
    data = path.read_bytes()
    hashed = hash_of(data)
    row = known.get(hashed)
    return (row if row is not None and row.key == key else read_row(path, data)), hashed
