from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.fading import fading_nodes
from satqkd.clicks.source import DecoySource
from satqkd.clicks.threshold import cells, select

SOURCE = DecoySource(
    pulse_rate_hz=1e8,
    intensities=(0.8, 0.1, 0.0),
    probabilities=(0.5, 0.25, 0.25),
    p_key_basis=0.6,
    intrinsic_error=0.01,
)
DETECTOR = Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9, p_key_basis=0.7)
ENDS = {"source": SOURCE, "detector": DETECTOR}
ETA = np.geomspace(1e-6, 1e-3, 50)
TIME = np.linspace(0.0, 2.0, 50)


def by_hand(eta, weight_s, stray_hz=0.0):
    rates = click_rates(eta, background_rate_hz=stray_hz, **ENDS)
    return integrate_counts(rates, weight_s=weight_s, starts=np.array([0, eta.size]), **ENDS)


def key(counts):
    """Bits of a simple trade: sifted bits, less six for each error."""
    bits = counts.key_clicks.sum(axis=-1) - 6.0 * counts.key_errors.sum(axis=-1)
    return np.maximum(bits, 0.0).astype(np.int64)


def test_everything_kept_is_the_whole_pass():
    """Without fading the cells add up to the counts of the pass."""
    cut = cells(ETA, weight_s=TIME, background_rate_hz=0.0, **ENDS)
    kept, pass_ = cut.counts([np.inf], **ENDS), by_hand(ETA, TIME)

    assert kept.pulses == pytest.approx(pass_.pulses, rel=1e-13)
    assert kept.key_clicks == pytest.approx(pass_.key_clicks, rel=1e-13)
    assert kept.check_errors == pytest.approx(pass_.check_errors, rel=1e-13)


def test_a_threshold_keeps_the_clear_samples():
    """Counts up to a loss are those of the samples below it; a cell at the loss is kept."""
    cut = cells(ETA, weight_s=TIME, background_rate_hz=0.0, **ENDS)
    kept = cut.counts([29.0, cut.loss_db[3], 40.0], **ENDS)

    assert kept.pulses[0] == 0.0
    assert kept.pulses[1] == pytest.approx(1e8 * TIME[-4:].sum(), rel=1e-13)
    clear = by_hand(ETA, np.where(ETA >= 1e-4, TIME, 0.0))
    assert kept.key_errors[2] == pytest.approx(clear.key_errors[0], rel=1e-13)


def test_fading_cells_average_to_the_faded_pass():
    """The nodes of every sample together give the mean clicks."""
    nodes = fading_nodes(np.full(ETA.size, 0.2), pointing_exponent=4.34)
    cut = cells(ETA, weight_s=TIME, background_rate_hz=50.0, fading=nodes, **ENDS)
    counts = cut.counts([np.inf], **ENDS)
    rates = click_rates(
        ETA, background_rate_hz=50.0, variance=1.2 * (1 + 1 / (4.34 * 6.34)) - 1, **ENDS
    )
    faded = integrate_counts(rates, weight_s=TIME, starts=np.array([0, ETA.size]), **ENDS)

    # The third moment is left out: 1e-9 at 4e-4 photons a pulse.
    assert counts.key_clicks == pytest.approx(faded.key_clicks, rel=1e-8)
    assert counts.pulses == pytest.approx(faded.pulses, rel=1e-13)


def test_noise_makes_a_threshold_pay():
    """Where weak instants are mostly background, less time gives more key."""
    noisy = {"weight_s": TIME, "background_rate_hz": 3000.0, **ENDS}
    nodes = fading_nodes(0.3)
    for cut in (cells(ETA, **noisy), cells(ETA, fading=nodes, **noisy)):
        best = select(cut, key=key, **ENDS)

        assert best.gain_bits > 0
        assert 0.0 < best.kept < 1.0
        assert 30.0 < best.loss_db < 60.0
        assert best.secure_bits == key(cut.counts([best.loss_db], **ENDS))[0]


def test_without_noise_everything_is_kept():
    """Of equal keys the one of most time is taken."""
    quiet = replace(DETECTOR, dark_rate_hz=0.0)
    ends = {"source": SOURCE, "detector": quiet}
    best = select(cells(ETA, weight_s=TIME, background_rate_hz=0.0, **ends), key=key, **ends)

    assert (best.kept, best.loss_db, best.gain_bits) == (1.0, np.inf, 0)


def test_a_pass_of_no_usable_time_selects_nothing():
    """No cell, no key, no error."""
    cut = cells(ETA, weight_s=np.zeros(50), background_rate_hz=0.0, **ENDS)
    best = select(cut, key=key, **ENDS)

    assert (best.kept, best.secure_bits, best.gain_bits) == (0.0, 0, 0)


@given(st.floats(0.0, 1e5), st.floats(0.0, 0.5), st.integers(1, 40))
def test_selection_never_loses_key(stray_hz, variance, steps):
    """Keeping everything is one of the choices."""
    cut = cells(
        ETA, weight_s=TIME, background_rate_hz=stray_hz, fading=fading_nodes(variance), **ENDS
    )

    assert select(cut, key=key, steps=steps, **ENDS).gain_bits >= 0
