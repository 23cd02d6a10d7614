"""The budget's lines that follow from the beam: clipped, spread, mispointed."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.link.beam.beams import Beam
from satqkd.link.beam.pointing import Pointing
from satqkd.units import FloatArray, loss_db

BEAM_LINES: Final = (
    "truncation",
    "wavefront",
    "divergence",
    "obscuration",
    "pointing",
    "tracking",
)
"""Lines of :func:`beam_lines_db`, in the order light meets them."""


def beam_lines_db(
    range_m: FloatArray,
    *,
    beam: Beam,
    pointing: Pointing,
    tx_aperture_m: float,
    wavelength_m: float,
    rx_aperture_m: float,
    obscuration: float = 0.0,
    extra_bias_rad: npt.ArrayLike = 0.0,
) -> dict[str, npt.ArrayLike]:
    """Losses from the transmitter's exit pupil to the receiver's annulus, term by term.

    Each line is what the next step from the perfect case towards the real one costs: the whole
    disc of the receiver, its annulus, the error of the pointing, that of the tracking. Together
    they are the mean capture exactly.

    By definition each line is the difference of two captures in decibels; the captures have their
    sources at :class:`~satqkd.link.beam.beams.Beam`'s models.

    Parameters
    ----------
    range_m
        Distance, shape (n,). [m]
    beam, pointing
        How the transmitter spreads and points its light.
    tx_aperture_m, rx_aperture_m
        Clear diameters. [m]
    wavelength_m
        Vacuum wavelength. [m]
    obscuration
        The receiver's secondary over its primary, in diameter.
    extra_bias_rad
        Error of the tracking, see :meth:`satqkd.link.beam.tracking.Tracking.extra_bias_rad`; 0 or
        shape (n,). [rad]

    Returns
    -------
    dict
        For each of :data:`BEAM_LINES` one number or a series shaped like ``range_m``. A line of
        pointing may be negative for a beam narrower than the receiver's secondary. [dB]
    """
    bias_rad, jitter_rad = pointing.error_rad

    def lost(obscuration: float, bias_rad: npt.ArrayLike, jitter_rad: float) -> FloatArray:
        return loss_db(
            beam.capture(
                range_m,
                tx_aperture_m=tx_aperture_m,
                wavelength_m=wavelength_m,
                rx_aperture_m=rx_aperture_m,
                obscuration=obscuration,
                bias_rad=bias_rad,
                jitter_rad=jitter_rad,
            )
        )

    disc = lost(0.0, 0.0, 0.0)
    annulus = lost(obscuration, 0.0, 0.0) if obscuration else disc
    pointed = lost(obscuration, bias_rad, jitter_rad) if bias_rad or jitter_rad else annulus
    tracked = pointed
    if np.any(extra_bias_rad):
        tracked = lost(obscuration, np.hypot(bias_rad, extra_bias_rad), jitter_rad)
    return {
        "truncation": beam.truncation_db(tx_aperture_m=tx_aperture_m),
        "wavefront": beam.wavefront_db(),
        "divergence": disc,
        "obscuration": annulus - disc,
        "pointing": pointing.stated_loss_db + pointed - annulus,
        "tracking": tracked - pointed,
    }
