"""Light that arrives along the usable samples of passes, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.count import Rates
from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks, pass_clicks
from satqkd.clicks.source import PulsedSource
from satqkd.forecast.chain import Piece, PieceGiven, pieces, sum_of
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.scene import circumstances
from satqkd.link.budget import budget
from satqkd.passes.bodies import Bodies
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lit:
    """Passes that share both ends, with the light and the stray light of their usable samples."""

    piece: Piece
    time_s: FloatArray
    """Instants of the samples. [s]"""
    losses_db: FloatArray
    """From the transmitter to the detectors' input. [dB]"""
    variance: FloatArray
    """Of the transmittance over its mean."""
    stray_hz: FloatArray
    """Stray photons before the detectors. [Hz]"""

    def alone(self, place: int) -> Lit:
        """Return one of the passes, by its place."""
        own = self.piece
        part = slice(int(own.starts[place]), int(own.starts[place + 1]))
        size = part.stop - part.start
        return Lit(
            piece=replace(
                own,
                passes=own.passes[place : place + 1],
                starts=np.array([0, size], dtype=np.int64),
                scene=own.scene.take(np.arange(part.start, part.stop)),
                weight_s=own.weight_s[part],
            ),
            time_s=self.time_s[part],
            losses_db=self.losses_db[part],
            variance=self.variance[part],
            stray_hz=self.stray_hz[part],
        )

    def sending(self, source: PulsedSource) -> Lit:
        """Return the same passes with another source."""
        return replace(
            self, piece=replace(self.piece, ends=replace(self.piece.ends, source=source))
        )

    def without_light(self) -> Lit:
        """Return the same passes with stray light alone."""
        return replace(self, losses_db=np.full_like(self.losses_db, np.inf))

    def rates(self) -> Rates:
        """Clicks along the samples."""
        return self.piece.rates(self.losses_db, stray_hz=self.stray_hz, variance=self.variance)

    def counts(self, *, starts: IntArray | None = None) -> Counts:
        """Clicks of each pass, or of the stretches between some offsets."""
        piece = self.piece if starts is None else replace(self.piece, starts=starts)
        return piece.counts(self.rates())

    def pass_clicks(self) -> PassClicks:
        """Clicks of each pass as functions of the intensity."""
        detector = self.piece.ends.detector
        return pass_clicks(
            transmittance(self.losses_db),
            background_rate_hz=self.stray_hz * (detector.efficiency / detector.detectors),
            source=self.piece.ends.source,
            detector=detector,
            weight_s=self.piece.weight_s,
            starts=self.piece.starts,
            variance=self.variance,
        )


def lit_pieces(forecast: Forecast, *, wanted: BoolArray | None = None) -> Iterator[Lit]:
    """Yield the passes that have any usable time, those of like links together.

    Parameters
    ----------
    forecast
        A forecast that was followed.
    wanted
        Which passes; None for all.
    """
    mission, timebase, passes = forecast.mission, forecast.timebase, forecast.passes
    bodies = (
        Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
        if forecast.geometry is None
        else forecast.geometry.bodies
    )
    given: PieceGiven = {
        "passes": passes,
        "tracks": forecast.tracks,
        "facts": circumstances(mission, timebase, passes, bodies),
        "usable": forecast.usable,
    }
    some = forecast.usable_s > 0.0
    for piece in pieces(mission, wanted=some if wanted is None else some & wanted, **given):
        own = piece.usable_only()
        losses = budget(own.scene, own.ends.link)
        stray = own.stray_hz(own.ends.link, own.ends.sky)
        shape = losses.total_db.shape
        yield Lit(
            piece=own,
            time_s=forecast.tracks.time_s[piece.samples][piece.weight_s > 0.0],
            losses_db=losses.total_db,
            variance=np.broadcast_to(losses.variance, shape),
            stray_hz=np.broadcast_to(sum_of(stray.values()), shape),
        )
