"""The signal that clocks have on their best pass, for what needs a link without motion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.clocks import ClockPasses
from satqkd.mission.clocks import Clock
from satqkd.timing.stated_signal import StatedSignal

_MOST_LOSS_DB = 400.0
"""Loss written for light of which nothing arrives. [dB]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSignal:
    """What arrives on a pass, held still at its mean."""

    index: int
    """Of the pass among those of the clocks."""
    signal: StatedSignal
    """Mean of the samples that may be used."""

    def on(self, clock: Clock) -> Clock:
        """Return those clocks over the pass's mean link."""
        return replace(clock, stated=self.signal)


def best_pass_signal(found: ClockPasses) -> PassSignal | None:
    """Mean signal of the pass with the least noise; None where no pass compares the clocks.

    Parameters
    ----------
    found
        The clocks along their passes.
    """
    result = found.result
    fine = np.array([why is None for why in result.why_not], dtype=np.bool_)
    if not fine.any():
        return None
    row = int(np.argmin(np.where(fine, result.statistical_s, np.inf)))
    least = 10.0 ** (-_MOST_LOSS_DB / 10.0)
    loss_db = -10.0 * float(np.log10(max(float(found.mean_transmittance[row]), least)))
    mean = StatedSignal(
        length_m=float(found.mean_range_m[row]),
        contact_s=float(result.contact_s[row]),
        loss_db=max(loss_db, 0.0),
        sifted_rate_hz=float(result.data_rate_hz[row]),
        qber=min(float(result.qber[row]), 0.5),
    )
    return PassSignal(index=row, signal=found.use.clock.system.used_of(mean))
