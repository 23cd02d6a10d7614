"""The desk of a small mission: its files, and the commands that are typed there each noon."""

from __future__ import annotations

import csv
import io
import json
import shutil
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from satqkd.cli.app import asked_alone

ROOT = Path(__file__).parents[2]
QUIET = ("--pictures", "none", "--series", "none", "--samples", "0")
EXPECTED = (*QUIET[:-1], "40", "--expected", "--change-cost", "2000")
FREEZE = "9 h"
"""At noon the first contacts of a night are too near to be changed, the later ones are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as its folder says it."""

    plan_id: str
    passes: dict[str, dict[str, str]]
    """Rows of passes.csv by contact key."""
    blocks: list[dict[str, str]]
    keys: list[dict[str, str]]
    manifest: dict

    @property
    def scheduled(self) -> dict[str, dict[str, str]]:
        """Contacts that it flies."""
        return {key: row for key, row in self.passes.items() if row["status"] == "scheduled"}

    @property
    def start(self) -> datetime:
        """Where its window begins."""
        return instant(self.manifest["window"]["start_utc"])


class Desk:
    """A folder, and what is typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ran(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command; it has to end with one of these codes. Return what it prints."""
        with chdir(self.folder):
            answer = CliRunner().invoke(asked_alone(words), list(words), catch_exceptions=False)
        assert answer.exit_code in codes, f"{' '.join(words)}: {answer.stdout}{answer.stderr}"
        return answer.stdout

    def told(self, *words: str, codes: tuple[int, ...] = (0,)) -> dict:
        """Run a command and read its JSON."""
        return json.loads(self.ran(*words, "--json", codes=codes))

    def plan(self) -> Plan:
        """Read the plan in force from plan/."""
        place = self.folder / "plan"
        manifest = json.loads((place / "plan.json").read_text(encoding="utf-8"))
        return Plan(
            plan_id=manifest["plan_id"],
            passes={row["contact_key"]: row for row in table(place / "passes.csv")},
            blocks=table(place / "blocks.csv"),
            keys=table(place / "keys.csv"),
            manifest=manifest,
        )

    def replaced(self, name: str, old: str, new: str) -> None:
        """Replace a text in one of the files."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def book(self, now: str, *events: dict) -> None:
        """Book events from a file, all at once."""
        lines = "".join(json.dumps(event) + "\n" for event in events)
        (self.folder / "events.jsonl").write_text(lines, encoding="utf-8")
        self.ran("ledger", "book", "events.jsonl", "--now", now)

    def new_elements(self, name: str, mean_anomaly_deg: float) -> None:
        """Put another set of elements in the place of the old one."""
        (old,) = (self.folder / "data" / "omm").glob("*.json")
        (record,) = json.loads(old.read_text(encoding="utf-8"))
        record["MEAN_ANOMALY"] = round(record["MEAN_ANOMALY"] + mean_anomaly_deg, 6)
        old.unlink()
        (old.parent / name).write_text(json.dumps([record]), encoding="utf-8")


def desk(folder: Path) -> Desk:
    """Set up the mission: a fortnight of the shipped microsatellite, with a ledger."""
    shutil.copytree(ROOT / "satqkd" / "presets" / "microsatellite-week", folder)
    found = Desk(folder)
    found.replaced("mission.yaml", "duration: 7 d\n", "duration: 14 d\nledger: ops.sqlite\n")
    found.replaced("mission.yaml", "max_element_age: 5 d ", "max_element_age: 18 d ")
    payload = "    payload: payload-85mm.yaml\n"
    found.replaced("mission.yaml", payload, f"{payload}    freeze: {FREEZE}\n")
    return found


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a CSV file; nothing for no rows."""
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def instant(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def typed(at: datetime) -> str:
    """Write an instant as people type it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
