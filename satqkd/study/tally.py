"""The usable contacts of a mission, or of some of its satellites: what the figures are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.mission.mission import Mission
from satqkd.network.pooled_keys import Collected, PooledKeys
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.study.gathered import ALONE, InBlocks, each_alone, gathered_by, in_blocks
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Usable contacts, one row each, in the order of satellite, kind, time and station."""

    satellite: IntArray
    station: IntArray
    partner: IntArray
    """Second station of a joint contact; −1 for a pass."""
    at_s: FloatArray
    """Culmination over the first station. [s]"""
    partner_at_s: FloatArray
    """Culmination over the second; as the first for a pass. [s]"""
    month: IntArray
    """Months since January of year 0, UTC, of the culmination over the first."""
    usable_s: FloatArray
    """Usable time. [s]"""
    bits: FloatArray
    """Key of each alone under a clear sky, whole bits. [bit]"""
    block: IntArray
    """Which are distilled together, counted from 0: each is in one block."""
    kind: IntArray
    """Where in :attr:`collected` it is; −1 for a contact that is alone in its block."""
    row: IntArray
    """Which of the rows there; −1 likewise."""
    collected: tuple[Collected, ...]
    """What was collected of contacts that are in blocks with others."""
    columns: Mapping[str, FloatArray]
    """What else is summed, by the column's name."""

    def __len__(self) -> int:
        return int(self.bits.size)

    @property
    def keys(self) -> PooledKeys:
        """What makes key of contacts of one block."""
        return PooledKeys(collected=self.collected, kind=self.kind, row=self.row, bits=self.bits)

    def part(self, rows: slice) -> Tally:
        """Return some of the contacts, whole blocks of them; without columns."""
        some = {name: getattr(self, name)[rows] for name in _PER_CONTACT}
        some["block"] = np.unique(some["block"], return_inverse=True)[1]
        return Tally(collected=self.collected, columns={}, **some)

    @staticmethod
    def join(parts: Sequence[Tally]) -> Tally:
        """Put contacts together, in the one order that there is; at least one part is needed."""
        whole = {
            name: np.concatenate([getattr(one, name) for one in parts]) for name in _PER_CONTACT
        }
        blocks = [int(one.block.max(initial=-1)) + 1 for one in parts]
        kinds = [len(one.collected) for one in parts]
        whole["block"] += _ahead(blocks, parts)
        whole["kind"] += np.where(whole["kind"] < 0, 0, _ahead(kinds, parts))
        order = np.lexsort((
            whole["station"], whole["at_s"], whole["partner"], whole["satellite"],
        ))  # fmt: skip
        columns = {
            name: np.concatenate([one.columns[name] for one in parts])[order]
            for name in parts[0].columns
        }
        return Tally(
            collected=tuple(own for one in parts for own in one.collected),
            columns=columns,
            **{name: one[order] for name, one in whole.items()},
        )


_PER_CONTACT: Final = tuple(f.name for f in fields(Tally) if f.name not in {"collected", "columns"})


def _ahead(counts: Sequence[int], parts: Sequence[Tally]) -> IntArray:
    """Return for each contact how many things the parts before its own have."""
    before = np.cumsum([0, *counts[:-1]])
    return np.repeat(before, [len(one) for one in parts]).astype(np.int64)


def tally_of(
    mission: Mission,
    *,
    satellites: Sequence[int] | None = None,
    columns: Sequence[str] = (),
    draws: Draws | None = None,
) -> Tally:
    """Forecast a mission a chunk at a time, and keep of each usable contact some numbers.

    Contacts of one satellite and the same stations are pooled as the mission's ``blocks:`` says.

    Parameters
    ----------
    mission
        Satellites, stations and window.
    satellites
        Whose contacts, by index, rising; None for all.
    columns
        Of :data:`satqkd.study.measure.COLUMNS`.
    draws
        How often what is not known is drawn for each contact; None where no column needs it.
    """
    chosen = Chosen(
        satellites=range(len(mission.spacecraft)) if satellites is None else satellites,
        stations=range(len(mission.stations)),
        pairs=mission.together,
    )
    if gathered_by(mission) == (ALONE,):
        chunks = stream(mission, chosen, draws=draws)
        return Tally.join([usable_contacts(chunk, columns) for chunk in chunks])
    chunks = stream(mission, chosen, draws=draws, whole=True)
    return Tally.join([usable_contacts(chunk, columns, in_blocks(chunk)) for chunk in chunks])


def usable_contacts(
    chunk: Forecast, columns: Sequence[str], blocks: InBlocks | None = None
) -> Tally:
    """Return those contacts of a forecast of which anything is usable.

    Parameters
    ----------
    chunk
        Contacts.
    columns
        As for :func:`tally_of`.
    blocks
        How they are pooled; None where each is a block.
    """
    rows = np.flatnonzero(chunk.yields.usable_s > 0.0)
    pooled = each_alone(chunk) if blocks is None else blocks
    arms = chunk.contacts.arms
    at_s = arms[0].culmination_s[rows]
    return Tally(
        satellite=chunk.contacts.satellite[rows],
        station=chunk.contacts.stations[0][rows],
        partner=chunk.contacts.partner[rows],
        at_s=at_s,
        partner_at_s=arms[-1].culmination_s[rows],
        month=_months(chunk.timebase, at_s),
        usable_s=chunk.yields.usable_s[rows],
        bits=pooled.bits,
        block=pooled.block,
        kind=pooled.kind,
        row=pooled.row,
        collected=pooled.collected,
        columns={name: _column(chunk, name)[rows] for name in columns},
    )


def _months(timebase: Timebase, seconds: FloatArray) -> IntArray:
    """Return the calendar month of some instants, UTC, counted from January of year 0."""
    texts = timebase.iso(seconds, digits=0)
    return np.array([int(one[:4]) * 12 + int(one[5:7]) - 1 for one in texts], dtype=np.int64)


def month_text(month: int) -> str:
    """Return a month as people read it.

    Examples
    --------
    >>> month_text(2023 * 12 + 2)
    '2023-03'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _column(chunk: Forecast, name: str) -> FloatArray:
    return np.asarray(_COLUMNS[name](chunk), dtype=np.float64)


def _passes(chunk: Forecast) -> PassTable:
    return chunk.contacts.arms[0]


def _finite(values: FloatArray) -> FloatArray:
    """Return numbers, NaN where there are none."""
    return np.asarray(np.where(np.isfinite(values), values, np.nan))


def _expected(chunk: Forecast) -> FloatArray | IntArray:
    found = chunk.yields.made.expected_bits
    return np.full(len(chunk), np.nan) if found is None else found


_COLUMNS: Final[Mapping[str, Callable[[Forecast], FloatArray | IntArray]]] = {
    "secure_bits": lambda chunk: chunk.yields.keys.secure_bits,
    "made_bits": lambda chunk: chunk.yields.made.bits,
    "low_bits": lambda chunk: chunk.yields.made.low_bits,
    "high_bits": lambda chunk: chunk.yields.made.high_bits,
    "expected_bits": _expected,
    "sifted_bits": lambda chunk: chunk.yields.keys.sifted_bits,
    "usable_s": lambda chunk: chunk.yields.usable_s,
    "duration_s": lambda chunk: chunk.contacts.end_s - chunk.contacts.start_s,
    "max_elevation_deg": lambda chunk: _passes(chunk).max_elevation_deg,
    "loss_min_db": lambda chunk: _finite(chunk.yields.light.loss_min_db.sum(axis=0)),
    "loss_mean_db": lambda chunk: _finite(chunk.yields.light.loss_mean_db.sum(axis=0)),
    "clear_probability": lambda chunk: chunk.yields.clear_probability,
}
"""What each column is read from."""
