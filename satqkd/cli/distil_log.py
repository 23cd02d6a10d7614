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


def distil_file(
    mission: Mission, log: LogAsked, asked: Links
) -> tuple[DistilledContact, Recovered, How]:
    """Read a log and distil it."""
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
    made, found = distil_log(
        mission,
        read_click_log(log.path, pulses=log.pulses),
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


def require_new(log: LogAsked, mission: Path, ledger: Path, now: str | None) -> None:
    """Refuse, before any key is made, a log of which the ledger holds key."""
    from satqkd.network.distilled_log import block_name

    if not ledger.exists():
        return
    block = block_name(log.contact or log.path.name, 0)
    with open_ledger(mission, ledger, now, write=False) as own:
        if block in own.book.accounts.epsilon:
            raise SatqkdError(
                f"block {block} was made already: a block is key once\n"
                "  fix: name another log, or its contact by --contact"
            )


def book_key(
    made: DistilledContact, mission: Path, ledger: Path, now: str | None, *, json: bool
) -> None:
    """Book the key of a log, a block an entry; say so where a program does not read."""
    from satqkd.cli.options import now_of
    from satqkd.network.distilled_log import key_made

    events = key_made(made, now_of(now))
    if not events:
        return
    with open_ledger(mission, ledger, now, write=True) as own:
        told_booked(own.path, own.append_all(events), err=json)
