"""Expected clicks and errors of blocks, by basis and intensity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from satqkd.clicks.photon_numbers import poissonian_multi_photon
from satqkd.units import FloatArray, IntArray

_ONE_A_BLOCK: Final = frozenset(
    {"pulses", "key_pulses", "check_pulses", "intensity_uncertainty", "detector_mismatch"}
)

_ADDING_UP: Final = (
    "pulses", "key_pulses", "check_pulses",
    "key_clicks", "key_errors", "check_clicks", "check_errors",
)  # fmt: skip


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
    key_pulses: FloatArray | None = None
    """Pulses for which both sides chose the key basis, shape (blocks,); None where not given."""
    check_pulses: FloatArray | None = None
    """Those for which both chose the check basis, shape (blocks,); None where not given."""
    multi_photon: FloatArray | None = None
    """Probability that a pulse holds more than one photon, shape (k,) or (blocks, k); None for
    that of laser light."""
    intensity_uncertainty: FloatArray | None = None
    """How far each intensity may lie from the stated one, relative, shape (blocks,); None where
    they are exact."""
    detector_mismatch: FloatArray | None = None
    """How much less efficient than the best of its basis a detector may be, relative, shape
    (blocks,); None where all are alike."""

    def __len__(self) -> int:
        return int(self.pulses.size)

    @staticmethod
    def join(parts: Sequence[Counts]) -> Counts:
        """Put blocks below each other; absent intensities fill up with zeros.

        For showing and adding up: key is made of each part alone, whose intensities are real.
        Beside single photons the photon numbers of laser light are worked out.
        """
        given = any(part.multi_photon is not None for part in parts)
        width = max((np.shape(part.key_clicks)[1] for part in parts), default=0)

        def column(name: str) -> FloatArray | None:
            one_a_block = name in _ONE_A_BLOCK
            filled = [np.zeros(0 if one_a_block else (0, width))]
            for part in parts:
                values = getattr(part, name)
                if values is None and name == "multi_photon" and given:
                    values = poissonian_multi_photon(part.intensities)
                if values is None:
                    return None
                if not one_a_block:
                    values = np.broadcast_to(values, part.key_clicks.shape)
                    if values.shape[1] < width:
                        values = np.pad(values, ((0, 0), (0, width - values.shape[1])))
                filled.append(values)
            return np.concatenate(filled)

        return Counts(**{f.name: column(f.name) for f in fields(Counts)})  # type: ignore[arg-type]

    def take(self, index: IntArray) -> Counts:
        """Return the blocks at ``index``, in that order."""
        shape = self.key_clicks.shape

        def rows(name: str) -> FloatArray | None:
            values = getattr(self, name)
            if values is None:
                return None
            return np.asarray(
                (values if name in _ONE_A_BLOCK else np.broadcast_to(values, shape))[index]
            )

        return Counts(**{f.name: rows(f.name) for f in fields(Counts)})  # type: ignore[arg-type]

    def weighted(self, factor: FloatArray) -> Counts:
        """Return the counts of blocks so many times as long, one factor a block."""
        grown = {
            name: None if (values := getattr(self, name)) is None else (values.T * factor).T
            for name in _ADDING_UP
        }
        return replace(self, **grown)  # type: ignore[arg-type]

    def swapped(self) -> Counts:
        """Exchange the roles of key and check basis."""
        return replace(
            self,
            key_clicks=self.check_clicks,
            key_errors=self.check_errors,
            check_clicks=self.key_clicks,
            check_errors=self.key_errors,
            key_pulses=self.check_pulses,
            check_pulses=self.key_pulses,
        )

    def times_intensities(self, factors: FloatArray) -> Counts:
        """Return the same clicks of other intensities, by factors of shape (blocks, k).

        Pairs of single photons grow with the square, as their g² stays.
        """
        few = self.multi_photon
        return replace(
            self,
            intensities=self.intensities * factors,
            multi_photon=None if few is None else few * factors**2,
        )

    @property
    def qber(self) -> FloatArray:
        """Errors over clicks in both bases together; 0 where nothing clicked; (blocks,)."""
        clicks = (self.key_clicks + self.check_clicks).sum(axis=-1)
        errors = (self.key_errors + self.check_errors).sum(axis=-1)
        return np.asarray(np.divide(errors, clicks, out=np.zeros_like(clicks), where=clicks > 0))


def mixed_counts(
    lit: Counts, dark: Counts, factor: FloatArray, *, block: IntArray | None = None
) -> Counts:
    """Counts when there is ``factor`` times the light.

    Parameters
    ----------
    lit, dark
        Counts with the light expected and with stray light alone, n rows.
    factor
        Light over that expected, shape (m,).
    block
        Of which row each is, shape (m,); None where m is n, each of its own.
    """

    def row(values: FloatArray) -> FloatArray:
        return values if block is None else values.take(block, axis=0)

    def mix(name: str) -> FloatArray:
        with_light, without = getattr(lit, name), getattr(dark, name)
        mixed = row(with_light - without)
        mixed *= factor[:, np.newaxis]
        mixed += row(without)
        return mixed

    def known(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else row(values)

    return Counts(
        intensities=lit.intensities,
        probabilities=lit.probabilities,
        pulses=row(lit.pulses),
        key_clicks=mix("key_clicks"),
        key_errors=mix("key_errors"),
        check_clicks=mix("check_clicks"),
        check_errors=mix("check_errors"),
        key_pulses=known(lit.key_pulses),
        check_pulses=known(lit.check_pulses),
        multi_photon=lit.multi_photon,
        intensity_uncertainty=known(lit.intensity_uncertainty),
        detector_mismatch=known(lit.detector_mismatch),
    )
