"""The folder a plan becomes, and the same content as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from satqkd.network.plan import Plan
from satqkd.report.export.csv import csv_parts, to_csv
from satqkd.report.export.json import records, strict_json
from satqkd.report.export.manifest import with_manifest
from satqkd.report.pictures.key import key
from satqkd.report.pictures.loss import loss
from satqkd.report.pictures.sky import sky
from satqkd.report.pictures.style import png
from satqkd.report.pictures.timeline import timeline
from satqkd.report.provenance import provenance
from satqkd.report.tables.deliveries import KEY_COLUMNS, key_report
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.planned_windows import PLANNED_WINDOW_COLUMNS, planned_windows
from satqkd.report.tables.series import SERIES_COLUMNS, scheduled_series


def plan_files(plan: Plan, *, warnings: Sequence[str] = ()) -> Mapping[str, bytes | str]:
    """Return every file of a plan's folder by name, the manifest ``plan.json`` included."""
    forecast = plan.forecast
    night = {station: list(dark) for station, dark in enumerate(forecast.nights)}
    files: dict[str, bytes | str] = {
        "passes.csv": to_csv(PASS_COLUMNS, pass_report(forecast, plan=plan)),
        "series.csv": "".join(csv_parts(SERIES_COLUMNS, scheduled_series(plan))),
        "keys.csv": to_csv(KEY_COLUMNS, key_report(plan)),
        "timeline.png": png(timeline(plan, night=night)),
        "sky.png": png(sky(plan)),
        "loss.png": png(loss(forecast, plan=plan)),
        "key.png": png(key(plan)),
    }
    if len(plan.windows):
        files["together.csv"] = to_csv(PLANNED_WINDOW_COLUMNS, planned_windows(plan))
    return with_manifest(files, provenance(plan, warnings=warnings))


def plan_json(plan: Plan, *, warnings: Sequence[str] = ()) -> str:
    """Return passes, series, keys and provenance as one JSON document."""
    document: dict[str, Any] = {
        "plan": provenance(plan, warnings=warnings),
        "passes": records(PASS_COLUMNS, pass_report(plan.forecast, plan=plan)),
        "series": [row for part in scheduled_series(plan) for row in records(SERIES_COLUMNS, part)],
        "together": records(PLANNED_WINDOW_COLUMNS, planned_windows(plan)),
        "keys": records(KEY_COLUMNS, key_report(plan)),
    }
    return strict_json(document)
