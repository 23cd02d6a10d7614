"""Optical frequencies compared over satellites in low, medium and geostationary orbit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.errors import require_not_negative, require_positive
from satqkd.link.beam.beams import diffraction_divergence_rad, gaussian_loss_db
from satqkd.timing.arriving import Arriving, KeyLink
from satqkd.timing.attacks import Exchange
from satqkd.timing.curve import Curve, Published, PublishedPoint
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.stated_signal import StatedSignal
from satqkd.units import FloatArray, transmittance

BRIGHTEST_RATIO: Final = 1.12
"""Aperture over 1/e² beam diameter with the brightest far field; B. J. Klein and J. J. Degnan,
*Appl. Opt.* 13, 2134 (1974)."""

PUBLISHED: Final = Published(
    points=(PublishedPoint(what="16 km, 70 dB, 1e-18 (Optica 8, 471)", tau_s=8e3, mdev=1e-18),)
)
"""From the abstract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How far a satellite is, and for how long it can be seen."""

    range_m: float
    """Distance. [m]"""
    contact_s: float
    """Longest unbroken sight; infinite for one that stands still. [s]"""

    def __post_init__(self) -> None:
        require_positive("range_m", self.range_m)
        if self.contact_s != math.inf:
            require_positive("contact_s", self.contact_s)


ORBITS: Final[Mapping[str, Contact]] = MappingProxyType(
    {
        "low": Contact(range_m=1.0e6, contact_s=400.0),
        "medium": Contact(range_m=2.0e7, contact_s=1.8e4),
        "geostationary": Contact(range_m=3.6e7, contact_s=math.inf),
    }
)
"""Three orbits; distances of a satellite in the zenith, contacts assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyTransfer:
    """Combs at both ends of a link whose diffraction is its geometry's.

    References
    ----------
    .. [1] Q. Shen et al., "Experimental simulation of time and frequency transfer via an optical
       satellite–ground link at 10⁻¹⁸ instability", *Optica* 8, 471 (2021), arXiv:2003.08322: up to
       70 dB, 1e-18 at 8000 s over 16 km.
    """

    combs: CombTransfer
    """Both ends."""
    tx_aperture_m: float
    """Clear diameter of the transmitter's telescope. [m]"""
    rx_aperture_m: float
    """Clear diameter of the receiver's telescope. [m]"""
    other_loss_db: float
    """Optics, pointing, atmosphere and coupling into a single-mode fibre. [dB]"""

    def __post_init__(self) -> None:
        require_positive("tx_aperture_m", self.tx_aperture_m)
        require_positive("rx_aperture_m", self.rx_aperture_m)
        require_not_negative("other_loss_db", self.other_loss_db)

    def loss_db(self, range_m: npt.ArrayLike) -> FloatArray:
        """Loss of one way at some distances [m], diffraction included. [dB]"""
        spread_db = diffraction_loss_db(
            range_m,
            tx_aperture_m=self.tx_aperture_m,
            rx_aperture_m=self.rx_aperture_m,
            wavelength_m=self.combs.wavelength_m,
        )
        return np.asarray(spread_db + self.other_loss_db)

    @property
    def carrier_m(self) -> float | None:
        """Wavelength of the combs. [m]"""
        return self.combs.carrier_m

    @property
    def pulses_hz(self) -> float:
        """Pulses sent per second. [Hz]"""
        return self.combs.pulses_hz

    @property
    def qber_limit(self) -> float | None:
        """Not applicable: bright light shows no errors."""
        return None

    def unfit(self, link: KeyLink) -> str | None:
        """Return None: the telescopes are its own."""
        del link
        return None

    def way_db(self, range_m: FloatArray, *, link_db: FloatArray) -> FloatArray:
        """Return the loss between its own telescopes. [dB]"""
        del link_db
        return self.loss_db(range_m)

    def compare(
        self, series: TimingSeries, arriving: Arriving, *, averaging_s: npt.ArrayLike = AVERAGING_S
    ) -> TimingResult:
        """Return the clock comparison of every pass, as its combs do."""
        return self.combs.compare(series, arriving, averaging_s=averaging_s)

    def qber_bound(self, qber: npt.ArrayLike, *, events: npt.ArrayLike) -> FloatArray:
        """Return infinity: no errors are seen."""
        return self.combs.qber_bound(qber, events=events)

    def require_signal(self, signal: StatedSignal) -> None:
        """Raise :class:`~satqkd.errors.NonPhysicalError` without a loss."""
        self.combs.require_signal(signal)

    def used_of(self, signal: StatedSignal) -> StatedSignal:
        """Return the signal without clicks."""
        return self.combs.used_of(signal)

    def noise_s(self, signal: StatedSignal, *, tau_s: FloatArray) -> FloatArray:
        """Time deviation from counting photons alone. [s]"""
        return self.combs.noise_s(signal, tau_s=tau_s)

    def curve(self, name: str, signal: StatedSignal, *, tau_s: FloatArray) -> Curve:
        """Return the instability over one contact on which nothing moves."""
        return replace(self.combs.curve(name, signal, tau_s=tau_s), published=PUBLISHED)

    def orbit_curves(self, *, tau_s: FloatArray) -> tuple[Curve, ...]:
        """Return the instability over one contact with a satellite in each of :data:`ORBITS`."""
        return tuple(
            replace(
                self.combs.curve_at(
                    f"{name} orbit",
                    loss_db=float(self.loss_db(contact.range_m)),
                    contact_s=contact.contact_s,
                    tau_s=tau_s,
                ),
                published=PUBLISHED,
                orbit=True,
            )
            for name, contact in ORBITS.items()
        )

    def exchange(self, signal: StatedSignal, *, time_s: float) -> Exchange | None:
        """Return None: bright light shows no errors."""
        return self.combs.exchange(signal, time_s=time_s)

    def instability(self, contact: Contact, *, tau_s: npt.ArrayLike) -> FloatArray:
        """Modified Allan deviation over one contact; infinite beyond it, or for too little light.

        Parameters
        ----------
        contact
            The satellite.
        tau_s
            Averaging time, any shape. [s]
        """
        tau = np.asarray(tau_s, dtype=np.float64)
        transmitted = transmittance(self.loss_db(contact.range_m))
        held = (tau <= contact.contact_s) & self.combs.usable(transmitted)
        return np.where(held, self.combs.mdev(transmitted, tau_s=tau), np.inf)

    def by_orbit(
        self, tau_s: npt.ArrayLike, *, orbits: Mapping[str, Contact] = ORBITS
    ) -> dict[str, FloatArray]:
        """See :meth:`instability`, for each of some orbits."""
        return {name: self.instability(contact, tau_s=tau_s) for name, contact in orbits.items()}


def diffraction_loss_db(
    range_m: npt.ArrayLike, *, tx_aperture_m: float, rx_aperture_m: float, wavelength_m: float
) -> FloatArray:
    """Loss of a Gaussian beam that fills its telescope best, its clipping left out.

    Parameters
    ----------
    range_m
        Distance, any shape. [m]
    tx_aperture_m, rx_aperture_m
        Clear diameters. [m]
    wavelength_m
        Vacuum wavelength. [m]

    Returns
    -------
    FloatArray
        Shaped like ``range_m``; see :func:`satqkd.link.beam.beams.gaussian_loss_db`. [dB]

    Notes
    -----
    For first estimates: what the aperture clips and the wider far field of a clipped beam, 2.9 dB
    together, count as other losses. :class:`satqkd.link.beam.truncated_beam.TruncatedBeam` has
    them.

    References
    ----------
    .. [1] B. J. Klein and J. J. Degnan, *Appl. Opt.* 13, 2134 (1974): the waist that is brightest
       on the axis.

    Examples
    --------
    >>> loss = diffraction_loss_db([2e7, 3.6e7], tx_aperture_m=0.3, rx_aperture_m=1.0,
    ...                            wavelength_m=1550e-9)
    >>> np.round(loss, 1).tolist()
    [40.4, 45.5]
    """
    waist_m = 0.5 * tx_aperture_m / BRIGHTEST_RATIO
    return gaussian_loss_db(
        np.asarray(range_m, dtype=np.float64),
        waist_m=waist_m,
        rx_aperture_m=rx_aperture_m,
        divergence_rad=diffraction_divergence_rad(wavelength_m=wavelength_m, waist_m=waist_m),
    )


def loss_from_range_db(range_m: npt.ArrayLike, *, reference_m: float) -> FloatArray:
    r"""Loss that distance adds in the far field, :math:`20 \lg (L / L_0)`. [dB]

    By definition of the far field: power falls with the square of the distance.

    Parameters
    ----------
    range_m
        Distance :math:`L`, any shape. [m]
    reference_m
        Distance whose loss is known :math:`L_0`. [m]
    """
    return np.asarray(20.0 * np.log10(np.asarray(range_m, dtype=np.float64) / reference_m))


def carrier_noise_s(photons: npt.ArrayLike, *, wavelength_m: float) -> FloatArray:
    r"""Quantum limit of a carrier's phase as a time, :math:`1 / (4 \pi \nu \sqrt N)`.

    Parameters
    ----------
    photons
        Photons that interfere with the local light :math:`N`, any shape, above 0.
    wavelength_m
        Vacuum wavelength, :math:`\nu = c / \lambda`. [m]

    Returns
    -------
    FloatArray
        1 σ, shaped like ``photons``. [s]

    Notes
    -----
    The phase is known to :math:`1/(2\sqrt N)` (homodyne; √2 worse for heterodyne), modulo a
    cycle of 5 fs at 1550 nm: worth having once the envelope says which cycle it is.

    References
    ----------
    .. [1] V. Giovannetti, S. Lloyd and L. Maccone, *Nature Photonics* 5, 222 (2011).

    Examples
    --------
    >>> round(float(carrier_noise_s(1e4, wavelength_m=1550e-9)) * 1e18, 1)
    4.1
    """
    radian_s = wavelength_m / (2.0 * np.pi * SPEED_OF_LIGHT_M_S)
    return np.asarray(0.5 * radian_s / np.sqrt(np.asarray(photons, dtype=np.float64)))


def over_contacts(deviation: npt.ArrayLike, *, contacts: npt.ArrayLike) -> FloatArray:
    r"""Instability of the mean of several contacts, :math:`\sigma / \sqrt n`.

    Derived here: a mean of n independent values has an nth of the variance.

    Parameters
    ----------
    deviation
        Of one contact.
    contacts
        How many :math:`n`; their errors are taken for independent, which a floor's are only
        where it decorrelates between them.
    """
    return np.asarray(np.asarray(deviation, dtype=np.float64) / np.sqrt(np.asarray(contacts)))
