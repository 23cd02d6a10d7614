"""The calibration that a mission file names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from satqkd.config.mistake import did_you_mean, quoted
from satqkd.config.quantity import key_of
from satqkd.config.read_once import Files
from satqkd.config.structure import structure
from satqkd.config.yaml_nodes import Document, read_file
from satqkd.errors import Finding, InputError, NonPhysicalError
from satqkd.mission.calibration import Calibration
from satqkd.mission.mission import Mission


def read_overlay(
    mission: Document, files: Files
) -> tuple[Calibration | None, Document | None, list[Finding]]:
    """Read the calibration a mission file names; None where it names none."""
    value: Any = mission.value
    written = value.get("calibration") if isinstance(value, dict) else None
    if not isinstance(written, str) or not written.strip():
        return None, None, []
    path = Path(mission.file).parent / written.strip()
    if path not in files and not path.is_file():
        message = f"{path} does not exist" if not path.exists() else f"{path} is no file"
        fix = "correct the path, or make it: satqkd calibrate LOG.csv --out FOLDER"
        return None, None, [mission.finding(("calibration",), message, fix)]
    document = files.once(path, read_file)
    calibration, findings = structure(document, Calibration)
    return calibration, document, [*findings, *document.findings]


def require_fitting(mission: Mission, document: Document) -> None:
    """Refuse corrections of pairs the mission does not have, or that do not fit its models.

    Raises
    ------
    InputError
        With all of them.
    """
    findings = list(_unfitting(mission, document))
    if findings:
        raise InputError(findings)


def _unfitting(mission: Mission, document: Document) -> Iterator[Finding]:
    calibration = mission.calibration
    known = {
        "satellite": [craft.satellite.name for craft in mission.spacecraft],
        "station": [ground.site.name for ground in mission.stations],
    }
    seen: set[tuple[str, str]] = set()
    for index, correction in enumerate(calibration.corrections if calibration else ()):
        place = ("corrections", index)
        pair = correction.satellite, correction.station
        unknown = [
            (key, name)
            for (key, names), name in zip(known.items(), pair, strict=True)
            if name not in names
        ]
        for key, name in unknown:
            message = f"the mission has no {key} {quoted(name)}"
            yield document.finding((*place, key), message, did_you_mean(name, known[key]))
        if pair in seen:
            yield document.finding(place, "corrects a pair for the second time", "remove one")
        seen.add(pair)
        if unknown:
            continue
        try:
            mission.ends(known["satellite"].index(pair[0]), known["station"].index(pair[1]))
        except NonPhysicalError as error:
            field = error.field.split(".", maxsplit=1)[0]
            fix = "remove it, or calibrate anew with the models of this mission"
            yield document.finding((*place, key_of(field)), str(error), fix)
