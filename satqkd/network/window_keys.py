"""What the contacts of a mission's window are called, without following any light."""

from __future__ import annotations

import warnings

from satqkd.errors import SatqkdWarning
from satqkd.forecast.contact_id import contact_keys
from satqkd.forecast.stream import Chosen, found_passes
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import joint_contacts, pass_contacts
from satqkd.passes.timebase import Timebase


def keys_in_window(mission: Mission) -> frozenset[str]:
    """Return the contact key of every pass and every joint contact.

    What a forecast warns of, it warns of itself.
    """
    timebase = Timebase.starting(mission.start)
    keys: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SatqkdWarning)
        for found in found_passes(mission, timebase, Chosen.all_of(mission), hidden=True):
            table, hidden = found.passes.table, found.hidden
            keys.update(contact_keys(mission, pass_contacts(table, hidden)))
            for pair in mission.together:
                both = joint_contacts(table, list(pair.stations), hidden)
                keys.update(contact_keys(mission, both, pair=pair))
    return frozenset(keys)
