"""The run sheet of a contact: when its station does what, and where the satellite is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.report.plan_folder import Row, number
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a run sheet."""

    event: str
    """``ready``, ``rise``, ``key from``, ``highest``, ``key to`` or ``set``."""
    utc: datetime
    azimuth_deg: float | None
    """Where the satellite stands, or will rise; None where the plan has no series. [°]"""
    elevation_deg: float | None
    """Geometric. [°]"""
    loss_db: float | None
    """Total loss; None outside what was followed. [dB]"""


def run_sheet(row: Row, series: Sequence[Row] | None, *, ready: datetime) -> tuple[Step, ...]:
    """Write the run sheet of a scheduled contact.

    Parameters
    ----------
    row
        Its row of passes.csv; of a joint contact of together.csv, which has neither rise nor
        highest point of its own.
    series
        Its samples in order; None where the plan has none.
    ready
        When its station begins to set up.
    """
    sampled = _Sampled(series or ())
    rise = row.get("rise_utc") or row["start_utc"]
    steps = [sampled.at("ready", ready, like=_read(rise), flying=False)]
    named = (
        ("rise", rise, "rise_azimuth_deg", None),
        ("key from", row.get("scheduled_start_utc"), None, None),
        ("highest", row.get("culmination_utc"), "culmination_azimuth_deg", "max_elevation_deg"),
        ("key to", row.get("scheduled_end_utc"), None, None),
        ("set", row.get("set_utc") or row["end_utc"], "set_azimuth_deg", None),
    )
    for event, text, azimuth, elevation in named:
        if text:
            found = sampled.at(event, _read(text))
            steps.append(_completed(found, row, azimuth, elevation))
    first, *others = steps
    return (first, *sorted(others, key=lambda step: step.utc))


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _completed(step: Step, row: Row, azimuth: str | None, elevation: str | None) -> Step:
    """Take from the table of passes what is not in the series."""
    if step.azimuth_deg is not None:
        return step
    return Step(
        event=step.event,
        utc=step.utc,
        azimuth_deg=None if azimuth is None else number(row, azimuth),
        elevation_deg=None if elevation is None else number(row, elevation),
        loss_db=None,
    )


class _Sampled:
    """Samples of a contact, read between by straight lines."""

    def __init__(self, series: Sequence[Row]) -> None:
        self._times = [_read(row["utc"]) for row in series]
        self._azimuth_deg = np.unwrap(_column(series, "azimuth_deg"), period=360.0)
        self._elevation_deg = _column(series, "elevation_deg")
        self._loss_db = _column(series, "total_loss_db")

    def at(
        self, event: str, when: datetime, *, like: datetime | None = None, flying: bool = True
    ) -> Step:
        """Return a step; its angles are those of the instant ``like`` where that is given."""
        nothing = Step(event=event, utc=when, azimuth_deg=None, elevation_deg=None, loss_db=None)
        moment = like or when
        if not self._times or not self._times[0] <= moment <= self._times[-1]:
            return nothing
        known_s = np.array([(time - self._times[0]).total_seconds() for time in self._times])
        own_s = (moment - self._times[0]).total_seconds()

        def between(values: FloatArray) -> float:
            return float(np.interp(own_s, known_s, values))

        return Step(
            event=event,
            utc=when,
            azimuth_deg=between(self._azimuth_deg) % 360.0,
            elevation_deg=between(self._elevation_deg),
            loss_db=between(self._loss_db) if flying else None,
        )


def _column(series: Sequence[Row], name: str) -> FloatArray:
    return np.array([float(row[name]) for row in series])
