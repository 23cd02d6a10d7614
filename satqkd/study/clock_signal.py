"""The signal that clocks have on their best pass, for all that asks for a link standing still."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.clocks import ClockPasses
from satqkd.mission.clocks import Clock, StatedSignal
from satqkd.passes.tracks import samples_of
from satqkd.timing.frequency_transfer import FrequencyTransfer
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming
from satqkd.units import FloatArray, transmittance

_MOST_LOSS_DB = 400.0
"""Loss written for light of which nothing arrives. [dB]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSignal:
    """What arrives on a pass, held still at its mean."""

    index: int
    """Of the pass in the forecast."""
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
    index = int(found.passes[row])
    single = isinstance(found.use.clock.system, SinglePhotonTiming)
    range_m, loss_db = _means(found, index)
    return PassSignal(
        index=index,
        signal=StatedSignal(
            length_m=range_m,
            contact_s=float(result.contact_s[row]),
            loss_db=None if single else loss_db,
            sifted_rate_hz=float(result.data_rate_hz[row]) if single else None,
            qber=min(float(result.qber[row]), 0.5),
        ),
    )


def _means(found: ClockPasses, index: int) -> tuple[float, float]:
    """Mean distance [m] and loss of the mean transmittance [dB] over what may be used."""
    forecast, chosen = found.forecast, np.array([index])
    samples = samples_of(forecast.sampled.tracks.starts, chosen)
    tracks = forecast.sampled.tracks.take(chosen)
    weight_s = np.where(forecast.sampled.usable[samples], tracks.weight_s, 0.0)
    through = _through(
        found, tracks.range_m, np.asarray(forecast.sampled.arms[0].budget.total_db)[samples]
    )
    used = weight_s > 0.0
    mean = float(np.average(through[used], weights=weight_s[used]))
    loss_db = -10.0 * float(np.log10(max(mean, 10.0 ** (-_MOST_LOSS_DB / 10.0))))
    return float(np.average(tracks.range_m[used], weights=weight_s[used])), max(loss_db, 0.0)


def _through(found: ClockPasses, range_m: FloatArray, link_db: FloatArray) -> FloatArray:
    system = found.use.clock.system
    loss_db = system.loss_db(range_m) if isinstance(system, FrequencyTransfer) else link_db
    return transmittance(loss_db)
