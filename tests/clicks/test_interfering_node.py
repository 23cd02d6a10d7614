import dataclasses

import numpy as np
import pytest

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.phase_noise import PhaseReference
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError

NODE = InterferingNode(efficiency=0.5, dark_rate_hz=20.0, gate_s=1e-9, misalignment=0.02)
ARMS = TwoArms(
    transmittance_a=np.array([1e-3, 2e-3]),
    transmittance_b=np.array([1e-3, 1e-4]),
    variance_a=np.array([0.0, 0.2]),
    variance_b=np.array([0.0, 0.1]),
    background_rate_hz=np.array([0.0, 80.0]),
    weight_s=np.array([1.0, 1.0]),
    starts=np.array([0, 2]),
)


def test_light_is_what_the_detectors_count():
    """Means of both arms times the efficiency; dark and stray clicks in the gate."""
    light = NODE.light(ARMS)
    assert light.mean(light.light_a) == pytest.approx([5e-4, 1e-3])
    assert light.mean(light.light_b) == pytest.approx([5e-4, 5e-5])
    assert light.dark_probability == pytest.approx([2e-8, 1e-7], rel=1e-6)


def test_the_reference_knows_the_phase_better_in_brighter_moments():
    """The variance follows the fluctuation of the light."""
    reference = PhaseReference(photon_rate_hz=1e8, window_s=2e-4, wavelength_m=1.55e-6)
    light = dataclasses.replace(NODE, phase_reference=reference).light(ARMS)
    weaker = np.minimum(light.light_a, light.light_b)[:, 1]
    order = np.argsort(weaker)
    assert (np.diff(light.phase_variance_rad2[order, 1]) <= 1e-12).all()
    assert np.ptp(light.phase_variance_rad2[:, 1]) > 0


def test_uneven_slots_are_dropped():
    """Twenty to one is not within one to three, mostly."""
    light = dataclasses.replace(NODE, least_balance=1 / 3).light(ARMS)
    share = light.mean(np.ones_like(light.light_a))
    assert share[0] == pytest.approx(1.0, abs=1e-8)
    assert share[1] < 0.01


def test_an_empty_stretch_sums_to_nothing():
    """Offsets that repeat are a stretch without samples."""
    sums = per_interval(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2, 3, 3]))
    assert sums.tolist() == [0.0, 3.0, 3.0, 0.0]
    assert per_interval(np.zeros(0), np.array([0, 0])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("field", "value"), [("efficiency", 0.0), ("gate_s", 0.0), ("misalignment", 0.6)]
)
def test_settings_that_cannot_be_are_refused(field, value):
    """Each setting outside its range is named."""
    with pytest.raises(NonPhysicalError, match=field):
        dataclasses.replace(NODE, **{field: value})
