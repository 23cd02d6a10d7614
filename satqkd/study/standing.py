"""How far the study in a folder has come, by its files alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

from satqkd.errors import SatqkdError
from satqkd.study.differs import differs
from satqkd.study.folder import POINTS, keys_done, log_of
from satqkd.study.one_run import at_work
from satqkd.study.origin import origin_of
from satqkd.study.read_study import load_study
from satqkd.study.results import DONE, FAILED, LEFT, Results
from satqkd.study.rows_file import SUFFIX, read_row
from satqkd.study.store import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderStanding:
    """How far a study has come."""

    name: str
    rows: int
    """In all, equal ones once."""
    done: int
    failed: int
    reasons: tuple[tuple[str, int], ...]
    """Why rows failed, and how many, the most frequent first."""
    at_work: bool
    """Whether a run is at work in the folder now."""
    begun: datetime | None
    """When the last run began; None where none did."""
    seconds_left: float | None
    """What the rest takes at the pace of the last run's workers; None where that has no row. [s]"""

    @property
    def left(self) -> int:
        """Rows to work out."""
        return self.rows - self.done - self.failed


def standing_of(folder: Path) -> FolderStanding:
    """Look at the folder of a study.

    Raises
    ------
    InputError
        If there is no study, or a file of it is not as it was written.
    """
    found = Results.read(folder)
    told = dict(zip(_keys(found), zip(found.status, found.reason, strict=True), strict=True))
    for key in keys_done(folder):
        if key in told and told[key][0] == LEFT:  # the summary is written now and then
            row = read_row(folder / POINTS / f"{key}{SUFFIX}")
            told[key] = row.status, row.reason
    counts = Counter(status for status, _ in told.values())
    reasons = Counter(reason for status, reason in told.values() if status == FAILED)
    notes = log_of(folder)
    begins = [place for place, note in enumerate(notes) if note["what"] == "begin"]
    last = notes[begins[-1] :] if begins else []
    workers = next((note["count"] for note in last if note["what"] == "workers"), 1)
    seconds = [note["seconds"] for note in last if note["what"] == "row"]
    left = counts[LEFT]
    return FolderStanding(
        name=found.name,
        rows=len(told),
        done=counts[DONE],
        failed=counts[FAILED],
        reasons=tuple(reasons.most_common()),
        at_work=at_work(folder),
        begun=datetime.fromisoformat(last[0]["at"]) if last else None,
        seconds_left=mean(seconds) * left / workers if seconds else None,
    )


def changed_since(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Say which files of a study are not what they were when it was worked out; nothing for none.

    Of a study without a file, or one whose files are gone, nothing is known.
    """
    try:
        asked = Asked.of(load_study(origin_of(folder)))
    except SatqkdError:
        return ""
    return differs(manifest, json.loads(asked.manifest()))


def _keys(found: Results) -> list[str]:
    return [f"{one}-{number}" for one, number in zip(found.point, found.repeat, strict=True)]
