"""The ``satqkd`` command: one file a subcommand, errors in one place."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Sequence
from copy import copy
from typing import Annotated

import typer

from satqkd import __version__
from satqkd.cli import (
    calibrate,
    check,
    clock,
    desk,
    devices,
    diff,
    distil,
    elements,
    export,
    flown,
    forecast,
    ledger,
    link,
    new,
    passes,
    plan,
    preset,
    rate,
    rehearse,
    report,
    schema,
    score,
    study,
    study_choose,
    study_dossier,
    study_plot,
    study_sensitivity,
    tonight,
    validate,
    wishes,
)
from satqkd.cli.exit_codes import DEFECT, WRONG_INPUT
from satqkd.cli.plain_help import plain_command
from satqkd.cli.streams import StreamLostError, guarded
from satqkd.cli.telling import error_text
from satqkd.errors import SatqkdError

app = typer.Typer(
    name="satqkd",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plan satellite quantum key distribution: which pass to fly, how much key it gives.\n\n"
    "Start with 'satqkd plan'. It reads mission.yaml and stations.yaml in the working folder; "
    "'satqkd new' asks for your own mission and writes them, 'satqkd preset copy "
    "micius-2016-campaign' puts a published campaign there.",
    epilog="No keys are delivered: satqkd forecasts how many bits there will be, when and between "
    "whom ('satqkd plan', deliveries.csv); it is no server of ETSI GS QKD 014. "
    "Exit codes: 0 done; 1 the answer is no (nothing visible, no key, nothing to "
    "schedule, a validation failed); 2 the input is wrong; 70 satqkd itself is wrong; 74 standard "
    "output cannot be written; 128 and its number for a signal. "
    "Times are UTC unless a column says local.",
)
for module in (
    check,
    passes,
    link,
    forecast,
    distil,
    clock,
    plan,
    export,
    tonight,
    report,
    desk,
    diff,
    rehearse,
    flown,
    rate,
    devices,
    calibrate,
    score,
    validate,
):
    app.command(name=module.__name__.rpartition(".")[2])(module.command)
for wish in (wishes.pin, wishes.ban, wishes.out, wishes.undo):
    app.command()(wish)
app.command(name="new")(new.command)
app.command(name="schema")(schema.command)
app.command(name="reference")(schema.reference)
app.add_typer(elements.app, name="elements")
app.add_typer(preset.app, name="preset")
app.add_typer(ledger.app, name="ledger")
study.app.command(name="choose")(study_choose.command)
study.app.command(name="dossier")(study_dossier.command)
study.app.command(name="plot")(study_plot.command)
study.app.command(name="sensitivity")(study_sensitivity.command)
app.add_typer(study.app, name="study")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands it over by position
    if wanted:
        typer.echo(f"satqkd {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop.",
            is_eager=True,
            callback=_print_version,
        ),
    ] = False,
) -> None:
    """Take what stands before the command."""
    del version


OBJECTS_BETWEEN_SEARCHES = 100_000
"""How many new objects the search for circular garbage waits for. Python's own number is met some
hundred times while a command loads, and what a command loads is no garbage."""


def asked_alone(words: Sequence[str]) -> typer.Typer:
    """Return the command line with nothing but the command that the words begin with.

    To build a command takes longer than to run some: of forty one is asked for. All are there
    where the words begin with none of them.
    """
    commands = [one for one in app.registered_commands if one.name in words[:1]]
    groups = [one for one in app.registered_groups if one.name in words[:1]]
    if not commands and not groups:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = commands, groups
    return alone


def main() -> None:
    """Run the command line; every foreseen failure is one clear message and an exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    with guarded():
        try:
            plain_command(asked_alone(sys.argv[1:]))()
        except SatqkdError as error:
            typer.echo(error_text(error), err=True)
            sys.exit(WRONG_INPUT)
        except StreamLostError:
            raise
        except Exception:  # noqa: BLE001  # 1, Python's own code, would say that the answer is no
            traceback.print_exc()
            sys.exit(DEFECT)
        finally:
            gc.freeze()  # the process ends here, and its memory with it: nothing is searched
