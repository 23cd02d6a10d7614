"""``satqkd devices``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import Json
from satqkd.cli.shown import terminal_width
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.key.post_processing.malicious_devices import MaliciousDevices
    from satqkd.report.tables.devices import DevicesAnswer

MOST_PAIRS, MOST_UNITS, MOST_SHARES, MOST_BITS = 1_000, 100, 5_000, 10**12


def command(
    modules: Annotated[
        int, typer.Option(metavar="N", help="Pairs of quantum modules, whose keys are pooled.")
    ] = 2,
    corrupted_modules: Annotated[
        int, typer.Option(metavar="T", help="Pairs that may be corrupted, fewer than N.")
    ] = 1,
    units: Annotated[
        int, typer.Option(metavar="M", help="Post-processing units of either end.")
    ] = 4,
    corrupted_units: Annotated[
        int, typer.Option(metavar="T2", help="Units that may be corrupted; M is 3 T2 + 1 or more.")
    ] = 1,
    key_bits: Annotated[
        int, typer.Option(metavar="BITS", help="Secret bits of the key of each pair.")
    ] = 1_000_000,
    sifted_bits: Annotated[
        int | None,
        typer.Option(
            metavar="BITS",
            help="Bits each pair hands over, from which its key is made; as many as its key, the "
            "least there can be, if not given.",
            show_default=False,
        ),
    ] = None,
    public_bits: Annotated[
        int,
        typer.Option(
            metavar="BITS", help="Bits announced for each pair: bases, syndromes, hashes."
        ),
    ] = 0,
    json: Json = False,
) -> None:
    """Key from devices of which some may work for the eavesdropper, and what that costs.

    Keys of all pairs of modules are pooled; units see only shares of the bits, so that no T2 of
    them know a key or can falsify it. Two pairs and four units with one of each corrupted are the
    least that help. docs/together.md says more. Exit code 1 when no key is left.
    """
    from satqkd.report.tables.devices import DevicesAnswer

    devices = _devices(
        module_pairs=modules,
        corrupted_pairs=corrupted_modules,
        units=units,
        corrupted_units=corrupted_units,
    )
    sifted = key_bits if sifted_bits is None else sifted_bits
    _check_bits(key_bits=key_bits, sifted_bits=sifted, public_bits=public_bits)
    answer = DevicesAnswer(
        devices=devices, key_bits=key_bits, sifted_bits=sifted, public_bits=public_bits
    )
    _show(answer, json=json)
    if answer.pooled_bits == 0:
        raise typer.Exit(ANSWER_IS_NO)


_OPTIONS = {"module_pairs": "modules", "corrupted_pairs": "corrupted-modules"}


def _devices(**counts: int) -> MaliciousDevices:
    from satqkd.key.post_processing.malicious_devices import MaliciousDevices

    for name, most in (("module_pairs", MOST_PAIRS), ("units", MOST_UNITS)):
        if not 1 <= counts[name] <= most:
            raise SatqkdError(
                f"--{_OPTIONS.get(name, name)}: {counts[name]} is no number of them\n"
                f"  fix: write a whole number from 1 to {most:,}"
            )
    try:
        devices = MaliciousDevices(**counts)
    except NonPhysicalError as error:
        raise SatqkdError(_refusal(error, counts)) from error
    if devices.shares > MOST_SHARES:
        raise SatqkdError(
            f"--units {devices.units} --corrupted-units {devices.corrupted_units}: "
            f"{devices.shares:.3g} shares of every bit are more than {MOST_SHARES:,}\n"
            "  fix: write fewer of either"
        )
    return devices


def _refusal(error: NonPhysicalError, counts: dict[str, int]) -> str:
    if error.field == "corrupted_pairs":
        return (
            f"--corrupted-modules: {counts['corrupted_pairs']} of {counts['module_pairs']} pairs "
            "leave no key: one pair has to be honest\n"
            f"  fix: write a whole number from 0 to {counts['module_pairs'] - 1}, or more --modules"
        )
    if error.field == "units":
        return (
            f"--units: {counts['units']} are too few beside --corrupted-units "
            f"{counts['corrupted_units']}: honest copies have to be the majority of every share\n"
            f"  fix: write {3 * counts['corrupted_units'] + 1} or more, three times the corrupted "
            "and one"
        )
    return f"--corrupted-units: {error.message}\n  fix: write a whole number from 0 on"


def _check_bits(*, key_bits: int, sifted_bits: int, public_bits: int) -> None:
    given = {"key-bits": key_bits, "sifted-bits": sifted_bits, "public-bits": public_bits}
    for option, bits in given.items():
        if not 0 <= bits <= MOST_BITS:
            raise SatqkdError(
                f"--{option}: {bits} is no number of bits\n"
                f"  fix: write a whole number from 0 to {MOST_BITS:,}"
            )
    if sifted_bits < key_bits:
        raise SatqkdError(
            f"--sifted-bits: {sifted_bits:,} cannot make a key of {key_bits:,} bits\n"
            f"  fix: write {key_bits} or more, or a smaller --key-bits"
        )


def _show(answer: DevicesAnswer, *, json: bool) -> None:
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.devices import (
        COST_COLUMNS,
        SHARE_COLUMNS,
        devices_json,
        devices_lines,
    )

    if json:
        typer.echo(devices_json(answer), nl=False)
        return
    for line in devices_lines(answer):
        typer.echo(line)
    for columns in (SHARE_COLUMNS, COST_COLUMNS):
        typer.echo(to_terminal(columns, answer, width=terminal_width()), nl=False)
