"""What lies in one place at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Key that a pool or a pair holds."""

    bits: int = 0
    """All of it, what is set aside included. [bit]"""
    reserved_bits: int = 0
    """What of it is set aside for somebody. [bit]"""
    on_the_way_bits: int = 0
    """Beside it what satellites have announced and the pair has not confirmed. [bit]"""
    joint_bits: int = 0
    """Beside it what both stations made together and have not shared yet. [bit]"""
    oldest_made_at: datetime | None = None
    """When the oldest of its blocks was key; None where it holds nothing."""
    epsilon: float = 0.0
    """That any of its key is not secret or not the same on both sides, at the most: the sum over
    the blocks it rests on."""
    blocks: tuple[str, ...] = ()
    """These blocks, in alphabetical order."""

    @property
    def free_bits(self) -> int:
        """What can be spent by anybody. [bit]"""
        return self.bits - self.reserved_bits
