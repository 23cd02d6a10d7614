"""The beam's lines add up, and vanish where nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.beam.beam_lines import BEAM_LINES, beam_lines_db
from satqkd.link.beam.beams import FlatTopBeam, GaussianBeam
from satqkd.link.beam.pointing import JitterPointing, StatedPointing
from satqkd.link.beam.truncated_beam import TruncatedBeam
from satqkd.units import loss_db

RANGES_M = np.linspace(5e5, 2.5e6, 50)
ENDS = {"tx_aperture_m": 0.3, "wavelength_m": 848.6e-9, "rx_aperture_m": 1.0}
BEAMS = [
    FlatTopBeam(divergence_rad=10e-6),
    GaussianBeam(divergence_rad=10e-6),
    TruncatedBeam(beam_diameter_m=0.27, obscuration=0.3, wavefront_error_rms=0.05),
]


@pytest.mark.parametrize("beam", BEAMS, ids=lambda beam: type(beam).__name__)
@given(
    jitter=st.sampled_from([0.0, 0.3e-6, 1.2e-6]),
    bias=st.sampled_from([0.0, 0.5e-6]),
    extra=st.sampled_from([0.0, 1e-6]),
    obscuration=st.sampled_from([0.0, 0.3]),
)
def test_the_lines_are_the_capture_step_by_step(beam, jitter, bias, extra, obscuration):
    """Their sum is the loss of the whole, and none is negative for a beam wider than its target."""
    lines = beam_lines_db(
        RANGES_M,
        beam=beam,
        pointing=JitterPointing(jitter_rad=jitter, bias_rad=bias),
        obscuration=obscuration,
        extra_bias_rad=np.full(RANGES_M.shape, extra),
        **ENDS,
    )
    whole = beam.capture(
        RANGES_M,
        obscuration=obscuration,
        jitter_rad=jitter,
        bias_rad=np.full(RANGES_M.shape, np.hypot(bias, extra)),
        **ENDS,
    )

    assert tuple(lines) == BEAM_LINES
    caught = sum(lines[name] for name in BEAM_LINES[2:])
    assert caught == pytest.approx(loss_db(whole), abs=1e-3)  # one grid or two, see TruncatedBeam
    assert all(np.min(line) >= -1e-6 for line in lines.values())


@pytest.mark.parametrize("beam", BEAMS[:2], ids=lambda beam: type(beam).__name__)
def test_a_centred_disc_has_the_line_of_the_diffraction_formula_only(beam):
    """Calm and perfectly pointed, the sum is divergence_loss_db."""
    lines = beam_lines_db(RANGES_M, beam=beam, pointing=JitterPointing(jitter_rad=0.0), **ENDS)
    plain = beam.divergence_loss_db(RANGES_M, tx_aperture_m=0.3, rx_aperture_m=1.0)

    assert sum(lines.values()) == pytest.approx(plain, abs=1e-9)


def test_a_stated_loss_is_the_line_as_stated():
    """And tracking adds its own."""
    lines = beam_lines_db(
        RANGES_M,
        beam=BEAMS[1],
        pointing=StatedPointing(loss_db=1.5),
        extra_bias_rad=np.full(RANGES_M.shape, 2.5e-6),
        **ENDS,
    )

    assert lines["pointing"] == pytest.approx(1.5)
    # half a half-angle: 8.69 / 4 dB, less where the width at the exit and the receiver count
    assert lines["tracking"] == pytest.approx(2.17, abs=0.1)


@pytest.mark.parametrize("obscuration", [0.1, 0.4])
def test_a_wide_beam_loses_the_secondarys_share_of_area(obscuration):
    """Within the receiver's share of the beam's curvature."""
    for beam in BEAMS:
        lines = beam_lines_db(
            np.array([2.5e6]),
            beam=beam,
            pointing=StatedPointing(loss_db=0.0),
            obscuration=obscuration,
            **ENDS,
        )
        assert lines["obscuration"][0] == pytest.approx(loss_db(1.0 - obscuration**2), abs=0.03)
