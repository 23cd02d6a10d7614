"""Values that can be of several kinds, and what the files call each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource, SettableSource
from satqkd.elements.synthetic import (
    CircularOrbit,
    KeplerianOrbit,
    Orbit,
    SunSynchronousOrbit,
    WalkerOrbit,
    WalkerStarOrbit,
)
from satqkd.key.estimators import ERROR_CORRECTIONS, ESTIMATORS
from satqkd.key.post_processing.error_correction import ErrorCorrection
from satqkd.key.result import KeyEstimator, TwoArmEstimator
from satqkd.link.air.atmosphere import Air, Atmosphere
from satqkd.link.air.clear_air import ClearAir
from satqkd.link.air.table_air import TableAir
from satqkd.link.beam.beams import Beam, FlatTopBeam, GaussianBeam
from satqkd.link.beam.pointing import JitterPointing, Pointing, StatedPointing
from satqkd.link.beam.truncated_beam import TruncatedBeam
from satqkd.link.turbulence.fibre_coupling import Coupling, MultimodeCoupling, SingleModeCoupling
from satqkd.mission.duty import DownlinkTime, RestTime
from satqkd.mission.links import FibreLink, FixedLink, HorizontalLink
from satqkd.mission.rules import (
    AtMostContacts,
    AtMostTime,
    NotTogether,
    PlanRule,
    SharedCrew,
)
from satqkd.timing.clock_system import ClockSystem


class _Late(Mapping[str, Any]):
    """Kinds by name, imported when the first of them is asked for."""

    def __init__(self, load: Callable[[], Mapping[str, Any]]) -> None:
        self._load = load

    @cached_property
    def _kinds(self) -> Mapping[str, Any]:
        return self._load()

    def __getitem__(self, name: str) -> Any:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def _two_arm_estimators() -> Mapping[str, Any]:
    from satqkd.key.node.estimators import (  # noqa: PLC0415 -- only joint contacts pay
        TWO_ARM_ESTIMATORS,
    )

    return TWO_ARM_ESTIMATORS


def _clock_systems() -> Mapping[str, Any]:
    from satqkd.timing.systems import CLOCK_SYSTEMS  # noqa: PLC0415 -- only clocks pay

    return CLOCK_SYSTEMS


MODELS: Final[dict[Any, Mapping[str, Any]]] = {
    Air: {"stated": Atmosphere, "clear": ClearAir, "table": TableAir},
    Beam: {"flat-top": FlatTopBeam, "gaussian": GaussianBeam, "diffraction": TruncatedBeam},
    ClockSystem: _Late(_clock_systems),
    FixedLink: {"horizontal": HorizontalLink, "fibre": FibreLink},
    Coupling: {"single-mode": SingleModeCoupling, "multimode": MultimodeCoupling},
    SettableSource: {"decoy": DecoySource, "single-photon": SinglePhotonSource},
    Pointing: {"stated": StatedPointing, "jitter": JitterPointing},
    KeyEstimator: ESTIMATORS,
    TwoArmEstimator: _Late(_two_arm_estimators),
    ErrorCorrection: ERROR_CORRECTIONS,
    PlanRule: {
        "contacts": AtMostContacts,
        "time": AtMostTime,
        "not-both": NotTogether,
        "crew": SharedCrew,
        "rest": RestTime,
        "downlink": DownlinkTime,
    },
    Orbit: {
        "circular": CircularOrbit,
        "keplerian": KeplerianOrbit,
        "sun-synchronous": SunSynchronousOrbit,
        "walker": WalkerOrbit,
        "walker-star": WalkerStarOrbit,
    },
}
"""What the key ``model`` can name where a value can be of several kinds."""

NAMED_BY: Final[dict[Any, str]] = {FixedLink: "direction"}
"""The key that names the kind where it is not ``model``."""

UNSAID: Final[dict[Any, str]] = {Air: "stated", SettableSource: "decoy"}
"""The model meant where none is named."""
