"""Light that arrives over the arms of some contacts, whatever is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from satqkd.clicks.interval_sums import per_interval
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmLight:
    """One way of light, sample by sample; arrays of shape (n,)."""

    transmittance: FloatArray
    """Mean power ratio from the transmitter to the detectors' input."""
    variance: FloatArray
    """Normalised variance of the transmittance: over its mean squared."""
    stray_hz: FloatArray
    """Stray photons before the detectors, over all of them. [Hz]"""

    def take(self, samples: IntArray | slice) -> ArmLight:
        """Return some of the samples."""
        return ArmLight(
            transmittance=self.transmittance[samples],
            variance=self.variance[samples],
            stray_hz=self.stray_hz[samples],
        )

    def scaled(self, factor: npt.ArrayLike) -> ArmLight:
        """Return the arm with ``factor`` times the light; no more than all of it arrives."""
        light = np.minimum(self.transmittance * np.asarray(factor), 1.0)
        return replace(self, transmittance=light)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Light:
    """One or two arms at the same instants, one interval of time after the other.

    ::

        weight_s   ....|.....|...         samples, all of which may carry key
        starts     0   4     9  12        interval i is starts[i]:starts[i + 1]
    """

    arms: tuple[ArmLight, ...]
    weight_s: FloatArray
    """Seconds a sample stands for. [s]"""
    starts: IntArray
    """Offsets of the intervals, one more than there are; an interval may be empty."""

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    @property
    def seconds(self) -> FloatArray:
        """Length of each interval. [s]"""
        return per_interval(self.weight_s, self.starts)

    def take(self, intervals: IntArray) -> Light:
        """Return some of the intervals, in that order."""
        length = np.diff(self.starts)[intervals]
        starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        samples = np.arange(starts[-1]) + np.repeat(self.starts[intervals] - starts[:-1], length)
        return Light(
            arms=tuple(arm.take(samples) for arm in self.arms),
            weight_s=self.weight_s[samples],
            starts=starts,
        )

    def pooled(self, members: Sequence[IntArray]) -> Light:
        """Return intervals that hold all of several of these, one for each of ``members``."""
        every = np.concatenate([np.zeros(0, dtype=np.int64), *members])
        taken = self.take(every)
        ends = np.cumsum([0, *(own.size for own in members)])
        return replace(taken, starts=taken.starts[ends])

    def weighted(self, factor: FloatArray) -> Light:
        """Return intervals so many times as long, one factor an interval."""
        return replace(self, weight_s=self.weight_s * np.repeat(factor, np.diff(self.starts)))

    def divided(self, starts: IntArray) -> Light:
        """Return the same samples in other intervals."""
        return replace(self, starts=starts)

    def dark(self) -> Light:
        """Return the same intervals with stray light alone."""
        return self.scaled(*[0.0] * len(self.arms))

    def scaled(self, *factors: npt.ArrayLike) -> Light:
        """Return more or less light: a factor, or one a sample, for each arm."""
        arms = zip(self.arms, factors, strict=True)
        return replace(self, arms=tuple(arm.scaled(factor) for arm, factor in arms))

    @staticmethod
    def none(arms: int, intervals: int = 0) -> Light:
        """Return empty intervals over some arms."""
        nothing = np.zeros(0)
        arm = ArmLight(transmittance=nothing, variance=nothing, stray_hz=nothing)
        starts = np.zeros(intervals + 1, dtype=np.int64)
        return Light(arms=(arm,) * arms, weight_s=nothing, starts=starts)

    @staticmethod
    def join(parts: Sequence[Light]) -> Light:
        """Put the intervals of several behind each other; at least one is needed."""

        def joined(get: Sequence[FloatArray]) -> FloatArray:
            return np.concatenate(list(get))

        starts, offset = [np.zeros(1, dtype=np.int64)], 0
        for part in parts:
            starts.append(part.starts[1:] - part.starts[0] + offset)
            offset += int(part.starts[-1] - part.starts[0])
        return Light(
            arms=tuple(
                ArmLight(
                    transmittance=joined([part.arms[k].transmittance for part in parts]),
                    variance=joined([part.arms[k].variance for part in parts]),
                    stray_hz=joined([part.arms[k].stray_hz for part in parts]),
                )
                for k in range(len(parts[0].arms))
            ),
            weight_s=joined([part.weight_s for part in parts]),
            starts=np.concatenate(starts),
        )
