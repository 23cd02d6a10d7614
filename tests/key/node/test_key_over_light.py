"""Key of two links over their light, against the protocol itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.two_arms import TwoArms
from satqkd.config.parts import preset_values
from satqkd.forecast.key_surface import keys_over_light
from satqkd.units import transmittance

HISTORIES = 40


def protocol_of(name):
    return preset_values(name).content.value


def arms(loss_a_db, loss_b_db, *, seconds):
    """Windows of two samples each, unlike in light and flicker."""
    count = len(loss_a_db)
    either = np.array([0.0, 3.0])
    return TwoArms(
        transmittance_a=transmittance(np.add.outer(loss_a_db, either).ravel()),
        transmittance_b=transmittance(np.add.outer(loss_b_db, either[::-1]).ravel()),
        variance_a=np.full(2 * count, 0.1),
        variance_b=np.full(2 * count, 0.2),
        background_rate_hz=np.full(2 * count, 5.0),
        weight_s=np.full(2 * count, 0.5 * seconds),
        starts=np.arange(0, 2 * count + 1, 2),
    )


BBM92 = (protocol_of("micius-entanglement-2020"), arms([19.0, 22.0], [20.0, 21.0], seconds=300.0))
TWIN_FIELD = (protocol_of("twin-field-2025"), arms([22.0, 26.0], [23.0, 25.0], seconds=2000.0))


def scaled(links, log_a, log_b):
    length = np.diff(links.starts)
    return replace(
        links,
        transmittance_a=links.transmittance_a * np.repeat(np.exp(log_a), length),
        transmittance_b=links.transmittance_b * np.repeat(np.exp(log_b), length),
    )


def drawn(links, spread):
    shape = (HISTORIES, len(links))
    return np.random.default_rng(7).normal(0.0, spread, (2, *shape))


@pytest.mark.parametrize(("protocol", "links"), [BBM92, TWIN_FIELD], ids=["BBM92", "twin-field"])
def test_it_is_the_protocols_key_between_the_nodes(protocol, links):
    """Of 1.3 dB (1 sigma) in either link no history is off by 1 % of the best, the mean by 0.2 %:
    what cubics between five nodes leave over 6 dB."""
    log_a, log_b = drawn(links, 0.3)
    direct = np.array(
        [
            protocol.secure_bits(scaled(links, *at)).astype(float)
            for at in zip(log_a, log_b, strict=True)
        ]
    )
    found = keys_over_light(protocol, links, log_a, log_b)

    assert (direct.max(axis=0) > 1000.0).all()
    assert np.abs(found - direct).max() < 0.01 * direct.max()
    assert found.mean(axis=0) == pytest.approx(direct.mean(axis=0), rel=2e-3)


def test_samples_that_are_merged_change_little():
    """A window of 300 s, second by second, that rises by 0.05 dB a second: 0.1 % at most, of a mean
    of five seconds and the mean of its squares."""
    protocol, _ = TWIN_FIELD
    seconds = np.arange(300.0)
    loss_db = 22.0 + 0.05 * np.abs(seconds - 150.0)
    links = TwoArms(
        transmittance_a=transmittance(loss_db),
        transmittance_b=transmittance(loss_db[::-1] + 1.0),
        variance_a=np.full(300, 0.1),
        variance_b=np.full(300, 0.2),
        background_rate_hz=np.full(300, 5.0),
        weight_s=np.ones(300),
        starts=np.array([0, 100, 100, 300]),
    )
    log_a, log_b = np.zeros((2, 3)), np.array([[0.0] * 3, [0.2] * 3])
    found = keys_over_light(protocol, links, log_a, log_b)
    direct = [protocol.secure_bits(scaled(links, *at)) for at in zip(log_a, log_b, strict=True)]

    assert found[:, 2].min() > 1000.0
    assert found == pytest.approx(np.array(direct, dtype=float), rel=1e-3)


def test_a_single_history_is_exact():
    """No interpolation where there is nothing between."""
    protocol, links = BBM92
    log_a, log_b = (each[:1] for each in drawn(links, 0.3))
    direct = protocol.secure_bits(scaled(links, log_a[0], log_b[0]))

    assert keys_over_light(protocol, links, log_a, log_b)[0].tolist() == direct.tolist()


def test_one_link_may_be_known_exactly():
    """Nodes along the other only."""
    protocol, links = BBM92
    log_a, nothing = drawn(links, 0.2)[0], np.zeros((HISTORIES, len(links)))
    found = keys_over_light(protocol, links, log_a, nothing)
    most = int(np.argmax(log_a[:, 0]))
    direct = protocol.secure_bits(scaled(links, log_a[most], nothing[most]))

    assert found[most, 0] == direct[0]
    swapped = keys_over_light(protocol, links, nothing, log_a)
    direct = protocol.secure_bits(scaled(links, nothing[most], log_a[most]))
    assert swapped[most, 0] == direct[0]


def test_empty_and_dark_windows_have_no_key():
    """Neither do they disturb their neighbours."""
    protocol, links = BBM92
    holed = replace(links, starts=np.array([0, 0, 2, 4]))
    dark = replace(holed, transmittance_a=links.transmittance_a * np.array([1.0, 1.0, 0.0, 0.0]))
    log_a, log_b = drawn(dark, 0.3)
    found = keys_over_light(protocol, dark, log_a, log_b)

    assert (found[:, [0, 2]] == 0.0).all()
    assert (found[:, 1] > 0.0).all()


def test_more_light_than_there_is_does_not_arrive():
    """Transmittances end at 1."""
    protocol, links = BBM92
    bright = replace(links, transmittance_a=np.full(4, 0.9), transmittance_b=np.full(4, 0.9))
    found = keys_over_light(protocol, bright, np.full((1, 2), 3.0), np.full((1, 2), 3.0))
    full = replace(bright, transmittance_a=np.ones(4), transmittance_b=np.ones(4))

    assert found[0].tolist() == protocol.secure_bits(full).tolist()
