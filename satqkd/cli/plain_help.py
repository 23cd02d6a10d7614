"""The command as people meet it: help in whole paragraphs, flags without a type, plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import typer
from typer.main import get_command

from satqkd.cli.plain_values import take_plainly

_SAID = {"bool": "", "str": "<text>", "float": "<number>", "int": "<number>"}


def plain_command(app: typer.Typer) -> Any:
    """Return the command behind ``app`` with help and values, and its subcommands', made plain."""
    command = get_command(app)
    _plain(command, None)
    return command


def _plain(command: Any, parent: typer.Context | None) -> None:
    """Join wrapped lines of the help, say types in words and read values plainly, in every one."""
    context = typer.Context(command, parent=parent, **command.context_settings)
    command.help = _joined(command.help or "")
    command.parse_args = partial(_parsed, command.parse_args, command.get_params(context))
    for param in command.get_params(context):
        take_plainly(param)
        if hasattr(param, "display_type_rich"):
            param.display_type_rich = partial(_type_said, param.display_type_rich)
        if param.param_type_name == "argument":
            param.get_usage_pieces = partial(_usage_said, param.get_usage_pieces)
    for sub in getattr(command, "commands", {}).values():
        _plain(sub, context)


def _parsed(parse: Any, params: Sequence[Any], ctx: typer.Context, args: list[str]) -> Any:
    """Parse words; an option that takes the next option for its value is told by name."""
    takes = {
        name: param
        for param in params
        if param.param_type_name == "option"
        for name in (*param.opts, *param.secondary_opts)
    }
    for word, following in pairwise(args):
        if word == "--":
            break
        param = takes.get(word)
        valued = param is not None and not param.is_flag and not param.count
        if valued and following in takes:
            raise typer.BadParameter(
                f"{following!r} is another option, and no value of this one.", ctx=ctx, param=param
            )
    return parse(ctx, args)


def _joined(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _type_said(typer_says: Any, ctx: typer.Context) -> str:
    """Say ``<text>`` for ``<str>`` and ``<list[str]>``, nothing for ``<bool>``."""
    said = str(typer_says(ctx=ctx) or "")
    kind = re.fullmatch(r"<(?:list\[)?(\w+)\]?>", said)
    return said if kind is None else _SAID.get(kind[1], f"<{kind[1].lower()}>")


def _usage_said(typer_says: Any, ctx: typer.Context) -> list[str]:
    """Say ``PASS`` for ``{PASS}`` and ``[PATH]...`` for ``[[PATH]...]...``."""
    return [re.sub(r"^\{(.*)\}|^\[(\[.*)\]\.\.\.", r"\1\2", said) for said in typer_says(ctx)]
