"""Terrestrial links: one that makes key alone, or two with a node between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.errors import NonPhysicalError
from satqkd.forecast.light import Losses
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.key.result import KeyEstimator, KeyResult
from satqkd.key.system import NodeSystem, PreparedSystem, System
from satqkd.link.budget import Budget
from satqkd.mission.links import FixedLink
from satqkd.mission.together import TogetherLinks
from satqkd.units import transmittance

BLOCK_S: Final = 3_600.0
"""Length of the block that the key of a link alone is made of. [s]"""

_RECEIVING: Final = ("rx_optics", "coupling")
"""Losses of a receiver that a bound of the channel alone leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terrestrial:
    """A contact that does not move: one sample over each arm, and the key of one block."""

    name: str
    protocol_name: str
    """Preset, or name of the protocol in a mission file."""
    links: tuple[FixedLink, ...]
    """One an arm."""
    system: System
    duration_s: float
    """Length of the block. [s]"""
    uses_hz: float
    """Pulses, pulse pairs or photon pairs sent per second. [Hz]"""
    losses: tuple[Losses, ...]
    """One sample an arm."""
    light: Light
    key: KeyResult
    key_low: KeyResult
    """With every stated range of all links at its worse end."""
    key_high: KeyResult
    """With every stated range of all links at its better end."""
    post_processing: PostProcessing | None = None
    """How fast clicks become key; None for as fast as they come."""

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """One sample an arm."""
        return tuple(one.budget for one in self.losses)

    @property
    def link(self) -> FixedLink:
        """The first link, or the only one."""
        return self.links[0]

    @property
    def budget(self) -> Budget:
        """Its losses, one sample."""
        return self.losses[0].budget

    @property
    def rates(self) -> Mapping[str, float]:
        """What the system makes of the light, by column name."""
        return {name: float(values[0]) for name, values in self.system.series(self.light).items()}

    @property
    def uses(self) -> float:
        """What is sent in the block."""
        return self.uses_hz * self.duration_s

    @property
    def made_rate_hz(self) -> float:
        """Secret bits per second in what is detected. [Hz]"""
        return float(self.key.secure_bits[0]) / self.duration_s

    @property
    def bits_per_use(self) -> float:
        """Secret bits over pulses, or pairs, sent. [bit]"""
        return self.made_rate_hz / self.uses_hz

    @property
    def key_rate_hz(self) -> float:
        """Secret bits per second that come out of post-processing. [Hz]"""
        if self.post_processing is None:
            return self.made_rate_hz
        sifted_hz = float(self.key.sifted_bits[0]) / self.duration_s
        return float(self.post_processing.limited_rate_hz(self.made_rate_hz, sifted_hz=sifted_hz))

    @property
    def loss_db(self) -> tuple[float, ...]:
        """Of each link, up to the detectors' input. [dB]"""
        return tuple(float(budget.total_db[0]) for budget in self.budgets)

    @property
    def plob_bits_per_use(self) -> float:
        """Most that any protocol without a node gives over all losses together. [bit]"""
        return _plob(sum(self.loss_db))

    @property
    def plob_channel_bits_per_use(self) -> float:
        """The same with what the receivers' optics and fibres lose counted as theirs. [bit]"""
        receiving = sum(
            float(np.ravel(budget.lines_db[name])[0])
            for budget in self.budgets
            for name in _RECEIVING
        )
        return _plob(sum(self.loss_db) - receiving)


def _plob(loss_db: float) -> float:
    return float(plob_bound(min(float(transmittance(loss_db)), 1.0 - 1e-12)))


def follow_link(link: FixedLink, protocol: KeyEstimator, protocol_name: str) -> Terrestrial:
    """Follow a link from its source to the key of :data:`BLOCK_S`.

    Raises
    ------
    NonPhysicalError
        If the link has no source and no detector of its own.
    """
    source, detector = link.source, link.detector
    if source is None or detector is None:
        raise NonPhysicalError(
            "source", f"is missing: {link.name} is one of two links at once and makes no key alone"
        )
    system = PreparedSystem(source=source, detector=detector, protocol=protocol)
    return _followed(
        link.name,
        protocol_name,
        (link,),
        system,
        duration_s=BLOCK_S,
        uses_hz=source.pulse_rate_hz,
        post_processing=link.post_processing,
    )


def follow_pair(pair: TogetherLinks) -> Terrestrial:
    """Follow two links with a node between them to the key of a block."""
    return _followed(
        pair.name,
        pair.protocol_name,
        pair.links,
        NodeSystem(protocol=pair.protocol),
        duration_s=pair.duration_s,
        uses_hz=pair.protocol.uses_hz,
    )


def _followed(
    name: str,
    protocol_name: str,
    links: tuple[FixedLink, ...],
    system: System,
    *,
    duration_s: float,
    uses_hz: float,
    post_processing: PostProcessing | None = None,
) -> Terrestrial:
    losses = _losses(links)
    light = light_of(losses, duration_s)
    key = system.key(light)
    low, high = (
        key if ends == links else system.key(light_of(_losses(ends), duration_s))
        for ends in (
            tuple(link.worst() for link in links),
            tuple(link.best() for link in links),
        )
    )
    return Terrestrial(
        name=name,
        protocol_name=protocol_name,
        links=links,
        system=system,
        duration_s=duration_s,
        uses_hz=uses_hz,
        losses=losses,
        light=light,
        key=key,
        key_low=low,
        key_high=high,
        post_processing=post_processing,
    )


def _losses(links: Sequence[FixedLink]) -> tuple[Losses, ...]:
    return tuple(Losses(budget=link.budget(), stray_hz=link.stray_hz()) for link in links)


def light_of(losses: Sequence[Losses], duration_s: float) -> Light:
    """Light of one sample over each arm, as one interval."""
    return Light(
        arms=tuple(one.light() for one in losses),
        weight_s=np.array([duration_s]),
        starts=np.array([0, 1]),
    )
