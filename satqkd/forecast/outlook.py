"""What a pass may give: the key over weather, air, pointing and elements, drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.forecast.chain import Piece, PieceGiven, pieces, sum_of, usable_passes
from satqkd.forecast.scene import Circumstances
from satqkd.forecast.skies import Draws, clear_in, told
from satqkd.link.beam.tracking import along_track_rad
from satqkd.link.budget import budget
from satqkd.mission.mission import Mission
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance
from satqkd.weather.realisations import gauss_markov

END_OF_RANGE: Final = 1.6449
"""Standard deviations at the ends of a stated range: it is taken to hold nine cases of ten."""

AIR_MEMORY_S: Final = 86_400.0
"""How long the clearness of the air over a station lasts; a day is assumed. [s]"""

BLOCKS_AT_ONCE: Final = 1 << 15
"""Keys worked out together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """The key of each pass as a distribution; shape (passes,)."""

    draws: Draws
    clear_probability: FloatArray
    """Chance of a clear sky; NaN at a station whose weather nobody told."""
    expected_bits: FloatArray
    """Mean key of all histories. [bit]"""
    low_bits: FloatArray
    """10th percentile, cloudy histories included. [bit]"""
    median_bits: FloatArray
    high_bits: FloatArray
    """90th percentile. [bit]"""


def outlook(
    mission: Mission,
    *,
    passes: PassTable,
    tracks: Tracks,
    facts: Circumstances,
    usable: BoolArray,
    draws: Draws,
) -> Outlook:
    """Draw the key of every pass many times.

    Parameters
    ----------
    mission
        Holds the ends, the protocol, and what is known of the weather.
    passes, tracks, facts, usable
        As the chain takes them.
    draws
        How often, and from which seed.

    Returns
    -------
    Outlook
        Without weather for a station, its numbers are those of a clear sky.

    Notes
    -----
    A history keeps the air and the clouds of a station for as long as their memory lasts, and the
    pointing of a satellite throughout: its stated range is something not known, not something
    that changes. Ranges are normal in decibels on either side of the nominal value, with their
    ends at 5 % and 95 %. A cloudy sky gives nothing, and neither does a satellite that old elements
    put outside the field searched for it (``tracking.acquisition_field``; where none is stated it
    is always found). Clicks are taken to be proportional to the
    light, which at a satellite's losses they are. Left out: the statistics of the clicks
    themselves, some per mille of a key.
    """
    every = np.zeros((5, len(passes)))
    every[0] = clear_probabilities(mission, passes, facts)
    wanted = usable_passes(tracks, usable)
    given: PieceGiven = {"passes": passes, "tracks": tracks, "facts": facts, "usable": usable}
    for piece in pieces(mission, wanted=wanted, **given):
        every[1:, piece.passes] = _of_piece(
            mission, piece.usable_only(), passes=passes, facts=facts, draws=draws
        )
    probability, mean, low, median, high = every
    return Outlook(
        draws=draws,
        clear_probability=probability,
        expected_bits=mean,
        low_bits=low,
        median_bits=median,
        high_bits=high,
    )


def clear_probabilities(mission: Mission, passes: PassTable, facts: Circumstances) -> FloatArray:
    """Chance of a clear sky for every pass; NaN where nobody told."""
    chance = np.full(len(passes), np.nan)
    for station, ground in enumerate(mission.stations):
        mine = np.flatnonzero(passes.station == station)
        chance[mine] = told(
            ground, passes.culmination_s[mine], start=mission.start, month=facts.month[mine]
        )[0]
    return chance


def _of_piece(
    mission: Mission, piece: Piece, *, passes: PassTable, facts: Circumstances, draws: Draws
) -> FloatArray:
    """Mean and percentiles of the passes of a piece, shape (4, passes)."""
    mine = passes.take(piece.passes)
    clear = clear_drawn(
        piece, mine, start=mission.start, month=facts.month[piece.passes], draws=draws
    )
    bits = np.where(clear & found_drawn(piece, mine, draws), _keys(mission, piece, mine, draws), 0)
    return np.concatenate([[bits.mean(axis=0)], np.percentile(bits, (10.0, 50.0, 90.0), axis=0)])


def clear_drawn(
    piece: Piece, mine: PassTable, *, start: datetime, month: IntArray, draws: Draws
) -> BoolArray:
    """Whether the sky is clear when each pass of a piece comes, (histories, passes)."""
    return clear_in(
        piece.ground,
        mine.culmination_s,
        start=start,
        month=month,
        station=int(mine.station[0]),
        draws=draws,
    )


def found_drawn(piece: Piece, mine: PassTable, draws: Draws) -> BoolArray:
    """Whether the sender finds the satellite where its elements have it, (histories, passes)."""
    field_rad = piece.ends.link.transmitter.tracking.acquisition_field_rad
    if field_rad is None:
        return np.ones((draws.samples, len(mine)), dtype=np.bool_)
    off_rad = np.maximum.reduceat(along_track_rad(piece.scene), piece.starts[:-1])
    return np.asarray(np.abs(_of_satellites("elements", mine, draws)) * off_rad < 0.5 * field_rad)


def _of_satellites(what: str, mine: PassTable, draws: Draws) -> FloatArray:
    """Standard normal numbers that belong to a satellite throughout, shape (histories, passes)."""
    own = {
        number: draws.chance(what, number).standard_normal(draws.samples)
        for number in np.unique(mine.satellite).tolist()
    }
    return np.stack([own[number] for number in mine.satellite.tolist()], axis=1)


def _keys(mission: Mission, piece: Piece, mine: PassTable, draws: Draws) -> IntArray:
    """Key under a clear sky, shape (histories, passes)."""
    link = piece.ends.link
    nominal = budget(piece.scene, link)
    stray_hz, variance = sum_of(piece.stray_hz(link, piece.ends.sky).values()), nominal.variance
    lit = piece.counts(piece.rates(nominal.total_db, stray_hz=stray_hz, variance=variance))
    no_light = np.full_like(nominal.total_db, np.inf)
    dark = piece.counts(piece.rates(no_light, stray_hz=stray_hz, variance=variance))
    factor = light_drawn(piece, nominal.total_db, mine, draws)
    keys = np.zeros(factor.shape, dtype=np.int64)
    rows = max(1, BLOCKS_AT_ONCE // len(mine))
    for begin in range(0, draws.samples, rows):
        part = factor[begin : begin + rows]
        drawn = mixed_counts(lit, dark, part)
        keys[begin : begin + rows] = mission.protocol.secure_bits(drawn).reshape(part.shape)
    return keys


def mixed_counts(lit: Counts, dark: Counts, factor: FloatArray) -> Counts:
    """Counts when there is ``factor`` times the light; blocks of shape (histories · passes,)."""

    def mix(name: str) -> FloatArray:
        with_light, without = getattr(lit, name), getattr(dark, name)
        mixed = without + (with_light - without) * factor[:, :, np.newaxis]
        return np.asarray(mixed.reshape(-1, mixed.shape[-1]))

    def sent(pulses: FloatArray) -> FloatArray:
        return np.broadcast_to(pulses, factor.shape).ravel()

    return Counts(
        intensities=lit.intensities,
        probabilities=lit.probabilities,
        pulses=sent(lit.pulses),
        key_clicks=mix("key_clicks"),
        key_errors=mix("key_errors"),
        check_clicks=mix("check_clicks"),
        check_errors=mix("check_errors"),
        key_pulses=None if lit.key_pulses is None else sent(lit.key_pulses),
        check_pulses=None if lit.check_pulses is None else sent(lit.check_pulses),
        multi_photon=lit.multi_photon,
    )


def light_drawn(piece: Piece, nominal_db: FloatArray, mine: PassTable, draws: Draws) -> FloatArray:
    """Light of each history over the nominal, shape (histories, passes)."""
    air = gauss_markov(
        draws.chance("air", int(mine.station[0])),
        mine.culmination_s,
        memory_s=AIR_MEMORY_S,
        realisations=draws.samples,
    )
    pointing = _of_satellites("pointing", mine, draws)
    link, here = piece.ends.link, _sums(piece, nominal_db)
    logs = np.zeros(air.shape)
    for mood, ends in ((air, link.air_ends()), (pointing, link.pointing_ends())):
        low, high = (_ratio(_sums(piece, budget(piece.scene, end).total_db), here) for end in ends)
        logs += np.where(mood > 0.0, mood * high, -mood * low) / END_OF_RANGE
    return np.asarray(np.exp(logs))


def _sums(piece: Piece, losses_db: FloatArray) -> FloatArray:
    """Seconds of full light that would reach the detectors as much, one a pass. [s]"""
    return np.asarray(np.add.reduceat(piece.weight_s * transmittance(losses_db), piece.starts[:-1]))


def _ratio(sums: FloatArray, nominal: FloatArray) -> FloatArray:
    """Logarithm of light over nominal light; 0 where there is none."""
    some = (sums > 0.0) & (nominal > 0.0)
    return np.asarray(np.log(np.divide(sums, nominal, out=np.ones_like(sums), where=some)))
