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
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.post_processing.authentication import Authentication

REFERENCE = Path(__file__).parents[2] / "reference" / "twin_field.json"
ROWS = json.loads(REFERENCE.read_text(encoding="utf-8"))["sending_or_not_sending"]

# Settings and darks of arXiv:2503.17744, table on p. 11
SHANGHAI = SendingOrNotSending(
    pulse_rate_hz=1e8,
    intensities=(0.030, 0.483, 0.494),
    probabilities=(0.063, 0.209, 0.053),
    slice_half_width_rad=np.pi / 16,
    node=InterferingNode(efficiency=0.5, dark_rate_hz=40.0, gate_s=1e-9, misalignment=0.05),
    signal_duty=2.55 / 4.0,
    ec_efficiency=1.16,
    epsilon_sec=4.7e-9,
    epsilon_cor=1e-10,
)
RUN_S = 49_359.0


def at(**changes):
    return dataclasses.replace(SHANGHAI, node=dataclasses.replace(SHANGHAI.node, **changes))


def links(loss_a_db, loss_b_db=None, *, seconds=RUN_S, variance=0.0, background_hz=0.0):
    """Steady links, each a stretch of its own."""
    a = 10.0 ** (-0.1 * np.atleast_1d(np.asarray(loss_a_db, dtype=float)))
    b = a if loss_b_db is None else 10.0 ** (-0.1 * np.atleast_1d(np.asarray(loss_b_db, float)))
    a, b, weight, v, noise = np.broadcast_arrays(a, b, seconds, variance, background_hz)
    return TwoArms(
        transmittance_a=a,
        transmittance_b=b,
        variance_a=v.astype(float),
        variance_b=v.astype(float),
        background_rate_hz=noise.astype(float),
        weight_s=weight.astype(float),
        starts=np.arange(a.size + 1),
    )


def terms(protocol, arms, **options):
    return protocol.terms(protocol.counts(arms), **options)


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_every_term_matches_forty_digits(row):
    """Yields, phase errors, pairs and length agree with the reference to nine digits."""
    number = {name: value if name == "endless" else float(value) for name, value in row.items()}
    protocol = dataclasses.replace(
        SHANGHAI,
        authentication=Authentication(messages=0),
        slice_half_width_rad=number["half"],
        signal_duty=1.0,
        node=InterferingNode(
            efficiency=1.0,
            dark_rate_hz=-np.log1p(-number["p"]) * 1e9,
            gate_s=1e-9,
            misalignment=number["e"],
        ),
    )
    arms = links(0.0, seconds=number["pulses"] / 1e8)
    arms = dataclasses.replace(
        arms, transmittance_a=np.array([number["a"]]), transmittance_b=np.array([number["b"]])
    )
    got = terms(protocol, arms, asymptotic=number["endless"])
    for name, value in {
        "raw": got.raw.total,
        "raw_qber": got.raw.qber,
        "yield_a": got.photons.yield_a,
        "yield_b": got.photons.yield_b,
        "single_error": got.photons.phase_error,
        "survivors": got.paired.survivors,
        "qber": got.paired.qber,
        "untagged": got.untagged_bits,
        "phase_error": got.phase_error,
        "length": got.length_bits,
    }.items():
        assert value[0] == pytest.approx(number[name], rel=1e-9, abs=1e-300), name


def test_sending_alone_is_wrong_as_often_as_published():
    """The source's settings alone make 28 % errors before pairing (T-1: 28.1 % measured)."""
    raw = terms(SHANGHAI, links([25.0, 30.5, 31.5])).raw
    assert raw.qber == pytest.approx(0.281, abs=0.005)
    assert raw.qber[0] == pytest.approx(0.2797, abs=2e-4)


def test_the_run_sends_as_many_pulses_as_published():
    """49 359 s at 100 MHz, 63.75 % signals: 3.15e12 pulses (T-2)."""
    counts = SHANGHAI.counts(links(31.5))
    assert counts.pulses[0] == pytest.approx(3.15e12, rel=2e-3)


def test_the_run_is_met_at_the_loss_of_its_sifted_bits():
    """34.5 dB per arm give the 54.4 million bits, 0.2 % errors and key published (T-6, T-7)."""
    for misalignment, published in ((0.131, 6.92e-7), (0.067, 2.62e-6)):
        got = terms(at(misalignment=misalignment), links(31.46))
        assert got.paired.survivors[0] == pytest.approx(54.4e6, rel=0.01)
        assert 0.00202 / 2.5 < got.paired.qber[0] < 0.00202 * 2.5
        rate = got.length_bits[0] / 3.1466e12
        assert published / 2.5 < rate < published * 2.5
        assert rate > plob_bound(10**-6.7)


def test_uneven_arms_explain_the_error_of_the_whole_run():
    """Arms that fade by 130 % turn 5.4 % misalignment into 14 %; alike slots have about half."""
    protocol = at(misalignment=0.054)
    uneven = protocol.counts(links(30.5, variance=1.3))
    alike = dataclasses.replace(
        protocol, node=dataclasses.replace(protocol.node, least_balance=0.333)
    ).counts(links(30.5, variance=1.3))
    assert alike.pulses[0] / uneven.pulses[0] == pytest.approx(29_859 / 49_359, abs=0.01)
    steady = terms(protocol, links(30.5), asymptotic=True).photons.phase_error[0]
    all_slots, kept = (
        protocol.terms(counts, asymptotic=True).photons.phase_error[0] for counts in (uneven, alike)
    )
    assert all_slots > 0.13
    assert steady < kept < 0.1


def test_key_falls_with_the_root_of_the_loss():
    """10 dB more cost 5 dB of rate, and the bound without a node is crossed (T-9)."""
    loss = np.array([10.0, 20.0, 30.0])
    rate = at(misalignment=0.02, dark_rate_hz=0.01).rate_per_pulse(
        10 ** (-loss / 10), 10 ** (-loss / 10)
    )
    slope = np.diff(10.0 * np.log10(rate)) / np.diff(2.0 * loss)
    assert slope == pytest.approx([-0.5, -0.5], abs=0.02)
    assert rate[2] > plob_bound(10**-6.0)


def test_long_blocks_meet_the_asymptotic_rate():
    """1e22 pulses come within 0.1 % of the rate without fluctuations, from below."""
    arms = links(31.0, seconds=1e22 / 6.375e7)
    finite = terms(SHANGHAI, arms).length_bits[0]
    limit = terms(SHANGHAI, arms, asymptotic=True).length_bits[0]
    assert 0.999 < finite / limit < 1.0
    per_pulse = SHANGHAI.rate_per_pulse(10**-3.1, 10**-3.1)[0]
    assert limit / 1e22 == pytest.approx(per_pulse, rel=1e-9)


@settings(deadline=None)
@given(st.floats(3.0, 60.0), st.floats(0.1, 10.0), st.floats(0.0, 0.2), st.floats(1.0, 1e9))
def test_more_loss_noise_or_error_never_gives_more_key(loss, more, misalignment, seconds):
    """Both arms darker, stray light or misalignment never lengthen the key."""
    protocol = at(misalignment=misalignment)
    bits = protocol.secure_bits(links(loss, seconds=seconds))[0]
    assert protocol.secure_bits(links(loss + more, seconds=seconds))[0] <= bits
    noisy = links(loss, seconds=seconds, background_hz=100.0 * more)
    assert protocol.secure_bits(noisy)[0] <= bits
    worse = at(misalignment=misalignment + 0.01 * more)
    assert worse.secure_bits(links(loss, seconds=seconds))[0] <= bits


@settings(deadline=None)
@given(st.floats(0.0, 40.0), st.floats(0.05, 0.95), st.floats(10.0, 1e8))
def test_splitting_a_block_never_gives_more(loss, share, seconds):
    """Two parts of a block have no more key than the whole."""
    whole = SHANGHAI.secure_bits(links(loss, seconds=seconds))[0]
    parts = SHANGHAI.secure_bits(
        links([loss, loss], seconds=np.array([share, 1.0 - share]) * seconds)
    )
    assert parts.sum() <= whole


@settings(deadline=None)
@given(st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_no_key_beats_the_node(a, b):
    """The rate stays below the capacity of the worse arm."""
    eta = np.array([10 ** (-a / 10)]), np.array([10 ** (-b / 10)])
    protocol = at(efficiency=1.0, dark_rate_hz=0.0, misalignment=0.0)
    assert protocol.rate_per_pulse(*eta) <= node_bound(*eta)


def test_hopeless_links_have_no_key_and_a_reason():
    """200 dB, no time, an unknown phase and a short block: zero bits, finite numbers, a reason."""
    result = SHANGHAI.key(links([200.0, 31.0, 31.0, 400.0], seconds=np.array([1e12, 0, 2.0, 1.0])))
    assert result.secure_bits.tolist() == [0, 0, 0, 0]
    assert all(result.why_zero)
    assert result.why_zero[1] == "no clicks"
    for name in ("sifted_bits", "qber", "phase_error", "single_photon_bits", "leak_ec_bits"):
        values = getattr(result, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0.0).all(), name
    unknown = at(misalignment=0.5).key(links(20.0))
    assert unknown.why_zero == ("phase error bound reaches 50 %",)


def test_a_stretch_is_the_sum_of_its_samples():
    """Samples of different loss are pooled before the bounds; a sample of no weight is nothing."""
    arms = dataclasses.replace(
        links([28.0, 33.0, 10.0], seconds=np.array([3e4, 5e4, 0.0])), starts=np.array([0, 3, 3])
    )
    counts = SHANGHAI.counts(arms)
    parts = SHANGHAI.counts(links([28.0, 33.0], seconds=np.array([3e4, 5e4])))
    np.testing.assert_allclose(counts.clicks[..., 0], parts.clicks.sum(axis=-1), rtol=1e-12)
    result = SHANGHAI.key(arms)
    assert len(result) == 2
    assert result.secure_bits[0] > 0
    assert result.why_zero == (None, "no clicks")
    assert SHANGHAI.secure_bits(arms).tolist() == result.secure_bits.tolist()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intensities", (0.4, 0.1, 0.5)),
        ("intensities", (0.4, 0.5)),
        ("probabilities", (0.5, 0.3, 0.2)),
        ("slice_half_width_rad", 2.0),
        ("signal_duty", 1.2),
        ("ec_efficiency", 0.9),
        ("epsilon_sec", 0.0),
    ],
)
def test_settings_that_cannot_be_are_refused(field, value):
    """Each setting outside its range is named."""
    with pytest.raises(NonPhysicalError, match=field):
        dataclasses.replace(SHANGHAI, **{field: value})
