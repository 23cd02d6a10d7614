"""What every system that compares two clocks can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy.typing as npt

from satqkd.timing.stated_signal import StatedSignal
from satqkd.units import FloatArray

if TYPE_CHECKING:  # a mission without clocks needs none of them
    from satqkd.timing.arriving import Arriving, KeyLink
    from satqkd.timing.attacks import Exchange
    from satqkd.timing.curve import Curve
    from satqkd.timing.result import TimingResult
    from satqkd.timing.series import TimingSeries


class ClockSystem(Protocol):
    """Compares two clocks by light that goes both ways."""

    @property
    def carrier_m(self) -> float | None:
        """Wavelength of light of its own; None where the key link's is used. [m]"""
        ...

    @property
    def pulses_hz(self) -> float:
        """Pulses sent per second. [Hz]"""
        ...

    @property
    def qber_limit(self) -> float | None:
        """Error fraction that ends a comparison; not applicable to light without one."""
        ...

    def unfit(self, link: KeyLink) -> str | None:
        """Return why the light of a key link is of no use; None where it is."""
        ...

    def way_db(self, range_m: FloatArray, *, link_db: FloatArray) -> FloatArray:
        """Return the loss of each way, shape (n,). [dB]

        Parameters
        ----------
        range_m
            Distance. [m]
        link_db
            Loss of the key link. [dB]
        """
        ...

    def compare(
        self, series: TimingSeries, arriving: Arriving, *, averaging_s: npt.ArrayLike = ...
    ) -> TimingResult:
        """Return the clock comparison of every pass.

        Parameters
        ----------
        series
            Geometry of the passes.
        arriving
            Light along their samples.
        averaging_s
            Averaging times, shape (m,); those of ``AVERAGING_S`` by default. [s]
        """
        ...

    def qber_bound(self, qber: npt.ArrayLike, *, events: npt.ArrayLike) -> FloatArray:
        """Return an upper bound on an error fraction seen on some events; infinite for none."""
        ...

    def require_signal(self, signal: StatedSignal) -> None:
        """Raise :class:`~satqkd.errors.NonPhysicalError` if it does not state what is needed."""
        ...

    def used_of(self, signal: StatedSignal) -> StatedSignal:
        """Return the signal without what the system does not use."""
        ...

    def noise_s(self, signal: StatedSignal, *, tau_s: FloatArray) -> FloatArray:
        """Time deviation from counting photons alone after averaging for ``tau_s`` [s]. [s]"""
        ...

    def curve(self, name: str, signal: StatedSignal, *, tau_s: FloatArray) -> Curve:
        """Return the instability over one contact on which nothing moves.

        Parameters
        ----------
        name
            For people.
        signal
            What arrives.
        tau_s
            Averaging times, shape (m,). [s]
        """
        ...

    def orbit_curves(self, *, tau_s: FloatArray) -> tuple[Curve, ...]:
        """Return the instability over one contact with satellites in orbits it knows; or none."""
        ...

    def exchange(self, signal: StatedSignal, *, time_s: float) -> Exchange | None:
        """Return an honest exchange of so many seconds; None where no error fraction is seen."""
        ...
