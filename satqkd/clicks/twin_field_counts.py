"""Clicks of four-intensity twin-field pulses, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.twin_field_clicks import (
    one_click_probability,
    port_click_probabilities,
    slice_share,
)
from satqkd.clicks.two_arms import TwoArms
from satqkd.units import FloatArray

EMPTY: Final = 0
"""Index of the intensity without light."""
WEAK: Final = 1
"""The decoy whose phases are announced."""

_SEEN: Final = (
    *((i, j) for i in (0, 2, 3) for j in (0, 2, 3)),
    (EMPTY, WEAK),
    (WEAK, EMPTY),
)
"""Pairs of intensities whose clicks are counted, by index."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwinFieldCounts:
    """Pulse pairs and one-detector clicks; both transmitters' intensities are empty, x, y, z."""

    pulses: FloatArray
    """Signal pulse pairs sent while slots were kept, shape (blocks,)."""
    intensities: FloatArray
    """Mean photon numbers, shape (4,)."""
    probabilities: FloatArray
    """How often each is sent, shape (4,)."""
    clicks: FloatArray
    """By intensity of the first and of the second transmitter, shape (4, 4, blocks); both x, and x
    with y or z, serve nothing and are 0."""
    slice_pairs: FloatArray
    """Pairs of x whose announced phases agree, shape (blocks,)."""
    slice_errors: FloatArray
    """Clicks of these in the wrong port alone."""


def expected_counts(
    arms: TwoArms,
    *,
    node: InterferingNode,
    intensities: FloatArray,
    probabilities: FloatArray,
    signal_rate_hz: float,
    slice_half_width_rad: float,
) -> TwinFieldCounts:
    """Return the expected counts of every block of ``arms``.

    Parameters
    ----------
    arms
        Both links.
    node
        What receives them.
    intensities, probabilities
        Empty, x, y, z; the same for both transmitters.
    signal_rate_hz
        Signal pulses per second of each transmitter, pauses included. [Hz]
    slice_half_width_rad
        How far the announced phases of an x pair may differ. [rad]

    References
    ----------
    .. [1] X.-B. Wang, Z.-W. Yu and X.-L. Hu, *Phys. Rev. A* 98, 062323 (2018).
    """
    return CountsOfArms(arms, node=node, signal_rate_hz=signal_rate_hz).expected(
        intensities=intensities,
        probabilities=probabilities,
        slice_half_width_rad=slice_half_width_rad,
    )


class CountsOfArms:
    """Counts of the same arms with one setting after the other.

    How often intensities click, and phases come out wrong, is worked out once for all settings
    that share them.
    """

    def __init__(self, arms: TwoArms, *, node: InterferingNode, signal_rate_hz: float) -> None:
        """Take parameters as :func:`expected_counts` does."""
        self._arms, self._node, self._light = arms, node, node.light(arms)
        self._sent = np.asarray(signal_rate_hz * arms.weight_s)
        self._pulses = self._summed(np.ones_like(self._light.light_a))
        self._clicks: dict[tuple[float, float], FloatArray] = {}
        self._wrong: dict[tuple[float, float], FloatArray] = {}

    def expected(
        self, *, intensities: FloatArray, probabilities: FloatArray, slice_half_width_rad: float
    ) -> TwinFieldCounts:
        """Return the expected counts of every block with a setting."""
        clicks = np.zeros((4, 4, len(self._arms)))
        for i, j in _SEEN:
            share = probabilities[i] * probabilities[j]
            clicks[i, j] = share * self._clicked(float(intensities[i]), float(intensities[j]))
        in_slice = probabilities[WEAK] ** 2 * slice_share(slice_half_width_rad)
        wrong = self._came_out_wrong(float(intensities[WEAK]), slice_half_width_rad)
        return TwinFieldCounts(
            pulses=self._pulses,
            intensities=intensities,
            probabilities=probabilities,
            clicks=clicks,
            slice_pairs=in_slice * self._pulses,
            slice_errors=in_slice * wrong,
        )

    def _summed(self, probability: FloatArray) -> FloatArray:
        return per_interval(self._sent * self._light.mean(probability), self._arms.starts)

    def _clicked(self, first: float, second: float) -> FloatArray:
        """Clicks of one detector alone were every pulse of these intensities."""
        found = self._clicks.get((first, second))
        if found is None:
            probability = one_click_probability(
                first * self._light.light_a,
                second * self._light.light_b,
                dark_probability=self._light.dark_probability,
            )
            found = self._clicks[first, second] = self._summed(probability)
        return found

    def _came_out_wrong(self, weak: float, slice_half_width_rad: float) -> FloatArray:
        """Clicks in the wrong port alone were every pulse a weak one of a phase in the slice."""
        found = self._wrong.get((weak, slice_half_width_rad))
        if found is None:
            _, wrong = port_click_probabilities(
                weak * self._light.light_a,
                weak * self._light.light_b,
                dark_probability=self._light.dark_probability,
                misalignment=self._node.misalignment,
                phase_variance_rad2=self._light.phase_variance_rad2,
                slice_half_width_rad=slice_half_width_rad,
            )
            found = self._wrong[weak, slice_half_width_rad] = self._summed(wrong)
        return found


def one_detector_clicks(
    arms: TwoArms,
    *,
    node: InterferingNode,
    intensities: FloatArray,
    probabilities: FloatArray,
    signal_rate_hz: float,
) -> FloatArray:
    """Return all clicks of one detector alone, those that serve nothing too, shape (blocks,).

    By definition: the sum over the intensities of both transmitters; parameters as for
    :func:`expected_counts`.
    """
    light = node.light(arms)
    total = np.zeros_like(light.light_a)
    for mu_a, p_a in zip(intensities.tolist(), probabilities.tolist(), strict=True):
        for mu_b, p_b in zip(intensities.tolist(), probabilities.tolist(), strict=True):
            total = total + p_a * p_b * one_click_probability(
                mu_a * light.light_a, mu_b * light.light_b, dark_probability=light.dark_probability
            )
    return per_interval(signal_rate_hz * arms.weight_s * light.mean(total), arms.starts)
