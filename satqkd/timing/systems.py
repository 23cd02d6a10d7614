"""The systems that compare clocks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.timing.clock_system import ClockSystem
from satqkd.timing.frequency_transfer import FrequencyTransfer
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming

CLOCK_SYSTEMS: Final[Mapping[str, type[ClockSystem]]] = {
    "single-photon-time-transfer": SinglePhotonTiming,
    "linear-optical-sampling": CombTransfer,
    "frequency-transfer": FrequencyTransfer,
}
"""What ``model`` of a clock's ``system`` can name."""
