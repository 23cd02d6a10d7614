"""What the contacts of a mission's window are called, without following any light."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from satqkd.errors import SatqkdWarning
from satqkd.forecast.contact_id import contact_keys
from satqkd.forecast.stream import Chosen, found_passes
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import joint_contacts, pass_contacts
from satqkd.passes.timebase import Timebase


def rises_in_window(mission: Mission) -> dict[str, float]:
    """Return when every pass and every joint contact begins, mission seconds, by contact key. [s]

    What a forecast warns of, it warns of itself.
    """
    return dict(_rises(mission))


def _rises(mission: Mission) -> Iterator[tuple[str, float]]:
    timebase = Timebase.starting(mission.start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SatqkdWarning)
        for found in found_passes(mission, timebase, Chosen.all_of(mission), hidden=True):
            table, hidden = found.passes.table, found.hidden
            passes = pass_contacts(table, hidden)
            yield from zip(contact_keys(mission, passes), passes.start_s.tolist(), strict=True)
            for pair in mission.together:
                both = joint_contacts(table, list(pair.stations), hidden)
                keys = contact_keys(mission, both, pair=pair)
                yield from zip(keys, both.start_s.tolist(), strict=True)


def keys_in_window(mission: Mission) -> frozenset[str]:
    """Return the contact key of every pass and every joint contact."""
    return frozenset(rises_in_window(mission))
