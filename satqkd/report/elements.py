"""The table of orbit elements: one row an object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from satqkd.elements.age import age_s
from satqkd.elements.library import nearest
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.report.column import Cell, Column, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementReport:
    """Satellites with their element sets, looked at from one instant."""

    satellites: Sequence[Satellite]
    """One row each."""
    at: datetime
    """When the elements would be used; UTC."""


def _satellites(get: Callable[[Satellite], Cell]) -> Callable[[ElementReport], Values]:
    return lambda report: [get(satellite) for satellite in report.satellites]


def _nearest(get: Callable[[ElementSet, datetime], Cell]) -> Callable[[ElementReport], Values]:
    return lambda report: [
        get(nearest(satellite, report.at), report.at) for satellite in report.satellites
    ]


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


ELEMENT_COLUMNS: Final[tuple[Column[ElementReport], ...]] = (
    Column("satellite", "", "Name given beside the elements.", _satellites(lambda s: s.name)),
    Column("norad_id", "", "Catalogue number.", _satellites(lambda s: s.norad_id)),
    Column("cospar_id", "", "International designator.", _satellites(lambda s: s.cospar_id)),
    Column(
        "epochs",
        "",
        "Number of element sets, each of another epoch.",
        _satellites(lambda s: len(s.element_sets)),
    ),
    Column(
        "first_epoch_utc",
        "UTC",
        "Epoch of the oldest element set.",
        _satellites(lambda s: _utc(s.element_sets[0].epoch)),
    ),
    Column(
        "last_epoch_utc",
        "UTC",
        "Epoch of the newest element set.",
        _satellites(lambda s: _utc(s.element_sets[-1].epoch)),
    ),
    Column(
        "nearest_epoch_utc",
        "UTC",
        "Epoch nearest to the instant asked about, the one that would be used.",
        _nearest(lambda elements, _: _utc(elements.epoch)),
    ),
    Column(
        "age_h",
        "h",
        "That instant minus the nearest epoch; negative when the epoch lies after it.",
        _nearest(lambda elements, at: age_s(elements, at) / 3600.0),
        digits=1,
    ),
    Column(
        "source",
        "",
        "File and line of the nearest element set.",
        _nearest(lambda elements, _: elements.source),
    ),
)
