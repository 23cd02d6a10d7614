"""Clicks with times, as a time tagger records them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.timing_gate import gate_share
from satqkd.distil.click_log import Numbered, NumberedClicks, Timing, in_order, taken
from satqkd.distil.clock.gated import Gated, gated
from satqkd.distil.clock.lock import Locked, locked
from satqkd.distil.clock.nominal import PS_PER_S
from satqkd.distil.clock.numbering import Ends, Number, numbered
from satqkd.distil.clock.periodogram import MOST_OFFSET
from satqkd.distil.clock.spread import spread
from satqkd.distil.seen import ClockSeen, Lost, StretchSeen
from satqkd.distil.sent import Labels, Sent, require_same_size
from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.units import IntArray

MOST_S: Final = 86_400
"""Longer logs are refused (a convention): a time of another unit, or one stray click. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tags:
    """Times of clicks, and what each detector reads."""

    time_ps: IntArray
    """By the receiver's clock, not falling; shape (n,). [ps]"""
    detector: Labels
    """Which clicked; shape (n,)."""
    detector_basis: Labels
    """1 where a detector reads the key basis; shape (detectors,)."""
    detector_bit: Labels
    """What its click means; shape (detectors,)."""

    def __post_init__(self) -> None:
        require_same_size(time_ps=self.time_ps, detector=self.detector)
        require_same_size(detector_basis=self.detector_basis, detector_bit=self.detector_bit)
        if np.any(np.diff(self.time_ps) < 0):
            raise NonPhysicalError("time_ps", "must not fall from click to click")
        if self.detector.size and int(self.detector.max()) >= self.detector_basis.size:
            raise NonPhysicalError("detector", "names one that is not described")

    def __repr__(self) -> str:
        return f"Tags({self.time_ps.size} clicks)"

    @property
    def size(self) -> int:
        """How many clicks there are."""
        return self.time_ps.size

    def announced(self) -> tuple[IntArray | Labels, ...]:
        """Return time and basis of each click."""
        return self.time_ps, self.detector_basis[self.detector]

    def numbered(self, sent: Sent, *, pulses: int, timing: Timing) -> Numbered:
        """Recover the transmitter's clock, drop what lies between its gates, find the offset.

        The bits of some clicks are compared for that, as if in public: they are dropped.

        Raises
        ------
        SatqkdError
            Without clicks; where no clock is found, or no stretch's count is certain; for a log of
            more than :data:`MOST_S`.
        """
        seconds = int(self.time_ps[-1] - self.time_ps[0]) / PS_PER_S if self.size else 0.0
        if seconds > MOST_S:
            raise SatqkdError(
                f"the clicks reach over {seconds:.3g} s, and a log over {MOST_S} s at most\n"
                "  fix: check the unit of time_ps (picoseconds), or cut what is no part of the pass"
            )
        found = locked(self.time_ps, rate_hz=timing.pulse_rate_hz)
        if not found.stretches:
            raise SatqkdError(_no_clock(found, self.size, timing.pulse_rate_hz))
        own = [gated(one, self.time_ps, gate_s=timing.gate_s) for one in found.stretches]
        bit, basis = self.detector_bit[self.detector], self.detector_basis[self.detector]
        ends = Ends(bit=bit, basis=basis, sent=sent, pulses=pulses)
        numbers = numbered(own, ends)
        if all(number.why_not for number in numbers):
            raise SatqkdError(_no_number(own, numbers))
        clicks, kept = [], []
        for one, number in zip(own, numbers, strict=True):
            if number.offset is not None and not number.why_not:
                secret = one.secret()
                clicks.append(one.click[secret])
                kept.append(one.number[secret] + number.offset.offset)
        click, pulse = np.concatenate(clicks), np.concatenate(kept)
        whole = NumberedClicks(pulse=pulse, basis=basis[click], bit=bit[click])
        return Numbered(
            clicks=taken(whole, in_order(pulse)),
            lost=_lost(self.size, own, numbers, kept=click.size),
            clock=_clock(own, numbers, timing=timing, origin_ps=int(self.time_ps[0])),
        )


def _lost(clicks: int, own: list[Gated], numbers: list[Number], *, kept: int) -> Lost:
    followed = sum(one.stretch.end - one.stretch.first for one in own)
    outside = sum(one.outside for one in own)
    sure = zip(own, numbers, strict=True)
    unsure = sum(one.click.size for one, number in sure if number.why_not)
    return Lost(
        without_clock=clicks - followed,
        outside_gate=outside,
        without_number=unsure,
        told=followed - outside - unsure - kept,
    )


def _clock(own: list[Gated], numbers: list[Number], *, timing: Timing, origin_ps: int) -> ClockSeen:
    period_s = 1.0 / timing.pulse_rate_hz
    about = spread(sum(one.about for one in own[1:]) + own[0].about)
    inside, outside = sum(one.click.size for one in own), sum(one.outside for one in own)
    return ClockSeen(
        sigma_s=about.sigma * period_s,
        sigma_expected_s=timing.sigma_s,
        light=about.light,
        in_gate=inside / (inside + outside),
        in_gate_expected=gate_share(
            gate_s=timing.gate_s, sigma_s=timing.sigma_s, period_s=period_s
        ),
        stretches=tuple(
            StretchSeen(
                begin_s=(one.stretch.begin_ps - origin_ps) / PS_PER_S,
                end_s=(one.stretch.end_ps - origin_ps) / PS_PER_S,
                clicks=one.click.size,
                outside_gate=one.outside,
                rate_offset=(
                    one.stretch.rate_hz(0) * period_s - 1.0,
                    one.stretch.rate_hz(-1) * period_s - 1.0,
                ),
                offset=number.offset,
                why_not=number.why_not,
            )
            for one, number in zip(own, numbers, strict=True)
        ),
    )


def _no_clock(found: Locked, clicks: int, rate_hz: float) -> str:
    fix = "check pulse_rate_hz and the unit of time_ps (picoseconds), or give clicks with numbers"
    if found.best is None:
        few = f"{clicks} clicks are too few, or too far apart, to find a clock in"
        return f"{few}\n  fix: give more of them, or clicks with numbers"
    return (
        f"no pulse train within {MOST_OFFSET:g} of {rate_hz / 1e6:.9g} MHz is in the clicks: the "
        f"best of all tried has a power of {found.best.power:.1f}, and {found.best.needed:.1f} is "
        f"what chance does not reach\n  fix: {fix}"
    )


def _no_number(own: list[Gated], numbers: list[Number]) -> str:
    at = max(range(len(own)), key=lambda one: own[one].click.size)
    seconds = own[at].stretch.seconds
    return (
        f"the transmitter's clock is found, for {seconds:.3g} s and {own[at].click.size} clicks at "
        f"the longest, but not which of its pulses they came of: {numbers[at].why_not}\n"
        "  fix: check that both records are of the same time and 'pulses' those sent in it, then "
        "bases, bits and pulse_rate_hz"
    )
