import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError
from satqkd.key.asymptotic.bounds import node_bound, plob_bound
from satqkd.key.node.curty_azuma_lo import CurtyAzumaLo, best_intensity, curty_azuma_lo_rate

REFERENCE = Path(__file__).parents[2] / "reference" / "twin_field.json"
ROWS = json.loads(REFERENCE.read_text(encoding="utf-8"))["curty_azuma_lo"]

PROTOCOL = CurtyAzumaLo(
    pulse_rate_hz=1e8,
    intensity=0.05,
    node=InterferingNode(efficiency=0.8, dark_rate_hz=100.0, gate_s=1e-9, misalignment=0.01),
    signal_duty=0.6,
)


def best_rate(loss_db, dark=1e-7):
    eta = 10.0 ** (-np.asarray(loss_db) / 20.0)
    mu = best_intensity(eta, eta, dark_probability=dark)
    return curty_azuma_lo_rate(eta, eta, intensity=mu, dark_probability=dark).bits_per_pulse


def arms(loss_db, *, variance=0.0, seconds=100.0, starts=None):
    eta = 10.0 ** (-0.1 * np.atleast_1d(np.asarray(loss_db, dtype=float)))
    zero = np.zeros(eta.size)
    return TwoArms(
        transmittance_a=eta,
        transmittance_b=eta,
        variance_a=zero + variance,
        variance_b=zero + variance,
        background_rate_hz=zero,
        weight_s=zero + seconds,
        starts=np.arange(eta.size + 1) if starts is None else np.array(starts),
    )


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_every_term_matches_forty_digits(row):
    """Gain, errors and rate agree with the reference to nine digits, arms alike or not."""
    number = {name: float(value) for name, value in row.items()}
    got = curty_azuma_lo_rate(
        number["a"],
        number["b"],
        intensity=number["mu"],
        dark_probability=number["p"],
        misalignment=number["e"],
        phase_variance_rad2=number["variance"],
        ec_efficiency=1.16,
    )
    assert got.gain == pytest.approx(number["gain"], rel=1e-9, abs=0)
    assert got.qber == pytest.approx(number["qber"], rel=1e-9, abs=0)
    assert got.phase_error == pytest.approx(number["phase_error"], rel=1e-9, abs=0)
    assert got.bits_per_pulse == pytest.approx(number["bits"], rel=1e-9, abs=0)


def test_best_rates_are_those_of_an_independent_program():
    """30, 40 and 60 dB with darks of 1e-7: 1.221e-3, 3.704e-4 and 3.135e-5 (T-8)."""
    # four digits typed in
    assert best_rate([30.0, 40.0, 60.0]) == pytest.approx([1.221e-3, 3.704e-4, 3.135e-5], rel=2e-4)


def test_the_bound_without_a_node_is_crossed_between_30_and_40_db():
    """The rate falls by 5 dB in 10 dB of loss, the bound by 10 (T-9)."""
    loss = np.array([30.0, 40.0, 50.0])
    rate, bound = best_rate(loss), plob_bound(10 ** (-loss / 10.0))
    assert rate[0] < bound[0]
    assert rate[1] > bound[1]
    slope = np.diff(10.0 * np.log10(best_rate(loss, dark=1e-10))) / 10.0
    assert slope == pytest.approx([-0.5, -0.5], abs=0.01)
    assert np.diff(10.0 * np.log10(bound)) / 10.0 == pytest.approx([-1.0, -1.0], abs=0.01)


@pytest.mark.parametrize("loss_db", [20.0, 45.0, 70.0])
def test_no_other_intensity_is_better(loss_db):
    """The search finds what a fine grid finds, to a part in a million of the rate."""
    eta = 10.0 ** (-loss_db / 20.0)
    grid = np.geomspace(1e-3, 0.5, 4001)
    rate = curty_azuma_lo_rate(eta, eta, intensity=grid, dark_probability=1e-8).bits_per_pulse
    assert best_rate(loss_db, dark=1e-8) == pytest.approx(rate.max(), rel=1e-6)


@settings(deadline=None)
@given(st.floats(0.0, 80.0), st.floats(0.0, 80.0), st.floats(1e-4, 0.5))
def test_no_key_beats_the_node(a, b, mu):
    """The rate stays below the capacity of the worse arm."""
    eta = 10 ** (-a / 10), 10 ** (-b / 10)
    rate = curty_azuma_lo_rate(*eta, intensity=mu, dark_probability=0.0).bits_per_pulse
    assert rate <= node_bound(*eta)


@settings(deadline=None)
@given(st.floats(1.0, 60.0), st.floats(0.1, 10.0), st.floats(0.0, 0.1))
def test_more_loss_or_error_never_gives_more_key(loss, more, error):
    """Both arms darker or misaligned never lengthen the key."""
    node = dataclasses.replace(PROTOCOL.node, misalignment=error)
    protocol = dataclasses.replace(PROTOCOL, node=node)
    bits = protocol.secure_bits(arms([loss, loss + more]))
    assert bits[1] <= bits[0]
    worse = dataclasses.replace(node, misalignment=error + 0.01 * more)
    assert dataclasses.replace(PROTOCOL, node=worse).secure_bits(arms(loss))[0] <= bits[0]


def test_fading_is_averaged_before_anything_else():
    """A stretch that fades has the gain of the mean and less key than a steady one."""
    steady, fading = PROTOCOL.key(arms(25.0)), PROTOCOL.key(arms(25.0, variance=0.3))
    assert fading.sifted_bits[0] == pytest.approx(steady.sifted_bits[0], rel=1e-3)
    assert 0 < fading.secure_bits[0] < steady.secure_bits[0]


def test_hopeless_links_have_no_key_and_a_reason():
    """200 dB, no time at all and an unknown phase: zero bits, finite numbers, a reason."""
    result = PROTOCOL.key(arms([200.0, 20.0, 20.0], seconds=np.array([100.0, 0.0, 100.0])))
    assert result.secure_bits[:2].tolist() == [0, 0]
    assert result.secure_bits[2] > 0
    assert result.why_zero[0] == "phase error bound reaches 50 %"
    assert result.why_zero[1:] == ("no clicks", None)
    assert np.isfinite([result.qber, result.phase_error, result.leak_ec_bits]).all()
    unknown = dataclasses.replace(
        PROTOCOL, node=dataclasses.replace(PROTOCOL.node, misalignment=0.5)
    )
    assert unknown.key(arms(20.0)).why_zero == (
        "error correction would cost more bits than are private",
    )


@pytest.mark.parametrize(
    ("field", "value"), [("intensity", 0.0), ("p_signal", 1.5), ("ec_efficiency", 0.5)]
)
def test_settings_that_cannot_be_are_refused(field, value):
    """Each setting outside its range is named."""
    with pytest.raises(NonPhysicalError, match=field):
        dataclasses.replace(PROTOCOL, **{field: value})
