"""Key of two arms over their light, against the protocol itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.light import ArmLight, Light
from satqkd.config.parts import preset_values
from satqkd.key.node.key_over_light import keys_over_light
from satqkd.key.system import NodeSystem
from satqkd.units import transmittance

REALISATIONS = 40


def system_of(name):
    return NodeSystem(protocol=preset_values(name).content.value)


def light_of(system, transmittances, *, weight_s, starts):
    """Both arms, unlike in flicker, with 5 Hz of stray clicks in each detector."""
    telescopes = 2.0 if system.protocol.middle.direction == "uplink" else 1.0
    stray_hz = np.full(weight_s.size, 5.0 / telescopes / system.protocol.stray_share)
    return Light(
        arms=tuple(
            ArmLight(
                transmittance=transmittance,
                variance=np.full(weight_s.size, variance),
                stray_hz=stray_hz,
            )
            for transmittance, variance in zip(transmittances, (0.1, 0.2), strict=True)
        ),
        weight_s=weight_s,
        starts=starts,
    )


def arms(system, loss_a_db, loss_b_db, *, seconds):
    """Windows of two samples each, unlike in light and flicker."""
    either = np.array([0.0, 3.0])
    return light_of(
        system,
        (
            transmittance(np.add.outer(loss_a_db, either).ravel()),
            transmittance(np.add.outer(loss_b_db, either[::-1]).ravel()),
        ),
        weight_s=np.full(2 * len(loss_a_db), 0.5 * seconds),
        starts=np.arange(0, 2 * len(loss_a_db) + 1, 2),
    )


def case(name, *loss_db, seconds):
    system = system_of(name)
    return system, arms(system, *loss_db, seconds=seconds)


BBM92 = case("micius-entanglement-2020", [19.0, 22.0], [20.0, 21.0], seconds=800.0)
TWIN_FIELD = case("twin-field-2025", [22.0, 26.0], [23.0, 25.0], seconds=5000.0)


def scaled(light, log_a, log_b):
    length = np.diff(light.starts)
    return light.scaled(*(np.repeat(np.exp(logs), length) for logs in (log_a, log_b)))


def of_first_arm(light, transmittance):
    """The same with another transmittance of the first arm."""
    first, second = light.arms
    return replace(light, arms=(replace(first, transmittance=transmittance), second))


def drawn(light, spread):
    shape = (REALISATIONS, len(light))
    return np.random.default_rng(7).normal(0.0, spread, (2, *shape))


@pytest.mark.parametrize(("system", "light"), [BBM92, TWIN_FIELD], ids=["BBM92", "twin-field"])
def test_it_is_the_protocols_key_between_the_nodes(system, light):
    """Of 1.3 dB (1 sigma) in either link no history is off by 1 % of the best, the mean by 0.2 %:
    what cubics between five nodes leave over 6 dB."""
    log_a, log_b = drawn(light, 0.3)
    direct = np.array(
        [
            system.secure_bits(scaled(light, *at)).astype(float)
            for at in zip(log_a, log_b, strict=True)
        ]
    )
    found = keys_over_light(system.secure_bits, light, log_a, log_b)

    assert (direct.max(axis=0) > 1000.0).all()
    assert np.abs(found - direct).max() < 0.01 * direct.max()
    assert found.mean(axis=0) == pytest.approx(direct.mean(axis=0), rel=2e-3)


def test_samples_that_are_merged_change_little():
    """A window of 300 samples that rises by 0.05 dB a sample: 0.1 % at most, of a mean of five
    samples and the mean of its squares."""
    system, _ = TWIN_FIELD
    seconds = np.arange(300.0)
    loss_db = 22.0 + 0.05 * np.abs(seconds - 150.0)
    light = light_of(
        system,
        (transmittance(loss_db), transmittance(loss_db[::-1] + 1.0)),
        weight_s=np.full(300, 5.0),
        starts=np.array([0, 100, 100, 300]),
    )
    log_a, log_b = np.zeros((2, 3)), np.array([[0.0] * 3, [0.2] * 3])
    found = keys_over_light(system.secure_bits, light, log_a, log_b)
    direct = [system.secure_bits(scaled(light, *at)) for at in zip(log_a, log_b, strict=True)]

    assert found[:, 2].min() > 1000.0
    assert found == pytest.approx(np.array(direct, dtype=float), rel=1e-3)


def test_a_single_history_is_exact():
    """No interpolation where there is nothing between."""
    system, light = BBM92
    log_a, log_b = (each[:1] for each in drawn(light, 0.3))
    direct = system.secure_bits(scaled(light, log_a[0], log_b[0]))

    assert keys_over_light(system.secure_bits, light, log_a, log_b)[0].tolist() == direct.tolist()


def test_one_link_may_be_known_exactly():
    """Nodes along the other only."""
    system, light = BBM92
    log_a, nothing = drawn(light, 0.2)[0], np.zeros((REALISATIONS, len(light)))
    found = keys_over_light(system.secure_bits, light, log_a, nothing)
    most = int(np.argmax(log_a[:, 0]))
    direct = system.secure_bits(scaled(light, log_a[most], nothing[most]))

    assert found[most, 0] == direct[0]
    swapped = keys_over_light(system.secure_bits, light, nothing, log_a)
    direct = system.secure_bits(scaled(light, nothing[most], log_a[most]))
    assert swapped[most, 0] == direct[0]


def test_empty_and_dark_windows_have_no_key():
    """Neither do they disturb their neighbours."""
    system, light = BBM92
    holed = replace(light, starts=np.array([0, 0, 2, 4]))
    dark = of_first_arm(holed, light.arms[0].transmittance * np.array([1.0, 1.0, 0.0, 0.0]))
    log_a, log_b = drawn(dark, 0.3)
    found = keys_over_light(system.secure_bits, dark, log_a, log_b)

    assert (found[:, [0, 2]] == 0.0).all()
    assert (found[:, 1] > 0.0).all()


def test_more_light_than_there_is_does_not_arrive():
    """Transmittances end at 1."""
    system, light = BBM92
    bright, full = (
        replace(
            light, arms=tuple(replace(arm, transmittance=np.full(4, share)) for arm in light.arms)
        )
        for share in (0.9, 1.0)
    )
    found = keys_over_light(system.secure_bits, bright, np.full((1, 2), 3.0), np.full((1, 2), 3.0))

    assert found[0].tolist() == system.secure_bits(full).tolist()
