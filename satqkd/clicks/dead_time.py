"""How often a detector is ready for the next photon."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

DeadTimeKind = Literal["non-paralysable", "paralysable"]
"""Whether a photon that arrives in the dead time is ignored, or starts it anew."""


def live_fraction(load: npt.ArrayLike, *, kind: DeadTimeKind = "non-paralysable") -> FloatArray:
    r"""Share of the time in which a detector can click.

    .. math:: L = \frac{1}{1 + R \tau} \quad\text{or}\quad L = e^{-R \tau}

    Parameters
    ----------
    load
        Clicks an ever ready detector would make within a dead time, :math:`R \tau`; see
        :func:`dead_load`.
    kind
        The first formula is for a detector that ignores what arrives in its dead time, the
        second for one that starts its dead time anew (paralysable).

    Returns
    -------
    FloatArray
        Fraction, shaped like ``load``.

    References
    ----------
    .. [1] G. F. Knoll, *Radiation Detection and Measurement*, chapter 4, "Dead time" (recalled).

    Examples
    --------
    >>> round(float(live_fraction(0.1)), 4), round(float(live_fraction(0.1, kind="paralysable")), 4)
    (0.9091, 0.9048)
    """
    load = np.asarray(load, dtype=np.float64)
    return np.asarray(np.exp(-load) if kind == "paralysable" else 1.0 / (1.0 + load))


def dead_load(
    click_probability: npt.ArrayLike,
    *,
    noise_rate_hz: npt.ArrayLike,
    dead_time_s: float,
    pulse_rate_hz: float,
) -> FloatArray:
    r"""Clicks an ever ready detector would make within a dead time.

    .. math:: R \tau = p \lfloor f \tau \rfloor + r \tau

    Derived here, for the dead time of Knoll (see :func:`live_fraction`).

    Parameters
    ----------
    click_probability
        Of one pulse at one detector (or pixel) :math:`p`.
    noise_rate_hz
        Clicks out of step with the pulses :math:`r`. [Hz]
    dead_time_s
        :math:`\tau`. [s]
    pulse_rate_hz
        :math:`f`. [Hz]

    Returns
    -------
    FloatArray
        Dimensionless, shaped as the arguments broadcast.

    Notes
    -----
    Clicks of pulses come in step with the pulses they could hide: one that recovers before the
    next pulse hides none. A photon that is out of step hides :math:`f \tau` in the mean.
    """
    pulses = math.floor(dead_time_s * pulse_rate_hz * (1.0 + 1e-12))
    noise = np.asarray(noise_rate_hz, dtype=np.float64)
    return np.asarray(np.asarray(click_probability) * pulses + noise * dead_time_s)
