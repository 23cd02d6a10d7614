"""What the model says of the rows of a log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.calibration.flown import FlownPair
from satqkd.clicks.count import click_rates
from satqkd.forecast.light import losses_of
from satqkd.mission.mission import Ends
from satqkd.units import FloatArray, loss_db


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What the model says of every row."""

    loss_db: FloatArray
    """Of the mean transmittance. [dB]"""
    clicks: FloatArray
    """In the interval; in a second where there is none."""
    qber: FloatArray


def predict(pair: FlownPair, ends: Ends) -> Prediction:
    """Work out what would have been recorded, by the functions of the forecast."""
    first, weight_s = pair.starts[:-1], pair.weight_s
    losses = losses_of(pair.scene, ends.link, ends.sky)
    arm = losses.light()
    detector = ends.detector
    rates = click_rates(
        arm.transmittance,
        background_rate_hz=arm.stray_hz * (detector.efficiency / detector.detectors),
        source=ends.source,
        detector=detector,
        variance=arm.variance,
    )
    seen = weight_s * rates.click_rate_hz
    clicks = np.add.reduceat(seen, first)
    wrong = np.add.reduceat(seen * rates.qber, first)
    light = np.add.reduceat(weight_s * arm.transmittance, first)
    return Prediction(
        loss_db=loss_db(light / np.add.reduceat(weight_s, first)),
        clicks=clicks,
        qber=np.divide(wrong, clicks, out=np.zeros_like(wrong), where=clicks > 0.0),
    )
