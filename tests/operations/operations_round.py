"""A fortnight at the desk: what befalls each day, and what is typed."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from operations_books import Books, week_of
from operations_desk import EXPECTED, QUIET, Desk, Plan, desk, instant, table, typed, write

START = instant("2026-11-30T00:00:00Z")
NOON = timedelta(hours=12)
DAY = timedelta(days=1)
CRAFT = "Microsatellite"
PAIR = "Calern,Oberpfaffenhofen"
PINNED = "microsatellite-oberpfaffenhofen-5132"
"""Of 6 December: it clashes with a contact over Calern that the first plan flies."""
BANNED = "microsatellite-oberpfaffenhofen-5223"
"""Of 12 December."""
CANCELLED = "microsatellite-oberpfaffenhofen-5238"
"""Of 13 December."""
OUTAGE = "dome sticks"
ELEMENTS = "microsatellite-7-december.json"
LATE_DAY, LATE_UNTIL = 11, 13
"""The logs of the night before day 11 come on day 13 only."""
CLOUDY = "Oberpfaffenhofen"
CLOUDS = START + 9 * DAY + NOON
"""From when on a cloud forecast of four days is there; two plans are made for the weather."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noon:
    """What was found on one day, after everything was typed."""

    day: int
    now: datetime
    before: Plan | None
    plan: Plan
    diff: dict
    score: dict | None
    held: dict
    audit: str
    tonight: dict
    books: Books
    late: frozenset[str]
    """Contacts behind now whose logs are missing."""


class Fortnight:
    """Plays it, day by day."""

    def __init__(self, folder: Path) -> None:
        self.desk: Desk = desk(folder)
        self.books = Books()
        self.dice = random.Random(13)  # noqa: S311 -- pretended weather
        self.counts: dict[str, list[dict[str, str]]] = {}
        self.flown: dict[str, list[dict[str, str]]] = {}
        """Rows of each station's log."""
        self.collected: list[dict[str, str]] = []
        self.waiting: list[tuple[dict[str, str], float]] = []
        """Contacts whose logs are late, and by what of the forecast they went."""

    def played(self) -> list[Noon]:
        """Play all days."""
        counts = self.desk.ran("forecast", "--counts", "--csv", "--samples", "0")
        (self.desk.folder / "counts.csv").write_text(counts, encoding="utf-8")
        for row in table(self.desk.folder / "counts.csv"):
            self.counts.setdefault(row["contact_key"], []).append(row)
        found: list[Noon] = []
        for day in range(14):
            found.append(self._day(day, found[-1].plan if found else None))
        return found

    def _day(self, day: int, before: Plan | None) -> Noon:
        now = START + day * DAY + NOON
        score = None if before is None else self._fly(day, now, before)
        if before is not None:
            self._key(day, now, before)
        self._befall(day, now)
        plan = self._plan(now, before)
        noon = typed(now)
        diff = {"changes": []}
        if before is not None:
            folders = (f"plans/{one.plan_id}" for one in (before, plan))
            diff = self.desk.told("diff", *folders)
        return Noon(
            day=day,
            now=now,
            before=before,
            plan=plan,
            diff=diff,
            score=score,
            held=self.desk.told("ledger", "show", "--now", noon),
            audit=self.desk.ran("ledger", "audit"),
            tonight=self.desk.told("tonight", "--now", noon, codes=(0, 1)),
            books=deepcopy(self.books),
            late=frozenset(row["contact_key"] for row, _ in self.waiting),
        )

    def _plan(self, now: datetime, before: Plan | None) -> Plan:
        last = () if before is None else ("--from", "ledger")
        how = EXPECTED if CLOUDS <= now < CLOUDS + 2 * DAY else QUIET
        self.desk.ran("plan", *last, "--now", typed(now), *how)
        return self.desk.plan()

    def _fly(self, day: int, now: datetime, plan: Plan) -> dict | None:
        """Fly what was planned of the last night, some in vain, and book what stations recorded."""
        for row in plan.scheduled.values():
            if now - DAY < instant(row["scheduled_start_utc"]) <= now:
                clear = self.dice.random() > 0.3
                factor = self.dice.uniform(0.7, 1.1)
                self.waiting.append((row, factor if clear else 0.0))
        if not LATE_DAY <= day < LATE_UNTIL:
            for row, factor in self.waiting:
                self._record(row, factor)
            self.waiting = []
        if not self.flown:
            return None
        for station, rows in self.flown.items():
            write(self.desk.folder / f"{station}.csv", rows)
        write(self.desk.folder / "collected.csv", self.collected)
        logs = [f"{station}.csv" for station in self.flown]
        counts = ("--counts", "collected.csv") if self.collected else ()
        return self.desk.told("flown", *logs, *counts, "--samples", "1", "--now", typed(now))

    def _record(self, row: dict[str, str], factor: float) -> None:
        key, share = row["contact_key"], share_of(row)
        forecast = float(row["sifted_bits"])
        flown = round(factor * share * forecast)
        self.books.fly(key, flown, forecast)
        log = {
            "utc": row["culmination_utc"],
            "contact_key": key,
            "station": row["station"],
            "sifted_bits": str(flown),
        }
        self.flown.setdefault(row["station"], []).append(log)
        if factor == 0.0:
            return
        for own in self.counts[key]:
            times = dict.fromkeys(("pulses", "key_pulses", "check_pulses"), share)
            for name in ("key_clicks", "key_errors", "check_clicks", "check_errors"):
                times[name] = share * factor
            scaled = {name: f"{float(own[name]) * by:.3f}" for name, by in times.items()}
            span = {
                "start_utc": row["scheduled_start_utc"],
                "end_utc": row["scheduled_end_utc"],
            }
            self.collected.append({**own, **span, **scaled})

    def _key(self, day: int, now: datetime, plan: Plan) -> None:
        """Book key of the week that is over, and what becomes of it."""
        pair = dict(zip(("station_a", "station_b"), PAIR.split(","), strict=True))
        noon, books = typed(now), self.books
        if day == 7:
            events = []
            for station in PAIR.split(","):
                flown = sorted(key for key in books.open if station.lower() in key)
                (bits,) = (
                    int(row["block_bits"])
                    for row in plan.blocks
                    if row["station_a"] == station
                    and set(flown) & set((row["contacts"] + ";" + row["opening"]).split(";"))
                )
                made = bits // 2
                events.append(
                    {
                        "event": "key made",
                        "block": f"week 1 {station}",
                        "maker": CRAFT,
                        "station": station,
                        "bits": made,
                        "epsilon": 1e-10,
                        "made_at": noon,
                        "contacts": flown,
                    }
                )
                books.make(station, made, flown)
            self.desk.book(noon, *events)
        elif day == 8:
            bits = min(books.pools.values()) // 2
            self.desk.book(
                noon, {"event": "key relayed", "satellite": CRAFT, "pair": pair, "bits": bits}
            )
            books.relay(PAIR, bits)
        elif day == 9:
            bits = books.on_the_way[PAIR] - 1_000
            self.desk.book(noon, {"event": "key delivered", "pair": pair, "bits": bits})
            books.deliver(PAIR, bits)
        elif day in (10, 12):
            self.desk.ran("ledger", "spend", PAIR, "2000", "--for", "vpn", "--now", noon)
            books.spend(PAIR, 2_000)

    def _befall(self, day: int, now: datetime) -> None:
        """What people and the world want of the next plan."""
        noon, wishes = ("--now", typed(now)), self.books.wishes
        if day == 1:
            wishes["pinned"][PINNED] = self._wish("pin", PINNED, "--why", "visitors", *noon)
        elif day == 2:
            wishes["banned"][BANNED] = self._wish("ban", BANNED, *noon)
        elif day == 3:
            self.desk.ran("ledger", "cancel", CANCELLED, "--why", "radio tests", *noon)
            self.books.states[CANCELLED] = "cancelled"
        elif day == 4:
            span = ("2026-12-04T18:00Z", "2026-12-08")
            wishes["out"]["Calern"] = self._wish("out", "Calern", *span, "--why", OUTAGE, *noon)
        elif day == 5:
            self._wish("undo", str(wishes["out"].pop("Calern")), *noon)
        elif day == 7:
            self.desk.new_elements(ELEMENTS, 0.06)
        elif day == 8:
            self._wish("undo", str(wishes["banned"].pop(BANNED)), *noon)
        elif day == 9:
            cover = "time,cover\n2026-12-09T12:00Z,0.95\n2026-12-09T18:00Z,0.95\n"
            later = [now + timedelta(hours=hours) for hours in range(12, 97, 6)]
            cover += "".join(f"{typed(at)},0.95\n" for at in later)
            (self.desk.folder / "clouds.csv").write_text(cover, encoding="utf-8")
            self.desk.replaced(
                "stations.yaml",
                f"- name: {CLOUDY}        # DLR\n",
                f"- name: {CLOUDY}\n  clouds: clouds.csv\n",
            )

    def _wish(self, *words: str) -> int:
        """Type a wish; return the number of its entry."""
        return int(self.desk.ran(*words).split(":")[0])


def share_of(row: dict[str, str]) -> float:
    """What part of its usable time a contact is flown."""
    ends = instant(row["scheduled_end_utc"]), instant(row["scheduled_start_utc"])
    return min(1.0, (ends[0] - ends[1]).total_seconds() / float(row["usable_s"]))


def weeks_of(block: dict[str, str], plan: Plan) -> set[int]:
    """Weeks of the mission that the scheduled contacts of a block begin in."""
    return {
        week_of(instant(plan.passes[key]["scheduled_start_utc"]), START)
        for key in block["contacts"].split(";")
        if key
    }
