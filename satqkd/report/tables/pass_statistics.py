"""One number a pass from the series of all passes."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.passes.table import Tracks
from satqkd.units import FloatArray, IntArray, loss_db, transmittance


class Series(Protocol):
    """Samples of several stretches of time, one stretch after the other."""

    @property
    def starts(self) -> IntArray:
        """Offsets of the stretches, one more than there are."""

    def __len__(self) -> int: ...


def smallest(tracks: Series, values: FloatArray) -> FloatArray:
    """Smallest of ``values`` in each pass."""
    if len(tracks) == 0:
        return np.zeros(0)
    return np.asarray(np.minimum.reduceat(values, tracks.starts[:-1]), dtype=np.float64)


def largest(tracks: Series, values: FloatArray) -> FloatArray:
    """Largest of ``values`` in each pass."""
    return -smallest(tracks, -values)


def time_mean(tracks: Tracks, values: FloatArray) -> FloatArray:
    """Mean of ``values`` over the time of each pass."""
    duration_s = tracks.per_pass(tracks.weight_s)
    total = tracks.per_pass(values * tracks.weight_s)
    return np.divide(total, duration_s, out=np.zeros_like(total), where=duration_s > 0)


def culmination_sample(forecast: Forecast) -> IntArray:
    """Last sample of each pass that is not later than its culmination."""
    tracks = forecast.tracks
    culmination_s = np.repeat(forecast.passes.culmination_s, np.diff(tracks.starts))
    before = tracks.per_pass((tracks.time_s <= culmination_s).astype(np.float64))
    return tracks.starts[:-1] + np.maximum(before.astype(np.int64) - 1, 0)


def least_loss_db(forecast: Forecast) -> FloatArray:
    """Smallest total loss among the usable samples of each pass; inf where none is. [dB]"""
    usable_db = np.where(forecast.usable, forecast.budget.total_db, np.inf)
    return smallest(forecast.tracks, usable_db)


def mean_loss_db(forecast: Forecast) -> FloatArray:
    """Loss of the mean transmittance over the usable time; inf where none is. [dB]

    The mean is taken over transmittances, not over decibels: it is the loss of a steady link
    that lets through as many photons.
    """
    tracks = forecast.tracks
    weight_s = np.where(forecast.usable, tracks.weight_s, 0.0)
    usable_s = tracks.per_pass(weight_s)
    light = np.where(forecast.usable, transmittance(forecast.budget.total_db), 0.0)
    arrived_s = tracks.per_pass(weight_s * light)
    loss = np.full_like(usable_s, np.inf)
    some = (usable_s > 0) & (arrived_s > 0)
    loss[some] = loss_db(arrived_s[some] / usable_s[some])
    return loss
