from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.mdi_clicks import single_photon_pair, x_basis, z_basis

PHASES = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
"""Equal steps average a periodic function to rounding."""
NOISE = {"dark_probability": 1e-3, "misalignment": 0.0}


def told(sent_a, sent_b, *, dark, overlap):
    """Bell states of two fields, each (H, V), behind beam splitter and polarising splitters.

    The second sender's mode is part the first's, part one that interferes with nothing.
    """
    like, other = np.sqrt(overlap), np.sqrt(1.0 - overlap)
    turn = np.exp(1j * PHASES)
    click = {}
    for polarisation, a, b in zip("HV", sent_a, sent_b, strict=True):
        for port, sign in (("c", 1.0), ("d", -1.0)):
            photons = np.abs(a + sign * like * b * turn) ** 2 / 2 + (other * b) ** 2 / 2
            click[port + polarisation] = 1.0 - (1.0 - dark) * np.exp(-photons)

    def exactly(*names):
        factors = [click[n] if n in names else 1.0 - click[n] for n in click]
        return np.prod(factors, axis=0).mean()

    plus = exactly("cH", "cV") + exactly("dH", "dV")
    return plus, exactly("cH", "dV") + exactly("cV", "dH")


@pytest.mark.parametrize("overlap", [0.0, 0.7, 1.0])
@pytest.mark.parametrize(("a", "b"), [(0.3, 0.3), (1.2, 0.05), (0.0, 0.4), (3.0, 2.0)])
def test_gains_are_those_of_the_fields_behind_the_splitters(a, b, overlap):
    """Every pair of bits, in both bases, with the phase between the lasers averaged."""
    gain_x = error_x = gain_z = error_z = 0.0
    root_a, root_b = np.sqrt(a), np.sqrt(b)
    for bit_a, bit_b in product((0, 1), repeat=2):
        diagonal = [
            np.array([1.0, (-1.0) ** bit]) * root / np.sqrt(2)
            for bit, root in ((bit_a, root_a), (bit_b, root_b))
        ]
        plus, minus = told(*diagonal, dark=1e-3, overlap=overlap)
        gain_x += (plus + minus) / 4
        # ψ+ has equal bits in the diagonal basis, ψ- has different ones.
        error_x += (minus if bit_a == bit_b else plus) / 4
        straight = [np.eye(2)[bit_a] * root_a, np.eye(2)[bit_b] * root_b]
        plus, minus = told(*straight, dark=1e-3, overlap=overlap)
        gain_z += (plus + minus) / 4
        error_z += (plus + minus) / 4 if bit_a == bit_b else 0.0

    for model, expected in ((x_basis, (gain_x, error_x)), (z_basis, (gain_z, error_z))):
        assert [float(v) for v in model(a, b, overlap=overlap, **NOISE)] == pytest.approx(
            expected, rel=1e-12
        )


def test_single_photons_err_where_they_do_not_meet():
    """Without noise the X errors of photon pairs are (1 - M)/2, and none when alike."""
    for overlap in (0.0, 0.5, 0.96, 1.0):
        gain, errors = single_photon_pair(
            0.1, 0.02, dark_probability=0.0, misalignment=0.0, overlap=overlap
        )

        assert float(gain) == pytest.approx(0.5 * 0.1 * 0.02, rel=1e-14)
        assert float(errors / gain) == pytest.approx((1.0 - overlap) / 2.0, abs=1e-15)


def test_no_light_and_no_noise_tell_nothing():
    """Zero in, zero out, in every model."""
    for model in (x_basis, z_basis, single_photon_pair):
        gain, errors = model(0.0, 0.0, dark_probability=0.0, misalignment=0.01)

        assert float(gain) == float(errors) == 0.0


def test_both_bases_know_the_same_photon_pairs():
    """Gains of X and Z differ in what several photons of one side do, not in one of each."""
    weak = 1e-6
    x = x_basis(weak, weak, **NOISE, overlap=0.9)[0]
    z = z_basis(weak, weak, **NOISE, overlap=0.9)[0]

    # Pairs of one side are as frequent as those looked for, and dark counts a thousand times.
    assert float(x) == pytest.approx(float(z), rel=1e-8)


@given(
    a=st.floats(1e-12, 3.0),
    b=st.floats(1e-12, 3.0),
    dark=st.floats(0.0, 1e-3),
    error=st.floats(0.0, 0.5),
    overlap=st.floats(0.0, 1.0),
)
def test_errors_are_part_of_gains(a, b, dark, error, overlap):
    """Probabilities, and errors at most half of the X gain."""
    common = {"dark_probability": dark, "misalignment": error, "overlap": overlap}
    gain_x, error_x = x_basis(a, b, **common)
    gain_z, error_z = z_basis(a, b, **common)

    assert 0.0 < gain_x < 1.0
    assert 0.0 < gain_z < 1.0
    assert 0.0 <= error_x <= 0.5 * gain_x * (1 + 1e-12)
    assert 0.0 <= error_z <= gain_z
