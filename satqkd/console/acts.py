"""What the desk does to the draft, each act a function.

Nothing that is planned changes by it: only :func:`satqkd.console.in_force.put_in_force` changes the
plan in force.
"""

from __future__ import annotations

from satqkd.console.change_checks import CHECKS
from satqkd.console.draft import Draft
from satqkd.console.draft_change import Change
from satqkd.console.workplace import Workplace, settled, wished_in


def draft_of(work: Workplace) -> Draft:
    """Return the draft of a mission; an empty one where nothing is drafted."""
    store = work.store()
    return settled(work.draft_file().read(), store.book())


def add(work: Workplace, version: int, change: Change) -> Draft:
    """Put a change into the draft.

    Parameters
    ----------
    work
        Where.
    version
        Of the draft that the page showed.
    change
        What.

    Raises
    ------
    ConflictError
        If the draft was changed since.
    SatqkdError
        If the change cannot be: an unknown contact, one that is committed or behind, an outage
        that takes a committed one, a limit that the files refuse.
    """
    book = work.store().book()
    CHECKS[type(change)](work, book, change)

    def act(held: Draft) -> Draft:
        new = settled(held, book).with_change(change)
        new.wanted(wished_in(book))
        return new

    return work.draft_file().change(version, act)


def undo(work: Workplace, version: int) -> Draft:
    """Take back the last change of the draft; see :func:`add`."""
    book = work.store().book()
    return work.draft_file().change(version, lambda held: settled(held, book).undone())


def discard(work: Workplace, version: int) -> Draft:
    """Empty the draft; see :func:`add`. The plan in force stays as it is."""
    store = work.store()

    def act(held: Draft) -> Draft:
        store.sweep(None)
        return held.emptied()

    return work.draft_file().change(version, act)
