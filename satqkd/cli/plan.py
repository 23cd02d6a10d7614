"""``satqkd plan``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.asked import Asked, columns_listed, one_of
from satqkd.cli.ctrl_c import CtrlC, ctrl_c_ends_the_search
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.hand_out import contacts_of_plan, forms_beside, hand_out
from satqkd.cli.options import (
    JOBS,
    MISSION,
    SAMPLES,
    SEED,
    STATIONS,
    Columns,
    Days,
    Jobs,
    Json,
    Local,
    MissionFile,
    Now,
    Samples,
    Seed,
    Set,
    Start,
    StationsFile,
    clock_of,
    draws_of,
    jobs_of,
    now_of,
    read_mission,
)
from satqkd.cli.plan_from import asked_plan_in_force, print_changes
from satqkd.cli.plan_kept import issued, read_with_wishes, store_of
from satqkd.cli.plan_options import (
    PICTURE_FORMS,
    Avoided,
    Bans,
    ChangeCost,
    Expected,
    Exported,
    Fair,
    From,
    Gap,
    Gathered,
    Optimised,
    Out,
    PictureForm,
    Pins,
    Reported,
    SeriesForm,
    WhatIfToo,
    Whole,
    Work,
    require_known,
    require_with_from,
    values_of_mission,
)
from satqkd.cli.plan_report import with_report
from satqkd.cli.plan_tables import contact_columns, print_plan
from satqkd.cli.shown import (
    plan_so_far,
    progress_bar,
    told_if_stopped,
    warnings_told,
    wrapped,
)
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.plan import Plan
    from satqkd.network.what_if import WhatIf


def command(  # noqa: PLR0915
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    out: Out = Path("plan"),
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    jobs: Jobs = JOBS,
    expected: Expected = False,
    blocks: Gathered = None,
    pin: Pins = None,
    ban: Bans = None,
    avoid: Avoided = None,
    whole: Whole = False,
    fair: Fair = False,
    work: Work = None,
    gap: Gap = None,
    series: SeriesForm = None,
    pictures: PictureForm = None,
    report: Reported = False,
    ask: WhatIfToo = False,
    optimise: Optimised = False,
    last: From = None,
    now: Now = None,
    change_cost: ChangeCost = None,
    export: Exported = None,
    columns: Columns = None,
    local: Local = False,
    json: Json = False,
) -> None:
    """Choose the passes to fly, and say which pairs of stations get how much key.

    Where the mission has pairs under 'together', windows in which a satellite that nobody trusts
    serves both stations at once compete with the passes for its time and theirs.

    Of a mission that keeps a ledger pins, bans and outages booked there are heeded, and the plan is
    kept in plans/ beside the ledger, never changed, and booked as in force.

    Contacts are chosen for the key that those of a satellite and a station make together, by
    default within a week. Prints the scheduled passes and the keys; writes passes.csv (every pass,
    the rejected ones with the reason), series.csv (up to 200,000 rows), keys.csv, blocks.csv,
    deliveries.csv, together.csv (windows of two stations), plan.json (where every number came
    from) and pictures; --pictures none draws none. The folder is replaced as a whole, or not at
    all. --columns and --local are of the table of contacts on the terminal: the files hold every
    column, in UTC. Ctrl-C while planning keeps the best plan so far, marked as stopped, and is no
    failure; again, or before there is any plan, it ends with exit code 130 and writes nothing.
    """
    jobs_of(jobs)
    from satqkd.network.free_plan import keeping_costs_bits
    from satqkd.network.plan import plan
    from satqkd.network.settings_of_plan import require_free_settings
    from satqkd.report.export.folder import check_folder, write_folder
    from satqkd.report.export.plan_files import plan_json
    from satqkd.report.export.series_files import FORMS, require_series, series_choice
    from satqkd.report.plan_folder import read_plan
    from satqkd.report.replan import made_of, taken_over
    from satqkd.report.tables.series import series_rows

    asked = Asked(json=json, columns=columns, local=local)
    one_of({"--optimise": optimise, "--what-if": ask})
    if json and asked.names and not asked.lists_columns:
        raise SatqkdError(
            "--columns: --json of a plan holds them all\n  fix: leave one of them out"
        )
    left = f"{out}/ is as it was before" if out.exists() else "nothing is written"
    with told_if_stopped(left):
        require_known("--series", series, FORMS)
        require_known("--pictures", pictures, PICTURE_FORMS)
        check_folder(out)
        forms, handed = forms_beside(export, out)
        require_series(series)
        draws = draws_of(samples, seed)
        if expected and draws is None:
            raise SatqkdError("--expected needs realisations\n  fix: leave out --samples 0")
        own = values_of_mission(
            mission,
            blocks=blocks,
            pin=pin,
            ban=ban,
            avoid=avoid,
            whole=whole,
            fair=fair,
            work=work,
            gap=gap,
        )
        store = store_of(mission, present := now_of(now), clock_of(now))
        force = asked_plan_in_force(last, now=present, start=start, store=store)
        require_with_from(force, change_cost=change_cost, ask=ask)
        read = partial(read_mission, mission, stations, start, days, changes, now=present)
        value = read_with_wishes(read, own, store)
        value, rolled = taken_over(value, force, change_cost)
        if optimise:
            require_free_settings(value)
        if columns_listed(asked, contact_columns(value)):
            return
        with (
            warnings_told() as told,
            ctrl_c_ends_the_search(left) as ctrl_c,
            progress_bar("searching passes") as progress,
            plan_so_far() as worth,
        ):
            made = partial(
                plan,
                value="expected" if expected else "clear",
                draws=draws,
                keeping=None if rolled is None else rolled.keeping,
                progress=progress,
                told=worth,
                jobs=jobs,
            )
            result = _with_settings(made(value), made if optimise else None, ctrl_c)
            tried = _tried(result) if ask and not ctrl_c.pressed else ()
            free = (
                None
                if rolled is None or ctrl_c.pressed
                else keeping_costs_bits(result, rolled.keeping, told=worth)
            )
        choice = series_choice(series_rows(result), series)
        made_files = made_of(
            result,
            choice,
            out=out,
            force=force,
            rolled=rolled,
            tried=tried,
            drawn=_drawn(result, pictures or ("png" if force is None else "none")),
            warnings=told,
        )
        changed, manifest = made_files.changed, made_files.manifest
        files, kept = issued(store, result, made_files.files, manifest)
        files = with_report(out, files, {**manifest, **kept}) if report else files
    with told_if_stopped(f"{out}/ is whole: either as it was before or new"):
        write_folder(out, files, provenance={**manifest, **kept})
    if json:
        put(
            plan_json(result, choice, tried=tried, warnings=told, kept={**made_files.facts, **kept})
        )
    else:
        if changed is not None and rolled is not None:
            print_changes(changed, rolled, cost_bits=free)
        print_plan(result, asked, tried)
        if choice.left_out is not None:
            typer.echo(wrapped(choice.left_out))
    undrawn = force is not None and pictures is None
    typer.echo(f"written to {out}/{', without pictures' if undrawn else ''}", err=True)
    if forms:
        hand_out(contacts_of_plan(read_plan(out), result.mission, mission), forms, handed)
    if result.empty:
        raise typer.Exit(ANSWER_IS_NO)


def _with_settings(stated: Plan, made: Callable[[Mission], Plan] | None, ctrl_c: CtrlC) -> Plan:
    """Seek settings for the blocks of a plan, and plan again with them where that can be asked.

    A plan that Ctrl-C ended stays as it is.
    """
    from satqkd.network.settings_of_plan import better_of, settings_of, with_hint, with_settings

    if ctrl_c.pressed:
        return stated
    try:
        stated = with_hint(stated)
        if made is None:
            return stated
        found = stated.settings or settings_of(stated)
        return better_of(stated, made(with_settings(stated.mission, found)))
    except KeyboardInterrupt:
        return stated


def _tried(result: Plan) -> Sequence[WhatIf]:
    """Plan changed missions, with a bar."""
    from satqkd.network.what_if import what_if

    with progress_bar("planning what could be different") as progress:
        try:
            return what_if(result, progress=progress)
        except KeyboardInterrupt:  # before the first answer
            return ()


def _drawn(result: Plan, form: str) -> dict[str, bytes]:
    """Pictures by name of file; what draws them is loaded only where they are wanted."""
    if form == "none":
        return {}
    from satqkd.report.pictures.quick_start import without_help_texts

    with without_help_texts():
        from satqkd.report.pictures.plan import plan_pictures

    _step("drawing")
    return plan_pictures(result)


def _step(what: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"{what} …", err=True)
