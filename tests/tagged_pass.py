"""A pass of which every click is known, tagged by a receiver that knows none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.detector import Detector
from satqkd.clicks.source import DecoySource
from satqkd.distil.click_log import ClickLog
from satqkd.distil.expected import Expected
from satqkd.distil.sent import EverySent, Labels, SomeSent
from satqkd.distil.simulate import Simulated, simulated
from satqkd.distil.simulate_tags import Flight, Tagged, tagged


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedPass:
    """What is flown; 10 kHz of clicks at 100 MHz unless something else is said."""

    rate_hz: float = 1e8
    clicks_hz: float = 1e4
    seconds: float = 6.0
    shape: tuple[float, ...] = (1.0,)
    """Clicks over ``clicks_hz`` in stretches of equal length; 0 is a cloud."""
    background_hz: float = 5e3
    jitter_s: float = 350e-12
    gate_s: float = 2e-9
    culmination_s: float = 3.0
    nearest_m: float = 500e3
    clock_offset: float = 1e-5
    start_ps: int = 5 * 10**15
    seed: int = 11

    @property
    def flight(self) -> Flight:
        return Flight(
            pulse_rate_hz=self.rate_hz,
            nearest_m=self.nearest_m,
            speed_m_s=7_600.0,
            culmination_s=self.culmination_s,
            clock_offset=self.clock_offset,
            start_ps=self.start_ps,
        )

    @property
    def detector(self) -> Detector:
        return Detector(
            efficiency=0.5, dark_rate_hz=100.0, gate_s=self.gate_s, jitter_s=self.jitter_s
        )

    @property
    def source(self) -> DecoySource:
        return DecoySource(
            pulse_rate_hz=self.rate_hz,
            intensities=(0.5, 0.1, 0.0),
            probabilities=(0.7, 0.2, 0.1),
            p_key_basis=0.5,
            intrinsic_error=0.01,
        )

    def flown(self) -> tuple[Simulated, Tagged]:
        click = np.array(self.shape) * (self.clicks_hz / self.rate_hz)
        clicks = np.array([1.3 * click, 0.4 * click, 0.1 * click])
        expected = Expected(
            seconds=np.full(click.size, self.seconds / click.size),
            pulse_rate_hz=self.rate_hz,
            probability=np.array(self.source.probabilities),
            click=clicks,
            error=0.02 * clicks,
            sent_in_key_basis=0.5,
            read_in_key_basis=0.5,
        )
        nature = np.random.default_rng(self.seed)
        made = simulated(expected, nature)
        tags = tagged(
            made.bob,
            self.flight,
            jitter_s=self.jitter_s,
            background_hz=self.background_hz,
            nature=nature,
        )
        return made, tags

    def log(self, made: Simulated, tags: Tagged) -> ClickLog:
        return ClickLog(
            received=tags.tags, sent=some_sent(made), pulses=made.pulses, pulse_rate_hz=self.rate_hz
        )


def some_sent(made: Simulated) -> SomeSent:
    """Alice's record of the pulses that clicked."""
    bit, basis, intensity = _labels(made)
    return SomeSent(pulse=made.alice.places.numbers(), bit=bit, basis=basis, intensity=intensity)


def every_sent(made: Simulated, nature: np.random.Generator) -> EverySent:
    """Alice's record of every pulse: what clicked, and chance."""
    every = [nature.integers(0, most, made.pulses, dtype=np.uint8) for most in (2, 2, 3)]
    for column, own in zip(every, _labels(made), strict=True):
        column[made.alice.places.numbers()] = own
    return EverySent(bit=every[0], basis=every[1], intensity=every[2])


def _labels(made: Simulated) -> tuple[Labels, Labels, Labels]:
    alice = made.alice
    which = sum(at * own.unpacked().astype(np.uint8) for at, own in enumerate(alice.intensity))
    bit, basis = (own.unpacked().astype(np.uint8) for own in (alice.bit, alice.key_basis))
    return bit, basis, np.asarray(which, dtype=np.uint8)
