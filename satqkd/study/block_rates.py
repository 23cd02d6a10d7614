"""Key per pulse of a finite block, with the best settings at each loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.four_intensity import BellStateNode, FourIntensityTransmitter
from satqkd.clicks.pair_source import PairReceiver, PairSource
from satqkd.clicks.pass_clicks import pass_clicks
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource, PulsedSource
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.infinite_decoy import yields_of
from satqkd.key.bb84.optimise import optimise
from satqkd.key.best_settings import Setting, best_over_settings, one_by_one
from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.mdi_four_intensity import STARTS as MDI_STARTS
from satqkd.key.node.mdi_four_intensity import FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import STARTS as SENDING_STARTS
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.result import TwoArmEstimator
from satqkd.study.asymptotic_rates import BRIGHTNESS, CLOCK_HZ, G2, twin_field_node
from satqkd.study.rate_conditions import RateConditions
from satqkd.units import FloatArray, IntArray

_BOUND: Final = "exact-chernoff"
"""How finite counts are bounded; the tightest of ``decoy-bb84``."""
_P_KEY: Final = (0.5, 0.999)
"""Numerical: between which shares of the key basis the best is searched for."""


def decoy_bb84(transmittance: FloatArray, conditions: RateConditions, *, decoys: int) -> FloatArray:
    """BB84 with one decoy or two, the weaker one empty; both sides biased alike."""
    source = DecoySource(
        pulse_rate_hz=CLOCK_HZ,
        intensities=(0.5, 0.1),
        probabilities=(0.5, 0.5),
        p_key_basis=0.5,
        intrinsic_error=conditions.misalignment,
    )
    clicks = pass_clicks(
        transmittance,
        background_rate_hz=0.0,
        source=source,
        detector=_detector(conditions, 0.5),
        weight_s=np.full(transmittance.size, _block(conditions) / CLOCK_HZ),
        starts=np.arange(transmittance.size + 1),
    )
    best = optimise(
        clicks, protocol=_protocol(conditions), decoys=decoys, receiver_p_key_basis=None
    )
    return best.secure_bits / _block(conditions)


def bb84_without_decoys(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """BB84 with one intensity of laser light."""
    return _one_intensity(
        transmittance, conditions, _laser(conditions), _protocol(conditions).secure_bits, (1e-4, 1)
    )


def bb84_with_all_decoys(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """BB84 whose decoys give the yields exactly and cost nothing."""
    weight_s, starts = _weights(transmittance, conditions)
    yields = yields_of(
        conditions.detector_efficiency * transmittance,
        background_probability=conditions.two_dark_probability,
        intrinsic_error=conditions.misalignment,
        weight_s=weight_s,
        starts=starts,
    )
    protocol = _protocol(conditions)
    return _one_intensity(
        transmittance,
        conditions,
        _laser(conditions),
        lambda counts: protocol.key_of_known_yields(counts, yields).secure_bits,
        (0.05, 1.2),
    )


def single_photon(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """BB84 with a single-photon source, which may be dimmed."""

    def source(brightness: float, p_key: float) -> PulsedSource:
        return SinglePhotonSource(
            pulse_rate_hz=CLOCK_HZ,
            brightness=brightness,
            g2=G2,
            p_key_basis=p_key,
            intrinsic_error=conditions.misalignment,
        )

    bits = _protocol(conditions).secure_bits
    return _one_intensity(transmittance, conditions, source, bits, (1e-3 * BRIGHTNESS, BRIGHTNESS))


def bbm92(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Entangled pairs from the middle, of whatever source and splitters are best."""
    protocol = BBM92(
        source=PairSource(pair_rate_hz=CLOCK_HZ, intrinsic_error=conditions.misalignment),
        receiver=PairReceiver(
            efficiency=conditions.detector_efficiency,
            dark_rate_hz=twin_field_node(conditions).dark_rate_hz,
            window_s=1.0 / CLOCK_HZ,
        ),
        ec_efficiency=conditions.ec_efficiency,
        epsilon_sec=conditions.epsilon_sec,
        epsilon_cor=conditions.epsilon_cor,
    )
    arms = _arms(transmittance, conditions)

    def rates(setting: Setting) -> FloatArray:
        pairs, p_key = setting
        chosen = protocol.set_to((pairs * CLOCK_HZ, p_key))
        return chosen.secure_bits(arms) / _block(conditions)

    return best_over_settings(
        one_by_one(rates),
        bounds=((1e-4, 0.5), _P_KEY),
        starts=((0.05, 0.5), (0.01, 0.5), (0.05, 0.9)),
    ).rates


def mdi(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Four-intensity measurement-device-independent key."""
    protocol = FourIntensityMDI(
        pulse_rate_hz=CLOCK_HZ,
        transmitter_a=FourIntensityTransmitter.of(MDI_STARTS[0]),
        node=BellStateNode(
            efficiency=conditions.detector_efficiency,
            dark_rate_hz=twin_field_node(conditions).dark_rate_hz,
            gate_s=1.0 / CLOCK_HZ,
            misalignment_x=conditions.misalignment,
            misalignment_z=conditions.misalignment,
        ),
        ec_efficiency=conditions.ec_efficiency,
        epsilon_sec=conditions.epsilon_sec,
        epsilon_cor=conditions.epsilon_cor,
    )
    return _of_two_arms(transmittance, conditions, protocol)


def sending_or_not_sending(transmittance: FloatArray, conditions: RateConditions) -> FloatArray:
    """Four-intensity sending or not sending with odd-parity pairing."""
    x, y, z, p_x, p_y, p_z, half_width = SENDING_STARTS[0]
    protocol = SendingOrNotSending(
        pulse_rate_hz=CLOCK_HZ,
        intensities=(x, y, z),
        probabilities=(p_x, p_y, p_z),
        slice_half_width_rad=half_width,
        node=twin_field_node(conditions),
        ec_efficiency=conditions.ec_efficiency,
        epsilon_sec=conditions.epsilon_sec,
        epsilon_cor=conditions.epsilon_cor,
    )
    return _of_two_arms(transmittance, conditions, protocol)


def _of_two_arms(
    transmittance: FloatArray, conditions: RateConditions, protocol: TwoArmEstimator
) -> FloatArray:
    """Key with the settings that are best at each loss."""
    arms, space = _arms(transmittance, conditions), protocol.space

    def rates(settings: Sequence[Setting]) -> list[FloatArray | None]:
        each = protocol.bits_with(settings, arms)
        return [None if bits is None else bits / _block(conditions) for bits in each]

    return best_over_settings(rates, bounds=space.bounds, starts=space.starts).rates


def _one_intensity(
    transmittance: FloatArray,
    conditions: RateConditions,
    source: Callable[[float, float], PulsedSource],
    bits: Callable[[Counts], IntArray],
    bounds: tuple[float, float],
) -> FloatArray:
    weight_s, starts = _weights(transmittance, conditions)

    def rates(setting: Setting) -> FloatArray:
        intensity, p_key = setting
        sent, detector = source(intensity, p_key), _detector(conditions, p_key)
        clicks = click_rates(transmittance, background_rate_hz=0.0, source=sent, detector=detector)
        counts = integrate_counts(
            clicks, weight_s=weight_s, starts=starts, source=sent, detector=detector
        )
        return bits(counts) / _block(conditions)

    middle = tuple(np.geomspace(*bounds, 5).tolist())
    return best_over_settings(
        one_by_one(rates), bounds=(bounds, _P_KEY), starts=tuple((mu, 0.8) for mu in middle)
    ).rates


def _laser(conditions: RateConditions) -> Callable[[float, float], PulsedSource]:
    return lambda intensity, p_key: DecoySource(
        pulse_rate_hz=CLOCK_HZ,
        intensities=(intensity,),
        probabilities=(1.0,),
        p_key_basis=p_key,
        intrinsic_error=conditions.misalignment,
    )


def _protocol(conditions: RateConditions) -> DecoyBB84:
    return DecoyBB84(
        epsilon_sec=conditions.epsilon_sec,
        epsilon_cor=conditions.epsilon_cor,
        ec_efficiency=conditions.ec_efficiency,
        bound=_BOUND,
    )


def _detector(conditions: RateConditions, p_key: float) -> Detector:
    node = twin_field_node(conditions)
    return Detector(
        efficiency=conditions.detector_efficiency,
        dark_rate_hz=node.dark_rate_hz,
        gate_s=node.gate_s,
        detectors=2,
        p_key_basis=p_key,
    )


def _weights(transmittance: FloatArray, conditions: RateConditions) -> tuple[FloatArray, IntArray]:
    weight_s = np.full(transmittance.size, _block(conditions) / CLOCK_HZ)
    return weight_s, np.arange(transmittance.size + 1)


def _arms(transmittance: FloatArray, conditions: RateConditions) -> TwoArms:
    weight_s, starts = _weights(transmittance, conditions)
    arm, nothing = np.sqrt(transmittance), np.zeros(transmittance.size)
    return TwoArms(
        transmittance_a=arm,
        transmittance_b=arm,
        variance_a=nothing,
        variance_b=nothing,
        background_rate_hz=nothing,
        weight_s=weight_s,
        starts=starts,
    )


def _block(conditions: RateConditions) -> float:
    """Pulses of a block, of conditions that have one."""
    return float(conditions.block_pulses or 0.0)
