"""A ledger under fire: killed, starved of disk, flipped and cut. What is acknowledged stays.

Run by hand for the whole of it, some minutes::

    python tests/fire/ledger_fire.py --kills 1000 --writers 40 --flips 0 --cuts 0

``--flips 0`` and ``--cuts 0`` try every byte. The suite runs a sample
(tests/network/ledger/test_fire.py). Exit code 1 when anything was lost, doubled or passed over.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from satqkd.errors import LedgerError, OutputError, SatqkdError, SatqkdWarning
from satqkd.network.ledger import (
    Event,
    KeyDelivered,
    KeyMade,
    KeyRelayed,
    KeySpent,
    Ledger,
    Note,
    Pair,
    audit,
)

NOW = datetime(2016, 12, 19, tzinfo=UTC)
PAIR = Pair(station_a="Graz", station_b="Matera")
KILLS_EACH = 25
"""Kills of writers of one ledger: what is looked at after each grows with it."""
SIDES = ("", "-wal", "-shm", ".head", ".lock")


def acts(begin: int, rng: random.Random) -> Iterator[list[Event]]:
    """Acts of one to nine events, each of which makes key, delivers it and spends most of it."""
    number = begin
    while True:
        number += 1
        bits = rng.randrange(2, 10_000)
        made = [
            KeyMade(
                block=f"{station}-{number}",
                maker="Sat",
                station=station,
                bits=bits,
                epsilon=1e-9,
                made_at=NOW,
            )
            for station in ("Graz", "Matera")
        ]
        events: list[Event] = [
            *made,
            KeyRelayed(satellite="Sat", pair=PAIR, bits=bits),
            KeyDelivered(pair=PAIR, bits=bits),
            KeySpent(pair=PAIR, bits=bits - 1),
            *(Note(text="x" * rng.randrange(1, 3000)) for _ in range(rng.randrange(4))),
        ]
        yield [Note(text=f"act of {len(events) + 1}"), *events]


def whole(path: Path, acknowledged: int) -> int:
    """Return how many entries there are, all in whole acts, none acknowledged missing."""
    found = audit(path)
    require(not found.faults, f"after a kill: {found.faults}")
    sizes: dict[int, int] = {}
    for entry in found.entries:
        sizes[entry.act] = sizes.get(entry.act, 0) + 1
    for act, size in sizes.items():
        first = found.entries[act - 1].event
        require(isinstance(first, Note), "an act begins with its note")
        require(first.text == f"act of {size}", f"act {act} is {size} entries, {first.text}")  # type: ignore[attr-defined]
    count = len(found.entries)
    require(count >= acknowledged, f"{acknowledged} entries were acknowledged, {count} are there")
    held = found.accounts.holding(PAIR).bits
    require(held == len(sizes), f"{len(sizes)} acts leave a bit each, but {held} are held")
    return count


def all_killed(folder: Path, kills: int, rng: random.Random) -> str:
    """Kill writers on one ledger after the other, :data:`KILLS_EACH` times each."""
    entries = unacknowledged = 0
    for number, begin in enumerate(range(0, kills, KILLS_EACH)):
        path = folder / f"{number}.sqlite"
        there, more = killed(path, min(KILLS_EACH, kills - begin), rng)
        entries, unacknowledged = entries + there, unacknowledged + more
    return (
        f"{kills} kills: {entries} entries, all acknowledged ones there, every act whole; "
        f"{unacknowledged} times an act was durable and not acknowledged yet"
    )


def killed(path: Path, kills: int, rng: random.Random) -> tuple[int, int]:
    """Kill a writer at a random instant, again and again, on one ledger."""
    acknowledged = surviving = unacknowledged = 0
    for number in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _write_on(path, writing, number)
        os.close(writing)
        time.sleep(rng.uniform(0.0, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told = b""
        while part := os.read(reading, 65536):
            told += part
        os.close(reading)
        lines = told.decode("ascii").split("\n")[:-1]  # a last line without end was cut
        acknowledged = max(acknowledged, *(int(line) for line in lines), 0)
        if not path.exists():
            require(acknowledged == 0, "the ledger is gone")
            continue
        surviving = whole(path, acknowledged)
        unacknowledged += surviving > acknowledged
        acknowledged = surviving
    return surviving, unacknowledged


def _write_on(path: Path, writing: int, number: int) -> None:
    """Open it and book act by act, telling of each that is durable; never returns."""
    try:
        with Ledger.open(path, author=f"writer {number}", now=NOW) as ledger:
            rng = random.Random(number)  # noqa: S311 -- no secret
            for events in acts(number * 1_000_000, rng):
                entries = ledger.append_all(events)
                os.write(writing, f"{entries[-1].sequence}\n".encode("ascii"))
    finally:
        os._exit(1)


def two_writers(path: Path, rounds: int) -> str:
    """Let two processes book at once; each of their acts is there once."""
    children = []
    for writer in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                rng = random.Random(writer)  # noqa: S311 -- no secret
                with Ledger.open(path, author=f"writer {writer}", now=NOW, wait_s=60) as ledger:
                    source = acts(10**9 * (writer + 1), rng)
                    for _ in range(rounds):
                        ledger.append_all(next(source))
                        time.sleep(rng.uniform(0.0, 0.03))
                code = 0
            except SatqkdError as error:
                os.write(2, f"writer {writer}: {error}\n".encode())
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    require(codes == [0, 0], f"writers ended with {codes}")
    before = whole(path, 0)
    authors = [entry.author for entry in audit(path).entries if entry.act == entry.sequence]
    for writer in range(2):
        count = authors.count(f"writer {writer}")
        require(count == rounds, f"writer {writer} booked {count} acts of {rounds}")
    turns = sum(one != other for one, other in pairwise(authors))
    return f"two writers: {2 * rounds} acts, {before} entries, {turns} changes of turn"


def starved(
    folder: Path, step: int, limit: Callable[[int], object], relief: Callable[[], object]
) -> str:
    """Give the next command a little more room, until it succeeds; from making the file on."""
    path = folder / "starved.sqlite"
    refused = 0
    booked = 0
    room = 0
    while booked < 3:
        child = os.fork()
        if child == 0:
            code = 3
            try:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                limit(room)
                with Ledger.open(path, author="starved", now=NOW) as ledger:
                    ledger.append_all(next(acts(booked, random.Random(booked))))  # noqa: S311
                code = 0
            except OutputError:
                code = 2
            except SatqkdError as error:
                os.write(2, f"room {room}: {error}\n".encode())
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        require(code in {0, 2}, f"with room {room} the command ended with {code}")
        booked += code == 0
        refused += code == 2
        relief()
        acted = 0
        if path.exists():
            found = audit(path)
            require(not found.faults, f"with room {room}: {found.faults}")
            acted = len({entry.act for entry in found.entries})
        require(acted == booked, f"with room {room}: {booked} acts told as booked, {acted} there")
        room += step
        require(room < 10_000_000, "it never succeeds")
    return f"{refused} commands refused for lack of room, {booked} booked; nothing half"


def file_size(room: int) -> None:
    """Let no file grow beyond so much. [byte]"""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of 1 MiB; None where this user cannot mount one."""
    place = folder / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if (
        shutil.which("mount") is None
        or subprocess.run(command, check=False, capture_output=True).returncode
    ):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def filled(place: Path, room: int) -> None:
    """Fill a disk until so much is free. [byte]"""
    filler = place / "filler"
    filler.unlink(missing_ok=True)
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    with filler.open("wb") as file:
        file.write(b"\0" * max(0, free - room))


def copied(path: Path, folder: Path) -> Path:
    """Copy a ledger with what stands beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for end in SIDES:
        side = path.with_name(path.name + end)
        if side.exists():
            shutil.copy2(side, folder / side.name)
    return folder / path.name


def pristine(folder: Path, *, open_log: bool) -> Path:
    """A ledger of some acts; with ``open_log`` as a kill leaves it, its log not merged yet."""
    path = folder / "pristine.sqlite"
    rng = random.Random(7)  # noqa: S311 -- no secret
    ledger = Ledger.open(path, author="pristine", now=NOW)
    for number, events in zip(range(4), acts(0, rng), strict=False):
        ledger.now = NOW + timedelta(hours=number)
        ledger.append_all(events)
    if not open_log:
        ledger.close()
        return path
    left = copied(path, folder / "as-killed")
    ledger.close()
    return left


def damaged(folder: Path, *, open_log: bool, tries: int, cut: bool, rng: random.Random) -> str:
    """Flip a bit, or cut the end off: the damage is named, or nothing of the content changed."""
    path = pristine(folder, open_log=open_log)
    true = [entry.sha256 for entry in audit(path).entries]
    ends = ("", "-wal") if open_log else ("",)
    named = harmless = 0
    for end in ends:
        size = path.with_name(path.name + end).stat().st_size
        places = list(range(size)) if tries == 0 else sorted(rng.sample(range(size), tries))
        for place in places:
            victim = copied(path, folder / "victim")
            side = victim.with_name(victim.name + end)
            content = bytearray(side.read_bytes())
            if cut:
                del content[place:]
            else:
                content[place] ^= 1 << rng.randrange(8)
            side.write_bytes(bytes(content))
            what = f"{side.name}, {'cut to' if cut else 'flipped at'} {place}"
            told = _told(victim, true, what)
            named += told
            harmless += not told
    return f"{named + harmless} damages: {named} named, {harmless} without effect on any entry"


def _told(path: Path, true: list[str], what: str) -> bool:
    """Whether damage is named; where it is not, every entry has to be there."""
    before = path.stat().st_size
    try:
        faults = list(audit(path).faults)
    except LedgerError as error:
        faults = [str(error)]
    try:
        with Ledger.open(path, author="reader", now=NOW, write=False) as ledger:
            entries = [entry.sha256 for entry in ledger.events()]
    except (LedgerError, OutputError):
        entries = None
    require(entries is None or entries == true, f"{what}: read as if nothing were missing")
    require(bool(faults) or entries is not None, f"{what}: refused, but the audit names nothing")
    refused = entries is None
    try:
        with Ledger.open(path, author="writer", now=NOW + timedelta(days=9)) as ledger:
            entries = [entry.sha256 for entry in ledger.events()]
            require(entries == true, f"{what}: written to as if nothing were missing")
    except (LedgerError, OutputError):
        require(bool(faults), f"{what}: no writer, but the audit names nothing")
    require(before == 0 or path.stat().st_size > 0, f"{what}: started afresh")
    return bool(faults) or refused


def require(fits: bool, told: str) -> None:  # noqa: FBT001 -- as assert
    if not fits:
        raise SystemExit(f"LOST: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("kills", 1000), ("writers", 40), ("flips", 0), ("cuts", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--step", type=int, default=512, help="bytes of room more a try")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", SatqkdWarning)  # of heads that a full disk leaves out
    rng = random.Random(asked.seed)  # noqa: S311 -- no secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def own(part: str) -> Path:
            (folder / part).mkdir()
            return folder / part

        print(all_killed(own("kills"), asked.kills, rng), flush=True)
        print(two_writers(own("two") / "l.sqlite", asked.writers), flush=True)
        told = starved(own("size"), asked.step, file_size, lambda: None)
        print(f"largest file: {told}", flush=True)
        with small_disk(own("mount")) as disk:
            if disk is None:
                print("full disk: no small file system could be mounted here", flush=True)
            else:
                step = max(4096, asked.step)
                told = starved(
                    disk, step, lambda room: filled(disk, room), (disk / "filler").unlink
                )
                print(f"full disk: {told}", flush=True)
        for cut, tries in ((False, asked.flips), (True, asked.cuts)):
            for log in (False, True):
                what = f"{'cut' if cut else 'flipped'}{', killed before' if log else ''}"
                place = own(what.replace(" ", ""))
                told = damaged(place, open_log=log, tries=tries, cut=cut, rng=rng)
                print(f"{what}: {told}", flush=True)


if __name__ == "__main__":
    main()
