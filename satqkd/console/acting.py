"""Routes of the desk that act: a form in, an act done, and back to the page it came from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from satqkd.console.app import page_beside, refused
from satqkd.console.asked import Asked, led_to
from satqkd.console.desk import Desk
from satqkd.console.forms import TOKEN
from satqkd.console.guard import cookies
from satqkd.console.jobs import BusyError
from satqkd.console.pages.job import how_far, job_page
from satqkd.console.pages.said import refused_page
from satqkd.console.refusals import NotThereError, Refusal
from satqkd.errors import SatqkdError

BY: Final = "desk-by"
"""Cookie that holds who acts, as they called themselves."""
LONGEST_BY: Final = 60
"""Longest name of who acts. [characters]"""
MOST_FIELDS: Final = 60
"""Of a form."""
YEAR_S: Final = 31_536_000
"""So long a browser keeps the name. [s]"""


LEADS: Final[Mapping[str, str]] = {"replan": "/draft", "ahead": "/pairs#ahead"}
"""Pages that show what was done themselves."""
PATHS: Final = (
    "/draft/pin", "/draft/ban", "/draft/free", "/draft/outage", "/draft/lift", "/draft/limit",
    "/draft/tried", "/draft/undo", "/draft/discard", "/replan", "/job/{id}/cancel", "/in-force",
    "/log", "/log/book", "/export", "/ahead", "/calendar", "/calendar/end",
)  # fmt: skip
"""Where forms are sent to: what :mod:`satqkd.console.posts` does."""


def acting_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of a desk that acts, and of what it is doing."""
    routes: list[BaseRoute] = [Route(path, _posted(desk, path), methods=["POST"]) for path in PATHS]
    return [
        *routes,
        Route("/draft", _draft(desk), methods=["GET"]),
        Route("/job/{id}.json", _job_facts(desk), methods=["GET"]),
        Route("/job/{id}", _job(desk), methods=["GET"]),
        Route("/export/file/{name}", _file(desk), methods=["GET"]),
    ]


def _posted(desk: Desk, path: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            pairs = form.multi_items()
            texts = [(name, said) for name, said in pairs if isinstance(said, str)]
            files = [said for _, said in pairs if isinstance(said, UploadFile)]
            sent = [(one.filename or "", await one.read()) for one in files]
        fields = dict(texts)
        if not desk.secrets.same_form(fields.get(TOKEN, "")):
            return await run_in_threadpool(refused, desk, request, Refusal.TOKEN)
        every: dict[str, list[str]] = {}
        for name, said in texts:
            every.setdefault(name, []).append(said)
        given = fields.get("by", "").strip()[:LONGEST_BY]
        asked = Asked(
            desk=desk,
            fields=fields,
            every=every,
            file=sent[0] if sent else None,
            by=given or _by(request),
            path=request.path_params,
        )
        response = await run_in_threadpool(_answered, request, path, asked)
        if given:
            response.set_cookie(BY, quote(given), max_age=YEAR_S, samesite="strict", httponly=True)
        return response

    return answer


def _answered(request: Request, path: str, asked: Asked) -> Response:
    from satqkd.console.draft import ConflictError  # noqa: PLC0415 -- with the first form
    from satqkd.console.posts import POSTS  # noqa: PLC0415

    try:
        return POSTS[path](asked)
    except SatqkdError as error:
        message, conflict = str(error), isinstance(error, ConflictError | BusyError)
    return page_beside(
        asked.desk, request, lambda _: refused_page(message, asked.back, conflict=conflict)
    )


def _by(request: Request) -> str:
    said = cookies(request.headers.getlist("cookie")).get(BY, "")
    return "".join(char for char in unquote(said) if char.isprintable())[:LONGEST_BY]


def _draft(desk: Desk) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        from satqkd.console.pages.draft import draft_page  # noqa: PLC0415 -- loads what plans

        return page_beside(desk, request, lambda view: draft_page(desk, view, _by(request)))

    return answer


def _job(desk: Desk) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        job = desk.jobs.get(request.path_params["id"])
        if job is not None and job.act in LEADS and job.status == "done":
            return led_to(LEADS[job.act])
        return page_beside(desk, request, lambda _: job_page(desk, request.path_params["id"]))

    return answer


def _job_facts(desk: Desk) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        job = desk.jobs.get(request.path_params["id"])
        if job is None:
            raise NotThereError
        known = job.done is not None and job.of
        share = job.done / job.of if known and job.done is not None and job.of else None
        return JSONResponse({"running": job.running, "words": how_far(job), "share": share})

    return answer


def _file(desk: Desk) -> Callable[[Request], Response]:
    """Hand out a file that was written, if the list of the folder names it."""

    def answer(request: Request) -> Response:
        from satqkd.console.exporting import written_file  # noqa: PLC0415 -- loads what plans

        found = written_file(desk.workplace(), request.path_params["name"])
        if found is None:
            raise NotThereError
        return FileResponse(found, filename=found.name, media_type="application/octet-stream")

    return answer
