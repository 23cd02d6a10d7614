"""``satqkd desk``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.options import MISSION, STATIONS, MissionFile, Now, StationsFile, now_of
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from collections.abc import Callable

AFTER_S = 1.5
"""So long after the first page may be asked for. [s]"""
NEEDED = ("starlette", "uvicorn", "python_multipart")
"""What the extra 'desk' brings."""


def command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="Folder that 'satqkd plan' wrote.")
    ] = Path("plan"),
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, show_default=False,
            help="Listen here; not given, on the first free port from 8790 on.",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Show everything, change nothing.")
    ] = False,
    now: Now = None,
) -> None:  # fmt: skip
    """Open a local page of a plan: tonight, the days, losses, pairs, the log, the plans.

    It listens on this computer alone (127.0.0.1), asks nothing of any network, and lets in who has
    the address that it prints. A second desk of the same mission only reads. Ends with Ctrl-C.
    """
    _require_extra()
    from satqkd.console.listening import listening

    clock = _clock(now)
    own = listening(port)  # what comes is kept until all is loaded
    number = own.getsockname()[1]

    from satqkd.config.ledger_place import ledger_place
    from satqkd.console.acting import acting_routes
    from satqkd.console.app import desk_app
    from satqkd.console.desk import Desk
    from satqkd.console.guard import KEY
    from satqkd.console.memory import Reader
    from satqkd.console.one_desk import Seat, take_seat
    from satqkd.console.serve import serve

    place = ledger_place(mission)
    seat = (
        Seat(handle=None, read_only="it was opened so")
        if read_only
        else take_seat(place.path.parent)
    )
    desk = Desk(
        plan=plan,
        mission=mission,
        stations=stations,
        mission_name=_name(mission),
        ledger=place.path,
        clock=clock,
        clock_stands=now is not None,
        read_only=seat.read_only,
        reader=Reader(path=place.path),
    )
    address = f"http://127.0.0.1:{number}/?{KEY}={desk.secrets.key}"

    def ready() -> None:
        typer.echo(address)
        if seat.read_only:
            typer.echo(f"read only: {seat.read_only}", err=True)
        typer.echo("Ctrl-C ends it", err=True)
        _ready_for_forms()
        if browser:
            _open(address)

    try:
        serve(desk_app(desk, port=number, more=acting_routes(desk)), own, ready=ready)
    finally:
        desk.jobs.close()
        seat.leave()


def _ready_for_forms() -> None:
    """Load what acts while the first page is read, so that the first form is answered at once."""
    import threading
    from importlib import import_module

    late = threading.Timer(AFTER_S, import_module, ("satqkd.console.posts",))
    late.daemon = True
    late.start()


def _require_extra() -> None:
    """Refuse to begin without what the extra brings.

    Raises
    ------
    SatqkdError
        Saying how to get it.
    """
    from importlib.util import find_spec

    lacking = [name.replace("_", "-") for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise SatqkdError(
            f"the desk needs {', '.join(lacking)}, which are not installed\n"
            "  fix: pip install 'satqkd[desk]'"
        )


def _clock(now: str | None) -> Callable[[], datetime]:
    if now is None:
        return lambda: datetime.now(UTC)
    stands = now_of(now)
    return lambda: stands


def _name(mission: Path) -> str | None:
    """Return what the mission's file is of; None where it is not there, or does not say."""
    from satqkd.config.yaml_nodes import read_file

    if not mission.exists():
        return None
    value = read_file(mission).value
    name = value.get("name") if isinstance(value, dict) else None
    return str(name) if name else None


def _open(address: str) -> None:
    """Open a page in the browser, behind the desk's back: it may take a while."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
