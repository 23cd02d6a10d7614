"""The running score over all logs of a mission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from satqkd.calibration.flown_contacts import flown_contacts
from satqkd.calibration.log import Log, read_log
from satqkd.calibration.score import FlownContact, Score, score_of
from satqkd.errors import Finding, InputError, SatqkdError
from satqkd.mission.mission import Mission, require_mission
from satqkd.weather.clear_sky import Draws


def score(
    mission: Mission,
    *logs: Log | Path | str,
    draws: Draws | None = None,
    clear: bool = False,
) -> Score:
    """Hold the forecast of a mission against what was flown, over all logs.

    Parameters
    ----------
    mission
        Satellites and stations; its window does not matter, its calibration is applied.
    logs
        What stations recorded, or files of it.
    draws
        How often to draw the key of contacts; None for the realisations that forecasts draw.
    clear
        Whether the skies are drawn clear: for logs without the contacts that clouds took.

    Returns
    -------
    Score
        Each contact once, in the order of time.

    Raises
    ------
    InputError
        For mistakes in a log, and for a contact or a file that is there twice.
    SatqkdError
        Without any log.
    WrongTypeError
        If it is given no mission, but its path.
    """
    require_mission(mission, by="score")
    if not logs:
        raise SatqkdError("no log is given\n  fix: name at least one")
    read = [one if isinstance(one, Log) else read_log(Path(one)) for one in logs]
    _require_different(read)
    found = [flown_contacts(mission, log, draws=draws or Draws(), clear=clear) for log in read]
    return score_of(_once(read, found))


def _require_different(logs: Sequence[Log]) -> None:
    """Refuse a file that is given twice, also under another name."""
    seen: dict[str, str] = {}
    for log in logs:
        if log.sha256 in seen:
            message = f"holds byte for byte what {seen[log.sha256]} holds"
            fix = "name one of the two"
            raise InputError([Finding(file=log.file, line=1, message=message, fix=fix)])
        if log.sha256:
            seen[log.sha256] = log.file


def _once(logs: Sequence[Log], found: Iterable[Sequence[FlownContact]]) -> list[FlownContact]:
    """Refuse contacts that two logs hold: their key would count twice."""
    first: dict[str, int] = {}
    every: list[FlownContact] = []
    findings: list[Finding] = []
    for number, (log, contacts) in enumerate(zip(logs, found, strict=True)):
        for one in contacts:
            before = first.setdefault(one.contact_key, number)
            if before != number:
                findings.append(
                    Finding(
                        file=log.file,
                        line=one.line,
                        where="contact_key",
                        message=f"{one.contact_key} is in {logs[before].file} too",
                        fix="keep what belongs to a contact in one log",
                    )
                )
            every.append(one)
    if findings:
        raise InputError(findings)
    return every
