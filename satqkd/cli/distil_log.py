"""What ``satqkd distil`` asks of a link, and a station's own log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from satqkd.cli.ledger_file import open_ledger, require_contact_of, told_booked
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.distil.recovered import Recovered
    from satqkd.mission.mission import Mission
    from satqkd.network.distilled_contact import DistilledContact, How

ROUND_TRIP_MS = 5.0
"""Round trip of the classical link where the mission gives none. [ms]"""
LOGS = (".npz", ".parquet")
"""Ends of names of files that are logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What was asked of engines, hash and classical link; None for what the mission says."""

    engine: str | None
    round_trip_ms: float | None
    within_s: float | None
    hashing: str | None

    def how(self, mission: Mission, satellite: int) -> How:
        """Return how to distil with a satellite, by index."""
        from satqkd.distil.amplify import FAMILIES, USUAL
        from satqkd.distil.reconcile.engines import engine_names
        from satqkd.network.distilled_contact import How

        if self.engine is not None and self.engine not in engine_names():
            raise SatqkdError(
                f"--reconcile: no engine is called {self.engine!r}\n"
                f"  fix: write one of {', '.join(engine_names())}"
            )
        hashing = USUAL if self.hashing is None else self.hashing
        if hashing not in FAMILIES:
            raise SatqkdError(
                f"--hash: no family is called {hashing!r}\n"
                f"  fix: write one of {', '.join(FAMILIES)}"
            )
        round_trip_ms, within_s = self.round_trip_ms, self.within_s
        own = mission.distilled(satellite)
        if round_trip_ms is None:
            round_trip_ms = ROUND_TRIP_MS if own is None else 1e3 * own.round_latency_s
        if within_s is None and own is not None and own.stop_before_set_s > 0.0:
            within_s = own.stop_before_set_s
        return How(
            engine=self.engine,
            round_trip_s=1e-3 * round_trip_ms,
            within_s=within_s,
            family=FAMILIES[hashing],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAsked:
    """What was asked of a log."""

    path: Path
    satellite: str | None
    station: str | None
    contact: str | None
    qber: float | None
    pulses: int | None
    seed: int | None


def is_log(what: str) -> bool:
    """Whether a word names a file and no pass."""
    return what.casefold().endswith(LOGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The ledger that key of a log goes into."""

    mission: Path
    ledger: Path
    now: str | None

    def require_new(self, clicks_sha256: str, log: LogAsked) -> None:
        """Refuse clicks that were distilled before."""
        from satqkd.network.distilled_log import require_new

        if self.ledger.exists():
            with open_ledger(self.mission, self.ledger, self.now, write=False) as own:
                require_new(
                    clicks_sha256, log.contact, log.path.name, book=own.book, entries=own.events()
                )

    def book(self, made: DistilledContact, *, json: bool) -> None:
        """Book a log's key, a block an entry; say so where a program does not read."""
        from satqkd.cli.options import now_of
        from satqkd.network.distilled_log import key_made, require_new

        events = key_made(made, now_of(self.now))
        with open_ledger(self.mission, self.ledger, self.now, write=True) as own:
            require_new(
                made.clicks_sha256 or "", made.contact_key, made.label,
                book=own.book, entries=own.events(),
            )  # fmt: skip
            told_booked(own.path, own.append_all(events), err=json)


def distil_file(
    mission: Mission, log: LogAsked, asked: Links, booking: Booking | None
) -> tuple[DistilledContact, Recovered, How]:
    """Read a log and distil it, unless the ledger knows its clicks."""
    from satqkd.calibration.click_log import read_click_log
    from satqkd.distil.randomness import real_randomness, simulated_randomness
    from satqkd.network.distilled_log import distil_log

    satellite = _index(
        "--satellite", log.satellite, [one.satellite.name for one in mission.spacecraft]
    )
    station = _index("--station", log.station, [one.site.name for one in mission.stations])
    how = asked.how(mission, satellite)
    if log.contact is not None:
        require_contact_of(mission, log.contact)
    randomness = real_randomness() if log.seed is None else simulated_randomness(log.seed)
    clicks = read_click_log(log.path, pulses=log.pulses)
    if booking is not None:
        booking.require_new(clicks.sha256, log)
    made, found = distil_log(
        mission,
        clicks,
        how,
        satellite=satellite,
        station=station,
        qber=log.qber,
        randomness=randomness,
        label=log.path.name,
        contact_key=log.contact,
    )
    return replace(made, seed=log.seed), found, how


def _index(option: str, wanted: str | None, names: list[str]) -> int:
    """Index of a name; the only one where none is asked for."""
    if wanted is None and len(names) == 1:
        return 0
    if wanted in names:
        return names.index(wanted)
    said = "is missing" if wanted is None else f"the mission has no {wanted!r}"
    raise SatqkdError(f"{option}: {said}\n  fix: write one of {', '.join(names)}")


def require_kept(log: LogAsked, out: Path | None) -> None:
    """Refuse, before any key is made, to book key that protects nothing or that nobody holds."""
    if log.seed is not None:
        raise SatqkdError(
            f"{log.path.name}: simulated keys are no stock: whoever has the seed has them\n"
            "  fix: leave out --ledger, or --seed"
        )
    if out is None:
        raise SatqkdError(
            "--ledger: the key of a log is nowhere but in its files, and none are asked for\n"
            "  fix: add --out FOLDER"
        )
