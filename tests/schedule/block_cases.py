"""Random problems of key blocks that are small enough to try every choice; nothing of the planner.

The key of a block is a function of what its contacts collect, in four shapes: a supermodular one,
one that whole bits break now and then, one that poor contacts spoil, and one that has no shape.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from satqkd.schedule.problem import Blocks, Demand, Problem

SHAPES = ("supermodular", "whole bits", "spoilers", "no shape")
STATIONS = 3


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One contact with what it collects; ``partner`` is -1 for one station."""

    satellite: int
    station: int
    partner: int
    start_s: float
    end_s: float
    period: int
    clicks: int
    errors: int
    name: int
    part_of: int = -1
    """Label that parts of a contact share with it; -1 for none."""

    @property
    def of_block(self):
        return (self.satellite, self.station, self.partner, self.period)


def _entropy(share):
    if share <= 0.0:
        return 0.0
    return -share * math.log2(share) - (1.0 - share) * math.log2(1.0 - share)


def key_of(shape, contacts):
    """Key of some contacts as one block, 0 for none. [bit]"""
    if not contacts:
        return 0.0
    clicks = sum(one.clicks for one in contacts)
    if shape == "supermodular":  # a convex function of a sum, 0 at 0
        return float(max(0, clicks * (clicks - 400)))
    if shape == "whole bits":
        return float(max(0, math.floor(0.7 * clicks - 5.0 * math.sqrt(clicks) - 40.0)))
    if shape == "spoilers":
        share = min(0.5, sum(one.errors for one in contacts) / clicks)
        left = 1.0 - 2.2 * _entropy(share)
        return float(max(0, math.floor(left * clicks - 3.0 * math.sqrt(clicks) - 20.0)))
    names = ",".join(str(one.name) for one in sorted(contacts, key=lambda one: one.name))
    return float(max(0, zlib.crc32(names.encode()) % 1500 - 500))


def problem_of_blocks(
    contacts, *, shape="whole bits", demands=(), spare=0.0, gaps=(0.0, 0.0), satellites=2
):
    """The planner's problem; ``demands`` are (a, b, weight, trusted_relay)."""
    places = sorted({one.of_block for one in contacts})

    def keys(groups):
        return np.array(
            [key_of(shape, [contacts[i] for i in part]) for part in groups.as_tuples()], dtype=float
        )

    def column(name, kind):
        return np.array([getattr(one, name) for one in contacts], dtype=kind)

    return Problem(
        satellite=column("satellite", np.int64),
        station=column("station", np.int64),
        partner=column("partner", np.int64),
        start_s=column("start_s", float),
        end_s=column("end_s", float),
        key_bits=np.array([key_of(shape, [one]) for one in contacts], dtype=float),
        satellite_gap_s=np.full(satellites, gaps[0]),
        station_gap_s=np.full(STATIONS, gaps[1]),
        demands=tuple(
            Demand(station_a=a, station_b=b, weight=weight, trusted_relay=relay)
            for a, b, weight, relay in demands
        ),
        spare_weight=spare,
        blocks=Blocks(
            number=np.array([places.index(one.of_block) for one in contacts], dtype=np.int64),
            key_of=keys,
        ),
        part_of=(
            column("part_of", np.int64) if any(one.part_of >= 0 for one in contacts) else None
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A problem in plain values."""

    contacts: tuple[Contact, ...]
    shape: str
    demands: tuple[tuple[int, int, float, bool], ...]
    spare: float
    gaps: tuple[float, float]
    satellites: int

    def problem(self):
        """As the planner gets it."""
        return problem_of_blocks(
            self.contacts,
            shape=self.shape,
            demands=self.demands,
            spare=self.spare,
            gaps=self.gaps,
            satellites=self.satellites,
        )

    @property
    def splitting(self):
        """What whole bits may cost against split ones: half a bit for each satellite."""
        return self.satellites * max([weight for _, _, weight, _ in self.demands], default=0.0)


def random_case(shape, seed):
    """One or two satellites, one to three stations, joint contacts, clashes, spare bits or none."""
    random = np.random.default_rng([SHAPES.index(shape), seed])
    satellites = int(random.integers(1, 3))
    stations = int(random.integers(1, STATIONS + 1))
    periods = int(random.choice([1, 1, 1, 2]))
    contacts = []
    for name in range(int(random.integers(6, 12))):
        joint = stations > 1 and random.random() < 0.2
        ends = random.permutation(stations)[: 2 if joint else 1].tolist()
        start_s = float(random.integers(0, 60))
        clicks = int(random.integers(20, 400))
        share = float(random.choice([0.01, 0.03, 0.07, 0.12]))
        contacts.append(
            Contact(
                satellite=int(random.integers(0, satellites)),
                station=min(ends),
                partner=max(ends) if joint else -1,
                start_s=start_s,
                end_s=start_s + float(random.integers(0, 8)),
                period=int(random.integers(0, periods)),
                clicks=clicks,
                errors=round(share * clicks),
                name=name,
            )
        )
    pairs = [(0, 1), (0, 2), (1, 2)]
    wanted = random.permutation(3)[: int(random.integers(1, 4))].tolist()
    return Case(
        contacts=tuple(contacts),
        shape=shape,
        demands=tuple(
            (*pairs[i], float(random.choice([0.5, 1.0, 3.0])), bool(random.random() < 0.8))
            for i in wanted
        ),
        spare=float(random.choice([0.0, 0.05, 0.6])),
        gaps=(float(random.choice([0.0, 1.5])), float(random.choice([0.0, 3.0]))),
        satellites=satellites,
    )


def clash(one, other, gaps):
    """Whether two contacts share a satellite or a station and do not keep its gap.

    Parts of one contact always do.
    """
    if one.part_of >= 0 and one.part_of == other.part_of:
        return True
    early, late = sorted((one, other), key=lambda c: (c.start_s, c.end_s))
    places = {one.station, one.partner} & {other.station, other.partner} - {-1}
    return any(
        late.start_s < early.end_s + gap or late.start_s == early.start_s
        for shared, gap in ((one.satellite == other.satellite, gaps[0]), (bool(places), gaps[1]))
        if shared
    )


def choices(case):
    """Every set of contacts without a clash, as tuples of indices."""
    count = len(case.contacts)
    against = [
        sum(1 << j for j in range(count) if j != i and clash(one, case.contacts[j], case.gaps))
        for i, one in enumerate(case.contacts)
    ]
    for number in range(1 << count):
        chosen = tuple(i for i in range(count) if number >> i & 1)
        if not any(against[i] & number for i in chosen):
            yield chosen


def vertices(demands):
    """Ways to meet as many limits as there are demands: inverse matrices, and which limits.

    The polytope of deliveries from three pools has a vertex for each; whole pools make its
    coordinates multiples of a half.
    """
    relayed = [(a, b) for a, b, _, relay in demands if relay]
    touches = np.array([[float(s in ends) for ends in relayed] for s in range(STATIONS)])
    limits = np.vstack((touches.reshape(STATIONS, len(relayed)), -np.eye(len(relayed))))
    found = [
        (list(met), np.linalg.inv(limits[list(met)]))
        for met in combinations(range(len(limits)), len(relayed))
        if relayed and abs(np.linalg.det(limits[list(met)])) > 0.5
    ]
    return limits, found


def best_deliveries(pools, demands, spare):
    """What relaying from pools (rows) adds to their spare worth, by trying every vertex."""
    limits, found = vertices(demands)
    gain = np.array([weight - 2.0 * spare for _, _, weight, relay in demands if relay])
    right = np.hstack((pools, np.zeros((len(pools), gain.size))))
    best = np.zeros(len(pools))
    for met, inverse in found:
        bits = np.round(2.0 * right[:, met] @ inverse.T) / 2.0
        inside = np.all(bits @ limits.T <= right, axis=1)
        best = np.where(inside, np.maximum(best, bits @ gain), best)
    return best


def best_worth(case, allowed=lambda _: True, kept=None):
    """Worth of the best choice that is allowed when bits may be split, by trying every one.

    ``kept`` is what each contact is worth beside its key; None for nothing.
    """
    weight = {frozenset((a, b)): w for a, b, w, _ in case.demands}
    known = {}
    rows, pools = [], []
    for chosen in filter(allowed, choices(case)):
        worth = 0.0 if kept is None else sum(kept[i] for i in chosen)
        held = np.zeros((case.satellites, STATIONS))
        blocks = {}
        for i in chosen:
            blocks.setdefault(case.contacts[i].of_block, []).append(i)
        for (satellite, station, partner, _), own in blocks.items():
            if tuple(own) not in known:
                known[tuple(own)] = key_of(case.shape, [case.contacts[i] for i in own])
            bits = known[tuple(own)]
            if partner >= 0:
                worth += weight.get(frozenset((station, partner)), case.spare) * bits
            else:
                held[satellite, station] += bits
        rows.append(worth + case.spare * held.sum())
        pools.append(held)
    relayed = best_deliveries(
        np.concatenate(pools).reshape(-1, STATIONS), case.demands, case.spare
    ).reshape(-1, case.satellites)
    return float((np.array(rows) + relayed.sum(axis=1)).max())
