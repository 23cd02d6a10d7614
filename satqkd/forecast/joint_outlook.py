"""What a window of two stations may give: its key over all that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from satqkd.clicks.two_arms import TwoArms
from satqkd.forecast.chain import Piece, PieceGiven, pieces, sum_of, usable_passes
from satqkd.forecast.joint import WindowsGiven
from satqkd.forecast.joint_links import both_links
from satqkd.forecast.key_surface import keys_over_light
from satqkd.forecast.outlook import Outlook, found_drawn, light_drawn
from satqkd.forecast.scene import Circumstances, circumstances
from satqkd.forecast.skies import Draws, clear_in, told
from satqkd.key.result import TwoArmEstimator
from satqkd.link.budget import budget
from satqkd.mission.mission import Mission
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowArm:
    """One station's link through what is usable of joint windows."""

    station: int
    passes: PassTable
    """The pass each window is part of; it tells when the sky is looked up."""
    facts: Circumstances
    pieces: tuple[Piece, ...]
    """Windows of like links, without the samples that may not carry key."""


def window_arms(
    mission: Mission, timebase: Timebase, samples: IntArray, given: WindowsGiven
) -> tuple[WindowArm, ...]:
    """Return the links of both stations through the samples that may carry key.

    Parameters
    ----------
    mission, timebase
        Who flies over whom, and when.
    samples
        Where these samples are in the series.
    given
        The windows.
    """
    windows, found = given["windows"], []
    for station, track, own in zip(
        windows.stations.tolist(), given["tracks"], windows.passes, strict=True
    ):
        kept = np.zeros(track.time_s.size, dtype=np.bool_)
        kept[samples] = True
        passes = given["passes"].take(own)
        facts = circumstances(mission, timebase, passes, given["bodies"])
        told_of: PieceGiven = {"passes": passes, "tracks": track, "facts": facts, "usable": kept}
        walk = pieces(mission, wanted=usable_passes(track, kept), **told_of)
        found.append(
            WindowArm(
                station=station,
                passes=passes,
                facts=facts,
                pieces=tuple(piece.usable_only() for piece in walk),
            )
        )
    return tuple(found)


def clear_of_both(mission: Mission, arms: Sequence[WindowArm]) -> FloatArray:
    """Chance that the skies over both stations are clear; NaN where neither tells its weather.

    The two are independent; a station that tells none counts as clear.
    """
    chances = np.stack(
        [
            told(
                mission.stations[arm.station],
                arm.passes.culmination_s,
                start=mission.start,
                month=arm.facts.month,
            )[0]
            for arm in arms
        ]
    )
    known = np.isfinite(chances)
    both = np.where(known, chances, 1.0).prod(axis=0)
    return np.where(known.any(axis=0), both, np.nan)


def ranged_windows(arms: Sequence[WindowArm], count: int) -> BoolArray:
    """Windows for whose links anybody stated a range."""
    ranged = np.zeros(count, dtype=np.bool_)
    for piece in (piece for arm in arms for piece in arm.pieces):
        link, sky = piece.ends.link, piece.ends.sky
        ends = ((link.worst(), sky.worst()), (link.best(), sky.best()))
        ranged[piece.passes] |= any(end != (link, sky) for end in ends)
    return ranged


def links_at_end(
    protocol: TwoArmEstimator,
    links: TwoArms,
    arms: Sequence[WindowArm],
    end: Literal["worst", "best"],
) -> TwoArms:
    """Return both links with every stated range at one end at once.

    Parameters
    ----------
    protocol
        Says how much of the stray light a detector counts.
    links
        The links as expected.
    arms
        The same links, piece by piece.
    end
        Which end.
    """
    series = np.zeros((3, len(arms), links.weight_s.size))
    for number, arm in enumerate(arms):
        for piece in arm.pieces:
            link, sky = getattr(piece.ends.link, end)(), getattr(piece.ends.sky, end)()
            losses, own = budget(piece.scene, link), samples_of(links.starts, piece.passes)
            stray_hz = sum_of(piece.stray_hz(link, sky).values())
            series[:, number, own] = losses.total_db, losses.variance, stray_hz
    losses_db, variances, stray = series
    return both_links(
        protocol,
        losses_db=list(losses_db),
        variances=list(variances),
        stray_hz=list(stray),
        weight_s=links.weight_s,
        starts=links.starts,
    )


def joint_outlook(
    mission: Mission,
    protocol: TwoArmEstimator,
    links: TwoArms,
    arms: Sequence[WindowArm],
    draws: Draws,
) -> Outlook:
    """Draw the key of every window many times.

    Parameters
    ----------
    mission
        Holds what is known of the weather.
    protocol
        Makes the key of both links.
    links, arms
        Both links through the windows.
    draws
        How often, and from which seed.

    Returns
    -------
    Outlook
        Without weather for a station, its sky is clear.

    Notes
    -----
    A history has over each station the sky and the air, and for each satellite the pointing and
    the place in its orbit, that :func:`~satqkd.forecast.outlook.outlook` draws with the same seed
    for the passes of that station alone. What the satellite's pointing takes it takes of both
    links at once. Flicker and stray light stay as they are expected.
    """
    shape = (draws.samples, len(links))
    clear, logs = np.ones(shape, dtype=np.bool_), np.zeros((len(arms), *shape))
    for number, arm in enumerate(arms):
        for piece in arm.pieces:
            own = piece.passes
            mine = arm.passes.take(own)
            sky = clear_in(
                piece.ground,
                mine.culmination_s,
                start=mission.start,
                month=arm.facts.month[own],
                station=arm.station,
                draws=draws,
            )
            clear[:, own] &= sky & found_drawn(piece, mine, draws)
            losses_db = budget(piece.scene, piece.ends.link).total_db
            logs[number][:, own] = np.log(light_drawn(piece, losses_db, mine, draws))
    bits = np.where(clear, keys_over_light(protocol, links, logs[0], logs[1]), 0.0)
    low, median, high = np.percentile(bits, (10.0, 50.0, 90.0), axis=0)
    return Outlook(
        draws=draws,
        clear_probability=clear_of_both(mission, arms),
        expected_bits=bits.mean(axis=0),
        low_bits=low,
        median_bits=median,
        high_bits=high,
    )
