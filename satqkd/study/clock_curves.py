"""Clocks compared over terrestrial links, and their instability against averaging time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy.typing as npt

from satqkd.errors import SatqkdError
from satqkd.mission.clocks import Clock
from satqkd.timing.arriving import Arriving
from satqkd.timing.curve import Curve
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.stated_signal import StatedSignal
from satqkd.units import FloatArray


def stated_comparison(clock: Clock, *, averaging_s: npt.ArrayLike = AVERAGING_S) -> TimingResult:
    """Compare clocks over the link they state: one contact.

    Parameters
    ----------
    clock
        With a stated signal.
    averaging_s
        Averaging times, shape (m,). [s]

    Raises
    ------
    SatqkdError
        If it has none.
    """
    signal = _signal(clock)
    series = TimingSeries.still(length_m=signal.length_m, contact_s=signal.contact_s)
    arriving = Arriving.of(signal, series.time_s.size)
    return clock.system.compare(series, arriving, averaging_s=averaging_s)


def stated_curve(name: str, clock: Clock, *, tau_s: FloatArray) -> Curve:
    """Instability over the link that clocks state, over one contact.

    Parameters
    ----------
    name
        For people.
    clock
        With a stated signal.
    tau_s
        Averaging times, shape (m,). [s]

    Raises
    ------
    SatqkdError
        If it has none.
    """
    return clock.system.curve(name, _signal(clock), tau_s=tau_s)


def curves_of(clocks: Mapping[str, Clock], *, tau_s: FloatArray) -> tuple[Curve, ...]:
    """Instability of some clocks with stated signals, and of orbits where a system states them."""
    return tuple(
        curve
        for name, clock in clocks.items()
        for curve in (
            stated_curve(name, clock, tau_s=tau_s),
            *clock.system.orbit_curves(tau_s=tau_s),
        )
    )


def _signal(clock: Clock) -> StatedSignal:
    if clock.stated is None:
        raise SatqkdError(
            "these clocks state no signal of their own\n"
            "  fix: add 'stated:' with its length and loss or sifted rate, or compare them along "
            "passes"
        )
    return clock.stated
