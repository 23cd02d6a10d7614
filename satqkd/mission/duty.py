"""Rules for what wears or feeds a satellite or station: rest after a contact, time of the radio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.mission.rules import Each, Plannable, grouped, where
from satqkd.schedule.cliques import maximal_cliques
from satqkd.schedule.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RestTime:
    """A satellite or station rests between any two contacts, for its laser or detectors to cool."""

    at_least_s: float
    """From the end of a contact to the begin of the next; slew or set-up time runs meanwhile.
    [s]"""
    satellite: str | None = None
    """Which satellite; of a constellation each rests by itself."""
    station: str | None = None
    """Which station, if no satellite is named."""

    def __post_init__(self) -> None:
        require_not_negative("at_least_s", self.at_least_s)
        self._check_whose()

    def _check_whose(self) -> None:
        if self.satellite is None and self.station is None:
            raise NonPhysicalError("station", "is missing, and so is satellite: who rests?")
        if self.satellite is not None and self.station is not None:
            raise NonPhysicalError("station", "stands beside satellite: a rule of rest is for one")

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys: none."""
        return ()

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write one rule for each set of contacts that are all too near to each other."""
        own = contacts.of(self.satellite, self.station)
        who = [self.station or contacts.satellite[one] for one in own.tolist()]
        names = sorted(set(who))
        found = maximal_cliques(
            np.array([names.index(one) for one in who], dtype=np.int64),
            start_s=contacts.start_s[own],
            end_s=contacts.end_s[own],
            gap_s=np.full(len(names), self.at_least_s),
        )
        for clique in found.parts():
            members = np.sort(own[clique])
            if len({contacts.contact_key[one] for one in members.tolist()}) > 1:
                yield Rule(
                    name=f"{self.at_least_s / 60.0:g} min of rest of {who[int(clique[0])]}",
                    contacts=members,
                    use=np.ones(members.size),
                    most=1.0,
                    clash=True,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class DownlinkTime:
    """So much time of a satellite's radio for what its contacts have to be distilled with.

    Assumes that sifting and error correction need traffic in proportion to the sifted bits, that
    one radio at one rate carries it, and that it is sent in the time in which its contact begins.
    """

    rate_bit_s: float
    """Rate of its radio. [bit/s]"""
    bits_per_sifted: float
    """Traffic for each sifted bit."""
    at_most_s: float
    """Time that the radio has for it. [s]"""
    each: Each = "day"
    """In which time: ``orbit``, ``day`` or ``window``."""
    satellite: str | None = None
    """Whose radio; of a constellation each has its own, and every satellite if not given."""

    def __post_init__(self) -> None:
        require_positive("rate_bit_s", self.rate_bit_s)
        require_positive("bits_per_sifted", self.bits_per_sifted)
        require_not_negative("at_most_s", self.at_most_s)

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys: none."""
        return ()

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write one rule for each satellite and time."""
        own = contacts.of(self.satellite, None)
        own = own[contacts.sifted_bits[own] > 0.0]
        for name in dict.fromkeys(contacts.satellite[one] for one in own.tolist()):
            mine = own[np.array([contacts.satellite[one] == name for one in own.tolist()])]
            for members in grouped(contacts, mine, self.each):
                traffic_bits = contacts.sifted_bits[members] * self.bits_per_sifted
                yield Rule(
                    name=f"radio {where(self.each, name, None)}",
                    contacts=members,
                    use=traffic_bits / self.rate_bit_s,
                    most=self.at_most_s,
                    unit="min",
                    per_unit=60.0,
                )
