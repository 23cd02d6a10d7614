"""Clock cases notice a mistake in what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.validation.checks import clocks as checks
from satqkd.validation.checks.clocks import LossOfHighOrbit, TimeTagsOfLink
from satqkd.validation.run import run_cases


def red(case):
    """Points of a case that lie outside their claims."""
    return [outcome.point for outcome in run_cases([case]) if outcome.status == "outside"]


def test_events_that_do_not_average(monkeypatch):
    """Averaging over the time and not over the events would miss every precision."""
    monkeypatch.setattr(
        checks, "precision_s", lambda sigma, *, time_s, **_: sigma / np.sqrt(time_s)
    )

    assert len(red("D-1")) == 1
    assert len(red("D-2")) == 2


def test_half_the_asymmetry(monkeypatch):
    """What gets into the offset, taken for the difference of the ways."""
    right = checks.motion_asymmetry_s
    monkeypatch.setattr(checks, "motion_asymmetry_s", lambda *a, **k: 0.5 * right(*a, **k))

    assert red("D-3") == ["D-3 asymmetry"]


def test_light_between_the_local_pulses_counted(monkeypatch):
    """Forty million times the photons would make sampling better than it can be."""
    right = checks.effective_photons
    monkeypatch.setattr(
        checks, "effective_photons", lambda p, **k: right(p, **{**k, "pulse_width_s": 4e-9})
    )

    assert len(red("D-6")) == 4


def test_diameters_taken_for_radii(monkeypatch):
    """12 dB of diffraction are missing."""
    right = checks.diffraction_loss_db
    monkeypatch.setattr(
        checks,
        "diffraction_loss_db",
        lambda r, *, tx_aperture_m, rx_aperture_m, wavelength_m: right(
            r,
            tx_aperture_m=2 * tx_aperture_m,
            rx_aperture_m=2 * rx_aperture_m,
            wavelength_m=wavelength_m,
        ),
    )

    assert len([point for point in red("D-8") if point.endswith("diffraction")]) == 4


@pytest.mark.parametrize(
    "check",
    [
        LossOfHighOrbit(
            range_m=1e7, tx_aperture_m=0.3, rx_aperture_m=1.0, clock="qstt-micius-2020"
        ),
        TimeTagsOfLink(
            loss_db=30.0,
            payload="micius-2017",
            terminal="xinglong-1m",
            clock="combs-113km-2022",
            time_s=1.0,
        ),
    ],
)
def test_a_preset_of_another_system_is_a_mistake_of_the_case(check):
    """Combs have no time tags, single photons no telescopes."""
    with pytest.raises((TypeError, NonPhysicalError)):
        check.figures()
