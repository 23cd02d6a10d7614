"""How contacts are gathered into key blocks, by a plan and by a study without one: alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.mission import Mission
from satqkd.network.grouped import grouped_in_blocks
from satqkd.network.pooled_keys import Collected, key_by_itself
from satqkd.units import FloatArray, IntArray

ALONE: Final = "pass"
"""How a block gathers that is of one contact."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InBlocks:
    """Usable contacts of a forecast in blocks; arrays of shape (usable contacts,)."""

    bits: FloatArray
    """Key of each alone. [bit]"""
    block: IntArray
    """Its block, counted from 0."""
    kind: IntArray
    """Place in :attr:`collected`; −1 for a contact that is alone in its block."""
    row: IntArray
    """Row there; −1 likewise."""
    collected: tuple[Collected, ...]
    """What was collected of contacts that are in blocks with others."""


def in_blocks(forecast: Forecast) -> InBlocks:
    """Put every usable contact into its block, as the mission's plan would were it to fly all.

    Without deadlines, which cut blocks of a plan, and without contacts flown before the window.

    Parameters
    ----------
    forecast
        All contacts of its satellites: of one kind, passes or those of one pair.
    """
    usable = forecast.yields.usable_s > 0.0
    found = grouped_in_blocks([forecast], [usable], [usable], None)
    alone = np.array([gathers == ALONE for gathers in found.gathers], dtype=np.bool_)
    shared = np.bincount(found.block, minlength=1)[found.block] > 1
    members = found.row[shared]
    row = np.full(found.row.size, -1)
    row[shared] = np.arange(members.size)
    return InBlocks(
        bits=key_by_itself(forecast.yields, rows=found.row, alone=alone[found.block]),
        block=found.block,
        kind=np.where(shared, 0, -1),
        row=row,
        collected=(Collected.of(forecast.yields).take(members),) if members.size else (),
    )


def each_alone(forecast: Forecast) -> InBlocks:
    """Make every usable contact a block."""
    rows = np.flatnonzero(forecast.yields.usable_s > 0.0)
    nowhere = np.full(rows.size, -1)
    return InBlocks(
        bits=forecast.yields.made.bits[rows].astype(np.float64),
        block=np.arange(rows.size),
        kind=nowhere,
        row=nowhere,
        collected=(),
    )


def gathered_by(mission: Mission) -> tuple[str, ...]:
    """Return how contacts of a mission are gathered into key blocks, as ``blocks:`` writes it."""
    spans = {str(mission.block_period(craft)) for craft in range(len(mission.spacecraft))}
    spans |= {str(one.blocks) for one in mission.demands if one.blocks is not None}
    return tuple(sorted(spans))


def pooled_text(manifest: Mapping[str, Any]) -> str:
    """Say how contacts are pooled; empty where each is a block, or nothing is told.

    Parameters
    ----------
    manifest
        What a study kept of itself.

    Examples
    --------
    >>> pooled_text({"plan": True, "blocks": ["week"]})
    'contacts of a satellite and a station are pooled in key blocks by week: those that are planned'
    >>> pooled_text({"plan": False, "blocks": ["pass"]})
    ''
    """
    spans = [one for one in manifest.get("blocks") or () if one != ALONE]
    if not spans:
        return ""
    members = "those that are planned" if manifest.get("plan") else "every usable one"
    return (
        "contacts of a satellite and a station are pooled in key blocks by "
        f"{' and '.join(spans)}: {members}"
    )
