"""Balances against a bookkeeping of another kind: every single bit as a thing of its own.

It shares no code with the ledger: lists of bits in plain dictionaries, taken from the front.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

sys.path.insert(0, str(Path(__file__).parent))

from booked import NOW, made

from satqkd.errors import LedgerError
from satqkd.network.ledger import (
    Banned,
    ContactCancelled,
    ContactCommitted,
    ContactFailed,
    ContactFlown,
    Event,
    KeyDelivered,
    KeyExpired,
    KeyLost,
    KeyRelayed,
    KeyReleased,
    KeyReserved,
    KeyShared,
    KeySpent,
    Ledger,
    Pair,
    Pinned,
    Pool,
    Undone,
    audit,
)

STATIONS = ("A", "B", "C")
PAIRS = (("A", "B"), ("A", "C"), ("B", "C"))
ENDS = {"flown", "failed", "cancelled"}

bits_taken = st.integers(1, 5)
bits_made = st.integers(4, 20)
new_blocks = st.one_of(st.integers(1, 5), st.integers(100, 10**6))
"""Blocks that were made already, and new ones."""
stations = st.sampled_from(STATIONS)
satellites = st.sampled_from(("S", "S", "S", "T"))
pairs = st.sampled_from(PAIRS)
purposes = st.sampled_from(("bank", "school"))
contacts = st.sampled_from(("c1", "c2"))


class Bookkeeping(RuleBasedStateMachine):
    """Whatever is booked in whatever order: what is there, how old, on which blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.hours = 0
        self.boxes: dict[tuple[str, ...], list[tuple[datetime, frozenset[str]]]] = {}
        self.epsilon: dict[str, float] = {}
        self.gone = 0
        self.past: list[tuple[datetime, dict[str, int]]] = []
        self.state: dict[str, str] = {}
        self.wished: dict[int, tuple[str, str]] = {}
        self.count = 0
        self.ledger = self.open()

    def open(self) -> Ledger:
        return Ledger.open(
            self.folder / "l.sqlite", author="test", now=NOW + timedelta(hours=self.hours)
        )

    def teardown(self) -> None:
        self.ledger.close()
        found = audit(self.folder / "l.sqlite")
        assert not found.faults
        assert len(found.entries) == self.count
        shutil.rmtree(self.folder)

    def box(self, *name: str) -> list[tuple[datetime, frozenset[str]]]:
        return self.boxes.setdefault(name, [])

    def book(self, event: Event, *, fits: bool) -> None:
        """Book it, or see it refused with nothing changed."""
        if fits:
            assert self.ledger.append(event).sequence == self.count + 1
            self.count += 1
        else:
            with pytest.raises(LedgerError):
                self.ledger.append(event)

    def move(self, source: tuple[str, ...], bits: int, target: tuple[str, ...] | None) -> None:
        own = self.box(*source)
        moved, self.boxes[source] = own[:bits], own[bits:]
        if target is None:
            self.gone += bits
        else:
            self.box(*target).extend(moved)

    @initialize()
    def begin_with_some(self) -> None:
        """Two blocks a station, of different ages, and some of them at each pair already."""
        for number, station in enumerate(STATIONS):
            self.make("S", station, 20, 1 + number, 40 - number)
            self.make("S", station, 20, 10 + number, 10 + number)
        for pair in PAIRS:
            self.relay("S", pair, 14)
            self.arrive(pair, 8, "way")

    @rule(
        satellite=satellites,
        station=stations,
        bits=bits_made,
        block=new_blocks,
        age=st.integers(0, 50),
    )
    def make(self, satellite: str, station: str, bits: int, block: int, age: int) -> None:
        event = made(
            f"b{block}",
            station,
            bits,
            maker=satellite,
            epsilon=block * 1e-9,
            hours=self.hours - age,
        )
        fits = event.block not in self.epsilon
        self.book(event, fits=fits)
        if fits:
            self.epsilon[event.block] = event.epsilon
            one = (event.made_at, frozenset([event.block]))
            self.box("pool", satellite, station).extend([one] * bits)

    @rule(pair=pairs, bits=bits_made, block=new_blocks)
    def make_together(self, pair: tuple[str, str], bits: int, block: int) -> None:
        event = made(
            f"b{block}", pair[1], bits, partner=pair[0], epsilon=block * 1e-9, hours=self.hours
        )
        fits = event.block not in self.epsilon
        self.book(event, fits=fits)
        if fits:
            self.epsilon[event.block] = event.epsilon
            self.box("joint", *pair).extend([(event.made_at, frozenset([event.block]))] * bits)

    @rule(satellite=satellites, pair=pairs, bits=bits_taken)
    def relay(self, satellite: str, pair: tuple[str, str], bits: int) -> None:
        ends = [self.box("pool", satellite, one) for one in pair]
        fits = all(len(own) >= bits for own in ends)
        self.book(KeyRelayed(satellite=satellite, pair=of(pair), bits=bits), fits=fits)
        if fits:
            both = zip(ends[0][:bits], ends[1][:bits], strict=True)
            self.box("way", *pair).extend(
                (min(one[0], other[0]), one[1] | other[1]) for one, other in both
            )
            for own in ends:
                del own[:bits]
            self.gone += bits

    @rule(pair=pairs, bits=bits_taken, how=st.sampled_from(("way", "joint")))
    def arrive(self, pair: tuple[str, str], bits: int, how: str) -> None:
        fits = len(self.box(how, *pair)) >= bits
        event = (KeyDelivered if how == "way" else KeyShared)(pair=of(pair), bits=bits)
        self.book(event, fits=fits)
        if fits:
            self.move((how, *pair), bits, ("pair", *pair))

    @rule(pair=pairs, bits=bits_taken, purpose=purposes)
    def reserve(self, pair: tuple[str, str], bits: int, purpose: str) -> None:
        fits = len(self.box("pair", *pair)) >= bits
        self.book(KeyReserved(pair=of(pair), bits=bits, purpose=purpose), fits=fits)
        if fits:
            self.move(("pair", *pair), bits, ("aside", *pair, purpose))

    @rule(pair=pairs, bits=bits_taken, purpose=purposes)
    def release(self, pair: tuple[str, str], bits: int, purpose: str) -> None:
        fits = len(self.box("aside", *pair, purpose)) >= bits
        self.book(KeyReleased(pair=of(pair), bits=bits, purpose=purpose), fits=fits)
        if fits:
            self.move(("aside", *pair, purpose), bits, ("pair", *pair))
            self.box("pair", *pair).sort(key=lambda one: one[0])

    @rule(pair=pairs, bits=bits_taken, purpose=st.sampled_from(("", "bank", "school")))
    def spend(self, pair: tuple[str, str], bits: int, purpose: str) -> None:
        aside = min(bits, len(self.box("aside", *pair, purpose)))
        fits = bits - aside <= len(self.box("pair", *pair))
        self.book(KeySpent(pair=of(pair), bits=bits, purpose=purpose), fits=fits)
        if fits:
            self.move(("aside", *pair, purpose), aside, None)
            self.move(("pair", *pair), bits - aside, None)

    @rule(satellite=satellites, station=stations, bits=bits_taken)
    def expire(self, satellite: str, station: str, bits: int) -> None:
        place = Pool(satellite=satellite, station=station)
        fits = len(self.box("pool", satellite, station)) >= bits
        self.book(KeyExpired(place=place, bits=bits, why="old"), fits=fits)
        if fits:
            self.move(("pool", satellite, station), bits, None)

    @rule(pair=pairs, bits=bits_taken, part=st.sampled_from(("pair", "way", "joint")))
    def lose(self, pair: tuple[str, str], bits: int, part: Any) -> None:
        words: Any = {"pair": "held", "way": "on the way", "joint": "joint"}
        fits = len(self.box(part, *pair)) >= bits
        self.book(KeyLost(place=of(pair), bits=bits, part=words[part], why="x"), fits=fits)
        if fits:
            self.move((part, *pair), bits, None)

    @rule(contact=contacts, state=st.sampled_from(("committed", "flown", "failed", "cancelled")))
    def become(self, contact: str, state: str) -> None:
        before = self.state.get(contact)
        fits = (
            before not in ENDS and before != state
            if state != "committed"
            else before in {None, "cancelled"}
        )
        event: dict[str, Event] = {
            "committed": ContactCommitted(contact_key=contact),
            "flown": ContactFlown(contact_key=contact),
            "failed": ContactFailed(contact_key=contact, why="cloud"),
            "cancelled": ContactCancelled(contact_key=contact, why="dome"),
        }
        self.book(event[state], fits=fits)
        if fits:
            self.state[contact] = state

    @rule(contact=contacts, word=st.sampled_from(("pin", "ban")))
    def wish(self, contact: str, word: str) -> None:
        fits = contact not in {key for _, key in self.wished.values()}
        self.book((Pinned if word == "pin" else Banned)(contact_key=contact), fits=fits)
        if fits:
            self.wished[self.count] = (word, contact)

    @rule(back=st.integers(0, 3))
    def undo_a_wish(self, back: int) -> None:
        for sequence in sorted(self.wished, reverse=True)[back:][:1]:
            self.book(Undone(sequence=sequence), fits=True)
            del self.wished[sequence]
            self.book(Undone(sequence=sequence), fits=False)

    @rule()
    def later(self) -> None:
        """Close it, and come again an hour later."""
        self.past.append((NOW + timedelta(hours=self.hours), self.held()))
        self.ledger.close()
        self.hours += 1
        self.ledger = self.open()

    def held(self) -> dict[str, int]:
        return {
            str(of(pair)): sum(
                len(own)
                for name, own in self.boxes.items()
                if name[0] in {"pair", "aside"} and name[1:3] == pair
            )
            for pair in PAIRS
        }

    @invariant()
    def every_place_holds_what_it_should(self) -> None:
        for satellite in ("S", "T"):
            for station in STATIONS:
                self.compare(
                    self.ledger.stock(Pool(satellite=satellite, station=station)),
                    self.box("pool", satellite, station),
                )
        for pair in PAIRS:
            aside = [
                bit
                for name, own in self.boxes.items()
                if name[0] == "aside" and name[1:3] == pair
                for bit in own
            ]
            holding = self.ledger.stock(of(pair))
            self.compare(holding, [*self.box("pair", *pair), *aside])
            assert holding.reserved_bits == len(aside)
            assert holding.on_the_way_bits == len(self.box("way", *pair))
            assert holding.joint_bits == len(self.box("joint", *pair))

    @invariant()
    def states_and_wishes_are_as_booked(self) -> None:
        assert {key: self.ledger.state_of(key) for key in self.state} == self.state
        pins = [key for word, key in self.wished.values() if word == "pin"]
        bans = [key for word, key in self.wished.values() if word == "ban"]
        assert list(self.ledger.pins()) == pins
        assert list(self.ledger.bans()) == bans

    @invariant()
    def the_past_stays(self) -> None:
        for at, held in self.past[-2:]:
            assert {
                str(of(pair)): self.ledger.stock(of(pair), at=at).bits for pair in PAIRS
            } == held

    def compare(self, holding: Any, bits: list[tuple[datetime, frozenset[str]]]) -> None:
        blocks = sorted({block for _, own in bits for block in own})
        assert holding.bits == len(bits)
        assert list(holding.blocks) == blocks
        assert holding.oldest_made_at == min((at for at, _ in bits), default=None)
        assert holding.epsilon == pytest.approx(sum(self.epsilon[one] for one in blocks), rel=1e-12)


def of(pair: tuple[str, str]) -> Pair:
    return Pair(station_a=pair[0], station_b=pair[1])


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
