"""What a mission is read from: two files, and what is set beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from dataclasses import replace as with_fields
from datetime import datetime
from pathlib import Path

from satqkd.config.assumed import one_line
from satqkd.config.mistake import Mistake
from satqkd.config.read_once import Files
from satqkd.config.set_values import path_steps
from satqkd.errors import Finding, InputError
from satqkd.mission.mission import Mission, SetValue, require_mission


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """Paths of the two files, and what counts in place of what they say."""

    mission: Path
    stations: Path
    start: datetime | None = None
    """Beginning of the window."""
    duration_s: float | None = None
    """Its length. [s]"""
    set_values: tuple[SetValue, ...] = ()
    files: Files = field(default_factory=Files)
    """What was read already."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadFrom:
    """What a mission was read from, and what reads it."""

    given: Given
    load: Callable[[Given], Mission]

    def replaced(self, path: str, value: object) -> Mission:
        """Return the mission that the same files give with one value replaced.

        What was set before at the path or below it is forgotten.

        Raises
        ------
        InputError
            If the value cannot stand there.
        """
        new = SetValue(
            path=path, value=value if isinstance(value, str) else one_line(value), by="replace"
        )
        before = [one for one in self.given.set_values if not covers(path, one.path)]
        given = with_fields(self.given, set_values=(*before, new), files=self.given.files.copy())
        if path == "start":
            given = with_fields(given, start=None)
        if path == "duration":
            given = with_fields(given, duration_s=None)
        return load_given(given, self.load)


def load_given(given: Given, load: Callable[[Given], Mission]) -> Mission:
    """Read a mission and keep with it what it was read from.

    Raises
    ------
    InputError
        With every mistake; what comes of a value set beside the files names it.
    """
    try:
        mission = load(given)
    except InputError as error:
        raise InputError(_blamed(error.findings, given, load)) from error
    object.__setattr__(mission, "origin", ReadFrom(given=given, load=load))
    return mission


def replace(mission: Mission, path: str, value: object) -> Mission:
    """Return a mission with one value replaced, checked as if it stood in the files.

    See :meth:`satqkd.mission.mission.Mission.replace`.

    Raises
    ------
    WrongTypeError
        If it is no mission, but its path.
    """
    require_mission(mission, by="replace")
    return mission.replace(path, value)


def covers(path: str, other: str) -> bool:
    """Whether setting one path leaves nothing of another.

    Examples
    --------
    >>> covers("satellites[0].payload", "satellites[0].payload.slew"), covers("name", "step")
    (True, False)
    """
    try:
        outer, inner = ([step.word for step in path_steps(one)] for one in (path, other))
    except Mistake:
        return False
    return inner[: len(outer)] == outer


def _blamed(
    findings: Iterable[Finding], given: Given, load: Callable[[Given], Mission]
) -> list[Finding]:
    """Let findings that a set value causes somewhere in the files name it."""
    findings = list(findings)
    if not given.set_values or all(finding.line == 0 for finding in findings):
        return findings
    try:
        load(with_fields(given, set_values=()))
    except InputError as error:
        theirs = set(error.findings)
    else:
        theirs = set()
    cause = ", ".join(dict.fromkeys(f"'{one}'" for one in given.set_values))
    return [
        with_fields(finding, message=f"{finding.message} (with {cause})")
        if finding.line and finding not in theirs
        else finding
        for finding in findings
    ]
