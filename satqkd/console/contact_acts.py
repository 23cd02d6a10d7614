"""What can be done with one contact: pin, ban, free, its station out."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.drafted import drafted_of
from satqkd.console.forms import button, form
from satqkd.report.html.markup import joined, tag


class ContactActs:
    """Makes the forms of contacts, for a page."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._drafted = drafted_of(view.desk, view.memory)

    def of(self, contact_key: str, station: str) -> Markup | None:
        """Return the forms of a contact.

        None where nothing can be done: at a desk for reading only, and with a contact that is
        commanded or behind.
        """
        view, drafted = self._view, self._drafted
        ended = view.states.get(contact_key) in {"committed", "flown", "failed", "cancelled"}
        own = view.held.by_key.get(contact_key)
        ended = ended or (own is not None and own.rise <= view.now)
        if view.desk.read_only or ended or not contact_key:
            return None
        sent = {
            "contact_key": contact_key,
            "version": str(drafted.version),
            "back": view.here,
        }
        pinned, banned = contact_key in drafted.pins, contact_key in drafted.bans
        words = "Unpin" if pinned else "Lift the ban"
        state = tag("b", "Pinned" if pinned else "Banned") if pinned or banned else None
        acts = (
            state,
            None if pinned else form(view.desk, "/draft/pin", button("Pin", act="pin"), sent=sent),
            None if banned else form(view.desk, "/draft/ban", button("Ban", act="ban"), sent=sent),
            form(view.desk, "/draft/free", button(words, act="free"), sent=sent)
            if pinned or banned
            else None,
            tag("a", "Station out …", href=f"/draft?{urlencode({'station': station})}#outage",
                class_="button", data_act="out") if station else None,
        )  # fmt: skip
        return joined(acts)
