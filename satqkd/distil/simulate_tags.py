"""Clicks of a simulated block as a receiver's clock would tag them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.distil.clock.nominal import PS_PER_S
from satqkd.distil.records import Received
from satqkd.distil.tags import Tags
from satqkd.errors import require_finite, require_not_negative, require_positive
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A transmitter that flies by on a straight line, and two clocks that do not agree."""

    pulse_rate_hz: float
    """As it is stated. [Hz]"""
    nearest_m: float
    """Smallest distance. [m]"""
    speed_m_s: float
    """Along the line. [m/s]"""
    culmination_s: float
    """When it is nearest, after the first pulse. [s]"""
    clock_offset: float = 0.0
    """How much slower the transmitter's clock runs than the receiver's, relative."""
    start_ps: int = 0
    """When the first pulse was sent, by the receiver's clock. [ps]"""

    def __post_init__(self) -> None:
        require_positive("pulse_rate_hz", self.pulse_rate_hz)
        require_positive("nearest_m", self.nearest_m)
        require_not_negative("speed_m_s", self.speed_m_s)
        for name in ("culmination_s", "clock_offset"):
            require_finite(name, getattr(self, name))

    def arrival_s(self, place: IntArray) -> FloatArray:
        r"""Return when pulses arrive, after :attr:`start_ps`.

        .. math:: (1 + y) \frac{k}{f} + \frac1c \sqrt{d^2 + v^2 (k/f - t_0)^2}

        By definition of the time of flight.

        Parameters
        ----------
        place
            Numbers of pulses :math:`k`, shape (n,).
        """
        sent_s = place / self.pulse_rate_hz
        along_m = self.speed_m_s * (sent_s - self.culmination_s)
        flight_s = np.hypot(self.nearest_m, along_m) / SPEED_OF_LIGHT_M_S
        return np.asarray((1.0 + self.clock_offset) * sent_s + flight_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tagged:
    """Tags, and what no receiver knows of them."""

    tags: Tags
    place: IntArray
    """Pulse that each click came of; −1 for background, shape (n,)."""

    def __repr__(self) -> str:
        return f"Tagged({self.place.size} clicks)"


def tagged(
    bob: Received,
    flight: Flight,
    *,
    jitter_s: float,
    background_hz: float,
    nature: np.random.Generator,
) -> Tagged:
    """Return the clicks of a block as four detectors would tag them.

    Parameters
    ----------
    bob
        Clicks; those of background in his gates are among them.
    flight
        When each arrives.
    jitter_s
        Of each tag, Gaussian, 1 σ. [s]
    background_hz
        More clicks of all detectors together, at any time from the first click to the last. [Hz]
    nature
        Draws jitter and background.
    """
    require_not_negative("jitter_s", jitter_s)
    require_not_negative("background_hz", background_hz)
    clicked = bob.places.numbers()
    time_s = flight.arrival_s(clicked) + nature.normal(0.0, 1.0, clicked.size) * jitter_s
    ends = (float(time_s.min()), float(time_s.max())) if time_s.size else (0.0, 0.0)
    many = int(nature.poisson(background_hz * (ends[1] - ends[0])))
    time_s = np.concatenate([time_s, nature.uniform(*ends, many)])
    detector = 2 * bob.key_basis.unpacked().astype(np.uint8) + bob.bit.unpacked()
    detector = np.concatenate([detector, nature.integers(0, 4, many, dtype=np.uint8)])
    place = np.concatenate([clicked, np.full(many, -1, dtype=np.int64)])
    order = np.argsort(time_s, kind="stable")
    whole_ps = np.rint(time_s[order] * PS_PER_S).astype(np.int64)
    return Tagged(
        tags=Tags(
            time_ps=flight.start_ps + whole_ps,
            detector=detector[order].astype(np.uint8),
            detector_basis=np.array([0, 0, 1, 1], dtype=np.uint8),
            detector_bit=np.array([0, 1, 0, 1], dtype=np.uint8),
        ),
        place=place[order],
    )
