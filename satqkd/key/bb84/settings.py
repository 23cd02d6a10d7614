"""What is sent in passes, and what it clicks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """What is sent in each pass, or group of passes: arrays of shape (groups, ...)."""

    intensities: FloatArray
    """Mean photon numbers, shape (groups, k)."""
    probabilities: FloatArray
    """Sending probabilities, shape (groups, k)."""
    p_key_basis: FloatArray
    """Probability that the transmitter uses the key basis, shape (groups,)."""

    def of(self, group: IntArray) -> Settings:
        """Return the setting of every pass."""
        return Settings(
            intensities=self.intensities[group],
            probabilities=self.probabilities[group],
            p_key_basis=self.p_key_basis[group],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """The best settings found, and what they make."""

    settings: Settings
    """One a group; where no key can be made, the last that was tried."""
    secure_bits: IntArray
    """Key of every pass with the setting of its group. [bit]"""


def counts_with(
    passes: PassClicks,
    settings: Settings,
    *,
    receiver_p_key_basis: FloatArray | float,
    g2: float | None = None,
) -> Counts:
    """Sifted clicks of passes flown with some settings.

    By definition: clicks times the probabilities of the intensity and of both bases.

    Parameters
    ----------
    passes
        What each intensity would click.
    settings
        One a pass.
    receiver_p_key_basis
        Probability that the receiver analyses in the key basis.
    g2
        Second-order correlation of single photons; None for laser light.

    Returns
    -------
    Counts
        One row a pass.
    """
    mu, p = np.ascontiguousarray(settings.intensities.T), settings.probabilities.T
    clicks = passes.clicks(mu)
    errors = passes.errors(clicks)
    clicks *= p
    errors *= p
    key = settings.p_key_basis * receiver_p_key_basis
    check = (1.0 - settings.p_key_basis) * (1.0 - np.asarray(receiver_p_key_basis))
    return Counts(
        intensities=settings.intensities,
        probabilities=settings.probabilities,
        pulses=passes.pulses,
        key_clicks=(key * clicks).T,
        key_errors=(key * errors).T,
        check_clicks=(check * clicks).T,
        check_errors=(check * errors).T,
        key_pulses=key * passes.pulses,
        check_pulses=check * passes.pulses,
        multi_photon=None if g2 is None else 0.5 * g2 * settings.intensities**2,
    )
