"""Two transmitters of four intensities each, the node between them, and what it announces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.joint_fading import JointFading, joint_fading
from satqkd.clicks.mdi_clicks import x_basis, z_basis
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.units import FloatArray, IntArray, transmittance

CHECK_PAIRS: Final = ("oo", "ox", "xo", "oy", "yo", "xx", "yy")
"""Intensities of both transmitters, by letter, whose announcements bound the single photons."""
_SAMPLES_AT_ONCE: Final = 256
"""Numerical: samples of a series worked on together, which bounds the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourIntensityTransmitter:
    """Phase-randomised laser: vacuum o, decoys x and y in the X basis, signal z in the Z basis."""

    intensity_x: float
    """Mean photon number of the weak decoy leaving the transmitter."""
    intensity_y: float
    """Mean photon number of the strong decoy."""
    intensity_z: float
    """Mean photon number of the signal."""
    p_x: float
    """How often the weak decoy is sent."""
    p_y: float
    """How often the strong decoy is sent."""
    p_z: float
    """How often the signal is sent; the rest is vacuum."""

    def __post_init__(self) -> None:
        for name in ("intensity_x", "intensity_y", "intensity_z", "p_x", "p_y", "p_z"):
            require_positive(name, getattr(self, name))
        self._check_intensities()
        self._check_probabilities()

    def _check_intensities(self) -> None:
        if not self.intensity_y > self.intensity_x:
            raise NonPhysicalError(
                "intensity_y",
                f"must be above intensity_x ({self.intensity_x:g}), got {self.intensity_y:g}",
            )

    def _check_probabilities(self) -> None:
        if not self.p_vacuum > 0.0:
            raise NonPhysicalError(
                "p_z", "must leave some time for vacuum: p_x + p_y + p_z must be below 1"
            )

    @staticmethod
    def of(settings: tuple[float, ...]) -> FourIntensityTransmitter:
        """Return the transmitter with some :attr:`settings`."""
        x, y, z, p_x, p_y, p_z = settings
        return FourIntensityTransmitter(
            intensity_x=x, intensity_y=y, intensity_z=z, p_x=p_x, p_y=p_y, p_z=p_z
        )

    @property
    def settings(self) -> tuple[float, ...]:
        """Intensities of x, y and z, and how often each is sent."""
        return (
            *(self.intensity_x, self.intensity_y, self.intensity_z),
            *(self.p_x, self.p_y, self.p_z),
        )

    @property
    def p_vacuum(self) -> float:
        """How often nothing is sent."""
        return 1.0 - self.p_x - self.p_y - self.p_z

    def intensity(self, letter: str) -> float:
        """Mean photon number of o, x, y or z."""
        return {"o": 0.0, "x": self.intensity_x, "y": self.intensity_y, "z": self.intensity_z}[
            letter
        ]

    def probability(self, letter: str) -> float:
        """How often o, x, y or z is sent."""
        return {"o": self.p_vacuum, "x": self.p_x, "y": self.p_y, "z": self.p_z}[letter]

    def with_decoys_times(self, factor: float) -> FourIntensityTransmitter:
        """Return the transmitter with both decoys brighter by ``factor``, signal unchanged."""
        return replace(
            self, intensity_x=self.intensity_x * factor, intensity_y=self.intensity_y * factor
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BellStateNode:
    """Beam splitter, polarising splitters and four equal detectors, untrusted."""

    efficiency: float
    """Probability that an arriving photon clicks."""
    dark_rate_hz: float
    """Clicks per second and detector without any light. [Hz]"""
    gate_s: float
    """Length of the window around each pulse in which clicks count. [s]"""
    visibility: float = 0.5
    """Hong-Ou-Mandel visibility of the two transmitters' weak pulses at equal power, at most
    0.5; see :func:`~satqkd.clicks.hong_ou_mandel.visibility`."""
    misalignment_x: float = 0.0
    """Share of X bits that come out wrong, apart from imperfect interference."""
    misalignment_z: float = 0.0
    """Share of Z bits that come out wrong."""
    bell_states: int = 2
    """Bell states distinguished: 2 with polarisation, 1 with time bins."""
    max_imbalance_db: float | None = None
    """Instants at which the arms' transmittances differ by more are thrown away; None keeps all.
    Assumed: both transmittances are known from beacons, and the choice does not depend on the
    bits. [dB]"""

    def __post_init__(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)
        require_not_negative("dark_rate_hz", self.dark_rate_hz)
        require_positive("gate_s", self.gate_s)
        require_between("visibility", self.visibility, 0.0, 0.5)
        for name in ("misalignment_x", "misalignment_z"):
            require_between(name, getattr(self, name), 0.0, 0.5)
        self._check_bell_states()
        if self.max_imbalance_db is not None:
            require_not_negative("max_imbalance_db", self.max_imbalance_db)

    def _check_bell_states(self) -> None:
        if self.bell_states not in {1, 2}:
            raise NonPhysicalError("bell_states", f"must be 1 or 2, got {self.bell_states}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCounts:
    """Expected numbers of announced Bell states of each block, real numbers."""

    pulses: FloatArray
    """Pairs of pulses sent while the arms were balanced enough, shape (blocks,)."""
    check: FloatArray
    """Of each of :data:`CHECK_PAIRS`, shape (7, blocks)."""
    check_errors: FloatArray
    """Errors among the pair xx, shape (blocks,)."""
    key: FloatArray
    """Of the pair zz, shape (blocks,)."""
    key_errors: FloatArray
    """Errors among the latter."""

    def of(self, pair: str) -> FloatArray:
        """Return the row of a check pair."""
        return np.asarray(self.check[CHECK_PAIRS.index(pair)])


def pair_counts(
    arms: TwoArms,
    *,
    transmitter_a: FourIntensityTransmitter,
    transmitter_b: FourIntensityTransmitter,
    node: BellStateNode,
    pulse_rate_hz: float,
) -> PairCounts:
    """Expected numbers of Bell states that a node announces to two transmitters.

    Parameters
    ----------
    arms
        Both links; an interval is a block.
    transmitter_a, transmitter_b, node
        The three stations.
    pulse_rate_hz
        Pairs of pulses per second. [Hz]

    Returns
    -------
    PairCounts
        Averages over the transmittances of every instant, which fluctuate log-normally.

    References
    ----------
    .. [1] X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012): Bell states of a pair of pulses.
    .. [2] Y.-H. Zhou, Z.-W. Yu and X.-B. Wang, *Phys. Rev. A* 93, 042324 (2016): the four
       intensities (recalled).
    """
    samples = np.flatnonzero(arms.weight_s > 0.0)
    rows = np.zeros((len(CHECK_PAIRS) + 4, samples.size))
    for first in range(0, samples.size, _SAMPLES_AT_ONCE):
        part = slice(first, first + _SAMPLES_AT_ONCE)
        rows[:, part] = _per_pair(arms, samples[part], transmitter_a, transmitter_b, node)
    rows *= pulse_rate_hz * arms.weight_s[samples]
    block = np.searchsorted(arms.starts, samples, side="right") - 1
    sums = np.zeros((rows.shape[0], len(arms)))
    for total, row in zip(sums, rows, strict=True):
        np.add.at(total, block, row)
    return PairCounts(
        pulses=sums[0],
        key=sums[1],
        key_errors=sums[2],
        check_errors=sums[3],
        check=sums[4:],
    )


def _per_pair(
    arms: TwoArms,
    samples: IntArray,
    transmitter_a: FourIntensityTransmitter,
    transmitter_b: FourIntensityTransmitter,
    node: BellStateNode,
) -> FloatArray:
    """Rows of share kept, zz, zz errors, xx errors and check pairs, per pair of pulses."""
    fading, announced = _announced(arms, samples, transmitter_a, transmitter_b, node)
    key = announced("zz")
    check = {pair: announced(pair) for pair in CHECK_PAIRS}
    return np.array(
        [fading.weight.sum(axis=0), *key, check["xx"][1], *(row for row, _ in check.values())]
    )


def announced_states(
    arms: TwoArms,
    *,
    transmitter_a: FourIntensityTransmitter,
    transmitter_b: FourIntensityTransmitter,
    node: BellStateNode,
    pulse_rate_hz: float,
) -> FloatArray:
    """Return how many Bell states a node announces, whatever was sent, shape (blocks,).

    By definition: the sum over the intensities of both transmitters; parameters as for
    :func:`pair_counts`. Assumed: pulses in unlike bases make as many as those in the X basis.
    """
    total = np.zeros(arms.weight_s.size)
    for first in range(0, total.size, _SAMPLES_AT_ONCE):
        samples = np.arange(first, min(first + _SAMPLES_AT_ONCE, total.size))
        _, announced = _announced(arms, samples, transmitter_a, transmitter_b, node)
        for pair in product("oxyz", repeat=2):
            total[samples] += announced("".join(pair))[0]
    return per_interval(pulse_rate_hz * arms.weight_s * total, arms.starts)


def _announced(
    arms: TwoArms,
    samples: IntArray,
    transmitter_a: FourIntensityTransmitter,
    transmitter_b: FourIntensityTransmitter,
    node: BellStateNode,
) -> tuple[JointFading, Callable[[str], tuple[FloatArray, FloatArray]]]:
    """Fading of both arms, and Bell states and errors of a pair of intensities, per pulse pair."""
    limit_db = node.max_imbalance_db
    fading = joint_fading(
        arms.transmittance_a[samples],
        arms.transmittance_b[samples],
        variance_a=arms.variance_a[samples],
        variance_b=arms.variance_b[samples],
        least_balance=0.0 if limit_db is None else float(transmittance(limit_db)),
    )
    photons_a = node.efficiency * np.minimum(fading.transmittance_a, 1.0)
    photons_b = node.efficiency * np.minimum(fading.transmittance_b, 1.0)
    rate_hz = node.dark_rate_hz + arms.background_rate_hz[samples]
    dark = -np.expm1(-rate_hz * node.gate_s)

    def announced(pair: str) -> tuple[FloatArray, FloatArray]:
        gain, errors = (z_basis if pair == "zz" else x_basis)(
            photons_a * transmitter_a.intensity(pair[0]),
            photons_b * transmitter_b.intensity(pair[1]),
            dark_probability=dark,
            misalignment=node.misalignment_z if pair == "zz" else node.misalignment_x,
            overlap=2.0 * node.visibility,
        )
        sent = transmitter_a.probability(pair[0]) * transmitter_b.probability(pair[1])
        share = (0.5 * node.bell_states * sent) * fading.weight
        return (share * gain).sum(axis=0), (share * errors).sum(axis=0)

    return fading, announced
