"""Arithmetic over variables and measures, read without running anything else."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from satqkd.config.mistake import Mistake, quoted

_BETWEEN: Final[dict[type, Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_BEFORE: Final[dict[type, Callable[[float], float]]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sqrt": math.sqrt,
    "log": math.log,
    "exp": math.exp,
}
_MOST: Final = 2_000
"""Longest expression that is read. [characters]"""


class Expression:
    """An expression that was read.

    Examples
    --------
    >>> cost = Expression("2 * satellites + max(aperture, 100) ** 2 / 1e4")
    >>> cost.names
    ('aperture', 'satellites')
    >>> cost({"satellites": 3.0, "aperture": 200.0})
    10.0
    """

    __slots__ = ("_tree", "names", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _MOST:
            raise Mistake(f"is longer than {_MOST} characters", "divide it into several measures")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
            names = set(_names(self._tree))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, Mistake):
                raise
            raise Mistake(
                f"{quoted(text)} is no arithmetic", "write such as '2 * satellites + 0.3'"
            ) from error
        self.names = tuple(sorted(names))
        """Variables and measures it needs."""

    def __call__(self, values: Mapping[str, float]) -> float:
        """Return its value; NaN where it is not defined, as a division by 0."""
        try:
            found = _value(self._tree, values)
        except (ArithmeticError, ValueError):
            return math.nan
        return found if isinstance(found, float) else math.nan

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to other processes as text."""
        return Expression, (self.text,)


def _names(node: ast.AST) -> list[str]:
    """Return the names of a tree, and refuse what is no arithmetic."""
    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            pass
        case ast.Constant(value=int() | float()):
            return []
        case ast.Name(id=name) if name not in _FUNCTIONS:
            return [name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BETWEEN:
            return [*_names(left), *_names(right)]
        case ast.UnaryOp(op=op, operand=inner) if type(op) in _BEFORE:
            return _names(inner)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if (
            name in _FUNCTIONS and args
        ):
            return [one for arg in args for one in _names(arg)]
        case _:
            pass
    raise Mistake(
        f"{quoted(ast.unparse(node))} is no arithmetic",
        f"use numbers, names, + - * / **, brackets and {', '.join(_FUNCTIONS)}",
    )


def _value(node: ast.AST, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return float(values[name])
        case ast.BinOp(left=left, op=op, right=right):
            found = _BETWEEN[type(op)](_value(left, values), _value(right, values))
            return found if isinstance(found, float) else math.nan
        case ast.UnaryOp(op=op, operand=inner):
            return _BEFORE[type(op)](_value(inner, values))
        case ast.Call(func=ast.Name(id=name), args=args):
            return float(_FUNCTIONS[name](*(_value(arg, values) for arg in args)))
        case _:
            raise TypeError(f"{node!r} was not refused")  # by _names
