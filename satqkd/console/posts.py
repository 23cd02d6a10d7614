"""The acts behind forms: loaded when the first form is sent, since what plans is large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from satqkd.config.instant import parse_when
from satqkd.config.mistake import Mistake
from satqkd.console import acts
from satqkd.console.asked import Asked, led_to
from satqkd.console.draft_change import Change
from satqkd.console.draft_values import Limit, Tried
from satqkd.console.draft_wishes import Ban, Free, Lift, Out, Pin
from satqkd.console.exporting import require_forms
from satqkd.console.in_force import put_in_force
from satqkd.console.published import publish, withdraw
from satqkd.console.refusals import NotThereError
from satqkd.console.uploads import book, upload_of
from satqkd.errors import SatqkdError
from satqkd.report.export.ics import require_mail

Act = Callable[[Asked], Response]


def _changed(change_of: Callable[[Asked], Change]) -> Act:
    def act(asked: Asked) -> Response:
        acts.add(asked.work, asked.number("version"), change_of(asked))
        return led_to(asked.back)

    return act


def _out(asked: Asked) -> Out:
    return Out(
        station=asked.text("station"),
        start=_when(asked, "from"),
        end=_when(asked, "to"),
        why=asked.text("why"),
    )


def _when(asked: Asked, name: str) -> datetime:
    try:
        return parse_when(asked.text(name), now=asked.desk.clock())
    except Mistake as mistake:
        raise SatqkdError(f"{name}: {mistake.message}\n  fix: {mistake.fix}") from mistake


def _undo(asked: Asked) -> Response:
    acts.undo(asked.work, asked.number("version"))
    return led_to(asked.back)


def _discard(asked: Asked) -> Response:
    acts.discard(asked.work, asked.number("version"))
    return led_to(asked.back)


def _started(asked: Asked, act: str, task: Mapping[str, Any]) -> Response:
    work = asked.work
    work.store()
    job = asked.desk.jobs.start(act, {"work": work.to_plain(), **task})
    return led_to(f"/job/{job.id}")


def _replan(asked: Asked) -> Response:
    return _started(asked, "replan", {"version": asked.number("version")})


def _cancel(asked: Asked) -> Response:
    job = asked.desk.jobs.cancel(asked.path["id"])
    if job is None:
        raise NotThereError
    return led_to(f"/job/{job.id}")


def _in_force(asked: Asked) -> Response:
    made = put_in_force(
        asked.work,
        asked.text("plan_id"),
        expected_parent=asked.text("expected_parent") or None,
        version=asked.number("version"),
        note=asked.text("note"),
    )
    if made.note:
        raise SatqkdError(
            f"plan {made.plan_id} is in force, but {made.note}\n  fix: free the place"
        )
    return led_to("/plans")


def _log(asked: Asked) -> Response:
    if asked.file is None:
        raise SatqkdError("no file was sent\n  fix: choose the log of a station")
    upload = upload_of(*asked.file, kind=asked.text("kind") or "log")
    return _started(asked, "log", asdict(upload))


def _book(asked: Asked) -> Response:
    job = asked.desk.jobs.get(asked.text("job"))
    if job is None or job.act != "log" or job.result is None:
        raise SatqkdError("what was read of the log is no longer there\n  fix: send it again")
    book(asked.work, job.result["events"])
    return led_to("/log")


def _ahead(asked: Asked) -> Response:
    job = asked.desk.jobs.start("ahead", {"work": asked.work.to_plain()})
    return led_to(f"/job/{job.id}")


def _publish(asked: Asked) -> Response:
    mail, store = require_mail(asked.text("mail")), asked.work.store()
    store.check()
    publish(store.plans, mail)
    return led_to("/export#calendar")


def _withdraw(asked: Asked) -> Response:
    withdraw(asked.work.store().plans)
    return led_to("/export#calendar")


def _export(asked: Asked) -> Response:
    forms = require_forms(asked.every.get("forms", []))
    task = {"forms": forms, "stations": asked.every.get("stations", [])}
    job = asked.desk.jobs.start("export", {"work": asked.work.to_plain(), **task})
    return led_to(f"/job/{job.id}")


POSTS: Final[Mapping[str, Act]] = {
    "/draft/pin": _changed(
        lambda asked: Pin(contact_key=asked.text("contact_key"), why=asked.text("why"))
    ),
    "/draft/ban": _changed(
        lambda asked: Ban(contact_key=asked.text("contact_key"), why=asked.text("why"))
    ),
    "/draft/free": _changed(lambda asked: Free(contact_key=asked.text("contact_key"))),
    "/draft/outage": _changed(_out),
    "/draft/lift": _changed(lambda asked: Lift(entry=asked.number("entry"))),
    "/draft/limit": _changed(
        lambda asked: Limit(path=asked.text("name"), value=asked.text("value"))
    ),
    "/draft/tried": _changed(lambda asked: Tried(what=asked.text("what"), sets=asked.text("sets"))),
    "/draft/undo": _undo,
    "/draft/discard": _discard,
    "/replan": _replan,
    "/job/{id}/cancel": _cancel,
    "/in-force": _in_force,
    "/log": _log,
    "/log/book": _book,
    "/export": _export,
    "/ahead": _ahead,
    "/calendar": _publish,
    "/calendar/end": _withdraw,
}
"""What is done where; every one of them takes a form of this desk alone."""
