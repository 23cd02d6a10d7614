"""What a plan in its folder has decided, as those need it who hand it over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake
from satqkd.errors import Finding, InputError, SatqkdError
from satqkd.mission.mission import InputFile, Mission, SetValue
from satqkd.network.hand_over import Decision
from satqkd.passes.timebase import Timebase
from satqkd.report.export.manifest import MANIFEST
from satqkd.report.plan_folder import PlanFolder, Row, whole

_AGAIN: Final = "make the plan again: 'satqkd plan'"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSource:
    """From what a plan was made."""

    plan_id: str | None
    """None where it has none."""
    start: datetime
    """Beginning of its window."""
    duration_s: float
    """Length of its window. [s]"""
    set_values: tuple[SetValue, ...]
    """Values that count in place of what the inputs say."""
    inputs: tuple[InputFile, ...]
    """What the mission was read from, the mission's file and the stations' first."""


def plan_source(folder: PlanFolder) -> PlanSource:
    """Return from what a plan was made.

    Raises
    ------
    SatqkdError
        If ``plan.json`` does not say it.
    """
    said = folder.manifest
    try:
        window = said["window"]
        return PlanSource(
            plan_id=said.get("plan_id"),
            start=parse_instant(window["start_utc"]),
            duration_s=float(window["duration_s"]),
            set_values=tuple(
                SetValue(path=path, value=value, by="the plan's")
                for path, value in said.get("set", {}).items()
            ),
            inputs=tuple(
                InputFile(path=one["path"], sha256=one["sha256"]) for one in said["inputs"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, Mistake) as error:
        raise SatqkdError(
            f"{folder.path / MANIFEST}: does not say from what the plan was made ({error!r})\n"
            f"  fix: {_AGAIN}"
        ) from error


def require_inputs(folder: PlanFolder, source: PlanSource, mission: Mission) -> None:
    """Refuse a mission that was read from other files than the plan.

    Raises
    ------
    SatqkdError
        If the plan was made from more or fewer files.
    InputError
        With every file that differs.
    """
    if len(mission.inputs) != len(source.inputs):
        raise SatqkdError(
            f"{folder.path}: the plan was made from {len(source.inputs)} files, the mission reads "
            f"{len(mission.inputs)} now\n  fix: {_AGAIN}"
        )
    differ = [
        Finding(
            file=now.path,
            line=0,
            message=f"has changed since the plan in {folder.path}/ was made",
            fix=f"{_AGAIN}, or name the files it was made from with --mission and --stations",
        )
        for then, now in zip(source.inputs, mission.inputs, strict=True)
        if then.sha256 != now.sha256
    ]
    if differ:
        raise InputError(differ)


def decisions(
    folder: PlanFolder,
    timebase: Timebase,
    *,
    candidates: bool,
    and_these: Collection[str] = (),
) -> list[Decision]:
    """Return the contacts that are scheduled; with those that could be, and others by their keys.

    Raises
    ------
    SatqkdError
        If the tables are those of a version that did not write what is needed.
    """
    kept = {"scheduled", "candidate"} if candidates else {"scheduled"}
    rows = (*folder.passes, *folder.windows)
    try:
        return [
            _decision(row, timebase)
            for row in rows
            if row["status"] in kept or row["contact_key"] in and_these
        ]
    except (KeyError, ValueError, Mistake) as error:
        raise SatqkdError(
            f"{folder.path}: its tables are not those of this version ({error!r})\n  fix: {_AGAIN}"
        ) from error


def _decision(row: Row, timebase: Timebase) -> Decision:
    def seconds(text: str) -> float | None:
        return timebase.seconds(parse_instant(text)) if text else None

    return Decision(
        contact_key=row["contact_key"],
        status=row["status"],
        begin_s=timebase.seconds(parse_instant(row.get("rise_utc") or row["start_utc"])),
        start_s=seconds(row["scheduled_start_utc"]),
        end_s=seconds(row["scheduled_end_utc"]),
        planned_bits=whole(row, "planned_bits"),
        reason=row["reason"],
    )
