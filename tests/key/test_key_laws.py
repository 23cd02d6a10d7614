"""What holds for every decoy key, whatever the source, channel and bound."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.key.asymptotic.bb84 import decoy_rate
from satqkd.key.bb84.decoy_bb84 import DecoyBB84

LOSS_DB = np.linspace(0.0, 60.0, 121)
ETA = 10.0 ** (-0.1 * LOSS_DB)

estimators = st.builds(
    DecoyBB84,
    bound=st.sampled_from(["hoeffding", "chernoff"]),
    key_bases=st.sampled_from(["one", "both"]),
    ec_efficiency=st.floats(1.0, 1.5),
)
losses_db = st.floats(0.0, 50.0)
log_pulses = st.floats(5.0, 15.0)


@st.composite
def sources(draw):
    """A source and a noise, as keywords of the block builder."""
    signal = draw(st.floats(0.2, 1.0))
    weak = draw(st.floats(0.05, 0.9)) * signal
    weights = [draw(st.floats(0.05, 1.0)) for _ in range(draw(st.sampled_from([2, 3])))]
    intensities = (signal, weak)
    if len(weights) == 3:
        intensities += (draw(st.floats(0.0, 0.9)) * min(weak, signal - weak),)
    return {
        "intensities": intensities,
        "probabilities": tuple(weight / sum(weights) for weight in weights),
        "background": draw(st.one_of(st.just(0.0), st.floats(-10, -4).map(lambda x: 10**x))),
        "intrinsic_error": draw(st.one_of(st.just(0.0), st.floats(0.0, 0.08))),
        "p_key_basis": draw(st.floats(0.5, 0.97)),
    }


def quiet(test):
    """Draw few but fresh examples; each looks at a hundred blocks."""
    return settings(max_examples=60, deadline=None)(test)


@quiet
@given(estimator=estimators, source=sources(), power=st.floats(0, 22))
def test_key_is_a_whole_number_between_nothing_and_the_sifted_bits(block, estimator, source, power):
    """At 0 to 200 dB and up to 1e22 pulses all is finite, and each zero has its reason."""
    eta = 10.0 ** (-np.linspace(0, 20, 101))
    result = estimator.key(block(eta, pulses=10**power, **source))

    assert (result.secure_bits >= 0).all()
    assert (result.secure_bits <= result.sifted_bits).all()
    assert [bits == 0 for bits in result.secure_bits] == [r is not None for r in result.why_zero]
    for name in ("qber", "phase_error", "vacuum_bits", "single_photon_bits", "leak_ec_bits"):
        values = getattr(result, name)
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (result.phase_error <= 0.5).all()


@quiet
@given(estimator=estimators, source=sources(), power=log_pulses)
def test_more_loss_never_helps(block, estimator, source, power):
    """The key falls along loss; in particular no zero lies between two keys."""
    bits = estimator.key(block(ETA, pulses=10**power, **source)).secure_bits

    assert (np.diff(bits) <= 0).all()


def noisier(field):
    """Values of a noise from none to far too much."""
    if field == "background":
        return np.concatenate([[0.0], np.geomspace(1e-10, 1e-2, 30)])
    return np.linspace(0.0, 0.15, 31)


@quiet
@given(estimator=estimators, source=sources(), loss_db=losses_db)
@pytest.mark.parametrize("field", ["intrinsic_error", "background"])
def test_more_noise_never_helps(block, field, estimator, source, loss_db):
    """The key falls with wrong clicks from either cause."""
    eta, pulses = 10 ** (-loss_db / 10), np.geomspace(1e6, 1e15, 10)
    bits = np.array(
        [
            estimator.key(block(eta, pulses=pulses, **{**source, field: noise})).secure_bits
            for noise in noisier(field).tolist()
        ]
    )

    assert (np.diff(bits, axis=0) <= 0).all()


@quiet
@given(estimator=estimators, source=sources(), loss_db=losses_db)
def test_a_bigger_block_never_gives_less_per_pulse(block, estimator, source, loss_db):
    """Finite-size costs shrink relative to the block."""
    pulses = np.geomspace(1e5, 1e16, 111)
    counts = block(10 ** (-loss_db / 10), pulses=pulses, **source)
    per_pulse = estimator.key(counts).secure_bits / pulses

    # Rounding down to whole bits, and to sixteen digits.
    assert (np.diff(per_pulse) >= -1.0 / pulses[1:] - 1e-12 * per_pulse[1:]).all()


@quiet
@given(estimator=estimators, source=sources(), loss_db=losses_db, share=st.floats(0.01, 0.5))
def test_splitting_a_block_never_helps(block, estimator, source, loss_db, share):
    """Two parts give no more than the whole."""
    pulses = np.geomspace(1e5, 1e15, 101)
    eta = 10 ** (-loss_db / 10)
    whole, small, large = (
        estimator.key(block(eta, pulses=part * pulses, **source)).secure_bits
        for part in (1.0, share, 1.0 - share)
    )

    assert (small + large <= whole).all()


@quiet
@given(
    bound=st.sampled_from(["hoeffding", "chernoff"]), source=sources(), power=st.floats(5.0, 22.0)
)
def test_bounds_stay_below_what_the_source_really_sent(block, bound, source, power):
    """Clicks of empty and single-photon pulses are known in a simulation."""
    (basis,) = DecoyBB84(bound=bound).bases(block(ETA, pulses=10**power, **source))
    vacuum, single, _ = true_clicks(source, 10**power)

    # Rounded differences of clicks, some 1e-9 of them.
    slack = 1e-9 * basis.sifted_bits
    assert (basis.vacuum_bits <= vacuum + slack).all()
    assert (basis.single_photon_bits <= single + slack).all()


@quiet
@given(source=sources(), power=st.floats(5.0, 18.0), f=st.floats(1.0, 1.5))
@pytest.mark.parametrize("bound", ["hoeffding", "chernoff"])
def test_finite_key_stays_below_the_asymptotic_one(block, bound, source, power, f):
    """Knowing the photon number of every click would give at least as much."""
    counts = block(ETA, pulses=10**power, **source)
    result = DecoyBB84(bound=bound, ec_efficiency=f).key(counts)
    vacuum, single, single_error = true_clicks(source, 10**power)
    limit = decoy_rate(
        vacuum_gain=vacuum,
        single_photon_gain=single,
        single_photon_error=single_error,
        gain=result.sifted_bits,
        qber=result.qber,
        ec_efficiency=f,
    )

    assert (result.secure_bits <= limit * (1 + 1e-9)).all()


def true_clicks(source, pulses):
    """Key-basis clicks of empty and of single-photon pulses, and the latter's error fraction."""
    mu, p = np.array(source["intensities"]), np.array(source["probabilities"])
    sent = pulses * source["p_key_basis"] ** 2
    stray = source["background"]
    click = stray + (1 - stray) * ETA
    wrong = np.minimum(0.5 * stray + source["intrinsic_error"] * ETA, 0.5 * click)
    vacuum = sent * (p * np.exp(-mu)).sum() * stray
    return vacuum, sent * (p * mu * np.exp(-mu)).sum() * click, wrong / click


def test_no_estimator_breaks_a_law_at_random_settings():
    """Asymptote, capacity, loss, noise, length of the block, search: 100,000 with ``make laws``."""
    script = Path(__file__).parents[1] / "reference" / "key_laws.py"
    tallies = list(runpy.run_path(str(script))["tallies"](1500, 20240607))

    assert {tally.name: tally.broken for tally in tallies if any(tally.broken.values())} == {}
    assert all(tally.with_key > 0 for tally in tallies)
