"""Two links of a window put together for the protocol of a node in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from satqkd.clicks.two_arms import TwoArms
from satqkd.key.result import TwoArmEstimator
from satqkd.units import FloatArray, IntArray, transmittance


def both_links(
    protocol: TwoArmEstimator,
    *,
    losses_db: Sequence[FloatArray],
    variances: Sequence[FloatArray],
    stray_hz: Sequence[FloatArray],
    weight_s: FloatArray,
    starts: IntArray,
) -> TwoArms:
    """Put the light, flicker and stray light of two links together.

    Parameters
    ----------
    protocol
        Says how much of the stray light a detector counts, and which way the light goes.
    losses_db, variances, stray_hz
        Of either link, shape (n,). [dB], one, [Hz]
    weight_s, starts
        Seconds a sample stands for, and offsets of the stretches.
    """
    background, background_b = _background(protocol, stray_hz)
    return TwoArms(
        transmittance_a=transmittance(losses_db[0]),
        transmittance_b=transmittance(losses_db[1]),
        variance_a=variances[0],
        variance_b=variances[1],
        background_rate_hz=background,
        background_b_rate_hz=background_b,
        weight_s=weight_s,
        starts=starts,
    )


def _background(
    protocol: TwoArmEstimator, stray_hz: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray | None]:
    """Stray clicks of one detector: of both telescopes at a node that receives, else by end."""
    share = protocol.stray_share
    if protocol.direction == "uplink":
        return np.asarray(share * (stray_hz[0] + stray_hz[1])), None
    return share * stray_hz[0], share * stray_hz[1]
