"""Devices of which some may be malicious: key that is left, shares of it, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from satqkd.key.post_processing.malicious_devices import Communication, MaliciousDevices
from satqkd.report.export.json import strict_json
from satqkd.report.tables.column import Cell, Column

_PURPOSES: Final = {
    "sharing_bits": "modules to units: shares",
    "checking_bits": "among units: copies compared",
    "announcing_bits": "among units: announcements",
    "delivery_bits": "units to user: key",
    "total_bits": "all that travels",
    "random_bits": "random bits needed, not sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesAnswer:
    """What some devices make of the keys of their modules."""

    devices: MaliciousDevices
    """Modules and units, and how many are not trusted."""
    key_bits: int
    """Key of each pair of modules. [bit]"""
    sifted_bits: int
    """Bits each pair hands over, from which its key is made. [bit]"""
    public_bits: int
    """Bits announced for each pair. [bit]"""

    @property
    def summed_bits(self) -> int:
        """Keys of all pairs. [bit]"""
        return self.devices.module_pairs * self.key_bits

    @property
    def pooled_bits(self) -> int:
        """Key that is left of them. [bit]"""
        return int(self.devices.pooled_bits([self.key_bits] * self.devices.module_pairs))

    @property
    def communication(self) -> Communication:
        """Bits that travel inside one end, for all pairs."""
        pairs = self.devices.module_pairs
        return self.devices.communication(
            raw_bits=pairs * self.sifted_bits,
            public_bits=pairs * self.public_bits,
            key_bits=self.pooled_bits,
        )

    @property
    def costs(self) -> dict[str, int]:
        """The same by name. [bit]"""
        told = self.communication
        return {name: int(getattr(told, name)) for name in _PURPOSES}


def devices_lines(answer: DevicesAnswer) -> list[str]:
    """Say who may be corrupted, what is left, and how it is split."""
    devices = answer.devices
    counts = (
        f"{devices.corrupted_pairs} of {devices.module_pairs} pairs of modules and "
        f"{devices.corrupted_units} of {devices.units} units at either end may be corrupted"
    )
    pooled = (
        f"pooled key: {answer.pooled_bits:,} bit, {100.0 * devices.pooled_share:.3g} % of the "
        f"{answer.summed_bits:,} bit of all pairs"
    )
    shares = f"shares each key is split into: {devices.shares}; units that hold each: "
    return [counts, pooled, f"{shares}{devices.copies}"]


SHARE_COLUMNS: Final[tuple[Column[DevicesAnswer], ...]] = (
    Column("share", "", "Number of the share, from 1.",
           lambda answer: [number + 1 for number in range(answer.devices.shares)]),
    Column("held_by", "", "Units that hold it, from 1.",
           lambda answer: [_names(held) for held in _holders(answer)]),
    Column("unknown_to", "", "Units that do not: together they lack this share.",
           lambda answer: [_names(_others(answer, held)) for held in _holders(answer)]),
)  # fmt: skip
"""Who holds what, one row a share."""

COST_COLUMNS: Final[tuple[Column[DevicesAnswer], ...]] = (
    Column("inside_one_end", "", "From whom to whom.", lambda _: list(_PURPOSES.values())),
    Column("bits", "bit", "Bits of all pairs.", lambda answer: list(answer.costs.values())),
)
"""What the shares cost, one row a purpose."""


def devices_json(answer: DevicesAnswer) -> str:
    """Return everything as strict JSON."""
    devices = answer.devices
    return strict_json(
        {
            "module_pairs": devices.module_pairs,
            "corrupted_pairs": devices.corrupted_pairs,
            "units": devices.units,
            "corrupted_units": devices.corrupted_units,
            "key_bits": answer.key_bits,
            "sifted_bits": answer.sifted_bits,
            "public_bits": answer.public_bits,
            "pooled_bits": answer.pooled_bits,
            "pooled_share": devices.pooled_share,
            "shares": devices.shares,
            "copies": devices.copies,
            "holders": _holders(answer),
            "communication": answer.costs,
        }
    )


def _holders(answer: DevicesAnswer) -> list[list[int]]:
    return [[int(unit) + 1 for unit in held] for held in answer.devices.holders]


def _others(answer: DevicesAnswer, held: list[int]) -> list[int]:
    return sorted(set(range(1, answer.devices.units + 1)) - set(held))


def _names(units: list[int]) -> Cell:
    return ", ".join(map(str, units)) or None
