from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.errors import NonPhysicalError

DOT = SinglePhotonSource(
    pulse_rate_hz=76e6, brightness=0.7, g2=0.02, p_key_basis=0.5, intrinsic_error=0.02
)
DETECTOR = Detector(efficiency=0.5, dark_rate_hz=0.0, gate_s=1e-9)


def click(source, eta, **more):
    rates = click_rates(
        np.array([eta]), background_rate_hz=0.0, source=source, detector=DETECTOR, **more
    )
    return rates.click.item()


def test_a_pulse_clicks_by_its_one_or_two_photons():
    """Signal is missed when each photon is: 1 - p0 - p1 (1 - η) - p2 (1 - η)²."""
    p2 = 0.5 * 0.02 * 0.7**2
    p1, eta = 0.7 - 2 * p2, 0.3

    missed = 1 - p1 - p2 + p1 * (1 - eta) + p2 * (1 - eta) ** 2
    assert click(DOT, eta / 0.5) == pytest.approx(1 - missed, rel=1e-12)


def test_a_dim_laser_and_a_dim_dot_click_alike():
    """Where pairs are rare, photon statistics do not show."""
    laser = DecoySource(
        pulse_rate_hz=76e6,
        intensities=(1e-5,),
        probabilities=(1.0,),
        p_key_basis=0.5,
        intrinsic_error=0.02,
    )
    assert click(replace(DOT, brightness=1e-5), 0.1) == pytest.approx(click(laser, 0.1), rel=1e-5)


def test_fading_hits_only_pairs():
    """The mean of single photons' clicks is that of the mean transmittance."""
    assert click(replace(DOT, g2=0.0), 0.2, variance=0.5) == click(replace(DOT, g2=0.0), 0.2)
    assert click(DOT, 0.2, variance=0.5) < click(DOT, 0.2)


def test_counts_tell_pairs_and_pulses():
    """What an analysis without decoys needs to know goes along, also through sums and swaps."""
    rates = click_rates(np.full(4, 0.1), background_rate_hz=0.0, source=DOT, detector=DETECTOR)
    counts = integrate_counts(
        rates, weight_s=np.ones(4), starts=np.array([0, 1, 4]), source=DOT, detector=DETECTOR
    )

    assert counts.multi_photon == pytest.approx(0.5 * 0.02 * 0.49)
    assert counts.key_pulses == pytest.approx([19e6, 57e6])
    both = type(counts).join([counts, counts.take(np.array([0]))])
    assert both.key_pulses == pytest.approx([19e6, 57e6, 19e6])
    assert both.swapped().check_pulses == pytest.approx([19e6, 57e6, 19e6])
    assert both.multi_photon.shape == (3, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("brightness", 0.0), ("brightness", 1.2), ("g2", -0.1), ("pulse_rate_hz", 0.0)],
)
def test_parameters_check_themselves(field, value):
    """A source that is none is refused by name."""
    with pytest.raises(NonPhysicalError, match=field):
        replace(DOT, **{field: value})
