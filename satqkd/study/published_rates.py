"""Rates that experiments have printed, as points over loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRate:
    """Secret bits per use that an experiment printed, and its loss."""

    label: str
    """A few words for a picture."""
    protocol: str
    """Nearest of :data:`satqkd.study.rates.PROTOCOLS`."""
    loss_db: float
    """From user to user. [dB]"""
    bits_per_use: float
    """Secret bits per use, whatever the experiment counts as one. [bit]"""
    cite: str
    """Authors and journal."""
    rate_from: str
    """How the rate follows from what is printed."""
    loss_from: str
    """What the loss is, and how it is known."""


PUBLISHED_RATES: Final = (
    PublishedRate(
        label="fibre, 10 km, 115.8 Mbit/s",
        protocol="bb84-one-decoy",
        loss_db=2.2,
        bits_per_use=115.8e6 / 2.5e9,
        cite="W. Li et al., Nat. Photonics 17, 416 (2023), arXiv:2307.02364",
        rate_from="115.8 Mbit/s at 2.5 GHz",
        loss_from="of the fibre; recalled",
    ),
    PublishedRate(
        label="fibre, 328 km, 233 bit/s",
        protocol="bb84-one-decoy",
        loss_db=55.0,
        bits_per_use=233.0 / 2.5e9,
        cite="W. Li et al., Nat. Photonics 17, 416 (2023), arXiv:2307.02364",
        rate_from="233 bit/s at 2.5 GHz; recalled",
        loss_from="of the fibre; recalled",
    ),
    PublishedRate(
        label="quantum dot, free space",
        protocol="single-photon",
        loss_db=14.6,
        bits_per_use=1.08e-3,
        cite="Phys. Rev. Lett. 134, 210801 (2025), arXiv:2406.02045",
        rate_from="printed per pulse",
        loss_from="of the channel, 14.6(1.1) dB",
    ),
    PublishedRate(
        label="Micius, pass of 2016-12-19",
        protocol="bb84-two-decoys",
        loss_db=31.9,
        bits_per_use=300_939.0 / (273.0 * 1e8),
        cite="S.-K. Liao et al., Nature 549, 43 (2017)",
        rate_from="300,939 bit in 273 s at 100 MHz",
        loss_from="mean, from 3,551,136 clicks of 0.4 photons a pulse with 50 % detectors",
    ),
    PublishedRate(
        label="MDI, silicon chips, 137 bit/s",
        protocol="mdi",
        loss_db=24.0,
        bits_per_use=137.0 / 1.25e9,
        cite="Phys. Rev. Appl. 15, 034081 (2021), arXiv:2006.12863",
        rate_from="137 bit/s at 1.25 GHz, taken as the key pooled against malicious devices",
        loss_from="as printed; whether with the detectors is not said",
    ),
    PublishedRate(
        label="twin-field, free space",
        protocol="twin-field-sns",
        loss_db=67.0,
        bits_per_use=6.92e-7,
        cite="arXiv:2503.17744 (2025)",
        rate_from="printed per pulse, all data",
        loss_from="printed total of both senders to the node",
    ),
)
"""Points of six experiments, each at its own receiver, error and block: none is a test of a curve
drawn under one set of conditions for all."""
