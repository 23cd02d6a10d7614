"""Values that a mission assumes without a range: what no study of its ranges can move."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from satqkd.report.tables.column import Column, field_of_each
from satqkd.study.ranges import NotVaried

NOT_VARIED_COLUMNS: Final[tuple[Column[Sequence[NotVaried]], ...]] = (
    Column("range_of", "", "File or preset, and path of the value.", field_of_each("where")),
    Column("written_value", "", "The value as it is written.", field_of_each("value")),
    Column("why_not_varied", "", "Why this value, or why it is not varied.", field_of_each("why")),
)

_ITEM: Final = re.compile(r"^\w+\[\d+\] \(.*?\)\.")
_DEFAULT: Final = "default, because"


def not_varied_text(left: Sequence[NotVaried]) -> str:
    """Say in a sentence what stands still, by file; defaults are only counted.

    Examples
    --------
    >>> rows = [
    ...     NotVaried(where="p.yaml: slew", value="60 s", why="a guess"),
    ...     NotVaried(where="s.yaml: stations[0] (Graz).height", value="5 m", why="recalled"),
    ...     NotVaried(where="p.yaml: gap", value="0", why="default, because p.yaml has none"),
    ... ]
    >>> not_varied_text(rows)
    'not varied, for no range is stated: p.yaml: slew; s.yaml: height; and 1 default'
    """
    by_file: dict[str, dict[str, None]] = {}
    defaults = 0
    for one in left:
        if one.why.startswith(_DEFAULT):
            defaults += 1
            continue
        file, _, path = one.where.partition(": ")
        by_file.setdefault(file, {})[_ITEM.sub("", path)] = None
    told = [f"{file}: {', '.join(paths)}" for file, paths in by_file.items()]
    if defaults:
        told.append(f"and {defaults} default{'s' if defaults > 1 else ''}")
    return f"not varied, for no range is stated: {'; '.join(told)}"
