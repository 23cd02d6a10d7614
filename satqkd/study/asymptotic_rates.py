"""Asymptotic key per pulse, with the best settings at each loss."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.pair_source import coincidence_probability
from satqkd.key.asymptotic.decoy_bb84 import Decoys, rate_with_decoys
from satqkd.key.asymptotic.mdi import infinite_decoy_mdi
from satqkd.key.bb84.single_photon import best_brightness
from satqkd.key.node.curty_azuma_lo import best_intensity, curty_azuma_lo_rate
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.study.rate_conditions import RateConditions
from satqkd.units import FloatArray

WEAK_DECOY: Final = 0.05
"""Mean photon number of the weak decoy of asymptotic BB84, as in X. Ma, B. Qi, Y. Zhao and
H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005)."""
BRIGHTNESS: Final = 0.71
"""Photons per pulse of the single-photon source, arXiv:2406.02045, *Phys. Rev. Lett.* 134, 210801
(2025); it may be dimmed."""
G2: Final = 0.02
"""Its second-order correlation. Assumed: not seen in print."""
CLOCK_HZ: Final = 1e9
"""A pulse rate where a model needs one; rates per pulse do not depend on it. [Hz]"""

_RARE: Final = 1e-6
"""Numerical: share of the decoys in the asymptotic limit, where any share suffices."""
_SIGNALS: Final = np.geomspace(1e-4, 1.2, 120)
"""Numerical: intensities among which the best is searched for. [photons a pulse]"""


def decoy_bb84(
    transmittance: FloatArray, conditions: RateConditions, *, decoys: Decoys
) -> FloatArray:
    """BB84 with laser light; nearly all pulses are signals, nearly all in the key basis."""
    weak = {"one": (WEAK_DECOY,), "two": (WEAK_DECOY, 0.0)}.get(decoys, ())
    rate = partial(
        rate_with_decoys,
        conditions.detector_efficiency * transmittance,
        decoys=decoys,
        background_probability=conditions.two_dark_probability,
        intrinsic_error=conditions.misalignment,
        ec_efficiency=conditions.ec_efficiency,
    )
    # A signal well above the decoy: at equal intensities the bounds are nothing over nothing.
    signals = _SIGNALS[_SIGNALS > 1.2 * WEAK_DECOY] if weak else _SIGNALS
    return np.asarray(np.max([rate(intensities=(mu, *weak)) for mu in signals.tolist()], axis=0))


def single_photon(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """BB84 with a single-photon source."""
    _, rate = best_brightness(
        conditions.detector_efficiency * transmittance,
        brightness=BRIGHTNESS,
        g2=G2,
        background_probability=conditions.two_dark_probability,
        intrinsic_error=conditions.misalignment,
        ec_efficiency=conditions.ec_efficiency,
    )
    return rate


def bbm92(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Entangled pairs from the middle, nearly always measured in the same basis."""
    light = conditions.detector_efficiency * np.sqrt(transmittance)
    pairs = np.geomspace(1e-4, 0.5, 120)[:, np.newaxis]
    both, wrong = coincidence_probability(
        pairs,
        light,
        light,
        dark_a=conditions.dark_probability,
        dark_b=conditions.dark_probability,
        intrinsic_error=conditions.misalignment,
    )
    error = np.divide(wrong, both, out=np.full_like(both, 0.5), where=both > 0.0)
    shared = 1.0 - (1.0 + conditions.ec_efficiency) * binary_entropy(error)
    return np.asarray(np.maximum(both * shared, 0.0).max(axis=0))


def mdi(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Asymptotic measurement-device-independent key."""
    light = conditions.detector_efficiency * np.sqrt(transmittance)
    rates = [
        infinite_decoy_mdi(
            light,
            light,
            intensity_a=mu,
            intensity_b=mu,
            dark_probability=conditions.dark_probability,
            misalignment=conditions.misalignment,
            ec_efficiency=conditions.ec_efficiency,
        ).rate
        for mu in np.geomspace(0.01, 1.2, 60).tolist()
    ]
    return np.asarray(np.max(rates, axis=0))


def sending_or_not_sending(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Twin-field key by sending or not sending, decoys and phase slices next to nothing."""
    arm, node = np.sqrt(transmittance), twin_field_node(conditions)
    rates = [
        SendingOrNotSending(
            pulse_rate_hz=CLOCK_HZ,
            intensities=(1e-3, 0.3, signal),
            probabilities=(_RARE, _RARE, sent),
            slice_half_width_rad=0.02,
            node=node,
            ec_efficiency=conditions.ec_efficiency,
        ).rate_per_pulse(arm, arm)
        for signal in np.geomspace(0.1, 1.2, 12).tolist()
        for sent in np.geomspace(0.02, 0.45, 12).tolist()
    ]
    return np.asarray(np.max(rates, axis=0))


def curty_azuma_lo(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Twin-field key from the phases of coherent light."""
    light = conditions.detector_efficiency * np.sqrt(transmittance)
    intensity = best_intensity(
        light,
        light,
        dark_probability=conditions.dark_probability,
        misalignment=conditions.misalignment,
        ec_efficiency=conditions.ec_efficiency,
    )
    rate = curty_azuma_lo_rate(
        light,
        light,
        intensity=intensity,
        dark_probability=conditions.dark_probability,
        misalignment=conditions.misalignment,
        ec_efficiency=conditions.ec_efficiency,
    )
    return np.maximum(rate.bits_per_pulse, 0.0)


def twin_field_node(conditions: RateConditions) -> InterferingNode:
    """Return the node of both twin-field protocols."""
    return InterferingNode(
        efficiency=conditions.detector_efficiency,
        dark_rate_hz=float(-np.log1p(-conditions.dark_probability)) * CLOCK_HZ,
        gate_s=1.0 / CLOCK_HZ,
        misalignment=conditions.misalignment,
    )
