"""A station's own clicks distilled, and booked as key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np

from satqkd.clicks.count import intrinsic_error, sifted
from satqkd.clicks.counts import Counts
from satqkd.distil.block import Distilled, Terms
from satqkd.distil.chain import Ends, distilled
from satqkd.distil.click_log import ClickLog
from satqkd.distil.randomness import Randomness
from satqkd.distil.reconcile.trial import best, even_sample, trials
from satqkd.distil.recovered import Recovered, recovered
from satqkd.errors import LedgerError, SatqkdError
from satqkd.forecast.systems import PassSystems
from satqkd.key.system import PreparedSystem
from satqkd.mission.mission import Mission
from satqkd.network.distilled_contact import (
    DistilledContact,
    How,
    authenticators,
    engines_of,
    sifted_of,
)
from satqkd.network.ledger import Book, Entry, Event, KeyMade, Note


def distil_log(
    mission: Mission,
    log: ClickLog,
    how: How,
    *,
    satellite: int,
    station: int,
    qber: float | None,
    randomness: Randomness,
    label: str,
    contact_key: str | None,
) -> tuple[DistilledContact, Recovered]:
    """Distil what both ends of a link recorded, as one block.

    Parameters
    ----------
    mission
        Its source, detectors and protocol.
    log
        What both ends recorded.
    how
        Engine and hash.
    satellite, station
        Ends of the link, by index.
    qber
        Error fraction to be expected of the key bits; None for that of source and detectors.
    randomness
        Of seeds, of authentication key, of bits of pulses that several detectors clicked of.
    label, contact_key
        What to call it.

    Raises
    ------
    SatqkdError
        If the log does not fit the link, or the protocol is not one.
    """
    system = PassSystems(mission=mission)(satellite, [station])
    choices = system.protocol.choices()
    if len(choices) > 1:
        raise SatqkdError(
            "which protocol makes the key has to be chosen before clicks are counted, and the "
            f"mission names {len(choices)}\n  fix: state one with --set protocol={{model: …}}"
        )
    (protocol,) = choices
    nature = np.random.Generator(np.random.SFC64(randomness.number(64)))
    found = recovered(log, detector=system.detector, source=system.source, nature=nature)
    sent = _sent(system, found)
    share = intrinsic_error(system.source, system.detector) if qber is None else qber
    supposed = _supposed(sent, found, share)
    sifted_bits, _ = sifted_of(supposed, protocol)
    tried = trials(
        engines_of(how),
        even_sample(bits=sifted_bits, qber=share, seed=1),
        protocol=protocol,
        expected=supposed,
    )
    trial = best(tried, round_trip_s=how.round_trip_s, within_s=how.within_s)
    alice, bob = authenticators(protocol, randomness)
    block = distilled(
        Ends(alice=found.alice, bob=found.bob, alice_authenticator=alice, bob_authenticator=bob),
        Terms(
            block=0,
            protocol=protocol,
            expected=sent,
            engine=trial.engine,
            family=how.family,
            qber=share,
        ),
        randomness,
    )
    made = DistilledContact(
        label=label,
        contact_key=contact_key,
        maker=mission.spacecraft[satellite].satellite.name,
        station=mission.stations[station].site.name,
        trials=tried,
        trial=trial,
        simulated=randomness.simulated,
        clicks_sha256=log.sha256,
        seed=None,
        foretold=None,
        blocks=(block,),
    )
    return made, found


def _sent(system: PreparedSystem, found: Recovered) -> Counts:
    """What was sent: counts in which nothing has clicked yet."""
    nothing = np.zeros((len(system.source.intensities), 1))
    return sifted(
        nothing,
        nothing,
        sent_s=np.array([found.pulses / system.source.pulse_rate_hz]),
        source=system.source,
        detector=system.detector,
    )


def _supposed(sent: Counts, found: Recovered, qber: float) -> Counts:
    """Clicks as they are, wrong as often as expected: what engines are tried for."""
    alike = ~(found.alice.key_basis ^ found.bob.key_basis)
    key, check = alike & found.alice.key_basis, alike & ~found.alice.key_basis
    of_key, of_check = (
        np.array([[(own & basis).ones for own in found.alice.intensity]], dtype=np.float64)
        for basis in (key, check)
    )
    return replace(
        sent,
        key_clicks=of_key,
        key_errors=qber * of_key,
        check_clicks=of_check,
        check_errors=qber * of_check,
    )


def block_name(contact: str, number: int) -> str:
    """Return what the ledger calls a block of a contact, or of a file where that is not known."""
    return f"{contact}-{number}"


def require_new(
    clicks_sha256: str, contact: str | None, label: str, *, book: Book, entries: Iterable[Entry]
) -> None:
    """Refuse clicks of which a ledger knows that they were distilled, whatever came of it.

    Parameters
    ----------
    clicks_sha256
        Which clicks.
    contact, label
        What they are called.
    book, entries
        What the ledger holds.

    Raises
    ------
    LedgerError
        If these clicks, or others that were called the same, were distilled before.
    """
    told = _clicks_in_words(clicks_sha256)
    for entry in entries:
        event = entry.event
        if entry.sequence in book.undone or not isinstance(event, Note) or told not in event.text:
            continue
        raise LedgerError(
            f"{label}: these clicks were distilled before (entry {entry.sequence}): a second key "
            "of them would tell more of their bits than either proof counts\n  fix: use what was "
            "made then, or name another log"
        )
    block = block_name(contact or label, 0)
    if block in book.accounts.epsilon:
        raise LedgerError(
            f"block {block} was made already: a block is key once\n"
            "  fix: name another log, or its contact by --contact"
        )
    if contact in book.contacts.distilled:
        raise LedgerError(
            f"contact {contact} is key already: its clicks are used once\n"
            "  fix: check --contact; 'satqkd ledger export' lists what it became"
        )


def _clicks_in_words(sha256: str) -> str:
    """How a note names clicks."""
    return f"clicks sha256 {sha256[:12]}"


def key_made(made: DistilledContact, at: datetime) -> tuple[Event, ...]:
    """Return what the ledger books of a contact: its key block by block, and what tags cost.

    Parameters
    ----------
    made
        What became of it.
    at
        When it was key, UTC.

    Raises
    ------
    LedgerError
        If no photon made the key: simulated keys are no stock.
    """
    if made.simulated:
        raise LedgerError(
            f"{made.label}: simulated keys are no stock: whoever has the seed has them\n"
            "  fix: leave out --ledger, or distil what a station recorded, without --seed"
        )
    return tuple(event for block in made.blocks for event in _booked(made, block, at))


def _booked(made: DistilledContact, block: Distilled, at: datetime) -> tuple[Event, ...]:
    """The key of a block, if any, and of which clicks it is, what its tags cost."""
    name = block_name(made.contact_key or made.label, block.terms.block)
    kept = 0 if block.earned is None else len(block.earned[0])
    note = Note(
        text=f"block {name} of {_clicks_in_words(made.clicks_sha256 or '')}: "
        f"{block.authentication_bits} bit of authentication key spent on tags, {kept} bit of new "
        "key kept for later ones; not in stock",
        contact_key=made.contact_key,
    )
    if not block.bits:
        return (note,)
    return (
        KeyMade(
            block=name,
            maker=made.maker,
            station=made.station,
            bits=block.bits,
            epsilon=block.failure_probability,
            made_at=at,
            contacts=() if made.contact_key is None else (made.contact_key,),
        ),
        note,
    )
