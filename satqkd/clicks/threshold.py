"""What a pass gains when its weak instants are thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.clicks.count import click_rates, sifted
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.fading import FadingNodes
from satqkd.clicks.source import PulsedSource
from satqkd.units import FloatArray, IntArray, loss_db

STEPS = 64
"""Thresholds that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The threshold that leaves most key."""

    loss_db: float
    """Largest loss at which clicks are kept; infinite when all are. [dB]"""
    kept: float
    """Share of the time that is kept."""
    secure_bits: int
    """Key of what is kept. [bit]"""
    unselected_bits: int
    """Key of everything. [bit]"""

    @property
    def gain_bits(self) -> int:
        """Key won by the threshold, never negative. [bit]"""
        return self.secure_bits - self.unselected_bits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A pass in pieces of one transmittance each, the clearest first."""

    loss_db: FloatArray
    """Loss to the detectors' input, growing, shape (m,). [dB]"""
    time_s: FloatArray
    """Seconds up to and including each cell, shape (m,). [s]"""
    clicks: FloatArray
    """Clicks up to and including each cell, shape (k, m)."""
    errors: FloatArray
    """Errors up to and including each cell, shape (k, m)."""

    def counts(
        self, losses_db: npt.ArrayLike, *, source: PulsedSource, detector: Detector
    ) -> Counts:
        """Sifted clicks of the cells up to some losses, one row each."""
        end = np.searchsorted(self.loss_db, losses_db, side="right")

        def up_to(sums: FloatArray) -> FloatArray:
            return np.concatenate([np.zeros((*sums.shape[:-1], 1)), sums], axis=-1)[..., end]

        return sifted(
            up_to(self.clicks),
            up_to(self.errors),
            sent_s=up_to(self.time_s),
            source=source,
            detector=detector,
        )


def cells(
    transmittance: FloatArray,
    *,
    weight_s: FloatArray,
    background_rate_hz: npt.ArrayLike,
    source: PulsedSource,
    detector: Detector,
    fading: FadingNodes | None = None,
) -> Cells:
    """Cut a pass into cells of one transmittance.

    Parameters
    ----------
    transmittance
        Mean power ratio to the detectors' input, above 0, shape (n,).
    weight_s
        Seconds a sample stands for; 0 where it may not carry key. [s]
    background_rate_hz
        See :func:`~satqkd.clicks.count.click_rates`.
    source, detector
        The two ends.
    fading
        How the transmittance fluctuates, factors of shape (m,) or (m, n); None for steady light.

    Returns
    -------
    Cells
        Those of any weight.
    """
    factor, share = (np.ones((1, 1)), np.ones(1)) if fading is None else _nodes(fading)
    shape = (share.size, transmittance.size)
    eta = (factor * transmittance).ravel()
    stray_hz = np.broadcast_to(np.asarray(background_rate_hz, dtype=np.float64), shape).ravel()
    time_s = np.outer(share, weight_s).ravel()
    order = np.argsort(-eta, kind="stable")
    order = order[time_s[order] > 0.0]
    eta, time_s = eta[order], time_s[order]
    rates = click_rates(eta, background_rate_hz=stray_hz[order], source=source, detector=detector)
    sent = rates.sent_hz * time_s
    return Cells(
        loss_db=loss_db(eta),
        time_s=np.cumsum(time_s),
        clicks=np.cumsum(sent * rates.click, axis=-1),
        errors=np.cumsum(sent * rates.error, axis=-1),
    )


def select(
    cut: Cells,
    *,
    source: PulsedSource,
    detector: Detector,
    key: Callable[[Counts], IntArray],
    steps: int = STEPS,
) -> Selection:
    """Find the threshold that leaves most key.

    Parameters
    ----------
    cut
        The pass, from :func:`cells`.
    source, detector
        The two ends.
    key
        Gives the key of every block, such as the ``secure_bits`` of a key estimator. [bit]
    steps
        Thresholds to try: equal steps of the time that is kept, up to all of it.

    Returns
    -------
    Selection
        Of equal keys the one that keeps most time.

    Notes
    -----
    Assumed: the transmittance is known at every instant (a beacon, or clicks summed
    over less than the time it changes in), and the choice does not depend on the bits.

    References
    ----------
    .. [1] C. Erven et al., *New J. Phys.* 14, 123018 (2012): leaving out what is dimmer than a
       threshold (recalled).
    """
    if cut.time_s.size == 0:
        return Selection(loss_db=float("inf"), kept=0.0, secure_bits=0, unselected_bits=0)
    wanted_s = cut.time_s[-1] * np.arange(steps, 0, -1) / steps
    at = np.minimum(np.searchsorted(cut.time_s, wanted_s), cut.time_s.size - 1)
    losses_db = cut.loss_db[at]
    losses_db[0] = np.inf
    counts = cut.counts(losses_db, source=source, detector=detector)
    bits = key(counts)
    best = int(np.argmax(bits))
    return Selection(
        loss_db=float(losses_db[best]),
        kept=float(counts.pulses[best] / counts.pulses[0]),
        secure_bits=int(bits[best]),
        unselected_bits=int(bits[0]),
    )


def _nodes(fading: FadingNodes) -> tuple[FloatArray, FloatArray]:
    factor = fading.factor
    return (factor[:, np.newaxis] if factor.ndim == 1 else factor), fading.weight
