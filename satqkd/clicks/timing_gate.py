"""Light that a gate loses to timing errors, and gains from the pulses beside its own."""

from __future__ import annotations

import math

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))
"""Full width at half maximum of a Gaussian over its standard deviation."""
FLAT = 2.0
"""Timing error over period from which on pulses run together to 1e-34."""
REACH = 9.0
"""Standard deviations beyond which a pulse holds nothing (1e-18)."""


def timing_sigma_s(*, jitter_s: float, pulse_width_s: float, sync_jitter_s: float) -> float:
    """Standard deviation of a click's time about the middle of its gate.

    Derived here: variances of independent errors add.

    Parameters
    ----------
    jitter_s
        Of the detectors, 1 σ. [s]
    pulse_width_s
        Of the light, full width at half maximum. [s]
    sync_jitter_s
        Between the clocks of the two ends, 1 σ. [s]

    Returns
    -------
    float
        Root of the sum of squares, all three taken for Gaussian. [s]
    """
    return math.hypot(jitter_s, pulse_width_s / FWHM_PER_SIGMA, sync_jitter_s)


def gate_share(*, gate_s: float, sigma_s: float, period_s: float) -> float:
    r"""Share of a pulse's light inside its own gate.

    .. math:: \operatorname{erf}\left(\frac{g}{2 \sqrt{2}\, \sigma}\right)

    By definition of the normal distribution.

    Parameters
    ----------
    gate_s
        Length of the gate :math:`g`, centred on the pulse; a longer one than the period is cut
        to it, as a click belongs to one pulse. [s]
    sigma_s
        Timing error :math:`\sigma`. [s]
    period_s
        Time from pulse to pulse. [s]

    Returns
    -------
    float
        Fraction.

    Examples
    --------
    Gates of 2 ns and detectors of 350 ps jitter, taken for 1 σ:

    >>> round(gate_share(gate_s=2e-9, sigma_s=350e-12, period_s=10e-9), 4)
    0.9957
    """
    if sigma_s == 0.0:
        return 1.0
    return math.erf(min(gate_s, period_s) / (2.0 * math.sqrt(2.0) * sigma_s))


def neighbour_share(*, gate_s: float, sigma_s: float, period_s: float) -> float:
    """Light of all other pulses inside a gate, over the light of one pulse.

    Derived here: :func:`gate_share` of gates that lie whole periods off.

    Parameters
    ----------
    gate_s, sigma_s, period_s
        See :func:`gate_share`.

    Returns
    -------
    float
        Fraction; with :func:`gate_share` at most 1.

    Examples
    --------
    >>> round(neighbour_share(gate_s=0.5e-9, sigma_s=200e-12, period_s=1e-9), 6)
    0.000177
    """
    if sigma_s == 0.0:
        return 0.0
    gate = min(gate_s, period_s)
    if sigma_s > FLAT * period_s:
        return gate / period_s - gate_share(gate_s=gate, sigma_s=sigma_s, period_s=period_s)
    scale = 1.0 / (math.sqrt(2.0) * sigma_s)
    last = math.ceil((0.5 * gate + REACH * sigma_s) / period_s)
    return math.fsum(
        math.erfc((k * period_s - 0.5 * gate) * scale)
        - math.erfc((k * period_s + 0.5 * gate) * scale)
        for k in range(1, last + 1)
    )
