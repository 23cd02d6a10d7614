"""The budget keeps its lines."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.air.atmosphere import Atmosphere
from satqkd.link.beam.beams import FlatTopBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.budget import LINES, Link, budget
from satqkd.link.terminal import Receiver, Transmitter


@pytest.fixture
def scene(a_scene):
    return a_scene(np.linspace(5e5, 2e6, 100), np.linspace(90.0, 10.0, 100))


@pytest.fixture
def link():
    return Link(
        transmitter=Transmitter(
            aperture_m=0.3,
            wavelength_m=850e-9,
            beam=FlatTopBeam(divergence_rad=10e-6),
            pointing=StatedPointing(loss_db=1.5, loss_range_db=(0.0, 3.0)),
            efficiency=0.9,
        ),
        receiver=Receiver(
            aperture_m=1.0, efficiency=0.16, field_of_view_rad=1e-4, bandwidth_m=1e-9,
            obscuration=0.3,
        ),
        atmosphere=Atmosphere(zenith_transmittance=0.6, zenith_transmittance_range=(0.5, 0.8)),
    )  # fmt: skip


def test_lines_add_up_to_the_total(link, scene):
    """Exactly: the total is their sum, and every line has every sample."""
    result = budget(scene, link)

    assert tuple(result.lines_db) == tuple(LINES)
    assert (sum(result.lines_db.values()) == result.total_db).all()
    assert all(line.shape == scene.range_m.shape for line in result.lines_db.values())


def test_printed_budget_holds_at_1200_km(link, a_scene):
    """Liao 2017: 22 dB, 3…8 dB, 0…3 dB and 16 % optics make 33…41 dB before the detectors."""
    edge = a_scene([1.2e6], [19.4])
    optics_db = -10 * np.log10(0.9 * 0.91)

    best = budget(edge, link.best()).total_db[0] - optics_db
    worst = budget(edge, link.worst()).total_db[0] - optics_db

    assert 22 + 2.9 + 8 - 0.5 < best < worst < 22 + 9.1 + 3 + 8 + 0.5


def test_best_and_worst_lie_around_the_nominal(link, scene):
    """At every sample."""
    totals = [budget(scene, end).total_db for end in (link.best(), link, link.worst())]

    assert (totals[0] < totals[1]).all()
    assert (totals[1] < totals[2]).all()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Transmitter, "aperture_m", -0.3),
        (Transmitter, "wavelength_m", 0.0),
        (Transmitter, "efficiency", 1.7),
        (Receiver, "aperture_m", 0.0),
        (Receiver, "efficiency", 0.0),
        (Receiver, "field_of_view_rad", -1.0),
        (Receiver, "bandwidth_m", float("nan")),
        (Receiver, "obscuration", 1.0),
    ],
)
def test_unphysical_ends_are_refused_by_name(link, kind, field, value):
    """The message names the field and what it must be."""
    end = link.transmitter if kind is Transmitter else link.receiver
    fields = {name: getattr(end, name) for name in end.__dataclass_fields__}

    with pytest.raises(NonPhysicalError, match=field):
        kind(**{**fields, field: value})
