"""The folder of files that are handed over, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import satqkd
from satqkd.elements.satellite import catalogue_number
from satqkd.network.hand_over import HandOver
from satqkd.report.export.calendar_events import ics_files
from satqkd.report.export.cpf import cpf_files
from satqkd.report.export.czml import czml_files
from satqkd.report.export.folder import Content
from satqkd.report.export.handed import Issue, LeftOut, Made, utc_text
from satqkd.report.export.oem import oem_files
from satqkd.report.export.ssf import ssf_files
from satqkd.report.export.tracking import track_files
from satqkd.report.provenance import GEOMETRY

EXPORT_MANIFEST: Final = "export.json"
"""Name of the file that says what the folder holds and where it came from."""

FORMS: Final[Mapping[str, Callable[[HandOver, Issue], Made]]] = {
    "ics": ics_files,
    "track": track_files,
    "cpf": cpf_files,
    "oem": oem_files,
    "ssf": ssf_files,
    "czml": czml_files,
}
"""Kinds of files, in the order in which they are told."""

OF_CONTACTS: Final = ("ics", "track", "ssf")
"""Kinds of files that speak of contacts, in which something may be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Files by name, and what is said of them."""

    files: Mapping[str, Content]
    provenance: Mapping[str, Any]
    left_out: tuple[LeftOut, ...]


def exported(given: HandOver, forms: Collection[str], issue: Issue) -> Exported:
    """Return the files of some kinds; the same for the same contacts and issue, byte by byte.

    Parameters
    ----------
    given
        The contacts.
    forms
        Some of :data:`FORMS`.
    issue
        From what, and when.

    Raises
    ------
    ValueError
        If two files had one name.
    """
    files: dict[str, Content] = {}
    told: dict[str, Mapping[str, Any]] = {}
    left = list(_over_the_ground(given, [form for form in OF_CONTACTS if form in forms]))
    for form, make in FORMS.items():
        made, missing = make(given, issue) if form in forms else ((), ())
        left += missing
        for one in made:
            if one.name in files:
                raise ValueError(f"two files are called {one.name}")
            files[one.name] = one.content
            told[one.name] = one.about
    return Exported(
        files=files, provenance=_provenance(given, issue, told, left), left_out=tuple(left)
    )


def _over_the_ground(given: HandOver, forms: Collection[str]) -> Iterator[LeftOut]:
    """Terrestrial links: they have no contact that begins or ends."""
    mission = given.mission
    names = [one.name for one in (*mission.links, *mission.together_links)]
    for name in names if forms else ():
        yield LeftOut(
            what=name,
            files=", ".join(forms),
            why="a terrestrial link: it stands all the time, and nothing turns to follow it",
        )


def _provenance(
    given: HandOver,
    issue: Issue,
    told: Mapping[str, Mapping[str, Any]],
    left: Collection[LeftOut],
) -> dict[str, Any]:
    mission, timebase = given.mission, given.timebase
    used = sorted({(one.satellite, one.source) for one in given.contacts})
    return {
        "satqkd": satqkd.__version__,
        "mission": mission.name,
        "plan_id": issue.plan_id,
        "issued_utc": utc_text(issue.issued),
        "window": {
            "start_utc": utc_text(mission.start),
            "end_utc": utc_text(timebase.utc(mission.duration_s)),
        },
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in mission.inputs],
        "frame": f"{GEOMETRY['frame']}; {GEOMETRY['propagation']}",
        "zone": "UTC; station time in the text of events only",
        "refraction": "in the columns called apparent and tracking only: " + GEOMETRY["refraction"],
        "time": dict(timebase.provenance),
        "elements": [_elements(given, *one) for one in used],
        "contacts": [one.contact_key for one in given.contacts],
        "contents": {name: dict(about) for name, about in told.items()},
        "left_out": [{"what": one.what, "files": one.files, "why": one.why} for one in left],
    }


def _elements(given: HandOver, craft: int, number: int) -> dict[str, Any]:
    satellite = given.mission.spacecraft[craft].satellite
    source = satellite.sources[number]
    return {
        "satellite": satellite.name,
        "norad_id": catalogue_number(source.norad_id),
        "cospar_id": source.cospar_id,
        "epoch_utc": utc_text(source.epoch.astimezone(UTC)),
        "motion": source.motion,
        "source": source.source,
    }
