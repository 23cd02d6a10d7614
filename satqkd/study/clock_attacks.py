"""Attacks on the clocks of a two-way comparison with single photons, simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.mission.clocks import Clock
from satqkd.timing.attacks import (
    Attack,
    DelayAttack,
    Exchange,
    InterceptResend,
    hidden_shift_s,
    simulate,
)

BLOCK_S: Final = 1.0
"""How long an exchange is averaged before it is checked. [s]"""

ATTACKS: Final[tuple[tuple[str, Attack], ...]] = (
    ("nobody", DelayAttack()),
    ("both ways delayed by 1 us", DelayAttack(up_s=1e-6, down_s=1e-6)),
    ("way down delayed by 1 ns", DelayAttack(down_s=1e-9)),
    ("way down delayed by 100 ns", DelayAttack(down_s=100e-9)),
    ("way down delayed by 1 us", DelayAttack(down_s=1e-6)),
    ("way up delayed by 1 us", DelayAttack(up_s=1e-6)),
    ("10 % measured and sent again 10 ns later", InterceptResend(share=0.1, delay_s=10e-9)),
    ("half measured and sent again 10 ns later", InterceptResend(share=0.5, delay_s=10e-9)),
    ("all measured and sent again 10 ns later", InterceptResend(share=1.0, delay_s=10e-9)),
)
"""What is simulated, by its name in tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackOutcome:
    """What an attack changes in the comparison, over many trials."""

    attack: str
    shift_s: float
    """Mean error of the offset. [s]"""
    qber: float
    """Mean error fraction."""
    aborted: float
    """Share of trials that the error fraction ends."""
    delay_alarm: float
    """Share of trials in which the time of flight is not the orbit's."""
    detected: float
    """Share of trials in which either shows the attack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackStudy:
    """Attacks, one after the other, on the same honest exchange."""

    clock: str = ""
    """Name of the clocks, for people."""
    exchange: Exchange
    outcomes: tuple[AttackOutcome, ...]

    @property
    def hidden_shift_s(self) -> float:
        """Largest error of the offset that a plain delay can hide. [s]"""
        return hidden_shift_s(self.exchange)


def attack_study(clock: Clock, *, trials: int, seed: int, name: str = "") -> AttackStudy:
    """Simulate :data:`ATTACKS` on clocks with a stated signal.

    Parameters
    ----------
    clock
        Compared with single photons.
    trials
        How often each attack is simulated.
    seed
        Seed of the random generator; the same seed gives the same study.
    name
        Of the clocks, for people.

    Raises
    ------
    SatqkdError
        If no single photons are compared, or no signal is stated.
    """
    exchange = _exchange(clock)
    rng = np.random.default_rng(seed)
    return AttackStudy(
        clock=name,
        exchange=exchange,
        outcomes=tuple(
            _played(name, attack, exchange, trials=trials, rng=rng) for name, attack in ATTACKS
        ),
    )


def _played(
    name: str, attack: Attack, exchange: Exchange, *, trials: int, rng: np.random.Generator
) -> AttackOutcome:
    seen = simulate(exchange, attack, trials=trials, rng=rng)
    return AttackOutcome(
        attack=name,
        shift_s=float(np.mean(seen.offset_s)) - exchange.offset_s,
        qber=float(np.mean(seen.qber)),
        aborted=float(np.mean(seen.aborted)),
        delay_alarm=float(np.mean(seen.delay_alarm)),
        detected=float(np.mean(seen.aborted | seen.delay_alarm)),
    )


def _exchange(clock: Clock) -> Exchange:
    """Return the honest exchange of :data:`BLOCK_S`."""
    bright = SatqkdError(
        "attacks are simulated on single photons, whose polarisation shows them; these clocks are "
        "compared with bright light\n  fix: name clocks of single-photon-time-transfer"
    )
    if clock.system.qber_limit is None:
        raise bright
    if clock.stated is None:
        raise SatqkdError(
            "these clocks state no signal to attack\n"
            "  fix: add 'stated:' with length, contact, sifted_rate and qber"
        )
    exchange = clock.system.exchange(clock.stated, time_s=BLOCK_S)
    if exchange is None:
        raise bright
    return exchange
