from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.clicks.counts import Counts
from satqkd.errors import NonPhysicalError
from satqkd.key.asymptotic.decoy_bb84 import rate_with_decoys
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.infinite_decoy import COMPOSITION as INFINITE_DECOYS
from satqkd.key.bb84.infinite_decoy import PhotonYields, infinite_decoy_events, yields_of
from satqkd.key.bb84.no_decoy import COMPOSITION as NO_DECOYS
from satqkd.key.bb84.no_decoy import no_decoy_events
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.statistics.concentration import exact_chernoff, exact_chernoff_observed
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.sampling import unseen_error_fraction

LOG_TERM = math.log(21 / 1e-9)


def counts_of(case):
    mu, g2 = case["mu"], case["g2"]
    return Counts(
        intensities=np.array([mu]),
        probabilities=np.ones(1),
        pulses=np.array([case["N"] + case["C"]]),
        key_clicks=np.array([[case["n"]]]),
        key_errors=np.array([[case["m"]]]),
        check_clicks=np.array([[case["c"]]]),
        check_errors=np.array([[case["w"]]]),
        key_pulses=np.array([case["N"]]),
        check_pulses=np.array([case["C"]]),
        multi_photon=None if g2 is None else np.array([0.5 * g2 * mu**2]),
    )


def known(case):
    names = {"vacuum": "y0", "single": "y1", "single_error": "e1"}
    return PhotonYields(**{name: np.array([case[field]]) for name, field in names.items()})


def test_agrees_with_forty_digits(reference):
    """Every term is that of an arbitrary-precision transcription, with and without decoys."""
    cases = reference("tagged_key.json")["cases"]
    for case in cases:
        counts, protocol = (
            counts_of(case),
            DecoyBB84(epsilon_counting=case["counting"], authentication=Authentication(messages=0)),
        )
        if case["decoys"] == "none":
            log_term = protocol.shares(NO_DECOYS).classical_log
            events = no_decoy_events(counts, interval=exact_chernoff, log_term=log_term)
            result = protocol.key(counts)
        else:
            log_term = protocol.shares(INFINITE_DECOYS).classical_log
            events = infinite_decoy_events(counts, yields=known(case), log_term=log_term)
            result = protocol.key_of_known_yields(counts, known(case))
        ours = {
            "s0": result.vacuum_bits,
            "s1": result.single_photon_bits,
            "c1": events.check_single_photons,
            "leak": result.leak_ec_bits,
        }
        phi = float(case["phi"])
        if case["counting"] == "as-published":
            ours["phi"] = result.phase_error
        else:
            # The bound is the exact one and 0.1 to 1 % of its margin, which is no more than itself.
            assert phi * (1 - 1e-12) <= result.phase_error.item() <= phi * 1.01
        # Differences of large numbers cost seven of the sixteen digits; near 0 a bit's thousandth.
        assert {name: x.item() for name, x in ours.items()} == pytest.approx(
            {name: float(case[name]) for name in ours}, rel=1e-9, abs=1e-3
        )
        keyed = float(case["phi"]) < 0.5 and float(case["length"]) > 0
        length = min(math.floor(float(case["length"])), 9.2e18) if keyed else 0
        if case["counting"] == "as-published":
            assert result.secure_bits.item() == pytest.approx(length, rel=1e-9, abs=1)
        else:
            looser = float(case["s1"]) * (
                binary_entropy(min(1.01 * phi, 0.5)) - binary_entropy(phi)
            )
            assert length - looser - 1 <= result.secure_bits.item() <= length * (1 + 1e-9) + 1
        assert (result.why_zero[0] is None) == (result.secure_bits.item() > 0)
    assert sum(float(case["length"]) > 0 for case in cases) >= 8


def test_many_pulses_give_the_asymptotic_rate(block):
    """At 1e22 pulses the key per pulse is that of the formula, for none and for all decoys."""
    channel = {"background_probability": 1e-7, "intrinsic_error": 0.01}
    eta = np.array([0.1, 1e-2, 3e-3])
    for decoys, mu in (("none", 1e-3), ("infinite", 0.5)):
        counts = block(eta, pulses=1e18, intensities=(mu,), probabilities=(1.0,), p_key_basis=0.9)
        told = Counts(
            **{
                **{n: getattr(counts, n) for n in ("intensities", "probabilities", "pulses")},
                **{n: getattr(counts, n) for n in ("key_clicks", "key_errors")},
                **{n: getattr(counts, n) for n in ("check_clicks", "check_errors")},
                "key_pulses": 0.81 * counts.pulses,
                "check_pulses": 0.01 * counts.pulses,
            }
        )
        yields = yields_of(eta, weight_s=np.ones(3), starts=np.arange(4), **channel)
        protocol = DecoyBB84(ec_efficiency=1.1)
        result = (
            protocol.key(told) if decoys == "none" else protocol.key_of_known_yields(told, yields)
        )
        rate = rate_with_decoys(eta, decoys=decoys, intensities=(mu,), ec_efficiency=1.1, **channel)

        # At 1e18 pulses chance costs some 1e-5.
        assert result.secure_bits / told.key_pulses == pytest.approx(rate, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    mu=st.floats(1e-4, 1.0),
    power=st.floats(3.0, 15.0),
    error=st.floats(0.0, 0.08),
    background=st.floats(-10.0, -4.0),
)
def test_more_loss_never_helps_without_decoys(block, mu, power, error, background):
    """The key falls along loss, never above one bit a click."""
    eta = 10.0 ** -np.linspace(0, 6, 61)
    counts = block(
        eta,
        pulses=10**power,
        intensities=(mu,),
        probabilities=(1.0,),
        intrinsic_error=error,
        background=10**background,
    )
    result = DecoyBB84().key(counts)

    assert (np.diff(result.secure_bits) <= 0).all()
    assert (result.secure_bits <= result.sifted_bits).all()


def test_without_pulses_of_each_basis_all_are_tagged(block):
    """Not knowing how many pulses matched costs key, and never makes any."""
    counts = block(0.3, pulses=1e10, intensities=(0.05,), probabilities=(1.0,), p_key_basis=0.5)
    unknown = no_decoy_events(counts, interval=exact_chernoff, log_term=LOG_TERM)
    tagged = 1e10 * (1 - 1.05 * math.exp(-0.05))

    assert unknown.single_photons.item() < counts.key_clicks.sum() - tagged


def test_known_yields_need_the_pulses(block):
    """How many pulses had matching bases must be told."""
    yields = PhotonYields(vacuum=np.zeros(1), single=np.ones(1), single_error=np.zeros(1))
    with pytest.raises(NonPhysicalError, match="must give the pulses of each basis"):
        DecoyBB84().key_of_known_yields(block(), yields)


def test_exact_bounds_agree_with_forty_digits(reference):
    """Both directions of the Chernoff bound are solved to a fraction of their reach."""
    rows = reference("tagged_key.json")["bounds"]
    counts = np.array([row["count"] for row in rows])
    low, high = exact_chernoff(counts, log_term=LOG_TERM)
    least, most = exact_chernoff_observed(counts, log_term=LOG_TERM)
    ours = {"expected_low": low, "expected_high": high}
    ours |= {"observed_low": least, "observed_high": most}

    for name, values in ours.items():
        true = np.array([float(row[name]) for row in rows])
        assert values == pytest.approx(true, rel=1e-12, abs=1e-12)


class TestSimulated:
    """Bounds with a failure probability so large that they could be seen to fail."""

    def test_tagged_events_bound_the_single_photons(self):
        """True clicks and errors of single photons lie inside in all but ε of the blocks."""
        rng, trials, epsilon = np.random.default_rng(7), 4000, 0.2
        several, seen = 0.02, 0.3
        tagged = rng.binomial(2000, several, trials)
        single = rng.binomial(2000 - tagged, seen)
        counts = Counts(
            intensities=np.array([0.5]),
            probabilities=np.ones(1),
            pulses=np.full(trials, 2000.0),
            key_clicks=(tagged + single)[:, np.newaxis].astype(float),
            key_errors=np.zeros((trials, 1)),
            check_clicks=np.zeros((trials, 1)),
            check_errors=np.zeros((trials, 1)),
            key_pulses=np.full(trials, 2000.0),
            check_pulses=np.zeros(trials),
            multi_photon=np.array([several]),
        )

        def failing(log_term):
            events = no_decoy_events(counts, interval=exact_chernoff, log_term=log_term)
            return float(np.mean(events.single_photons > single))

        assert failing(-math.log(epsilon)) <= epsilon
        assert failing(-math.log(0.97)) > 0.2

    def test_phase_error_bounds_what_was_not_looked_at(self):
        """Errors outside a random sample stay below the bound in all but ε of the draws."""
        rng, trials, epsilon = np.random.default_rng(8), 20_000, 0.1
        sample, rest, errors = 300, 1200, 45
        seen = rng.hypergeometric(errors, sample + rest - errors, sample, trials).astype(float)
        unseen = (errors - seen) / rest
        bound = unseen_error_fraction(
            seen,
            sample=np.full(trials, float(sample)),
            rest=np.full(trials, float(rest)),
            log_term=-math.log(epsilon),
        )

        assert np.mean(unseen > bound) <= epsilon
        assert np.mean(unseen > seen / sample) > 0.3
