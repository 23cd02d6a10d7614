"""The routes of the desk, and what is answered when a page cannot be made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Final, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from satqkd.console.bars import plan_form
from satqkd.console.desk import Desk, View, window_of
from satqkd.console.guard import Guard, TooLargeError, cookies
from satqkd.console.layout import TABS, Page, rendered
from satqkd.console.look import COOKIE, Look, look_of
from satqkd.console.pages.export import export_page
from satqkd.console.pages.help import help_page
from satqkd.console.pages.plans import plans_page
from satqkd.console.pages.tonight import tonight_page
from satqkd.console.pages.week import week_page
from satqkd.console.published import ADDRESS
from satqkd.console.refusals import NotThereError, Refusal, refusal_page
from satqkd.console.spoken import without_paths
from satqkd.errors import SatqkdError
from satqkd.report.export.manifest import MANIFEST
from satqkd.report.html.markup import joined, tag


def _later(name: str) -> Callable[..., Page]:
    """Return a page that is loaded when it is first asked for: the desk begins the sooner."""

    def make(*words: object) -> Page:
        module = import_module(f"satqkd.console.pages.{name}")
        return cast("Page", getattr(module, f"{name}_page")(*words))

    return make


contact_page = _later("contact")
PAGES: Final[Mapping[str, Callable[[View], Page]]] = {
    "/": tonight_page,
    "/week": week_page,
    "/losses": _later("losses"),
    "/pairs": _later("pairs"),
    "/log": _later("log"),
    "/plans": plans_page,
    "/compare": _later("compare"),
    "/export": export_page,
}
"""Pages that are made of the plan alone, by address."""

STATIC: Final = {"desk.css": "text/css", "desk.js": "text/javascript", "desk.svg": "image/svg+xml"}
"""What beside pages is handed out: these names and no others."""
SHEETS: Final = ("tokens.css", "report.css", "parts.css")
"""Style sheets of the report, before that of the desk."""


NOTES: Final = re.compile(rb"/\*.*?\*/", re.DOTALL)
SPACE: Final = re.compile(rb"\s*([{};>])\s*|(,)\s+")
NAMED: Final = re.compile(rb"(?<=[{;])([\w-]+): ")
"""What is no rule; around these signs, and behind the name of a property, none needs a space."""


def desk_app(desk: Desk, *, port: int, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """Return the desk behind its guard.

    Parameters
    ----------
    desk
        What it is of.
    port
        Where it listens.
    more
        Routes that act, and of what is being done; the guard lets no form through to a desk that
        is open for reading only.
    """
    routes: list[BaseRoute] = [
        Route(path, _of_plan(desk, make), methods=["GET"]) for path, make in PAGES.items()
    ]
    routes += [
        Route("/pass/{name}", _contact(desk), methods=["GET"]),
        Route("/help", _help(desk), methods=["GET"]),
        Route("/alive", _alive, methods=["GET"]),
        Route(ADDRESS, _calendar(desk), methods=["GET"]),
        Route("/favicon.ico", _static, methods=["GET"]),
        Route("/static/{name}", _static, methods=["GET"]),
    ]
    routes += more
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: _http(desk),
            NotThereError: _refused(desk, Refusal.NONE),
            TooLargeError: _refused(desk, Refusal.SIZE),
            Exception: _refused(desk, Refusal.DEFECT),
        },
    )
    app.router.redirect_slashes = False
    return Guard(
        app=app, secrets=desk.secrets, port=port, read_only=desk.read_only, published=desk.published
    )


def page_of(desk: Desk, request: Request, make: Callable[[View], Page]) -> Response:
    """Make a page of what a request sees, or say why there is none."""
    clock, look = desk.clock(), _look(request)
    view: View | None = None
    try:
        view = _view(desk, request, look)
        page = make(view)
    except SatqkdError as error:
        page = _unreadable(desk, error)
    now = clock if view is None else view.now
    text = rendered(page, desk, view, now=now, look=look)
    return HTMLResponse(text, status_code=page.status)


def page_beside(desk: Desk, request: Request, make: Callable[[View | None], Page]) -> Response:
    """Make a page that can be shown without a plan too; then of no view."""
    clock, look = desk.clock(), _look(request)
    view: View | None = None
    with suppress(SatqkdError):
        view = _view(desk, request, look)
    page = make(view)
    now = clock if view is None else view.now
    return HTMLResponse(rendered(page, desk, view, now=now, look=look), status_code=page.status)


def _of_plan(desk: Desk, make: Callable[[View], Page]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        return page_of(desk, request, make)

    return answer


def _contact(desk: Desk) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        name = request.path_params["name"]
        return page_of(desk, request, lambda view: contact_page(view, name))

    return answer


def _help(desk: Desk) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        text = rendered(help_page(), desk, None, now=desk.clock(), look=_look(request))
        return HTMLResponse(text)

    return answer


def _view(desk: Desk, request: Request, look: Look) -> View:
    clock = desk.clock()
    held = desk.shelf.plan(desk.plan)
    if desk.mission_name is not None and held.mission != desk.mission_name:
        raise OtherMissionError(held.mission, desk.mission_name)
    window = window_of(held)
    ended = window is not None and clock >= window[1]
    return View(
        desk=desk,
        held=held,
        memory=desk.reader.read(clock),
        now=window[1] if ended and window is not None else clock,
        ended=ended,
        look=look,
        asked=dict(request.query_params),
        origin=f"{request.url.scheme}://{request.url.netloc}",
        here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )


class OtherMissionError(SatqkdError):
    """A plan of another mission."""

    def __init__(self, planned: str, own: str) -> None:
        super().__init__(f"the plan is of {planned!r}, the mission is {own!r}")
        self.planned, self.own = planned, own


def _unreadable(desk: Desk, error: SatqkdError) -> Page:
    """Say why there is no plan to show, and what mends that."""
    if not (desk.plan / MANIFEST).is_file():
        body = joined(
            (
                tag("p", "Make one: ", tag("code", "satqkd plan"),
                    ", then load this page again."),
                plan_form(desk),
                tag("p", "The desk shows the folder it was opened with."),
            )
        )  # fmt: skip
        return Page(title="No plan yet", body=body, status=200)
    lines = without_paths(str(error)).splitlines()
    body = joined(tag("p", line.strip()) for line in lines[:20])
    return Page(title="The plan cannot be shown", body=body, status=409)


def _look(request: Request) -> Look:
    return look_of(cookies(request.headers.getlist("cookie")).get(COOKIE, ""))


def _alive(request: Request) -> Response:
    del request
    return Response(status_code=204)


def _static(request: Request) -> Response:
    name = request.path_params.get("name", "desk.svg")
    if name not in STATIC:
        raise NotThereError
    return Response(static(name), media_type=STATIC[name])


@cache
def static(name: str) -> bytes:
    """Return one of the files beside the pages; sheet and script hold those of the report too."""
    own = (files("satqkd.console") / "static" / name).read_bytes()
    if name.endswith(".js"):
        return own + (files("satqkd.report.html") / "cursor.js").read_bytes()
    if not name.endswith(".css"):
        return own
    shared = ((files("satqkd.report.html") / one).read_bytes() for one in SHEETS)
    bare = NOTES.sub(b"", b"".join((*shared, own)))
    return NAMED.sub(rb"\1:", SPACE.sub(rb"\1\2", bare)).replace(b";}", b"}")


def _calendar(desk: Desk) -> Callable[[Request], Response]:
    """Hand out the calendar that is published: to who has its key, or the cookie of the desk."""

    def answer(request: Request) -> Response:
        known = desk.published()
        if known is None:
            raise NotThereError
        station = request.query_params.get("station", "")
        try:
            found = desk.feed().calendar(desk.workplace(), known.mail, station=station)
        except SatqkdError as error:
            return PlainTextResponse(without_paths(str(error)) + "\n", status_code=409)
        return Response(found, media_type="text/calendar")

    return answer


Handler = Callable[[Request, Exception], Response]
STATUSES: Final = {400: Refusal.FORM, 404: Refusal.NONE, 405: Refusal.METHOD}


def _http(desk: Desk) -> Handler:
    def answer(request: Request, error: Exception) -> Response:
        status = cast("HTTPException", error).status_code
        return refused(desk, request, STATUSES.get(status, Refusal.DEFECT))

    return answer


def _refused(desk: Desk, refusal: Refusal) -> Handler:
    def answer(request: Request, error: Exception) -> Response:
        del error
        return refused(desk, request, refusal)

    return answer


def refused(desk: Desk, request: Request, refusal: Refusal) -> Response:
    """Say why a request is not taken, on a page that leads on."""
    plain = refusal_page(refusal)
    title, _, more = refusal.value[1].partition("\n")
    tabs = [
        joined((" · " if n else "", tag("a", name, href=href)))
        for n, (href, name, _) in enumerate(TABS)
    ]
    body = joined((tag("p", more) if more else None, tag("p", "Go on with ", *tabs, ".")))
    page = Page(title=title.rstrip("."), body=body, status=plain.status_code)
    try:
        answer = page_beside(desk, request, lambda _: page)
    except Exception:  # noqa: BLE001 -- whatever is wrong, this answer stands
        return plain
    answer.headers.update({one: plain.headers[one] for one in ("allow",) if one in plain.headers})
    return answer
