"""The tables of a plan's folder, and the same content as one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from satqkd.network.ground_key import ground_key
from satqkd.network.plan import Plan
from satqkd.network.what_if import WhatIf
from satqkd.report.export.csv import to_csv
from satqkd.report.export.folder import Content
from satqkd.report.export.json import json_document
from satqkd.report.export.series_files import SeriesChoice, series_file
from satqkd.report.provenance import provenance
from satqkd.report.tables.column import Column
from satqkd.report.tables.deliveries import KEY_COLUMNS, key_report
from satqkd.report.tables.ground_links import GROUND_LINK_COLUMNS
from satqkd.report.tables.nights import NIGHT_COLUMNS, night_report
from satqkd.report.tables.passes import PLANNED_PASS_COLUMNS, pass_report
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report
from satqkd.report.tables.planned_windows import PLANNED_WINDOW_COLUMNS, planned_windows
from satqkd.report.tables.series import PLANNED_SERIES_COLUMNS, series_parts
from satqkd.report.tables.timed_deliveries import TIMED_DELIVERY_COLUMNS, delivery_report
from satqkd.report.tables.what_if import WHAT_IF_COLUMNS


def plan_files(
    plan: Plan, choice: SeriesChoice, *, tried: Sequence[WhatIf] = ()
) -> Mapping[str, Content]:
    """Return every table of a plan's folder by name; its pictures are those of plan_pictures.

    Parameters
    ----------
    plan
        The plan.
    choice
        Whether, and how, the series is written.
    tried
        Changed missions, if any were planned.
    """
    files: dict[str, Content] = {
        "passes.csv": to_csv(PLANNED_PASS_COLUMNS, pass_report(plan.forecast, plan=plan)),
        **series_file(choice, series_parts(plan)),
        "keys.csv": to_csv(KEY_COLUMNS, key_report(plan)),
        "deliveries.csv": to_csv(TIMED_DELIVERY_COLUMNS, delivery_report(plan)),
        "blocks.csv": to_csv(PLANNED_BLOCK_COLUMNS, block_report(plan)),
    }
    if plan.mission.spacecraft:
        files["nights.csv"] = to_csv(NIGHT_COLUMNS, night_report(plan))
    if len(plan.windows):
        files["together.csv"] = to_csv(PLANNED_WINDOW_COLUMNS, planned_windows(plan))
    if plan.mission.links or plan.mission.together_links:
        files["links.csv"] = to_csv(GROUND_LINK_COLUMNS, ground_key(plan.mission))
    if tried:
        files["what_if.csv"] = to_csv(WHAT_IF_COLUMNS, tried)
    return files


def plan_manifest(
    plan: Plan, choice: SeriesChoice, *, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what ``plan.json`` says beside the files' hashes: where every number came from."""
    told = provenance(plan, warnings=warnings)
    return told if choice.left_out is None else {**told, "series": choice.left_out}


def plan_json(
    plan: Plan,
    choice: SeriesChoice,
    *,
    tried: Sequence[WhatIf] = (),
    warnings: Sequence[str] = (),
    kept: Mapping[str, Any] | None = None,
) -> Iterator[bytes]:
    """Return passes, series, keys and provenance as one JSON document, piece by piece.

    A series that is left out is left out here too. ``kept`` is what a ledger calls the plan and the
    one before it; None without a ledger.
    """
    tables: dict[str, tuple[Sequence[Column[Any]], Iterable[Any]]] = {
        "passes": (PLANNED_PASS_COLUMNS, (pass_report(plan.forecast, plan=plan),)),
        "together": (PLANNED_WINDOW_COLUMNS, (planned_windows(plan),)),
        "keys": (KEY_COLUMNS, (key_report(plan),)),
        "deliveries": (TIMED_DELIVERY_COLUMNS, (delivery_report(plan),)),
        "blocks": (PLANNED_BLOCK_COLUMNS, (block_report(plan),)),
    }
    if plan.mission.spacecraft:
        tables["nights"] = (NIGHT_COLUMNS, (night_report(plan),))
    if plan.mission.links or plan.mission.together_links:
        tables["links"] = (GROUND_LINK_COLUMNS, (ground_key(plan.mission),))
    if tried:
        tables["what_if"] = (WHAT_IF_COLUMNS, (tried,))
    if choice.left_out is None:
        tables["series"] = (PLANNED_SERIES_COLUMNS, series_parts(plan))
    return json_document(
        tables, {"plan": {**plan_manifest(plan, choice, warnings=warnings), **(kept or {})}}
    )
