"""What is sent set so that most key is left: for each pass, or once for a satellite's window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from satqkd.clicks.pass_clicks import PassClicks
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource, PulsedSource
from satqkd.errors import NonPhysicalError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.lit import Lit, lit_pieces
from satqkd.key.bb84.brightness import best_dimmed
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.optimise import optimise
from satqkd.key.bb84.settings import Settings
from satqkd.units import BoolArray, FloatArray, IntArray

Grouping = Literal["pass", "satellite"]
"""Which passes share a setting: none, or all of a satellite's window (on an uplink, of a satellite
and a station, which sends)."""

SettableSource = DecoySource | SinglePhotonSource
"""What has settings to seek."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimised:
    """Settings and keys of the passes that have any usable time; arrays of shape (n,)."""

    forecast: Forecast
    grouping: Grouping
    passes: IntArray
    """Their indices, by satellite, station and time."""
    sources: tuple[SettableSource, ...]
    """What is sent in each; the preset where nothing better was found."""
    preset: BoolArray
    """Whether it is the preset that is kept."""
    before_bits: IntArray
    """Key with the preset. [bit]"""
    after_bits: IntArray
    """Key with ``sources``, through the chain. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Flown:
    """Passes, what each sends by the preset, and what it clicks for any intensity."""

    passes: IntArray
    preset: tuple[SettableSource, ...]
    receiver_p_key_basis: tuple[float, ...]
    clicks: PassClicks

    @staticmethod
    def of(lit: Sequence[Lit]) -> _Flown:
        passes = [one.piece.passes for one in lit]
        each = [one.piece.ends for one in lit for _ in one.piece.passes]
        return _Flown(
            passes=np.concatenate([np.zeros(0, dtype=np.int64), *passes]),
            preset=tuple(_settable(ends.source) for ends in each),
            receiver_p_key_basis=tuple(ends.detector.p_key_basis for ends in each),
            clicks=_joined([one.pass_clicks() for one in lit]),
        )

    def take(self, places: IntArray) -> _Flown:
        """Return some of the passes."""
        return _Flown(
            passes=self.passes[places],
            preset=tuple(self.preset[place] for place in places.tolist()),
            receiver_p_key_basis=tuple(self.receiver_p_key_basis[p] for p in places.tolist()),
            clicks=self.clicks.take(places),
        )


def optimised(forecast: Forecast, grouping: Grouping) -> Optimised:
    """Set intensities, probabilities and basis bias, or brightness and bias, for most key.

    Parameters
    ----------
    forecast
        Passes with the settings the mission states: the preset.
    grouping
        Which passes share a setting.

    Returns
    -------
    Optimised
        No group of passes leaves less key, in sum, than with the preset: where the best
        setting found does, the preset is kept.

    Raises
    ------
    NonPhysicalError
        For protocols other than BB84 with one source.

    Notes
    -----
    The search has the clicks of a pass as a polynomial of the intensity, and takes dead time
    and light of other pulses as the preset has them. The keys told are those of the whole chain
    with the settings found. A source of one intensity, of single photons or of laser light, is
    dimmed at the transmitter's output, never brightened.
    """
    protocol = forecast.mission.protocol
    if not isinstance(protocol, DecoyBB84):
        raise NonPhysicalError("protocol", "has no settings to optimise; decoy-bb84 and bb84 have")
    lit = list(lit_pieces(forecast))
    flown = _Flown.of(lit)
    passes = flown.passes
    before = forecast.keys.secure_bits[passes]
    sources = list(flown.preset)
    groups = _groups(forecast, passes, grouping)
    for group in groups:
        found = _best(protocol, flown.take(group), grouping)
        for place, source in zip(group.tolist(), found, strict=True):
            sources[place] = source
    after = _keys(protocol, lit, sources)
    kept = np.zeros(passes.size, dtype=np.bool_)
    for group in _settled(groups, grouping):
        kept[group] = after[group].sum() <= before[group].sum()
    order = _in_order(forecast, passes)
    chosen = [
        old if keep else new for old, new, keep in zip(flown.preset, sources, kept, strict=True)
    ]
    return Optimised(
        forecast=forecast,
        grouping=grouping,
        passes=passes[order],
        sources=tuple(chosen[place] for place in order.tolist()),
        preset=kept[order],
        before_bits=before[order],
        after_bits=np.where(kept, before, after)[order],
    )


def _in_order(forecast: Forecast, passes: IntArray) -> IntArray:
    """Places of passes by satellite, station and time."""
    found = forecast.passes
    keys = (found.culmination_s[passes], found.station[passes], found.satellite[passes])
    return np.asarray(np.lexsort(keys))


def _settable(source: PulsedSource) -> SettableSource:
    if not isinstance(source, DecoySource | SinglePhotonSource):
        raise NonPhysicalError("source", "has nothing to optimise; decoy and single-photon have")
    return source


def _joined(parts: Sequence[PassClicks]) -> PassClicks:
    """Put passes of several pieces behind each other; polynomials of lower degree fill up."""
    most = max((part.coefficients.shape[0] for part in parts), default=1)
    padded = [
        np.pad(part.coefficients, ((0, most - part.coefficients.shape[0]), (0, 0)))
        for part in parts
    ]
    return PassClicks(
        coefficients=np.concatenate([np.zeros((most, 0)), *padded], axis=1),
        errors_dark=_end_to_end([part.errors_dark for part in parts]),
        errors_per_click=_end_to_end([part.errors_per_click for part in parts]),
        pulses=_end_to_end([part.pulses for part in parts]),
        most_intensity=min((part.most_intensity for part in parts), default=1.0),
    )


def _end_to_end(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate([np.zeros(0), *parts])


def _groups(forecast: Forecast, passes: IntArray, grouping: Grouping) -> list[IntArray]:
    """Places of passes that are optimised in one call; a group a setting, or all alike."""
    satellite, station = forecast.passes.satellite[passes], forecast.passes.station[passes]
    up = np.array([craft.direction == "uplink" for craft in forecast.mission.spacecraft], dtype=int)
    if grouping == "pass":
        keys = np.stack([satellite, station], axis=1)
    else:
        keys = np.stack([satellite, np.where(up[satellite] == 1, station, -1)], axis=1)
    _, number = np.unique(keys, axis=0, return_inverse=True)
    return [np.flatnonzero(number.ravel() == one) for one in np.unique(number)]


def _settled(groups: Sequence[IntArray], grouping: Grouping) -> list[IntArray]:
    """Places of passes that fall back together."""
    if grouping == "satellite":
        return list(groups)
    return [np.array([place]) for group in groups for place in group.tolist()]


def _best(protocol: DecoyBB84, flown: _Flown, grouping: Grouping) -> list[SettableSource]:
    """Best sources of the passes of a group."""
    receivers = set(flown.receiver_p_key_basis)
    if len(receivers) > 1:
        raise NonPhysicalError(
            "detector.p_key_basis",
            "must be the same at all stations for one setting a satellite; optimise by pass",
        )
    numbers = np.arange(len(flown.preset))
    each = np.zeros_like(numbers) if grouping == "satellite" else numbers
    settings = _settings(protocol, flown, receivers.pop(), each)
    return [
        _sent(preset, settings, number)
        for preset, number in zip(flown.preset, each.tolist(), strict=True)
    ]


def _settings(
    protocol: DecoyBB84, flown: _Flown, receiver_p_key_basis: float, group: IntArray
) -> Settings:
    source, intensities = flown.preset[0], flown.preset[0].intensities
    if len(intensities) == 1:
        return best_dimmed(
            flown.clicks,
            protocol=protocol,
            brightness=intensities[0],
            g2=source.g2 if isinstance(source, SinglePhotonSource) else None,
            receiver_p_key_basis=receiver_p_key_basis,
            group=group,
        ).settings
    return optimise(
        flown.clicks,
        protocol=protocol,
        decoys=len(intensities) - 1,
        weakest_intensity=intensities[2] if len(intensities) == 3 else 0.0,
        receiver_p_key_basis=receiver_p_key_basis,
        group=group,
    ).settings


def _sent(preset: SettableSource, settings: Settings, number: int) -> SettableSource:
    """Return the preset with a setting; the preset where that is no setting of three."""
    intensities = tuple(settings.intensities[number].tolist())
    p_key_basis = float(settings.p_key_basis[number])
    if isinstance(preset, SinglePhotonSource):
        return replace(preset, brightness=intensities[0], p_key_basis=p_key_basis)
    try:
        return replace(
            preset,
            intensities=intensities,
            probabilities=tuple(settings.probabilities[number].tolist()),
            p_key_basis=p_key_basis,
        )
    except NonPhysicalError:
        return preset


def _keys(protocol: DecoyBB84, lit: Sequence[Lit], sources: Sequence[SettableSource]) -> IntArray:
    """Key of every pass when each sends what it is given. [bit]"""
    each = [one.alone(place) for one in lit for place in range(one.piece.passes.size)]
    bits = [
        int(protocol.secure_bits(one.sending(source).counts())[0])
        for one, source in zip(each, sources, strict=True)
    ]
    return np.array(bits, dtype=np.int64)
