"""Attacks on two-way time transfer, simulated photon by photon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.timing.two_way import delay_s, offset_s
from satqkd.units import BoolArray, FloatArray


class Disturbed(NamedTuple):
    """What an attack does to some photons, shape (trials, events) or broadcast."""

    up_s: FloatArray
    """Delay of the light up. [s]"""
    down_s: FloatArray
    """Delay of the light down. [s]"""
    error: FloatArray
    """Probability that the photon down shows the wrong bit."""


class Attack(Protocol):
    """An attack between the two ends."""

    def disturb(
        self, shape: tuple[int, int], *, qber: float, rng: np.random.Generator
    ) -> Disturbed:
        """Change every photon; ``qber`` is the error fraction without the attack."""
        ...

    def shift_s(self) -> float:
        """Mean by which the offset comes out wrong. [s]"""
        ...

    def qber(self, qber: float) -> float:
        """Error fraction with the attack."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayAttack:
    """Light is delayed without being measured."""

    up_s: float = 0.0
    """How much later the light up arrives. [s]"""
    down_s: float = 0.0
    """How much later the light down arrives. [s]"""

    def __post_init__(self) -> None:
        require_not_negative("up_s", self.up_s)
        require_not_negative("down_s", self.down_s)

    def disturb(
        self, shape: tuple[int, int], *, qber: float, rng: np.random.Generator
    ) -> Disturbed:
        """See :class:`Attack`: every photon alike, and no error more."""
        del shape, rng
        return Disturbed(np.full(1, self.up_s), np.full(1, self.down_s), np.full(1, qber))

    def shift_s(self) -> float:
        """Half of what the ways differ by. [s]

        Derived here: the offset is half the difference of the ways.
        """
        return 0.5 * (self.up_s - self.down_s)

    def qber(self, qber: float) -> float:
        """Error fraction, which a delay leaves unchanged."""
        return qber


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptResend:
    """Photons down are measured in a random basis, and sent again later."""

    share: float = 1.0
    """Share of the photons this happens to."""
    delay_s: float = 0.0
    """How much later those arrive. [s]"""

    def __post_init__(self) -> None:
        require_fraction("share", self.share)
        require_not_negative("delay_s", self.delay_s)

    def disturb(
        self, shape: tuple[int, int], *, qber: float, rng: np.random.Generator
    ) -> Disturbed:
        """See :class:`Attack`: the wrong basis, half of the time, makes the bit random."""
        intercepted = rng.random(shape) < self.share
        wrong = intercepted & (rng.random(shape) < 0.5)
        return Disturbed(
            np.zeros(1), np.where(intercepted, self.delay_s, 0.0), np.where(wrong, 0.5, qber)
        )

    def shift_s(self) -> float:
        """Half of the mean delay, backwards. [s]

        Derived here: the offset is half the difference of the ways.
        """
        return -0.5 * self.share * self.delay_s

    def qber(self, qber: float) -> float:
        """A quarter for those intercepted with perfect optics: half wrong, half of these errors.

        References
        ----------
        .. [1] C. H. Bennett et al., *J. Cryptology* 5, 3 (1992): a quarter of the bits of photons
           that were intercepted are wrong (recalled).
        """
        return (1.0 - 0.5 * self.share) * qber + 0.25 * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A two-way comparison without an attack, and its checks."""

    events: int
    """Time tags each way."""
    jitter_s: float
    """Of one tag down, 1 σ. [s]"""
    return_jitter_s: float
    """Of one tag up, 1 σ. [s]"""
    offset_s: float = 0.0
    """By how much the satellite's clock is truly ahead. [s]"""
    flight_up_s: float = 0.0
    """Time of flight up, known from the orbit. [s]"""
    flight_down_s: float = 0.0
    """Time of flight down, known from the orbit. [s]"""
    qber: float = 0.01
    """Error fraction without an attack."""
    abort_qber: float = 0.11
    """Error fraction that ends the comparison."""
    range_error_m: float = 10.0
    """1 σ of the range that the orbit gives; assumed. [m]"""
    alarm_sigmas: float = 5.0
    """How many σ the measured delay may differ from the orbit's; assumed."""

    def __post_init__(self) -> None:
        if self.events < 1:
            raise NonPhysicalError("events", f"must be at least 1, got {self.events}")
        for name in ("jitter_s", "return_jitter_s", "range_error_m"):
            require_not_negative(name, getattr(self, name))
        require_between("qber", self.qber, 0.0, 0.5)
        require_between("abort_qber", self.abort_qber, 0.0, 0.5)
        require_positive("alarm_sigmas", self.alarm_sigmas)

    @property
    def delay_alarm_s(self) -> float:
        """Difference from the orbit's delay that raises the alarm. [s]

        Derived here: variances of independent errors add, and a mean of n has an nth of the
        variance.
        """
        noise_s = math.hypot(self.jitter_s, self.return_jitter_s) / (2.0 * math.sqrt(self.events))
        return self.alarm_sigmas * math.hypot(noise_s, self.range_error_m / SPEED_OF_LIGHT_M_S)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """Results of the simulated comparisons: arrays of shape (trials,)."""

    offset_s: FloatArray
    """Offset as measured. [s]"""
    delay_s: FloatArray
    """Mean time of flight. [s]"""
    qber: FloatArray
    """Error fraction."""
    aborted: BoolArray
    """Whether the error fraction ends the comparison."""
    delay_alarm: BoolArray
    """Whether the time of flight differs too much from the orbit's."""


def simulate(
    exchange: Exchange, attack: Attack, *, trials: int, rng: np.random.Generator
) -> Outcome:
    """Simulate an attack.

    Parameters
    ----------
    exchange
        What is attacked.
    attack
        The attack.
    trials
        How many comparisons.
    rng
        Random generator; the same seed gives the same outcome.

    Notes
    -----
    The error of the orbit's range, the same for all photons, is drawn once a trial.
    """
    shape = (trials, exchange.events)
    disturbed = attack.disturb(shape, qber=exchange.qber, rng=rng)
    up_s = rng.normal(exchange.flight_up_s, exchange.return_jitter_s, shape) + disturbed.up_s
    down_s = rng.normal(exchange.flight_down_s, exchange.jitter_s, shape) + disturbed.down_s
    qber = np.mean(rng.random(shape) < disturbed.error, axis=1)
    ahead_s = exchange.offset_s
    received_s = np.mean(up_s, axis=1) + ahead_s
    arrival_s = np.mean(down_s, axis=1)
    flown_s = delay_s(0.0, t2_s=received_s, t3_s=ahead_s, t4_s=arrival_s)
    known_s = 0.5 * (exchange.flight_up_s + exchange.flight_down_s)
    orbit_s = known_s + rng.normal(0.0, exchange.range_error_m / SPEED_OF_LIGHT_M_S, trials)
    return Outcome(
        offset_s=offset_s(
            0.0,
            t2_s=received_s,
            t3_s=ahead_s,
            t4_s=arrival_s,
            asymmetry_s=exchange.flight_up_s - exchange.flight_down_s,
        ),
        delay_s=flown_s,
        qber=qber,
        aborted=qber >= exchange.abort_qber,
        delay_alarm=np.abs(flown_s - orbit_s) > exchange.delay_alarm_s,
    )


def hidden_shift_s(exchange: Exchange) -> float:
    """Largest shift of the offset that raises no alarm on average. [s]

    Light can only be delayed, so that an offset shifted by some time lengthens the mean flight by
    at least as much: a known orbit bounds what a plain delay, which leaves the error fraction
    as it was, can do.
    """
    return exchange.delay_alarm_s
