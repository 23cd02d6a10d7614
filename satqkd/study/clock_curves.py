"""Clocks compared over links that stand still, and their instability against averaging time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from satqkd.errors import SatqkdError
from satqkd.mission.clocks import Clock, StatedSignal
from satqkd.timing.frequency_transfer import ORBITS, FrequencyTransfer
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.nonreciprocity import TimingFloor
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming
from satqkd.timing.stability import mdev_from_tdev
from satqkd.units import FloatArray, transmittance

_SAMPLES = 101
"""Numerical: instants that stand for a contact in which nothing moves."""


Kind = Literal["single-photon", "combs", "frequency-transfer"]
"""What compares the clocks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Instability of a comparison against averaging time; infinite where there is none."""

    name: str
    kind: Kind
    loss_db: float | None
    """Of one way; None where a rate of clicks is stated instead. [dB]"""
    tau_s: FloatArray
    """Averaging times, shape (m,) like all below. [s]"""
    tdev_s: FloatArray
    """Time deviation. [s]"""
    limit_s: FloatArray
    """The same from counting photons alone, without floors and the clocks' own noise. [s]"""
    why_not: str | None
    """Why there is none at any time."""
    orbit: bool = False
    """Whether it is a contact with a satellite in some orbit: its floor is that of the link on the
    ground, and nobody knows its own."""

    @property
    def drawn(self) -> bool:
        """Whether there is any."""
        return bool(np.isfinite(self.tdev_s).any())

    @property
    def mdev(self) -> FloatArray:
        """Modified Allan deviation."""
        return mdev_from_tdev(self.tdev_s, tau_s=self.tau_s)

    @property
    def limit_mdev(self) -> FloatArray:
        """Modified Allan deviation from counting photons alone."""
        return mdev_from_tdev(self.limit_s, tau_s=self.tau_s)


def stated_comparison(clock: Clock, *, averaging_s: npt.ArrayLike = AVERAGING_S) -> TimingResult:
    """Compare clocks over a link that stands still: one contact.

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
    signal, system = _signal(clock), clock.system
    series = _still(signal)
    if isinstance(system, SinglePhotonTiming):
        rate_hz = np.full_like(series.time_s, signal.sifted_rate_hz or 0.0)
        return system.timing(
            series,
            sifted_rate_hz=rate_hz,
            error_rate_hz=signal.qber * rate_hz,
            averaging_s=averaging_s,
        )
    through = np.full_like(series.time_s, float(transmittance(signal.loss_db or 0.0)))
    return _combs(system).timing(series, transmitted=through, averaging_s=averaging_s)


def stated_curve(name: str, clock: Clock, *, tau_s: FloatArray) -> Curve:
    """Instability over a link that stands still, over one contact.

    Parameters
    ----------
    name
        For people.
    clock
        With a stated signal.
    tau_s
        Averaging times, shape (m,). [s]
    """
    signal, system = _signal(clock), clock.system
    if not isinstance(system, SinglePhotonTiming):
        return comb_curve(
            name,
            _combs(system),
            loss_db=signal.loss_db or 0.0,
            contact_s=signal.contact_s,
            tau_s=tau_s,
            kind="frequency-transfer" if isinstance(system, FrequencyTransfer) else "combs",
        )
    limit_s = np.sqrt(system.unit_variance_s2(signal.sifted_rate_hz or 0.0) / tau_s)
    why = stated_comparison(clock).why_not[0]
    held = (tau_s <= signal.contact_s) & (why is None)
    return Curve(
        name=name,
        kind="single-photon",
        loss_db=None,
        tau_s=tau_s,
        tdev_s=np.where(held, np.hypot(limit_s, system.clock.tdev_s(tau_s)), np.inf),
        limit_s=np.where(held, limit_s, np.inf),
        why_not=why,
    )


def orbit_curves(system: FrequencyTransfer, *, tau_s: FloatArray) -> tuple[Curve, ...]:
    """Instability over one contact with a satellite in each of some orbits."""
    return tuple(
        comb_curve(
            f"{name} orbit",
            system.combs,
            loss_db=float(system.loss_db(contact.range_m)),
            contact_s=contact.contact_s,
            tau_s=tau_s,
            kind="frequency-transfer",
            orbit=True,
        )
        for name, contact in ORBITS.items()
    )


def comb_curve(
    name: str,
    combs: CombTransfer,
    *,
    loss_db: float,
    contact_s: float,
    tau_s: FloatArray,
    kind: Kind = "combs",
    orbit: bool = False,
) -> Curve:
    """Instability of combs at some loss [dB], up to the length of a contact [s]."""
    through = transmittance(loss_db)
    bare = replace(combs, piston=TimingFloor(), non_reciprocity=TimingFloor())
    held = (tau_s <= contact_s) & bool(combs.usable(through))
    tdev_s = np.hypot(combs.tdev_s(through, tau_s=tau_s), combs.clock.tdev_s(tau_s))
    why = None
    if not combs.usable(through):
        why = (
            f"light too weak: {float(combs.photons(through)):.3g} effective photons per "
            f"interferogram, {combs.least_photons:g} are needed"
        )
    return Curve(
        name=name,
        kind=kind,
        loss_db=loss_db,
        tau_s=tau_s,
        tdev_s=np.where(held, tdev_s, np.inf),
        limit_s=np.where(held, bare.tdev_s(through, tau_s=tau_s), np.inf),
        why_not=why,
        orbit=orbit,
    )


def _combs(system: CombTransfer | FrequencyTransfer) -> CombTransfer:
    return system.combs if isinstance(system, FrequencyTransfer) else system


def _signal(clock: Clock) -> StatedSignal:
    if clock.stated is None:
        raise SatqkdError(
            "these clocks state no signal of their own\n"
            "  fix: add 'stated:' with its length and loss or sifted rate, or compare them along "
            "passes"
        )
    return clock.stated


def _still(signal: StatedSignal) -> TimingSeries:
    """Return a contact in which nothing moves."""
    time_s = np.linspace(0.0, signal.contact_s, _SAMPLES)
    weight_s = np.full(_SAMPLES, time_s[1])
    weight_s[[0, -1]] *= 0.5
    return TimingSeries(
        starts=np.array([0, _SAMPLES]),
        time_s=time_s,
        weight_s=weight_s,
        range_m=np.full(_SAMPLES, signal.length_m),
        range_rate_m_s=np.zeros(_SAMPLES),
        asymmetry_s=np.zeros(_SAMPLES),
    )
