"""Checks by the name they have in a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from satqkd.validation.case import Check
from satqkd.validation.checks.air import (
    AirWithoutHaze,
    CorrectedWavefront,
    MoonlitSky,
    TurbulenceAlongPath,
)
from satqkd.validation.checks.beams import ClippedBeam, DivergenceOfAperture, GaussianReading
from satqkd.validation.checks.calibrated import CalibratedPass
from satqkd.validation.checks.campaign import KeysOfPasses, PhotonsSent
from satqkd.validation.checks.clicks import (
    ClicksAlongPass,
    ClicksAlongTrack,
    ErrorOfContrast,
    SiftedRate,
)
from satqkd.validation.checks.clocks import (
    InstabilityAsTime,
    LossOfHighOrbit,
    ReceivedPower,
    SamplingLimit,
    TimeTagPrecision,
    TimeTagsOfLink,
    TwoWayAsymmetry,
)
from satqkd.validation.checks.day_sky import DaySky
from satqkd.validation.checks.entangled_bench import EntangledBench
from satqkd.validation.checks.entangled_campaign import EntangledCampaign
from satqkd.validation.checks.flown import PublishedPass
from satqkd.validation.checks.key import (
    FiniteKeyCost,
    InfiniteDecoyRate,
    KeyAlongTrack,
    KeyOfCounts,
    KeyOfSifted,
)
from satqkd.validation.checks.link import (
    DiffractionLimitedLoss,
    FlatTopLoss,
    LossOfEfficiency,
    StrayClicks,
)
from satqkd.validation.checks.loss_curve import FlownLoss, Steepness
from satqkd.validation.checks.orbit import MeanHeight, Overpass, Refusal
from satqkd.validation.checks.real_time import KeyInRealTime
from satqkd.validation.checks.sources import (
    BrightnessOverLaser,
    KeyOfFixedLink,
    KeyPerPulse,
    MoreInDecibels,
    OneDecoyBlock,
    ReachOfBlocks,
    SinglePhotonTrial,
)
from satqkd.validation.checks.two_arms import (
    CurtyAzumaLoOverLoss,
    EntangledRun,
    InfiniteDecoyMdi,
    MdiOverLoss,
    RateOfKey,
    TwinFieldRun,
)

CHECKS: Final[Mapping[str, type[Check]]] = {
    "overpass": Overpass,
    "mean-height": MeanHeight,
    "refusal": Refusal,
    "flat-top-loss": FlatTopLoss,
    "diffraction-limited-loss": DiffractionLimitedLoss,
    "gaussian-reading": GaussianReading,
    "clipped-beam": ClippedBeam,
    "divergence-of-aperture": DivergenceOfAperture,
    "air-without-haze": AirWithoutHaze,
    "turbulence-along-path": TurbulenceAlongPath,
    "corrected-wavefront": CorrectedWavefront,
    "moonlit-sky": MoonlitSky,
    "day-sky": DaySky,
    "flown-loss": FlownLoss,
    "steepness": Steepness,
    "loss-of-efficiency": LossOfEfficiency,
    "stray-clicks": StrayClicks,
    "clicks-along-track": ClicksAlongTrack,
    "clicks-along-pass": ClicksAlongPass,
    "sifted-rate": SiftedRate,
    "error-of-contrast": ErrorOfContrast,
    "finite-key-cost": FiniteKeyCost,
    "key-of-counts": KeyOfCounts,
    "infinite-decoy-rate": InfiniteDecoyRate,
    "key-along-track": KeyAlongTrack,
    "key-of-sifted": KeyOfSifted,
    "published-pass": PublishedPass,
    "calibrated-pass": CalibratedPass,
    "photons-sent": PhotonsSent,
    "keys-of-passes": KeysOfPasses,
    "key-in-real-time": KeyInRealTime,
    "brightness-over-laser": BrightnessOverLaser,
    "more-in-decibels": MoreInDecibels,
    "single-photon-trial": SinglePhotonTrial,
    "reach-of-blocks": ReachOfBlocks,
    "key-of-fixed-link": KeyOfFixedLink,
    "key-per-pulse": KeyPerPulse,
    "one-decoy-block": OneDecoyBlock,
    "twin-field-run": TwinFieldRun,
    "rate-of-key": RateOfKey,
    "curty-azuma-lo": CurtyAzumaLoOverLoss,
    "infinite-decoy-mdi": InfiniteDecoyMdi,
    "mdi-over-loss": MdiOverLoss,
    "entangled-run": EntangledRun,
    "entangled-bench": EntangledBench,
    "entangled-campaign": EntangledCampaign,
    "time-tag-precision": TimeTagPrecision,
    "time-tags-of-link": TimeTagsOfLink,
    "two-way-asymmetry": TwoWayAsymmetry,
    "received-power": ReceivedPower,
    "instability-as-time": InstabilityAsTime,
    "sampling-limit": SamplingLimit,
    "loss-of-high-orbit": LossOfHighOrbit,
}
"""What ``checks`` in a case file can name."""
