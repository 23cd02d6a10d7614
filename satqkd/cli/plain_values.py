"""Texts, numbers and paths of the command line, without what typer loads to convert them.

Typer (0.29) hands every value to pydantic, which takes a tenth of a short command to load. A value
that Python's own types read needs none of it; what they refuse goes to typer, which says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args


def take_plainly(param: Any) -> None:
    """Let an option or argument of a plain type, or of a list of such, be read by that type."""
    kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    item, *_ = get_args(kind) or (kind,)
    read = _READ.get(item)
    if read is not None:
        param.process_value = partial(_taken, param, read, param.process_value)


def _taken(
    param: Any, read: Callable[[Any], Any], typer_takes: Callable[..., Any], ctx: Any, given: Any
) -> Any:
    """Return the value, or the list of values, as the option's type."""
    several = param.multiple or param.nargs == -1
    if (param.required and not given) or (several and isinstance(given, str)):
        return typer_takes(ctx, given)
    value: Any = () if several else None
    try:
        if given is not None:
            value = [read(one) for one in given] if several else read(given)
            for one in value if several else (value,):
                _require_within(vars(param).get("min"), one, vars(param).get("max"))
    except ValueError:
        return typer_takes(ctx, given)
    return value if param.callback is None else param.callback(ctx, param, value)


def _require_within(low: float | None, value: Any, high: float | None) -> None:
    """Leave it to typer to refuse what is beyond the bounds of an option; nan is."""
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        raise ValueError(value)


def _flag(value: Any) -> bool:
    """Take a flag that is set; words for yes and no are typer's."""
    if value is True or value is False:
        return value
    raise ValueError(value)


def _path(value: Any) -> Path:
    """Take a path; typer is left to refuse one that is there but cannot be read."""
    if os.access(value, os.F_OK) and not os.access(value, os.R_OK):
        raise ValueError(value)
    return Path(value)


_READ: Final[dict[Any, Callable[[Any], Any]]] = {
    str: str,
    int: int,
    float: float,
    bool: _flag,
    Path: _path,
}
