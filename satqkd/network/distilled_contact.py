"""A contact of a forecast distilled: its clicks drawn, and two equal keys made of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.light import Light
from satqkd.distil.authenticate import Authenticator
from satqkd.distil.authentication_key import AuthenticationKey
from satqkd.distil.block import USUAL_FAMILY, Distilled, Terms
from satqkd.distil.chain import Ends, distilled
from satqkd.distil.chance import counting_interval
from satqkd.distil.cutting import Piece, pieces
from satqkd.distil.expected import expected_of
from satqkd.distil.hash_family import HashFamily
from satqkd.distil.randomness import Randomness, simulated_randomness
from satqkd.distil.reconcile.engine import Engine
from satqkd.distil.reconcile.engines import ENGINES, engine
from satqkd.distil.reconcile.trial import MOST_BITS, Sample, Trial, best, trials
from satqkd.distil.simulate import simulated
from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.systems import PassSystems
from satqkd.key.result import OneProtocol
from satqkd.key.system import PreparedSystem
from satqkd.units import FloatArray

TRIED: Final = 1
"""Sets the clicks that engines are tried on apart from those that become key."""
INITIAL_KEY_BYTES: Final = 1 << 12
"""Authentication key that both ends begin with. [byte]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What was forecast of a contact."""

    stated_bits: int
    """Key with the error correction that the mission states. [bit]"""
    engine_bits: int
    """Key of the same counts with what the engine is expected to tell. [bit]"""
    interval_bits: tuple[int, int]
    """Of the latter, where 95 % of keys lie by the chance of single clicks alone. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DistilledContact:
    """What became of a contact."""

    label: str
    """Id of its pass; of a log its file."""
    contact_key: str | None
    """None where not given."""
    maker: str
    """The satellite."""
    station: str
    trials: tuple[Trial, ...]
    """What each engine takes, tried on other clicks like those of the largest block."""
    trial: Trial
    """The one that was taken."""
    simulated: bool
    """Whether a seed gives the keys, so that they protect nothing."""
    clicks_sha256: str | None
    """Of a log, which clicks these are; None for a pass, whose seed says it."""
    seed: int | None
    """What gives the same clicks and keys again; None where photons made them."""
    foretold: Foretold | None
    """None where not computed."""
    blocks: tuple[Distilled, ...]
    """In order of time."""

    @property
    def bits(self) -> int:
        """Key of all blocks. [bit]

        By definition.
        """
        return sum(block.bits for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class How:
    """How a contact is distilled."""

    engine: str | None = None
    """By its name; None for the one that leaves most key in time."""
    round_trip_s: float
    """Of the classical link. [s]"""
    within_s: float | None = None
    """Time for the error correction of a block; None for any. [s]"""
    family: HashFamily = USUAL_FAMILY
    """Hash that makes the key."""


def distil_contact(
    forecast: Forecast, index: int, how: How, *, seed: int, progress: Callable[[int, int], None]
) -> DistilledContact:
    """Draw the clicks of a contact from its forecast and distil them block by block.

    Parameters
    ----------
    forecast
        Passes, each with one arm.
    index
        Which of them.
    how
        Engine and hash.
    seed
        Gives the same clicks and keys again.
    progress
        Told how many blocks are done, of how many.

    Raises
    ------
    SatqkdError
        If nothing of the contact may carry key.
    """
    label, yields = forecast.ids[index], forecast.yields
    parts = list(forecast.sampled_parts(np.array([index])))
    light = parts[0].light(parts[0].losses())
    if not light.weight_s.sum() > 0.0:
        raise SatqkdError(
            f"{label}: nothing to distil: {forecast.reason[index] or 'no time is usable'}\n"
            "  fix: take a pass that 'satqkd forecast' gives key"
        )
    satellite, station = (
        int(own[index]) for own in (forecast.contacts.satellite, forecast.passes.station)
    )
    system = PassSystems(mission=forecast.mission)(satellite, [station])
    protocol = _chosen(system, light)
    clicks = simulated(expected_of(system, light), np.random.Generator(np.random.SFC64(seed)))
    size, close_at = _limits(
        forecast, index, light, parts[0].time_s, pulse_rate_hz=system.source.pulse_rate_hz
    )
    cut = pieces(clicks, both_bases=protocol.both_bases, size=size, close_at=close_at)
    whole = [system.collect(_within(system, light, piece)) for piece in cut]
    largest = int(np.argmax([sifted_of(own, protocol)[0] for own in whole]))
    sample = _sample(system, light, cut[largest], seed=seed)
    found = trials(engines_of(how), sample, protocol=protocol, expected=whole[largest])
    trial = best(found, round_trip_s=how.round_trip_s, within_s=how.within_s)
    randomness = simulated_randomness(seed)
    agreed = [
        Terms(
            block=number,
            protocol=protocol,
            expected=expected,
            engine=trial.engine,
            family=how.family,
            qber=qber_of(expected, protocol),
        )
        for number, expected in enumerate(whole)
    ]
    blocks = _one_by_one(cut, agreed, randomness, progress=progress)
    every = Counts.join(whole)
    return DistilledContact(
        label=label,
        contact_key=forecast.contact_key[index],
        maker=forecast.mission.spacecraft[satellite].satellite.name,
        station=forecast.mission.stations[station].site.name,
        trials=found,
        trial=trial,
        simulated=randomness.simulated,
        clicks_sha256=None,
        seed=seed,
        foretold=Foretold(
            stated_bits=int(yields.made.bits[index]),
            engine_bits=int(trial.keys(protocol, every).sum()),
            interval_bits=counting_interval(
                lambda counts: trial.keys(protocol, counts), every, seed=seed
            ),
        ),
        blocks=blocks,
    )


def _one_by_one(
    cut: Sequence[Piece],
    agreed: Sequence[Terms],
    randomness: Randomness,
    *,
    progress: Callable[[int, int], None],
) -> tuple[Distilled, ...]:
    """Distil blocks in order of time; the key that one earns pays for tags of those after it."""
    alice, bob = authenticators(agreed[0].protocol, randomness)
    blocks = []
    for number, (piece, terms) in enumerate(zip(cut, agreed, strict=True)):
        ends = Ends(
            alice=piece.clicks.alice,
            bob=piece.clicks.bob,
            alice_authenticator=alice,
            bob_authenticator=bob,
        )
        made = distilled(ends, terms, randomness)
        if made.earned is not None:
            alice.key.earn(made.earned[0])
            bob.key.earn(made.earned[1])
        blocks.append(made)
        progress(number + 1, len(cut))
    return tuple(blocks)


def _sample(system: PreparedSystem, light: Light, largest: Piece, *, seed: int) -> Sample:
    """Strings like those of the largest block, of clicks that nobody uses."""
    inside = _within(system, light, largest)
    expected = expected_of(system, inside)
    protocol = _chosen(system, light)
    bits, _ = sifted_of(system.collect(inside), protocol)
    if bits > MOST_BITS:
        expected = expected.times(MOST_BITS / bits)
    clicks = simulated(expected, np.random.Generator(np.random.SFC64([seed, TRIED])))
    sent, read = clicks.alice.key_basis, clicks.bob.key_basis
    key = ~(sent ^ read) if protocol.both_bases else sent & read
    return Sample(alice=clicks.alice.bit.where(key), bob=clicks.bob.bit.where(key))


def engines_of(how: How) -> tuple[Engine, ...]:
    """Return the engine that is asked for, or all of them."""
    return ENGINES if how.engine is None else (engine(how.engine),)


def authenticators(
    protocol: OneProtocol, randomness: Randomness
) -> tuple[Authenticator, Authenticator]:
    """Return what two ends in one place authenticate with: the same key at each, drawn here."""
    initial = randomness.bits(8 * INITIAL_KEY_BYTES).to_bytes()
    alice, bob = (
        Authenticator.of(
            AuthenticationKey(content=bytearray(initial)), authentication=protocol.authentication
        )
        for _ in range(2)
    )
    return alice, bob


def _chosen(system: PreparedSystem, light: Light) -> OneProtocol:
    """The protocol that is planned for the contact, of those there are."""
    choices = system.protocol.choices()
    made = [int(one.secure_bits(system.collect(light))[0]) for one in choices]
    return choices[int(np.argmax(made))]


def _limits(
    forecast: Forecast, index: int, light: Light, time_s: FloatArray, *, pulse_rate_hz: float
) -> tuple[float, int | None]:
    """Size of a block, and the pulse before which one closes, as the satellite distils."""
    how = forecast.mission.distilled(int(forecast.contacts.satellite[index]))
    if how is None or not how.divides:
        return math.inf, None
    until_s = float(forecast.contacts.end_s[index]) - how.stop_before_set_s
    before = light.weight_s[time_s < until_s].sum()
    return how.block_sifted_bits or math.inf, round(before * pulse_rate_hz)


def _within(system: PreparedSystem, light: Light, piece: Piece) -> Light:
    """Light between the first pulse and the last of a block."""
    rate_hz = system.source.pulse_rate_hz
    ends_s = np.cumsum(light.weight_s)
    begins_s = ends_s - light.weight_s
    first_s = piece.first_pulse / rate_hz
    last_s = first_s + piece.clicks.pulses / rate_hz
    inside = np.minimum(ends_s, last_s) - np.maximum(begins_s, first_s)
    return replace(light, weight_s=np.maximum(inside, 0.0))


def sifted_of(counts: Counts, protocol: OneProtocol) -> tuple[float, float]:
    """Bits of one row that become key, and errors among them. [bit]"""
    clicks, errors = float(counts.key_clicks.sum()), float(counts.key_errors.sum())
    if protocol.both_bases:
        clicks += float(counts.check_clicks.sum())
        errors += float(counts.check_errors.sum())
    return clicks, errors


def qber_of(counts: Counts, protocol: OneProtocol) -> float:
    """Return the error fraction of the bits of one row that become key."""
    sifted, wrong = sifted_of(counts, protocol)
    return min(wrong / max(sifted, 1.0), 0.5)
