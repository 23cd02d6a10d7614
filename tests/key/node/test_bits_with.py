"""Many settings at once give what each gives alone, in every bit."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.clicks.four_intensity import BellStateNode, FourIntensityTransmitter
from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.pair_source import PairReceiver, PairSource
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.curty_azuma_lo import CurtyAzumaLo
from satqkd.key.node.mdi_four_intensity import STARTS, FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending

NODE = InterferingNode(efficiency=0.7, dark_rate_hz=40.0, gate_s=1e-9, misalignment=0.03)
TRANSMITTER = FourIntensityTransmitter.of(STARTS[0])
MDI = FourIntensityMDI(
    pulse_rate_hz=1e9,
    transmitter_a=TRANSMITTER,
    node=BellStateNode(efficiency=0.7, dark_rate_hz=10.0, gate_s=1e-9, misalignment_z=0.01),
)
PROTOCOLS = {
    "mdi": MDI,
    "mdi of two": FourIntensityMDI(
        pulse_rate_hz=1e9,
        transmitter_a=TRANSMITTER,
        transmitter_b=FourIntensityTransmitter.of(STARTS[1]),
        node=MDI.node,
    ),
    "sending or not": SendingOrNotSending(
        pulse_rate_hz=1e9,
        intensities=(0.03, 0.48, 0.49),
        probabilities=(0.06, 0.21, 0.05),
        slice_half_width_rad=0.2,
        node=NODE,
    ),
    "curty-azuma-lo": CurtyAzumaLo(pulse_rate_hz=1e9, intensity=0.02, node=NODE),
    "bbm92": BBM92(
        source=PairSource(pair_rate_hz=1e8, intrinsic_error=0.01),
        receiver=PairReceiver(efficiency=0.7, dark_rate_hz=100.0, window_s=1e-9),
    ),
}


@pytest.fixture(scope="module")
def arms():
    """Four blocks of three samples, over unlike arms that flicker; one of them carries nothing."""
    a, b = 10.0 ** -np.linspace(0.6, 3.2, 12), 10.0 ** -np.linspace(0.9, 2.4, 12)
    weight_s = np.full(12, 400.0)
    weight_s[3:6] = 0.0
    return TwoArms(
        transmittance_a=a,
        transmittance_b=b,
        variance_a=np.full(12, 0.1),
        variance_b=np.full(12, 0.05),
        background_rate_hz=np.full(12, 5.0),
        weight_s=weight_s,
        starts=np.array([0, 3, 6, 9, 12]),
    )


@pytest.mark.parametrize("name", PROTOCOLS)
def test_many_settings_at_once_are_as_each_alone(name, arms):
    """Steps along each axis, some of them shared with others, some not allowed."""
    protocol = PROTOCOLS[name]
    stated = protocol.settings
    low, high = (
        end(own, stated)
        for end, own in zip(
            (np.minimum, np.maximum), np.array(protocol.space.bounds).T, strict=True
        )
    )
    steps = np.concatenate([np.diag(np.full(len(stated), np.log(f))) for f in (0.8, 1.15, 30.0)])
    tried = [stated, *map(tuple, np.clip(stated * np.exp(steps), low, high).tolist())]

    found = protocol.bits_with(tried, arms)

    alone = [protocol.set_to(values) for values in tried]
    wanted = [None if one is None else one.secure_bits(arms).tolist() for one in alone]
    assert [None if bits is None else bits.tolist() for bits in found] == wanted
    assert max(bits[0] for bits in wanted if bits is not None) > 0


def test_settings_that_are_not_allowed_give_none(arms):
    """A weak decoy above the strong one, in any place, and all of them."""
    wrong = (0.3, 0.1, 0.4, 0.3, 0.1, 0.5)

    some = MDI.bits_with([wrong, MDI.settings, wrong], arms)

    assert some[0] is None
    assert some[2] is None
    assert some[1].tolist() == MDI.secure_bits(arms).tolist()
    assert MDI.bits_with([wrong], arms) == [None]
