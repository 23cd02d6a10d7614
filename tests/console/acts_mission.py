"""A mission of two nights that keeps a ledger, with a first plan in force."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import satqkd as sq
from satqkd.console.workplace import Workplace
from satqkd.report.export.plan_files import plan_files, plan_manifest
from satqkd.report.export.series_files import series_choice
from satqkd.report.plan_folder import read_plan
from satqkd.report.plan_store import copy_plan, store_of

ROOT = Path(__file__).parents[2]
BEGUN = datetime.fromisoformat("2016-12-19T10:00+00:00")
NOW = datetime.fromisoformat("2016-12-20T12:00+00:00")
"""After the first night: contacts of revolutions 1933 to 1935 lie ahead."""
FLOWN = "micius-xinglong-1918"
SURE, OTHER = "micius-xinglong-1933", "micius-delingha-1934"
"""Scheduled ahead."""
SPARE = "micius-nanshan-1934"
"""Could be flown ahead, and clashes with :data:`OTHER`."""
TWIN = "micius-jinan-1933"
"""Could be flown ahead, and clashes with :data:`SURE`."""


def bare(folder: Path, *, ledger: bool) -> Path:
    """Copy the shipped mission, shortened to two nights."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
    assert "duration: 7 d" in text
    text = text.replace("duration: 7 d", "duration: 2 d")
    if ledger:
        text += "\nledger: ops.sqlite\n"
    (folder / "mission.yaml").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "stations.yaml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    return folder


def work_in(folder: Path, now: datetime = NOW, by: str = "") -> Workplace:
    """Return where the desk acts in a folder."""
    return Workplace(
        mission=folder / "mission.yaml",
        stations=folder / "stations.yaml",
        plan=folder / "plan",
        clock=lambda: now,
        stands=True,
        by=by,
    )


def begun(folder: Path, series: str = "none") -> str:
    """Put a first plan in force, without realisations; return its id."""
    store = store_of(folder / "mission.yaml", BEGUN, "satqkd plan")
    assert store is not None
    store.check()
    made = sq.plan(sq.load_mission(folder / "mission.yaml", folder / "stations.yaml"))
    choice = series_choice(0, series)
    _, told = store.issue(made, plan_files(made, choice), plan_manifest(made, choice))
    copy_plan(read_plan(store.plans / told["plan_id"]), folder / "plan")
    return str(told["plan_id"])
