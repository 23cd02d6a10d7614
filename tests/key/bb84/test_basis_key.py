from __future__ import annotations

import numpy as np

from satqkd.key.bb84.basis_key import BasisKey


def a_basis(*, decoys=True, **terms):
    """A block with 10 000 sifted bits that makes 2743 bits, unless told otherwise."""
    usual = {
        "sifted_bits": 10_000.0,
        "errors": 100.0,
        "check_clicks": 500.0,
        "check_single_photons": 300.0,
        "vacuum_bits": 0.0,
        "single_photon_bits": 6000.0,
        "phase_error": 0.08,
        "private_bits": 4000.0,
        "leak_ec_bits": 1000.0,
    }
    arrays = {name: np.array([value]) for name, value in {**usual, **terms}.items()}
    return BasisKey(cost_bits=257.0, decoys=decoys, **arrays)


def test_length_is_what_is_private_less_what_it_costs():
    """Leak and finite-key cost are taken off."""
    assert a_basis().length_bits.tolist() == [2743.0]


def test_bits_are_rounded_down():
    """A fraction of a bit is none."""
    assert a_basis(private_bits=1257.999).secure_bits.tolist() == [0.0]
    assert a_basis(private_bits=1258.001).secure_bits.tolist() == [1.0]


def test_an_unbounded_phase_error_makes_no_key():
    """Vacuum bits alone are not spent."""
    assert a_basis(phase_error=0.5, vacuum_bits=4000.0).secure_bits.tolist() == [0.0]


def test_a_block_too_small_says_what_is_missing():
    """The bits that are left stand against the cost."""
    assert a_basis(private_bits=1165.0).why_zero(0) == (
        "block too small: 165 private bits do not pay the 257-bit finite-key cost"
    )


def test_a_leak_says_of_how_much():
    """Error correction is set against the private bits."""
    assert a_basis(private_bits=8851.0, leak_ec_bits=12933.0).why_zero(0) == (
        "error correction would cost 12933 bits, more than the 8851 that are private"
    )


def test_no_test_data_says_how_many_clicks_there_were():
    """The planner sees that the check basis starved."""
    assert a_basis(check_single_photons=0.4, check_clicks=37.0).why_zero(0) == (
        "no usable check-basis events bound the phase error "
        "(37 check clicks prove no single photon)"
    )


CURE = "dim the source (for passes, forecast --optimise pass finds how far)"


def test_without_decoys_pairs_that_may_be_all_clicks_name_the_cure():
    """Neither basis can tell a photon from one of a pair."""
    for terms in ({"check_single_photons": 0.0}, {"single_photon_bits": 0.0}):
        assert a_basis(decoys=False, **terms).why_zero(0) == (
            f"pulses of several photons may have made every click: {CURE}"
        )


def test_without_decoys_pairs_that_may_be_many_clicks_name_the_cure_too():
    """After what the key lacks; a check basis without clicks is not cured so."""
    assert a_basis(decoys=False, phase_error=0.5).why_zero(0) == (
        "phase error bound reaches 50 % (300 single photons in the check basis); "
        f"pulses of several photons may have made 40% of the clicks: {CURE}"
    )
    few = {"check_single_photons": 450.0, "single_photon_bits": 9000.0}
    assert "dim" not in a_basis(decoys=False, phase_error=0.5, **few).why_zero(0)
    dark = a_basis(decoys=False, check_clicks=0.0, check_single_photons=0.0)
    assert dark.why_zero(0).startswith("no usable check-basis events")
