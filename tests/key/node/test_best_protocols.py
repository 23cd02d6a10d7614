"""Settings of protocols with a node between two arms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import differential_evolution

from satqkd.clicks.four_intensity import BellStateNode, FourIntensityTransmitter
from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.light import ArmLight, Light
from satqkd.clicks.pair_source import PairReceiver, PairSource
from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.curty_azuma_lo import CurtyAzumaLo
from satqkd.key.node.mdi_four_intensity import FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.system import NodeSystem

NODE = InterferingNode(efficiency=0.8, dark_rate_hz=10.0, gate_s=5e-10, misalignment=0.02)
SENDING = SendingOrNotSending(
    pulse_rate_hz=1e9,
    intensities=(0.05, 0.40, 0.45),
    probabilities=(0.15, 0.05, 0.20),
    slice_half_width_rad=0.2,
    node=NODE,
)
ENDLESS = CurtyAzumaLo(pulse_rate_hz=1e9, intensity=0.05, node=NODE)
TRANSMITTER = FourIntensityTransmitter(
    intensity_x=0.05, intensity_y=0.2, intensity_z=0.25, p_x=0.5, p_y=0.1, p_z=0.34
)
BELL = FourIntensityMDI(
    pulse_rate_hz=1e9,
    transmitter_a=TRANSMITTER,
    node=BellStateNode(
        efficiency=0.8, dark_rate_hz=10.0, gate_s=5e-10, visibility=0.46, misalignment_z=0.01
    ),
)
UNLIKE = replace(BELL, transmitter_b=replace(TRANSMITTER, intensity_z=0.3))
PAIRS = BBM92(
    source=PairSource(pair_rate_hz=4e8, intrinsic_error=0.02),
    receiver=PairReceiver(efficiency=0.5, dark_rate_hz=100.0, window_s=1e-9),
)
LOSS_DB = {SENDING: (28.0, 29.0), ENDLESS: (28.0, 29.0), BELL: (14.0, 15.0), UNLIKE: (12.0, 15.0),
           PAIRS: (20.0, 22.0)}  # fmt: skip
"""Of both arms: each protocol makes some key there in a contact."""
NAMES = ("sending", "endless", "mdi", "mdi-unlike", "pairs")
SLACK = 0.002
"""What differential evolution may find more, relative to the key."""


def light(loss_db, *, contacts=1, seconds=200.0):
    """Contacts of ten samples, each 0.7 dB worse than the one before."""
    step = np.repeat(0.7 * np.arange(contacts), 10) + np.tile(np.linspace(0.0, 1.0, 10), contacts)

    def arm(loss):
        return ArmLight(
            transmittance=10.0 ** (-0.1 * (loss + step)),
            variance=np.full(step.size, 0.05),
            stray_hz=np.full(step.size, 20.0),
        )

    return Light(
        arms=tuple(arm(loss) for loss in loss_db),
        weight_s=np.full(step.size, seconds / 10.0),
        starts=10 * np.arange(contacts + 1),
    )


def best(protocol, seen, group=None):
    system = NodeSystem(protocol=protocol)
    numbers = np.arange(len(seen)) if group is None else group
    return system.best(system.searched(seen), numbers, presets=[protocol] * len(seen))


def keys(protocols, seen):
    return np.array(
        [
            NodeSystem(protocol=own).secure_bits(seen.take(np.array([place])))[0]
            for place, own in enumerate(protocols)
        ]
    )


@pytest.mark.parametrize("protocol", LOSS_DB, ids=NAMES)
def test_a_search_without_gradients_finds_no_more(protocol):
    """Differential evolution, an independent search, is given hundreds of tries."""
    seen = light(LOSS_DB[protocol])
    (found,) = best(protocol, seen)
    ours = keys([found], seen)[0]
    free = [k for k, (low, high) in enumerate(protocol.space.bounds) if high > low]
    arms = NodeSystem(protocol=protocol).two_arms(seen)

    def loss(logs):
        values = list(protocol.settings)
        for k, log in zip(free, logs, strict=True):
            values[k] = np.exp(log)
        tried = protocol.set_to(tuple(values))
        return 0.0 if tried is None else -float(tried.secure_bits(arms)[0])

    theirs = differential_evolution(
        loss, [tuple(np.log(protocol.space.bounds[k])) for k in free], popsize=8, maxiter=25,
        rng=1, polish=False,
    )  # fmt: skip
    assert ours > keys([protocol], seen)[0]
    assert ours >= (1.0 - SLACK) * -theirs.fun


def test_a_shared_setting_is_no_better_than_one_each():
    """And leaves at least what the stated one does, in sum."""
    seen = light(LOSS_DB[SENDING], contacts=3)
    each, shared = best(SENDING, seen), best(SENDING, seen, np.zeros(3, dtype=np.int64))
    assert len(set(shared)) == 1
    assert len(set(each)) == 3
    together = keys(shared, seen).sum()
    assert keys([SENDING] * 3, seen).sum() < together <= keys(each, seen).sum()


def test_longer_contacts_show_the_way_to_a_key_that_no_step_finds(monkeypatch):
    """Near the largest loss that leaves any."""
    seen = light((46.0, 47.0))
    assert keys(best(SENDING, seen), seen)[0] > 100
    monkeypatch.setattr("satqkd.key.node.best_protocols._LENGTHS", (1.0,))
    assert keys(best(SENDING, seen), seen)[0] == 0


def test_contacts_without_any_key_stay_as_stated():
    """Nothing is better than nothing."""
    assert best(BELL, light((60.0, 60.0))) == [BELL]
    assert best(BELL, light((20.0, 20.0), contacts=0)) == []


@pytest.mark.parametrize("protocol", LOSS_DB, ids=NAMES)
def test_hardware_stays_as_it_is(protocol):
    """Node, receivers and clock do not change; a source of pairs is dimmed, never brightened."""
    (found,) = best(protocol, light(LOSS_DB[protocol]))
    assert type(found) is type(protocol)
    if isinstance(found, BBM92):
        assert found.receiver == protocol.receiver
        assert found.source.pair_rate_hz < protocol.source.pair_rate_hz
    else:
        assert (found.node, found.pulse_rate_hz) == (protocol.node, protocol.pulse_rate_hz)


@pytest.mark.parametrize("protocol", LOSS_DB, ids=NAMES)
def test_settings_are_what_a_protocol_is_set_to(protocol):
    """Out and in again is the same protocol."""
    assert protocol.set_to(protocol.settings) == protocol
    assert len(protocol.space.bounds) == len(protocol.settings)
    assert all(protocol.set_to(start) is not None for start in protocol.space.starts)


def test_settings_that_no_bound_can_use_are_not_allowed():
    """Decoys too near each other, no time for vacuum."""
    x, y, *rest = TRANSMITTER.settings
    assert BELL.set_to((y, y, *rest)) is None
    assert BELL.set_to((x, y, 0.3, 0.4, 0.2, 0.39)) is None
    assert UNLIKE.set_to((*TRANSMITTER.settings, y, y, *rest)) is None


def test_a_node_announces_every_click_and_a_source_none():
    """More clicks than are sifted; those that serve nothing too."""
    for protocol in (SENDING, ENDLESS, BELL):
        arms = NodeSystem(protocol=protocol).two_arms(light(LOSS_DB[protocol], contacts=2))
        told = protocol.announced_clicks(arms)
        assert told.shape == (2,)
        assert (told > 1.2 * protocol.key(arms).sifted_bits).all()
    arms = NodeSystem(protocol=PAIRS).two_arms(light(LOSS_DB[PAIRS], contacts=2))
    assert PAIRS.announced_clicks(arms).tolist() == [0.0, 0.0]


def test_bell_states_that_are_announced_include_those_that_are_counted():
    """Signals and the seven check pairs are among the sixteen."""
    arms = NodeSystem(protocol=BELL).two_arms(light(LOSS_DB[BELL]))
    counts = BELL.counts(arms)
    counted = counts.key + counts.check.sum(axis=0)
    assert counted[0] < BELL.announced_clicks(arms)[0] < 4.0 * counted[0]
