"""Long work: how far it is, how to stop it, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from satqkd.console.desk import Desk
from satqkd.console.forms import button, form
from satqkd.console.jobs import Job
from satqkd.console.layout import Page
from satqkd.console.pages.said import said
from satqkd.console.refusals import NotThereError
from satqkd.report.counted import counted
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.written import bits_words

NAMES: Final[Mapping[str, str]] = {
    "replan": "Planning again",
    "log": "Reading the log",
    "export": "Writing files",
    "ahead": "Looking ahead",
}
BACK: Final[Mapping[str, str]] = {
    "replan": "/draft", "log": "/log", "export": "/export", "ahead": "/pairs",
}  # fmt: skip
"""Where each act began."""


def job_page(desk: Desk, job_id: str) -> Page:
    """Return the page.

    Raises
    ------
    NotThereError
        If there is no such job.
    """
    job = desk.jobs.get(job_id)
    if job is None:
        raise NotThereError
    name = NAMES[job.act]
    if job.running:
        return _running(desk, job, name)
    if job.status != "done":
        return _ended(job, name)
    return DONE[job.act](desk, job)


def how_far(job: Job) -> str:
    """Say how far a job is.

    Examples
    --------
    >>> how_far(Job(id="a", act="replan", at="following contacts", done=2.0, of=6.0))
    'following contacts: 2 of 6'
    """
    if job.done is None or job.of is None:
        return job.at
    if job.at != "planning":
        return f"{job.at}: {job.done:.0f} of {job.of:.0f}"
    return f"planning: worth {bits_words(job.done)}, at most {bits_words(job.of)}"


def _running(desk: Desk, job: Job, name: str) -> Page:
    known = job.done is not None and job.of is not None and job.of > 0.0
    body = joined(
        (
            tag("p", tag("span", how_far(job), id="how-far"), aria_live="polite"),
            tag("p", tag("progress", max="1", aria_label=name,
                         value=job.done / job.of if known and job.done and job.of else None)),
            form(desk, f"/job/{job.id}/cancel", button("Stop")),
            tag("p", "What is planned and drafted stays as it is, also when this is stopped.",
                class_="small"),
        )
    )  # fmt: skip
    again = Markup('<noscript><meta http-equiv="refresh" content="1"></noscript>')
    return Page(title=f"{name} …", body=tag("div", body, data_job=job.id), head=again,
                tab="/plans")  # fmt: skip


def _ended(job: Job, name: str) -> Page:
    words = {"refused": "was refused", "stopped": "was stopped", "failed": "failed"}
    kept = " The draft is as it was." if job.act == "replan" else " Nothing was changed."
    body = joined(
        (
            said(job.message),
            tag("p", kept.strip(), class_="small"),
            tag("p", tag("a", "Back", href=BACK[job.act], class_="button")),
        )
    )
    status = 409 if job.conflict else 200
    return Page(title=f"{name} {words[job.status]}", body=body, tab="/plans", status=status)


def _planned(desk: Desk, job: Job) -> Page:
    del desk
    told = tag("p", "The plan waits in the ", tag("a", "draft", href="/draft"), ".")
    return Page(title=f"Planned again: {_result(job)['plan_id']}", body=told, tab="/plans")


def _looked(desk: Desk, job: Job) -> Page:
    del desk, job
    told = tag("p", "The band is drawn on ", tag("a", "Pairs", href="/pairs#ahead"), ".")
    return Page(title="Looked ahead, pair by pair", body=told, tab="/pairs")


def _log(desk: Desk, job: Job) -> Page:
    """Show what would be booked of a log, and ask whether it shall be."""
    found = _result(job)
    words, known = found["words"], found["known"]
    if words:
        title = f"{found['name']}: {counted(len(words), 'entry', many='entries')} to book"
    else:
        title = f"{found['name']}: all of it was booked before"
    book = form(desk, "/log/book", button("Book it", first=True), sent={"job": job.id})
    body = joined(
        (
            _list(found["told"]),
            tag("h2", "What would be booked") if words else None,
            _list(words) if words else None,
            tag("p", f"Booked before, and left out: {', '.join(known)}") if known else None,
            book if words else None,
            tag("p", tag("a", "Back", href="/log", class_="button")),
        )
    )
    return Page(title=title, body=body, tab="/log")


def _handed(desk: Desk, job: Job) -> Page:
    """Lead to the files that were written."""
    del desk
    found = _result(job)
    files = [tag("li", tag("a", name, href=f"/export/file/{name}")) for name in found["files"]]
    left = found["left_out"]
    body = joined(
        (
            tag("p", f"Written into {found['folder']}, beside the plan."),
            tag("ul", *files),
            tag("h2", "Left out") if left else None,
            _list(left) if left else None,
            tag("p", "Calendars that were imported by hand do not change with the next plan.",
                class_="small"),
        )
    )  # fmt: skip
    contacts, count = counted(found["contacts"], "contact"), counted(len(files), "file")
    return Page(title=f"{contacts} handed over in {count}", body=body, tab="/plans",
                above=tag("a", "Export", href="/export"))  # fmt: skip


def _list(lines: Sequence[str]) -> Markup:
    return tag("ul", *(tag("li", one) for one in lines), class_="plain")


def _result(job: Job) -> Mapping[str, Any]:
    return {} if job.result is None else job.result


DONE: Final = {"replan": _planned, "log": _log, "export": _handed, "ahead": _looked}
"""What is shown of what was done."""
