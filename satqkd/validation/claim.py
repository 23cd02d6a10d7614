"""How near to a published value satqkd says it comes: one class a kind of nearness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from satqkd.errors import NonPhysicalError, require_finite, require_positive

Value = float | tuple[float, float] | str
"""A number, an interval from low to high, or a word."""

FINEST = 100.0
"""Values and deviations are shown to this fraction of what is claimed."""

DECIBELS = "dB"
"""Unit of figures whose differences stand for ratios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A published value held against ours."""

    within: bool
    published_text: str
    ours_text: str
    deviation: float | None
    deviation_text: str


class Claim(Protocol):
    """A kind of nearness."""

    def judge(self, ours: Value, published: str) -> Verdict:
        """Hold our value against the published one."""
        ...

    def text(self) -> str:
        """Return the claim as people write it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """Within so many units."""

    tolerance: float

    def __post_init__(self) -> None:
        require_positive("abs", self.tolerance)

    def judge(self, ours: Value, published: str) -> Verdict:
        """Return the difference in the figure's unit."""
        mine, theirs = _number(ours), float(published)
        finest = self.tolerance / FINEST
        deviation = mine - theirs
        return Verdict(
            within=abs(deviation) <= self.tolerance,
            published_text=_grouped(published),
            ours_text=number_text(mine, finest),
            deviation=deviation,
            deviation_text=_signed(deviation, finest),
        )

    def text(self) -> str:
        """Return such as ``± 1``."""
        return f"± {self.tolerance:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Within a fraction of the published value; a published 0 has to be met exactly."""

    tolerance: float

    def __post_init__(self) -> None:
        require_positive("rel", self.tolerance)

    def judge(self, ours: Value, published: str) -> Verdict:
        """Return the difference as a fraction of the published value."""
        mine, theirs = _number(ours), float(published)
        finest = self.tolerance / FINEST
        deviation = (mine - theirs) / theirs if theirs else math.copysign(mine != 0.0, mine)
        return Verdict(
            within=abs(deviation) <= self.tolerance,
            published_text=_grouped(published),
            ours_text=number_text(mine, finest * abs(theirs)),
            deviation=deviation,
            deviation_text=_fraction(deviation, finest) if theirs or deviation else "none",
        )

    def text(self) -> str:
        """Return such as ``± 5 %``, or ``± 1e-06`` where that is easier to read."""
        coarse = self.tolerance >= _LEAST_PERCENT
        return f"± {100.0 * self.tolerance:g} %" if coarse else f"± {self.tolerance:g}, relative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Neither more nor less than so many times the published value."""

    factor: float

    def __post_init__(self) -> None:
        require_finite("factor", self.factor)
        if self.factor <= 1.0:
            raise NonPhysicalError("factor", f"must be above 1, got {self.factor:g}")

    def judge(self, ours: Value, published: str) -> Verdict:
        """Return ours over published."""
        mine, theirs = _number(ours), float(published)
        ratio = mine / theirs
        return Verdict(
            within=1.0 / self.factor <= ratio <= self.factor,
            published_text=_grouped(published),
            ours_text=number_text(mine, 1e-3 * abs(theirs)),
            deviation=ratio,
            deviation_text=f"× {ratio:.2f}",
        )

    def text(self) -> str:
        """Return such as ``factor 2``."""
        return f"factor {self.factor:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """Our interval holds the published value, and is no wider than so many times its low end."""

    widest: float
    """Largest ratio of high to low end."""
    unit: str = ""
    """Of the figure: the ends of decibels are told apart by the ratio they stand for."""

    def __post_init__(self) -> None:
        require_finite("contains", self.widest)
        if self.widest <= 1.0:
            raise NonPhysicalError("contains", f"must be above 1, got {self.widest:g}")

    def judge(self, ours: Value, published: str) -> Verdict:
        """Return the ends of the interval over the published value."""
        if not isinstance(ours, tuple):
            raise TypeError(f"an interval is claimed, the check gives {ours!r}")
        (low, high), theirs = ours, float(published)
        finest = 1e-3 * abs(theirs)
        return Verdict(
            within=low <= theirs <= high and width(low, high, unit=self.unit) <= self.widest,
            published_text=_grouped(published),
            ours_text=f"{number_text(low, finest)} to {number_text(high, finest)}",
            deviation=None,
            deviation_text=f"× {low / theirs:.2f} to × {high / theirs:.2f}",
        )

    def text(self) -> str:
        """Return such as ``holds it, at most × 10 wide``."""
        return f"holds it, at most × {self.widest:g} wide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """The same word."""

    def judge(self, ours: Value, published: str) -> Verdict:
        """Say whether the words are the same."""
        same = ours == published
        return Verdict(
            within=same,
            published_text=published,
            ours_text=str(ours),
            deviation=None,
            deviation_text="none" if same else "differs",
        )

    def text(self) -> str:
        """Return ``the same``."""
        return "the same"


def width(low: float, high: float, *, unit: str) -> float:
    """Return the high end of an interval over the low one; infinite from 0 on.

    Decibels are taken for the ratio that their difference stands for.
    """
    if unit == DECIBELS:
        return float(10.0 ** (0.1 * (high - low)))
    return high / low if low > 0.0 else math.inf


def ratio(ours: float, published: float, *, unit: str) -> float | None:
    """Return ours over published, of decibels the ratio they stand for; None over 0."""
    if unit == DECIBELS:
        return float(10.0 ** (0.1 * (ours - published)))
    return ours / published if published else None


_LEAST_PERCENT = 1e-4
"""Smaller fractions are shown as powers of ten."""


def number_text(value: float, finest: float) -> str:
    """Write a number to the decimal place of ``finest``, at least to the unit.

    Examples
    --------
    >>> number_text(4652997.6998, 0.0465), number_text(3526555.4, 1e4), number_text(6.895e-5, 1e-9)
    ('4,652,997.70', '3,526,555', '6.8950e-05')
    """
    if not math.isfinite(value):
        return str(value)
    place = _place(finest)
    if 0.0 < abs(value) < 1e-3:
        digits = max(0, math.floor(math.log10(abs(value))) - place)
        return f"{value:.{digits}e}"
    return f"{value:,.{max(0, -place)}f}"


def _place(finest: float) -> int:
    """Power of ten of the decimal place of ``finest``; the unit's where everything is exact."""
    return math.floor(math.log10(finest) + 1e-9) if finest > 0.0 else 0


def _number(ours: Value) -> float:
    if not isinstance(ours, float):
        raise TypeError(f"a number is claimed, the check gives {ours!r}")
    return ours


def _grouped(published: str) -> str:
    """Put commas between the thousands of a printed number; its decimals stay as printed."""
    whole, point, rest = published.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdecimal() else published


def _signed(deviation: float, finest: float) -> str:
    """Write a difference with its sign to the decimal place of ``finest``, if it reaches that."""
    if not math.isfinite(deviation):
        return f"{deviation:+}"
    step = 10.0 ** _place(finest)
    steps = round(abs(deviation) / step)
    if steps == 0:
        return f"< {step:g}"
    return f"{'+' if deviation > 0 else '-'}{number_text(steps * step, step)}"


def _fraction(deviation: float, finest: float) -> str:
    """Write a relative difference in percent, or as a power of ten where it has to be small."""
    in_percent = finest * FINEST >= _LEAST_PERCENT
    return (
        f"{_signed(100.0 * deviation, 100.0 * finest)} %"
        if in_percent
        else _signed(deviation, finest)
    )
