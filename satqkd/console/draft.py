"""The draft of the next plan: kept beside the ledger, and the only file that is ever rewritten."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from satqkd.console.draft_change import Change, Wanted
from satqkd.console.draft_changes import change_of
from satqkd.console.draft_place import DRAFT
from satqkd.errors import OutputError, SatqkdError
from satqkd.network.ledger.lock import only_writer
from satqkd.network.ledger.schema import flush
from satqkd.network.wished import Wished

LAYOUT: Final = 1
"""Of the file."""
MOST_CHANGES: Final = 500
"""More is no draft of a person."""
MOST_BYTES: Final = 5_000_000
"""A larger file was not written by satqkd. [B]"""


class ConflictError(SatqkdError):
    """What a page showed is not what is there now: somebody else changed it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan that was made of a draft, and waits to be put in force."""

    plan_id: str
    parent: str | None
    """Plan that was in force when it was made; None for none."""
    heeds: str
    """Digest of all that it heeds: what changes it makes the answer one to another question."""
    notes: tuple[str, ...] = ()
    """What is to be known of it, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Changes of the next plan, in the order in which they were made."""

    version: int = 0
    """Counts what befell the draft, and never begins anew: by it a page is known to be old."""
    changes: tuple[Change, ...] = ()
    answer: Answer | None = None
    """Plan that was made of these changes; None before it is made."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compare or to discard."""
        return not self.changes and self.answer is None

    def wanted(self, wished: Wished) -> Wanted:
        """Return what is wanted of the next plan.

        Raises
        ------
        SatqkdError
            If a change no longer fits what the ledger says.
        """
        found = Wanted(wished=wished, limits={})
        for change in self.changes:
            found = change.put(found)
        return found

    def with_change(self, change: Change) -> Draft:
        """Return it with one change more; an answer to the question before is none to this."""
        if len(self.changes) >= MOST_CHANGES:
            raise SatqkdError(f"a draft holds {MOST_CHANGES} changes\n  fix: plan with these first")
        return self._next(changes=(*self.changes, change), answer=None)

    def undone(self) -> Draft:
        """Return it without its last change.

        Raises
        ------
        SatqkdError
            If there is none.
        """
        if not self.changes:
            raise SatqkdError("the draft has no change to undo\n  fix: leave it so")
        return self._next(changes=self.changes[:-1], answer=None)

    def answered(self, answer: Answer) -> Draft:
        """Return it with a plan that was made of it."""
        return self._next(changes=self.changes, answer=answer)

    def emptied(self) -> Draft:
        """Return a draft of nothing that follows it."""
        return self._next(changes=(), answer=None)

    def _next(self, *, changes: tuple[Change, ...], answer: Answer | None) -> Draft:
        return replace(self, version=self.version + 1, changes=changes, answer=answer)

    def in_words(self) -> str:
        """Say in a few words what it holds."""
        count = len(self.changes)
        if not count:
            return "no change"
        return f"{count} change{'' if count == 1 else 's'}, the last: {self.changes[-1].in_words()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """Where the draft of a mission is kept."""

    folder: Path
    """Of the plans, beside the ledger; made when something is written."""
    author: str
    """Who writes, for those who have to wait."""

    @property
    def path(self) -> Path:
        """The file; it may not be there yet."""
        return self.folder / DRAFT

    def read(self) -> Draft:
        """Read the draft; of no file an empty one.

        Raises
        ------
        SatqkdError
            If the file is not what was written.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Draft()
        except OSError as error:
            raise SatqkdError(
                f"{self.path}: could not be read ({error.strerror or error})\n  fix: allow reading"
            ) from error
        return self._parsed(data)

    def change(self, version: int, act: Callable[[Draft], Draft]) -> Draft:
        """Change the draft, if it is the one that a page showed.

        Parameters
        ----------
        version
            Of the draft that was shown.
        act
            Makes the new draft of it; called while nobody else can write.

        Raises
        ------
        ConflictError
            If it was changed since; nothing is written.
        SatqkdError
            What ``act`` refuses; nothing is written.
        OutputError
            If the file cannot be written; the old draft is there still.
        """
        with self._alone():
            held = self.read()
            if held.version != version:
                raise ConflictError(
                    f"another tab changed the draft: {held.in_words()}\n"
                    "  fix: load the page again and look; nothing was done"
                )
            new = act(held)
            self._write(new)
        return new

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: could not be made ({error.strerror or error})\n"
                "  fix: allow writing beside the ledger"
            ) from error
        with only_writer(self.path, self.author):
            yield

    def _parsed(self, data: bytes) -> Draft:
        try:
            return _draft_of(data)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
            SatqkdError,
        ) as why:
            raise SatqkdError(
                f"{self.path}: is not what was written ({why!r})\n  fix: remove it; the plan in "
                "force and the ledger do not hang on it"
            ) from why

    def _write(self, draft: Draft) -> None:
        """Replace the file in one step: whatever ends the process, one draft is there, whole."""
        text = json.dumps(
            {
                "layout": LAYOUT,
                "version": draft.version,
                "changes": [one.to_plain() for one in draft.changes],
                "answer": None if draft.answer is None else asdict(draft.answer),
            },
            indent=1,
        )
        temporary = self.path.with_name(f".{DRAFT}.new-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            for old in self.folder.glob(f".{DRAFT}.new-*"):  # of writers that were killed
                old.unlink(missing_ok=True)
            temporary.write_text(text + "\n", encoding="utf-8")
            flush(temporary)
            temporary.replace(self.path)
            flush(self.folder)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise OutputError(
                f"{self.path}: could not be written ({error.strerror or error}); the draft is as "
                "it was\n  fix: free space, or allow writing beside the ledger"
            ) from error


def _draft_of(data: bytes) -> Draft:
    if len(data) > MOST_BYTES:
        raise ValueError("it is too large")
    value = json.loads(data)
    if value["layout"] != LAYOUT or not isinstance(value["version"], int):
        raise ValueError("it is of another satqkd")
    answer = value["answer"]
    return Draft(
        version=value["version"],
        changes=tuple(change_of(one) for one in value["changes"]),
        answer=None if answer is None else _answer_of(answer),
    )


def _answer_of(plain: Mapping[str, Any]) -> Answer:
    parent = plain["parent"]
    texts = (plain["plan_id"], plain["heeds"], *plain["notes"], *([parent] if parent else []))
    if not all(isinstance(one, str) for one in texts):
        raise TypeError("its answer holds what is no text")
    return Answer(
        plan_id=plain["plan_id"], parent=parent, heeds=plain["heeds"], notes=tuple(plain["notes"])
    )
