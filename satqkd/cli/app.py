"""The ``satqkd`` command: one file a subcommand, errors in one place."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from satqkd import __version__
from satqkd.cli import check, forecast, link, passes, plan, preset, validate
from satqkd.cli.exit_codes import INTERRUPTED, TERMINATED, WRONG_INPUT
from satqkd.errors import SatqkdError

app = typer.Typer(
    name="satqkd",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plan satellite quantum key distribution: which pass to fly, how much key it gives.\n\n"
    "Start with 'satqkd plan'. It reads mission.yaml and stations.yaml in the working folder; "
    "'satqkd preset copy micius-2016-campaign' puts a published campaign there.",
    epilog="Exit codes: 0 done; 1 the answer is no (nothing visible, nothing to schedule, a "
    "validation failed); 2 the input is wrong. Times are UTC unless a column says local.",
)
for module in (check, passes, link, forecast, plan, validate):
    app.command()(module.command)
app.add_typer(preset.app, name="preset")


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"satqkd {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; every foreseen failure is one clear message and an exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app(standalone_mode=False)
        sys.stdout.flush()
    except SatqkdError as error:
        _say(str(error))
        sys.exit(WRONG_INPUT)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted; nothing was written")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except typer.BadParameter as error:
        _say(error.format_message())
        sys.exit(WRONG_INPUT)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _terminated(number: int, frame: FrameType | None) -> None:
    del number, frame
    _say("terminated; nothing was written")
    sys.exit(TERMINATED)
