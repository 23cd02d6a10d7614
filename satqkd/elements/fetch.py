"""Element sets from the services that publish them; asked only on command."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from satqkd.elements.omm import parse_omm
from satqkd.elements.satellite import ElementSet
from satqkd.elements.web import Session, fetch_error
from satqkd.elements.whole_file import claim, temporary_file
from satqkd.errors import FetchError, InputError, OutputError

SOURCES: Final = {
    "celestrak": "https://celestrak.org",
    "space-track": "https://www.space-track.org",
}
"""Public addresses of the services."""

USER_VARIABLE: Final = "SATQKD_SPACETRACK_USER"
PASSWORD_VARIABLE: Final = "SATQKD_SPACETRACK_PASSWORD"  # noqa: S105  # the name, not the secret

MOST_REQUESTS: Final = 20
"""Assumed: CelesTrak answers one object a request and shuts out whoever asks too often."""

_GROUP: Final = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LAUNCH: Final = re.compile("[0-9]{4}-[0-9]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for: objects, a group, or one launch."""

    source: str
    """``celestrak`` or ``space-track``."""
    norad_ids: tuple[int, ...] = ()
    """Catalogue numbers."""
    group: str = ""
    """Name of one of CelesTrak's groups, such as ``stations``."""
    launch: str = ""
    """International designator of a launch, such as ``2016-051``."""

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise FetchError(f"no source is called {self.source!r}: write {' or '.join(SOURCES)}")
        if [bool(self.norad_ids), bool(self.group), bool(self.launch)].count(True) != 1:
            raise FetchError("ask for catalogue numbers, or a group, or a launch: just one of them")
        if any(not 1 <= number <= 999_999_999 for number in self.norad_ids):
            raise FetchError("a catalogue number lies between 1 and 999999999")
        if self.group and not _GROUP.fullmatch(self.group):
            raise FetchError(f"{self.group!r} is no name of a group, such as 'stations'")
        if self.launch and not _LAUNCH.fullmatch(self.launch):
            raise FetchError(f"{self.launch!r} is no launch: write year and number as in 2016-051")
        if self.group and self.source == "space-track":
            raise FetchError("Space-Track knows no groups: ask CelesTrak, or name the objects")
        if self.source == "celestrak" and len(self.norad_ids) > MOST_REQUESTS:
            raise FetchError(
                f"CelesTrak is asked once for each object, at most {MOST_REQUESTS} times: "
                "ask for a group, or ask Space-Track"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One answer that was understood."""

    title: str
    """What it answers, as its file is named: ``celestrak-25544``."""
    content: bytes
    """As received."""
    element_sets: tuple[ElementSet, ...]
    """What it holds."""


def fetch(
    query: Query,
    *,
    source_url: str = "",
    timeout_s: float = 60.0,
    environment: Mapping[str, str] = os.environ,
) -> tuple[Download, ...]:
    """Ask a service for element sets; nothing is stored.

    Parameters
    ----------
    query
        What is asked for.
    source_url
        Address of a mirror or a test server instead of the service's own.
    timeout_s
        How long one answer may take. [s]
    environment
        Where the user name and password for Space-Track stand.

    Returns
    -------
    tuple of Download
        One for each request. Each was read without a mistake and holds what was asked for.

    Raises
    ------
    FetchError
        If anything at all went wrong, in one line.

    References
    ----------
    .. [1] celestrak.org, "A New Way to Obtain GP Data", for ``gp.php`` and its keys.
    .. [2] space-track.org, API documentation, for the login and the class ``gp`` (recalled).
    """
    base = source_url or SOURCES[query.source]
    session = Session(base, timeout_s=timeout_s)
    if query.source == "space-track":
        _log_in(session, environment)
    bodies = [(title, session.get(path)) for title, path in _requests(query)]
    downloads = tuple(_understood(title, body, session.name) for title, body in bodies)
    _check_answer(query, [one for download in downloads for one in download.element_sets])
    return downloads


def store(downloads: Sequence[Download], folder: Path, *, at: datetime) -> tuple[Path, ...]:
    """Write answers into new files with the time in their names; no file is replaced.

    Parameters
    ----------
    downloads
        Answers.
    folder
        Made if it is not there.
    at
        When they were received; UTC.

    Returns
    -------
    tuple of Path
        One for each answer.

    Raises
    ------
    OutputError
        If one cannot be written; then none is left behind.
    """
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for download in downloads:
            name = f"{download.title}-{at:%Y%m%dT%H%M%SZ}"
            written.append(_write_new(folder, name, download.content))
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise OutputError(
            f"{folder}: could not be written ({error.strerror or error}); "
            "free space or choose another folder with --folder"
        ) from error
    return tuple(written)


def _requests(query: Query) -> Iterator[tuple[str, str]]:
    """Yield for each request the title of its answer and its path."""
    if query.source == "space-track":
        numbers = ",".join(map(str, query.norad_ids))
        which = f"NORAD_CAT_ID/{numbers}" if numbers else f"OBJECT_ID/{quote('^' + query.launch)}"
        several = len(query.norad_ids) > 1
        what = f"{len(query.norad_ids)}-objects" if several else numbers or query.launch
        path = f"/basicspacedata/query/class/gp/{which}/orderby/NORAD_CAT_ID/format/json"
        yield f"space-track-{what}", path
        return
    asked = [("CATNR", str(number)) for number in query.norad_ids]
    asked += [("GROUP", query.group)] if query.group else []
    asked += [("INTDES", query.launch)] if query.launch else []
    for key, value in asked:
        form = urlencode({key: value, "FORMAT": "JSON"})
        yield f"celestrak-{value}", f"/NORAD/elements/gp.php?{form}"


def _log_in(session: Session, environment: Mapping[str, str]) -> None:
    user, password = environment.get(USER_VARIABLE, ""), environment.get(PASSWORD_VARIABLE, "")
    if not user or not password:
        raise FetchError(
            f"Space-Track wants a login: set {USER_VARIABLE} and {PASSWORD_VARIABLE} "
            "in the environment"
        )
    session.require_secrecy()
    answer = session.post("/ajaxauth/login", {"identity": user, "password": password})
    if b"failed" in answer.lower():
        raise FetchError(
            f"{session.name} refused the login: correct {USER_VARIABLE} and {PASSWORD_VARIABLE}"
        )


def _understood(title: str, body: bytes, name: str) -> Download:
    """Read an answer as strictly as a file."""
    try:
        sets = parse_omm(body.decode(), file=name)
    except UnicodeDecodeError as error:
        raise fetch_error(name, "its answer is no text (UTF-8)") from error
    except InputError as error:
        first, *others = error.findings
        place = f"line {first.line}" + (f", column {first.column}" if first.column else "")
        what = f"{first.where}: {first.message}" if first.where else first.message
        more = f" (and {len(others)} more)" if others else ""
        raise fetch_error(name, f"its answer cannot be used; {place}: {what}{more}") from error
    return Download(title=title, content=body, element_sets=sets)


def _check_answer(query: Query, element_sets: Sequence[ElementSet]) -> None:
    """Refuse an answer that speaks of other objects than those asked for, or not of all."""
    found = {one.norad_id for one in element_sets}
    asked = set(query.norad_ids)
    if query.norad_ids and found != asked:
        listed = ", ".join(map(str, sorted(asked - found)[:5])) or "no object too few"
        extra = ", ".join(map(str, sorted(found - asked)[:5]))
        beside = f"; there are elements of {extra} instead" if extra else ""
        raise FetchError(f"the answer lacks {listed}{beside}; nothing was written")
    strangers = [one for one in element_sets if not one.cospar_id.startswith(query.launch)]
    if strangers:
        raise FetchError(
            f"the answer holds {strangers[0].name} ({strangers[0].cospar_id or 'no designator'}), "
            f"which is not of launch {query.launch}; nothing was written"
        )


def _write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write a whole file under a name that nothing has yet, or none."""
    with temporary_file(folder, content) as temporary:
        for number in count(1):
            path = folder / (f"{name}.json" if number == 1 else f"{name}-{number}.json")
            try:
                claim(path, temporary)
            except FileExistsError:
                continue
            return path
    raise AssertionError  # pragma: no cover  # count() never ends
