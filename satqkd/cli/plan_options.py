"""Options of ``satqkd plan`` alone, and what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from satqkd.cli.asked import one_of
from satqkd.cli.options import Own
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.report.replan import PlanInForce

PICTURE_FORMS: Final = ("png", "none")
"""As what pictures are drawn."""

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the tables and pictures.")]
Expected = Annotated[
    bool,
    typer.Option(
        "--expected",
        help="Plan for the mean over the weather, not for a clear sky.",
    ),
]
Gathered = Annotated[
    str | None,
    typer.Option(
        "--blocks",
        metavar="pass|night|3 d|week|until 1 Mbit",
        help="Gather contacts of a satellite and a station so long for one key, in place of "
        "what the mission says; a demand's own 'blocks' stay.",
    ),
]
Pins = Annotated[
    list[str] | None,
    typer.Option(
        "--pin",
        metavar="KEY",
        help="Schedule this contact in any case, by its contact_key; may be repeated. In place "
        "of what the mission pins.",
    ),
]
Bans = Annotated[
    list[str] | None,
    typer.Option(
        "--ban",
        metavar="KEY",
        help="Never schedule this contact; may be repeated. In place of what the mission bans.",
    ),
]
Avoided = Annotated[
    Path | None,
    typer.Option(
        "--avoid",
        metavar="FILE",
        help="Send no light in the windows of this table. In place of that of the mission.",
    ),
]
Whole = Annotated[
    bool,
    typer.Option(
        "--whole",
        help="Schedule each contact whole or not at all, also where it clashes.",
    ),
]
Fair = Annotated[
    bool,
    typer.Option(
        "--fair",
        help="Serve as many pairs as can be, then the one that gets least by its weight, "
        "before the sum of weights.",
    ),
]
Work = Annotated[
    int | None,
    typer.Option("--work", help="Search so long, in iterations: some 20,000 take a second."),
]
Gap = Annotated[
    float | None,
    typer.Option("--gap", help="Stop at this relative distance to the best, such as 0.01."),
]
SeriesForm = Annotated[
    str | None,
    typer.Option(
        "--series",
        metavar="csv|parquet|none",
        help="Write the series as csv, parquet or none; without this as csv up to 200,000 rows.",
    ),
]
PictureForm = Annotated[
    str | None,
    typer.Option(
        "--pictures",
        metavar="png|none",
        help="Draw the pictures as png, or none: for scripts that look at none. Without this a "
        "plan is drawn, and with --from none is: drawing takes longer than planning again.",
        show_default=False,
    ),
]
Exported = Annotated[
    str | None,
    typer.Option(
        "--export",
        metavar="ics,track,cpf,oem,ssf,czml|all",
        help="Write these files for telescopes, calendars and other operators too, into a "
        "folder called as that of the plan with '-export'; 'satqkd export' has more to choose.",
    ),
]
Reported = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Put report.html beside the tables: the plan as one page, as 'satqkd report'.",
    ),
]
WhatIfToo = Annotated[
    bool,
    typer.Option(
        "--what-if",
        help="Plan again with one thing different at a time, and say what it would bring.",
    ),
]
Optimised = Annotated[
    bool,
    typer.Option(
        "--optimise",
        help="Set what is sent for the key blocks of the plan, one setting a source, and plan "
        "with it where that is better.",
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="PLAN",
        help="Start from the plan in this folder, or with 'ledger' from the one in force: what "
        "is too near stays, what is changed is said with its cause. The window begins at "
        "--now.",
        show_default=False,
    ),
]
ChangeCost = Annotated[
    float | None,
    typer.Option(
        "--change-cost",
        metavar="BITS",
        help="With --from: what changing a contact costs, 50,000 bit if not given.",
        show_default=False,
    ),
]

MOST_CHANGE_COST_BITS = 1e12
"""More outweighs every plan, and would leave the solver no digits for it. [bit]"""


def values_of_mission(
    mission: Path,
    *,
    blocks: str | None,
    pin: Sequence[str] | None,
    ban: Sequence[str] | None,
    avoid: Path | None,
    whole: bool,
    fair: bool,
    work: int | None,
    gap: float | None,
) -> list[Own]:
    """Say what options put in place of values of the mission file."""
    return [
        ("--blocks", "blocks", blocks),
        ("--pin", "pinned", _listed(pin), _repeated("--pin", pin)),
        ("--ban", "banned", _listed(ban), _repeated("--ban", ban)),
        (
            "--avoid",
            "avoid",
            None if avoid is None else relpath(avoid, mission.parent),
            f"--avoid {avoid}",
        ),
        ("--whole", "in_part", "false" if whole else None, "--whole"),
        ("--fair", "fairness", "max-min" if fair else None, "--fair"),
        ("--work", "solver.work", work),
        ("--gap", "solver.gap", gap),
    ]


def require_with_from(force: PlanInForce | None, *, change_cost: float | None, ask: bool) -> None:
    """Refuse options that do not go with a plan to start from, or without one."""
    if change_cost is not None and force is None:
        raise SatqkdError("--change-cost means nothing without --from\n  fix: leave it out")
    one_of({"--from": force is not None, "--what-if": ask})
    if change_cost is not None and not 0.0 <= change_cost <= MOST_CHANGE_COST_BITS:
        raise SatqkdError(
            f"--change-cost: {change_cost:g} bit is no price of a change\n"
            f"  fix: write 0 to {MOST_CHANGE_COST_BITS:.0e}"
        )


def _listed(keys: Sequence[str] | None) -> str | None:
    """Write a list as the mission file has it."""
    return None if not keys else f"[{', '.join(keys)}]"


def _repeated(option: str, keys: Sequence[str] | None) -> str:
    """Write an option once for each key, as it is typed."""
    return " ".join(f"{option} {key}" for key in keys or ())


def require_known(option: str, form: str | None, known: Sequence[str]) -> None:
    """Refuse a form that an option does not know."""
    if form is not None and form not in known:
        *others, last = known
        raise SatqkdError(
            f"{option}: {form!r} is not known\n  fix: write {', '.join(others)} or {last}"
        )
