from __future__ import annotations

import numpy as np

from satqkd.key.basis_key import BasisKey


def a_basis(**terms):
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
    return BasisKey(cost_bits=257.0, **arrays)


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
        "error correction leaks 12933 of 8851 private bits"
    )


def test_no_test_data_says_how_many_clicks_there_were():
    """The planner sees that the check basis starved."""
    assert a_basis(check_single_photons=0.4, check_clicks=37.0).why_zero(0) == (
        "no usable check-basis events bound the phase error "
        "(37 check clicks prove no single photon)"
    )
