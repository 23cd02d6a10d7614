"""Expected clicks and errors of blocks, by basis and intensity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """What a block of pulses leaves behind after sifting: one row a block.

    Expected numbers, not integers. Columns follow the order of ``intensities``.
    """

    intensities: FloatArray
    """Mean photon numbers, shape (k,) or (blocks, k)."""
    probabilities: FloatArray
    """Sending probabilities, shape (k,) or (blocks, k)."""
    pulses: FloatArray
    """Pulses sent, shape (blocks,)."""
    key_clicks: FloatArray
    """Both sides in the key basis, shape (blocks, k)."""
    key_errors: FloatArray
    """Errors among ``key_clicks``, shape (blocks, k)."""
    check_clicks: FloatArray
    """Both sides in the check basis, shape (blocks, k)."""
    check_errors: FloatArray
    """Errors among ``check_clicks``, shape (blocks, k)."""

    def __len__(self) -> int:
        return int(self.pulses.size)

    @staticmethod
    def join(parts: Sequence[Counts]) -> Counts:
        """Put blocks below each other; absent intensities fill up with zeros.

        For showing and adding up: key is made of each part alone, whose intensities are real.
        """
        width = max((np.shape(part.key_clicks)[1] for part in parts), default=0)

        def column(name: str) -> FloatArray:
            filled = [np.zeros((0, width))]
            for part in parts:
                values = np.broadcast_to(getattr(part, name), part.key_clicks.shape)
                filled.append(np.pad(values, ((0, 0), (0, width - values.shape[1]))))
            return np.concatenate(filled)

        return Counts(
            pulses=np.concatenate([np.zeros(0), *(part.pulses for part in parts)]),
            **{f.name: column(f.name) for f in fields(Counts) if f.name != "pulses"},
        )

    def take(self, index: IntArray) -> Counts:
        """Return the blocks at ``index``, in that order."""
        shape = self.key_clicks.shape
        return Counts(
            **{
                f.name: (
                    self.pulses
                    if f.name == "pulses"
                    else np.broadcast_to(getattr(self, f.name), shape)
                )[index]
                for f in fields(Counts)
            }
        )

    def swapped(self) -> Counts:
        """Exchange the roles of key and check basis."""
        return Counts(
            intensities=self.intensities,
            probabilities=self.probabilities,
            pulses=self.pulses,
            key_clicks=self.check_clicks,
            key_errors=self.check_errors,
            check_clicks=self.key_clicks,
            check_errors=self.key_errors,
        )

    @property
    def qber(self) -> FloatArray:
        """Errors over clicks in both bases together; 0 where nothing clicked; (blocks,)."""
        clicks = (self.key_clicks + self.check_clicks).sum(axis=-1)
        errors = (self.key_errors + self.check_errors).sum(axis=-1)
        return np.asarray(np.divide(errors, clicks, out=np.zeros_like(clicks), where=clicks > 0))
