"""The scheduling problem and its answer, as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from satqkd.errors import NonPhysicalError, require_not_negative
from satqkd.schedule.demand import Demand, check_priorities
from satqkd.schedule.groups import Groups
from satqkd.schedule.rules import Rule
from satqkd.units import BoolArray, FloatArray, IntArray

KeyOf = Callable[[Groups], FloatArray]
"""Key of each group of contacts as one block, 0 for a group of none. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Which contacts are distilled together, and the key they make as one."""

    number: IntArray
    """Block of each contact, counted from 0: of contacts with the same satellite and stations."""
    key_of: KeyOf
    """Key of contacts of one block: of more contacts usually more than the sum of each. [bit]"""
    dear: BoolArray | None = None
    """Blocks whose keys take long to work out, shape (blocks,): fewer subsets are looked up; None
    for none."""

    def __len__(self) -> int:
        return int(self.number.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Contacts that could be scheduled, and what their keys are worth.

    A block of contacts of a satellite and one station fills their pool. A block of joint contacts
    of a satellite and two stations gives these a key of which the satellite holds no copy.

    A contact may be given beside parts of it, each as a contact of its own (``part_of``).

    A contact occupies its satellite from ``start_s`` up to, not including, ``end_s`` plus that
    satellite's gap, and each of its stations likewise; two contacts of one resource clash when
    these intervals overlap. Touching is no clash. A contact without length still occupies its
    start.
    """

    satellite: IntArray
    """Index of the satellite of each contact."""
    station: IntArray
    """Index of the station of each contact; of the first one of a joint contact."""
    start_s: FloatArray
    """First usable second. [s]"""
    end_s: FloatArray
    """Last usable second. [s]"""
    key_bits: FloatArray
    """Key of the contact as a block of its own. [bit]"""
    satellite_gap_s: FloatArray
    """Slew time each satellite needs between contacts. [s]"""
    station_gap_s: FloatArray
    """Set-up time each station needs between contacts. [s]"""
    demands: tuple[Demand, ...]
    """Pairs of stations, none twice."""
    spare_weight: float
    """Worth of a bit that stays in a pool, against 1 for a delivered bit of weight 1."""
    partner: IntArray
    """Index of the second station of each joint contact, -1 for the others."""
    blocks: Blocks | None = None
    """Which contacts are distilled together; None where each is a block of its own."""
    ready_s: FloatArray | None = None
    """When the clicks of each contact can be key, shape (n,); None for its end. [s]"""
    rules: tuple[Rule, ...] = ()
    """What contacts may use together, beside clashes."""
    pinned: BoolArray | None = None
    """Contacts that are scheduled in any case, free of clashes and within the rules, shape (n,);
    None for none."""
    part_of: IntArray | None = None
    """Label of the contact that each is a part of, or is; of one label one at most is scheduled.
    None where all are whole."""
    stock_bits: FloatArray | None = None
    """Key that each pool holds at the beginning, at satellite · stations + station; None for
    none. [bit]"""
    opening: BoolArray | None = None
    """Contacts that are flown already, whose counts are members of blocks: they occupy nothing,
    shape (n,); None for none."""
    kept_bits: FloatArray | None = None
    """Worth of scheduling a contact again, beside its key: what it would cost to change it; shape
    (n,), None for nothing. [bit]"""
    memory_bits: FloatArray | None = None
    """Most key that each satellite can hold which it has not relayed yet, shape (satellites,),
    infinite for any; None where none has a limit. [bit]"""
    window_s: tuple[float, float] = (0.0, 0.0)
    """Beginning and end: stock is as old as if it were made at the beginning, and spare key that
    is too old for every pair at the end is lost. Read where ages or memories have limits. [s]"""
    terminals: IntArray | None = None
    """How many contacts each station can serve at once, shape (stations,); None for one. Of more
    than one ``rules`` say so in place of clashes."""
    apart_s: FloatArray | None = None
    """The first of all deadlines between which no block becomes key, as :meth:`with_few_deadlines`
    finds them; None where all deadlines count. [s]"""

    def __post_init__(self) -> None:
        require_not_negative("spare_weight", self.spare_weight)
        columns = ("satellite", "station", "start_s", "end_s", "key_bits", "partner")
        if len({getattr(self, name).shape for name in columns}) != 1:
            raise NonPhysicalError("start_s", f"must be as long as each of {', '.join(columns)}")
        for name in ("start_s", "end_s", "key_bits", "satellite_gap_s", "station_gap_s"):
            if not np.all(np.isfinite(getattr(self, name))):
                raise NonPhysicalError(name, "must hold finite numbers only")
        for name in ("key_bits", "satellite_gap_s", "station_gap_s"):
            if np.any(getattr(self, name) < 0):
                raise NonPhysicalError(name, "must not be negative")
        if self.kept_bits is not None and not np.all(self.kept_bits >= 0.0):
            raise NonPhysicalError("kept_bits", "must not be negative")
        if np.any(self.end_s < self.start_s):
            raise NonPhysicalError("end_s", "must not lie before start_s")
        self._check_indices()
        self._check_blocks()

    def _check_indices(self) -> None:
        stations = self.station_gap_s.size
        for name, index, size in (
            ("satellite", self.satellite, self.satellite_gap_s.size),
            ("station", self.station, stations),
        ):
            if np.any((index < 0) | (index >= size)):
                raise NonPhysicalError(name, f"must hold indices below {size}")
        if np.any((self.partner < -1) | (self.partner >= stations)):
            raise NonPhysicalError("partner", f"must hold -1 or indices below {stations}")
        if np.any(self.partner == self.station):
            raise NonPhysicalError("partner", "must be another station than the first")
        pairs = [frozenset((demand.station_a, demand.station_b)) for demand in self.demands]
        if any(not 0 <= station < stations for pair in pairs for station in pair):
            raise NonPhysicalError("demands", f"must name stations by indices below {stations}")
        if len(set(pairs)) < len(pairs):
            raise NonPhysicalError("demands", "must not name a pair of stations twice")
        check_priorities(self.demands)
        if self.memory_bits is not None and (
            self.memory_bits.shape != self.satellite_gap_s.shape or np.any(self.memory_bits < 1.0)
        ):
            raise NonPhysicalError("memory_bits", "must hold 1 bit or more for each satellite")

    def _check_blocks(self) -> None:
        if self.blocks is None:
            return
        number = self.blocks.number
        if number.shape != self.start_s.shape:
            raise NonPhysicalError("blocks", "must hold one number for each contact")
        if np.unique(number).size != len(self.blocks) or np.any(number < 0):
            raise NonPhysicalError("blocks", "must be counted from 0, none without a contact")
        for name in ("satellite", "station", "partner"):
            column = getattr(self, name)
            if np.any(column != column[self.first_of_block][number]):
                raise NonPhysicalError("blocks", f"must hold contacts of one {name} only")

    def __len__(self) -> int:
        return int(self.start_s.size)

    @property
    def block(self) -> IntArray:
        """Block of each contact."""
        return np.arange(len(self)) if self.blocks is None else self.blocks.number

    @property
    def first_of_block(self) -> IntArray:
        """First contact of each block, which tells its satellite and stations."""
        return np.unique(self.block, return_index=True)[1].astype(np.int64)

    def part(self, contacts: IntArray) -> Problem:
        """Return the problem of some contacts, and of their satellites alone.

        Parameters
        ----------
        contacts
            Indices, rising.
        """
        own, satellite = np.unique(self.satellite[contacts], return_inverse=True)
        blocks = self.blocks
        if blocks is not None:
            number = np.unique(blocks.number[contacts], return_inverse=True)[1]
            key_of = blocks.key_of
            blocks = Blocks(
                number=number.astype(np.int64),
                dear=None
                if blocks.dear is None
                else blocks.dear[np.unique(blocks.number[contacts])],
                key_of=lambda groups: key_of(
                    Groups(starts=groups.starts, members=contacts[groups.members])
                ),
            )
        return replace(
            self,
            satellite=satellite.astype(np.int64),
            station=self.station[contacts],
            partner=self.partner[contacts],
            start_s=self.start_s[contacts],
            end_s=self.end_s[contacts],
            key_bits=self.key_bits[contacts],
            satellite_gap_s=self.satellite_gap_s[own],
            blocks=blocks,
            ready_s=None if self.ready_s is None else self.ready_s[contacts],
            rules=tuple(rule for one in self.rules if (rule := one.part(contacts)).contacts.size),
            pinned=None if self.pinned is None else self.pinned[contacts],
            part_of=None if self.part_of is None else self.part_of[contacts],
            opening=None if self.opening is None else self.opening[contacts],
            kept_bits=None if self.kept_bits is None else self.kept_bits[contacts],
            memory_bits=None if self.memory_bits is None else self.memory_bits[own],
            stock_bits=None
            if self.stock_bits is None
            else self.stock_bits.reshape(-1, self.station_gap_s.size)[own].ravel(),
        )

    def key_of(self, groups: Groups) -> FloatArray:
        """Key of each group of contacts of one block; of no contact 0. [bit]"""
        if self.blocks is None:
            return groups.sums(self.key_bits)
        return self.blocks.key_of(groups)

    @property
    def waits_freely(self) -> bool:
        """Whether key waits for its relay however long, and however much of it."""
        ages = all(math.isinf(demand.max_age_s) for demand in self.demands)
        return ages and (self.memory_bits is None or bool(np.isinf(self.memory_bits).all()))

    def waiting_freely(self) -> Problem:
        """Return the same problem with key that waits however long: no plan of it is worth less."""
        if self.waits_freely:
            return self
        demands = tuple(replace(demand, max_age_s=math.inf) for demand in self.demands)
        return replace(self, demands=demands, memory_bits=None)

    @property
    def key_s(self) -> FloatArray:
        """When the clicks of each contact can be key, shape (n,). [s]"""
        return self.end_s if self.ready_s is None else self.ready_s

    @property
    def occupies(self) -> BoolArray:
        """Contacts that occupy their satellite and stations: all that are yet to be flown."""
        return np.ones(len(self), dtype=np.bool_) if self.opening is None else ~self.opening

    @property
    def in_any_case(self) -> BoolArray:
        """Contacts that are scheduled whatever they bring."""
        return np.zeros(len(self), dtype=np.bool_) if self.pinned is None else self.pinned

    @property
    def keeping_bits(self) -> FloatArray:
        """Worth of scheduling each contact, beside its key. [bit]"""
        return np.zeros(len(self)) if self.kept_bits is None else self.kept_bits

    @property
    def deadlines_s(self) -> FloatArray:
        """When demands want their key, or an amount of it, each time once, rising; then infinity.

        Of those that are alike the first one. [s]
        """
        if self.apart_s is not None:
            return self.apart_s
        amounts = [one.by_s for demand in self.demands for one in demand.milestones]
        return np.unique([math.inf, *(demand.by_s for demand in self.demands), *amounts])

    def phase_at(self, by_s: Iterable[float]) -> IntArray:
        """Which of the deadlines some instants are. [s]"""
        instants = np.array(list(by_s), dtype=np.float64)
        return np.searchsorted(self.deadlines_s, instants, side="right").astype(np.int64) - 1

    @property
    def phase_of_demand(self) -> IntArray:
        """Which of the deadlines each demand has."""
        return self.phase_at(demand.by_s for demand in self.demands)

    @property
    def phases_of_demands(self) -> tuple[IntArray, ...]:
        """Which of the deadlines each demand and its milestones have, rising."""
        return tuple(
            np.unique(self.phase_at([*(one.by_s for one in demand.milestones), demand.by_s]))
            for demand in self.demands
        )

    @property
    def phase_of_block(self) -> IntArray:
        """First of the deadlines by which each block is key, with whichever of its contacts."""
        last = np.full(self.first_of_block.size, -math.inf)
        np.maximum.at(last, self.block, self.key_s)
        return np.searchsorted(self.deadlines_s, last)

    def with_few_deadlines(self) -> Problem:
        """Return the same problem with deadlines taken for one where no block is key between."""
        every = replace(self, apart_s=None)
        deadlines = every.deadlines_s
        first = np.unique(np.concatenate(([0], every.phase_of_block)))
        return replace(self, apart_s=deadlines[first[first < deadlines.size]])

    def block_bits(self, chosen: BoolArray) -> FloatArray:
        """Key of every block of which ``chosen`` are the members; shape (blocks,). [bit]"""
        members = np.flatnonzero(chosen)
        if self.blocks is None:
            return np.where(chosen, self.key_bits, 0.0)
        bits = np.zeros(len(self.blocks))
        own = self.blocks.number[members]
        bits[np.unique(own)] = self.blocks.key_of(Groups.by(own, members))
        return bits

    @property
    def joint(self) -> BoolArray:
        """Which contacts are joint ones."""
        return np.asarray(self.partner >= 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Key that one satellite relays between two stations: the XOR of two pools."""

    satellite: int
    """Index of the relaying satellite."""
    demand: int
    """Index of the demand served."""
    bits: int
    """Bits both stations end up sharing; taken from either pool. [bit]"""
    by_s: float = math.inf
    """When it is made at the latest; infinite for the end, or the deadline of the demand. [s]"""
    block_a: int | None = None
    """Block of the first station that it is taken from, -1 for stock; None where it is any, as key
    waits for its relay however long."""
    block_b: int | None = None
    """The same at the second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Contacts chosen and keys routed, with how near to the best that is."""

    chosen: BoolArray
    """Which contacts are scheduled."""
    deliveries: tuple[Delivery, ...]
    """Keys delivered, largest first, none of 0 bits."""
    objective: float
    """Weighted bits of this solution, recomputed from ``chosen`` and ``deliveries``. [bit]"""
    bound: float
    """No solution can be worth more, also when bits could be split. [bit]"""
    status: str
    """``optimal``, ``within the gap asked for``, ``not proven``, ``stopped`` or ``nothing to
    schedule``; of plans made from several ``fair`` or ``chosen for the weather``.

    ``optimal`` means that the bound is reached to a millionth, apart from the fractions of a bit
    that whole bits cost; ``within the gap asked for`` that it is not, but what was asked for is;
    ``stopped`` that Ctrl-C ended the search.
    """
    sampled: bool = False
    """Whether the bound rests on a sample: some block is too large for all its subsets to be
    known."""

    @property
    def gap(self) -> float:
        """Relative distance to the bound: (bound − objective) / max(bound, 1)."""
        return max(0.0, self.bound - self.objective) / max(self.bound, 1.0)
