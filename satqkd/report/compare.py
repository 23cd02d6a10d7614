"""Two plans of one mission: what is kept, moved, cut, added and dropped, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from satqkd.report.plan_folder import PLANNED, PlanFolder, Row, whole
from satqkd.report.tonight import instant, stations_of

What = Literal["kept", "moved", "cut", "longer", "added", "dropped", "past"]
"""What becomes of a contact: ``past`` ones end before the second plan's window begins."""

SAME_S: Final = 0.5
"""Numerical: instants within this are the same contact at the same time. [s]"""
OTHER_SKY: Final = 0.1
"""Chances of a clear sky that differ by so much are told as a cause; a convention."""
CHANGED: Final[tuple[What, ...]] = ("moved", "cut", "longer", "added", "dropped")
"""Everything but what is kept or past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one contact that either plan schedules."""

    contact_key: str
    satellite: str
    stations: tuple[str, ...]
    what: What
    begins: datetime
    """When its key begins, in the second plan where that schedules it."""
    shift_s: float | None
    """How much later it rises in the second plan; None where one of them lacks it. [s]"""
    bits_before: int
    """Key that the first plan counts on. [bit]"""
    bits_after: int
    """Key that the second does. [bit]"""
    why: str
    """In a clause; empty for what is kept."""

    @property
    def bits(self) -> int:
        """Key gained, or lost. [bit]"""
        return self.bits_after - self.bits_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Key of one pair of stations in both plans."""

    satellite: str
    station_a: str
    station_b: str
    bits_before: int
    bits_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plans, the first before the second."""

    before: PlanFolder
    after: PlanFolder
    changes: tuple[Change, ...]
    """In order of time; kept and past contacts too."""
    delivered: tuple[Delivered, ...]

    def count(self, what: What) -> int:
        """Count the contacts of which something becomes."""
        return sum(one.what == what for one in self.changes)

    @property
    def delivered_before(self) -> int:
        """Key between all pairs in the first plan. [bit]"""
        return sum(one.bits_before for one in self.delivered)

    @property
    def delivered_after(self) -> int:
        """Key between all pairs in the second. [bit]"""
        return sum(one.bits_after for one in self.delivered)


def compare(before: PlanFolder, after: PlanFolder) -> Comparison:
    """Hold two plans against each other, contact by contact."""
    held = _Held.of(before), _Held.of(after)
    keys = {key: None for own in held for key, row in own.rows.items() if _scheduled(row)}
    changes = [_change(key, *held) for key in keys]
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=lambda one: (one.begins, one.contact_key))),
        delivered=tuple(_delivered(before, after)),
    )


def summary(found: Comparison) -> Iterator[str]:
    """Say what a comparison comes to."""
    words = get_args(What)
    counts = [(found.count(word), word) for word in words]
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    change = found.delivered_after - found.delivered_before
    bits = f"{found.delivered_before:,} → {found.delivered_after:,}"
    yield f"{bits} secret bits delivered ({change:+,})"
    yield f"contacts: {told or 'none is scheduled in either plan'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Contacts of a plan by key, and its window."""

    rows: Mapping[str, Row]
    start: datetime
    end: datetime
    for_weather: bool
    """Whether it counts the chance of a clear sky."""

    @staticmethod
    def of(plan: PlanFolder) -> _Held:
        window = plan.manifest["window"]
        return _Held(
            rows={row["contact_key"]: row for row in (*plan.passes, *plan.windows)},
            start=instant(window["start_utc"]),
            end=instant(window["end_utc"]),
            for_weather=plan.manifest.get("planned") == PLANNED["expected"],
        )

    def scheduled(self, key: str) -> bool:
        return key in self.rows and _scheduled(self.rows[key])


def _scheduled(row: Row) -> bool:
    return row["status"] == "scheduled"


def _begins(row: Row) -> datetime:
    return instant(row.get("scheduled_start_utc") or row.get("rise_utc") or row["start_utc"])


def _ends(row: Row) -> datetime:
    return instant(row.get("scheduled_end_utc") or row.get("set_utc") or row["end_utc"])


def _rises(row: Row) -> datetime:
    return instant(row.get("rise_utc") or row["start_utc"])


def _bits(row: Row | None) -> int:
    return whole(row, "planned_bits") or 0 if row is not None and _scheduled(row) else 0


def _change(key: str, before: _Held, after: _Held) -> Change:
    old, new = before.rows.get(key), after.rows.get(key)
    row = new if new is not None and _scheduled(new) else old or new
    if row is None:
        raise ValueError(f"{key} is in neither plan")
    what, why = _what(key, before, after)
    if what in CHANGED and what != "moved" and after.for_weather:
        why = "; ".join([why, *_skies(key, before, after)])
    return Change(
        contact_key=key,
        satellite=row["satellite"],
        stations=stations_of(row),
        what=what,
        begins=_begins(row),
        shift_s=None if old is None or new is None else (_rises(new) - _rises(old)).total_seconds(),
        bits_before=_bits(old),
        bits_after=_bits(new),
        why=why,
    )


def _what(key: str, before: _Held, after: _Held) -> tuple[What, str]:
    """Say what becomes of a contact, and the first cause that holds."""
    old, new = before.rows.get(key), after.rows.get(key)
    if not after.scheduled(key):
        if old is not None and _ends(old) <= after.start:
            return "past", ""
        return "dropped", _why_dropped(key, new, after)
    if not before.scheduled(key):
        return "added", _why_added(key, old, before, after)
    if old is None or new is None:
        raise ValueError(f"{key} is scheduled in no table")
    return _differs(old, new, after)


def _skies(key: str, before: _Held, after: _Held) -> Iterator[str]:
    """Say whose chance of a clear sky is another now: its own, or that of what it clashes with."""
    rows = [own.rows[key] for own in (before, after) if key in own.rows]
    for other in dict.fromkeys([key, *(one for row in rows for one in _clashes(row))]):
        old, new = _clear(before.rows.get(other)), _clear(after.rows.get(other))
        if old is not None and new is not None and abs(new - old) >= OTHER_SKY:
            whose = "its sky" if other == key else f"the sky of {other}"
            yield f"{whose} is clear with {100.0 * new:.0f} %, before {100.0 * old:.0f} %"


def _clear(row: Row | None) -> float | None:
    text = "" if row is None else row.get("clear_probability", "")
    return float(text) if text else None


def _why_dropped(key: str, new: Row | None, after: _Held) -> str:
    if new is None:
        return (
            f"not in the second plan: it ends at {after.end:%Y-%m-%dT%H:%MZ}, or the satellite no "
            "longer passes"
        )
    if new["status"] == "rejected" or new.get("pin") == "banned":
        return new["reason"]
    others = [other for other in _clashes(new) if after.scheduled(other)]
    if others:
        return f"clashes with {', '.join(others)}, scheduled now"
    return new["reason"] or f"{key} adds too little to its block, or its pair needs it no more"


def _why_added(key: str, old: Row | None, before: _Held, after: _Held) -> str:
    new = after.rows[key]
    if new.get("pin") == "pinned":
        return "pinned"
    if old is None:
        if _rises(new) > before.end:
            return f"after the first plan's window, which ends at {before.end:%Y-%m-%dT%H:%MZ}"
        return "not in the first plan: its elements, or its stations, gave no such contact"
    if old["status"] == "rejected" or old.get("pin") == "banned":
        return f"was {old['reason']}"
    gone = [other for other in _clashes(old) if not after.scheduled(other)]
    if gone:
        return f"frees its time: {', '.join(gone)} is no longer scheduled"
    return "worth more than before to its block or its pair"


def _differs(old: Row, new: Row, after: _Held) -> tuple[What, str]:
    """Of a contact that both schedule."""
    shift_s = (_rises(new) - _rises(old)).total_seconds()
    length_s = [(_ends(row) - _begins(row)).total_seconds() for row in (old, new)]
    if abs(shift_s) > SAME_S:
        sources = [row.get("elements_source") or "" for row in (old, new)]
        told = f"by {sources[1]}, before by {sources[0]}" if sources[0] != sources[1] else ""
        later = "later" if shift_s > 0.0 else "earlier"
        return "moved", f"rises {abs(shift_s):.1f} s {later} {told}".rstrip()
    if abs(length_s[1] - length_s[0]) <= SAME_S:
        return "kept", ""
    if length_s[1] < length_s[0]:
        lost_s = _no_longer_usable_s(old, new)
        if lost_s > SAME_S:
            return "cut", f"{lost_s:.0f} s of it are no longer usable"
        return "cut", new["reason"].removeprefix(
            "cut: "
        ) or f"{length_s[0] - length_s[1]:.0f} s less usable"
    gone = [other for other in _clashes(old) if not after.scheduled(other)]
    if gone:
        return "longer", f"{', '.join(gone)} is no longer scheduled"
    return "longer", f"{length_s[1] - length_s[0]:.0f} s more; was {old['reason'] or 'not usable'}"


def _no_longer_usable_s(old: Row, new: Row) -> float:
    """Return how much of what was scheduled lies outside of what is usable now. [s]"""
    begin, end = new.get("usable_start_utc"), new.get("usable_end_utc")
    if not begin or not end:
        return 0.0
    early_s = (datetime.fromisoformat(begin) - _begins(old)).total_seconds()
    late_s = (_ends(old) - datetime.fromisoformat(end)).total_seconds()
    return max(early_s, 0.0) + max(late_s, 0.0)


def _clashes(row: Row) -> list[str]:
    return [key for key in (row.get("clashes_with") or "").split(";") if key]


def _delivered(before: PlanFolder, after: PlanFolder) -> Iterator[Delivered]:
    """Yield what each pair of stations gets; in the order of the second plan, then the first.

    Of the first plan only what it delivers in the window of the second.
    """
    begin = instant(after.manifest["window"]["start_utc"])
    early: dict[tuple[str, str, str], int] = {}
    for row in before.tables["deliveries.csv"]:
        if instant(row["delivered_utc"]) <= begin:
            early[_pair(row)] = early.get(_pair(row), 0) + (whole(row, "given_bits") or 0)
    tables = [
        {
            _pair(row): whole(row, "delivered_bits") or 0
            for row in plan.tables["keys.csv"]
            if row["kind"] != "pool"
        }
        for plan in (before, after)
    ]
    pairs = dict.fromkeys((*tables[1], *tables[0]))
    served = {pair[1:] for pair in pairs if pair[0]}
    for pair in pairs:
        satellite, station_a, station_b = pair
        if not satellite and pair[1:] in served:
            continue  # a plan that gives a pair nothing names no satellite for it
        yield Delivered(
            satellite=satellite,
            station_a=station_a,
            station_b=station_b,
            bits_before=tables[0].get(pair, 0) - early.get(pair, 0),
            bits_after=tables[1].get(pair, 0),
        )


def _pair(row: Row) -> tuple[str, str, str]:
    return row["satellite"], row["station_a"], row["station_b"]
