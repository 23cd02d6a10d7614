"""When the key of each contact can be used, as tables, and along a pass as table and picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.forecast.availability import Availability
from satqkd.report.pictures.style import (
    BLUE,
    GREY,
    NIGHT,
    VERMILION,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
    short,
)
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.kinds import Kinds, Shape
from satqkd.report.tables.sessions import link_columns
from satqkd.report.tables.together import protocol_column
from satqkd.units import BoolArray, FloatArray

AVAILABILITY_SCREEN = (
    "pass_id", "secure_bits", "all_usable_utc", "first_usable_utc", "usable_during_pass_bits",
    "all_usable_after_set_s", "blocks", "secure_bits_one_block", "set_utc", "uplink_kbit",
    "downlink_kbit",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def _ids(found: Availability) -> Values:
    ids = found.forecast.labels
    return [ids[index] for index in found.contacts.tolist()]


def _of_passes(found: Availability, values: FloatArray) -> FloatArray:
    return np.asarray(values[found.contacts])


def _keyed(found: Availability) -> BoolArray:
    return np.asarray(found.keys.secure_bits > 0)


def _has_key(found: Availability) -> BoolArray:
    return np.asarray(found.per_contact(found.keys.secure_bits) > 0.0)


def _extreme_s(found: Availability, *, first: bool) -> FloatArray:
    """When the first or the last key of each pass can be used; rise where there is none. [s]"""
    if not found.contacts.size:
        return np.zeros(0)
    blank, ufunc = (np.inf, np.minimum) if first else (-np.inf, np.maximum)
    times = np.where(_keyed(found), found.usable_s, blank)
    best = ufunc.reduceat(times, found.starts[:-1])
    return np.where(_has_key(found), best, _of_passes(found, found.forecast.contacts.start_s))


def _utc(*, first: bool) -> Callable[[Availability], Values]:
    return lambda found: present(
        np.array(found.forecast.timebase.iso(_extreme_s(found, first=first)), dtype=object),
        _has_key(found),
    )


def _after_set(found: Availability) -> Values:
    late_s = _extreme_s(found, first=False) - _of_passes(found, found.forecast.contacts.end_s)
    return present(late_s, _has_key(found))


def _whole(values: FloatArray) -> list[Cell]:
    return [int(value) for value in values.tolist()]


AVAILABILITY_COLUMNS: tuple[Column[Availability], ...] = (
    column("pass_id", _ids),
    column("set_utc", lambda f: f.forecast.timebase.iso(_of_passes(f, f.forecast.contacts.end_s))),
    column("blocks", lambda f: np.diff(f.starts)),
    column("secure_bits", lambda f: _whole(f.per_contact(f.keys.secure_bits))),
    column("secure_bits_one_block", lambda f: f.forecast.yields.keys.secure_bits[f.contacts]),
    Column("usable_during_pass_bits", "bit", "Key that can be used before the satellite sets.",
           lambda f: _whole(f.per_contact(np.where(f.during, f.keys.secure_bits, 0)))),
    Column("first_usable_utc", "UTC", "When the first key can be used.", _utc(first=True)),
    Column("all_usable_utc", "UTC", "When all of it can.", _utc(first=False)),
    Column("all_usable_after_set_s", "s", "How long after the satellite has set; negative before.",
           _after_set, digits=1),
    Column("uplink_kbit", "kbit", "Classical messages from the ground.",
           lambda f: 1e-3 * f.per_contact(f.up_bits), digits=1),
    column("downlink_kbit", lambda f: 1e-3 * f.per_contact(f.down_bits)),
)  # fmt: skip


_SAME: Final = {column.name: column for column in AVAILABILITY_COLUMNS}
_LATE: Final[tuple[Column[Availability], ...]] = (
    _SAME["first_usable_utc"],
    _SAME["all_usable_utc"],
    Column("all_usable_after_end_s", "s", "How long after the end of the window or session; "
           "negative before.", _after_set, digits=1),
)  # fmt: skip
_BLOCKS: Final = (
    column("end_utc", _SAME["set_utc"].values),
    _SAME["blocks"],
    _SAME["secure_bits"],
    _SAME["secure_bits_one_block"],
)

AVAILABILITIES: Final[Kinds[Availability]] = Kinds(
    passes=Shape(AVAILABILITY_COLUMNS, AVAILABILITY_SCREEN, "set_utc"),
    joint=Shape(
        (
            _SAME["pass_id"],
            protocol_column(lambda found: (found.forecast, found.contacts)),
            *_BLOCKS,
            Column("usable_during_window_bits", "bit", "Key that can be used before the window "
                   "ends.", _SAME["usable_during_pass_bits"].values),
            *_LATE,
            _SAME["downlink_kbit"],
        ),
        (
            "protocol", "end_utc", "secure_bits", "first_usable_utc", "all_usable_utc",
            "usable_during_window_bits", "all_usable_after_end_s", "blocks",
            "secure_bits_one_block", "downlink_kbit", "pass_id",
        ),
        "end_utc",
    ),
    links=Shape(
        (
            *link_columns(lambda found: (found.forecast, found.contacts)),
            *_BLOCKS,
            *_LATE,
        ),
        (
            "link", "end_utc", "secure_bits", "first_usable_utc", "all_usable_utc",
            "all_usable_after_end_s", "blocks", "secure_bits_one_block", "protocol",
        ),
        "end_utc",
    ),
)  # fmt: skip
"""Tables of ``satqkd forecast --availability``."""


def _blocks_ids(found: Availability) -> Values:
    ids = found.forecast.labels
    return [
        ids[index]
        for index, many in zip(found.contacts.tolist(), np.diff(found.starts), strict=True)
        for _ in range(int(many))
    ]


def _running(found: Availability) -> Values:
    bits_there = np.cumsum(found.keys.secure_bits)
    before = np.concatenate([[0], bits_there])[found.starts[:-1]]
    return np.asarray(bits_there - np.repeat(before, np.diff(found.starts)))


KEY_OVER_TIME_COLUMNS: tuple[Column[Availability], ...] = (
    column("pass_id", _blocks_ids),
    Column("filled_utc", "UTC", "When the last click of the block is there.",
           lambda f: f.forecast.timebase.iso(f.filled_s)),
    Column("usable_utc", "UTC", "When its key can be used at both ends.",
           lambda f: f.forecast.timebase.iso(f.usable_s)),
    Column("during_pass", "", "Whether that is before the satellite sets.", lambda f: f.during),
    column("sifted_bits", lambda f: f.keys.sifted_bits, digits=1),
    column("qber", lambda f: f.keys.qber, digits=6),
    column("secure_bits", lambda f: f.keys.secure_bits),
    Column("cumulative_bits", "bit", "Key of the pass up to this block.", _running),
    column("reason", lambda f: f.keys.why_zero),
    Column("uplink_bits", "bit", "Its messages from the ground.", lambda f: f.up_bits, digits=0),
    Column("downlink_bits", "bit", "Its messages to the ground.",
           lambda f: f.down_bits, digits=0),
)  # fmt: skip
"""Columns of ``key_over_time.csv``: one row a block."""


_LEFT_PX, _HEIGHT_PX = 95, 360


def key_over_time(found: Availability, *, index: int) -> Figure:
    """Draw how the key of a pass grows: what its full blocks hold, and what can be used."""
    part = found.blocks_of(index)
    made = found.keys.secure_bits[part]
    if not made.sum():
        return notice("Key along the pass", f"No block leaves key: {found.keys.why_zero[part][0]}.")
    title, subtitle = _title(found, index), _subtitle(found, index)
    top_px = headline_px(title, subtitle) + 24
    with house_style():
        figure = new_figure(top_px + _HEIGHT_PX + 80)
        headline(figure, title, subtitle)
        axes = axes_at(
            figure, left=_LEFT_PX, top=top_px, width=WIDTH_PX - _LEFT_PX - 230, height=_HEIGHT_PX
        )
        _curves(axes, found, index)
        return figure


def _title(found: Availability, index: int) -> str:
    part = found.blocks_of(index)
    made = found.keys.secure_bits[part]
    usable = float(made[found.during[part]].sum())
    total = float(made.sum())
    if usable == total:
        return f"All {bits(total)} of key can be used before the satellite sets"
    if usable == 0.0:
        return f"None of the {bits(total)} of key can be used before the satellite sets"
    return f"{bits(usable)} of {bits(total)} of key can be used before the satellite sets"


def _subtitle(found: Availability, index: int) -> str:
    part = found.blocks_of(index)
    keyed = found.keys.secure_bits[part] > 0
    last = found.forecast.timebase.iso(np.array([found.usable_s[part][keyed].max()]), digits=0)[0]
    count = part.stop - part.start
    blocks = "one block" if count == 1 else f"{count} blocks"
    return f"{label(found.forecast.labels[index], limit=80)}, {blocks}; all usable at {last}."


def _curves(axes: Axes, found: Availability, index: int) -> None:
    contacts, part = found.forecast.contacts, found.blocks_of(index)
    rise_s, set_s = float(contacts.start_s[index]), float(contacts.end_s[index])
    made = found.keys.secure_bits[part]
    total = float(made.sum())
    prefix = short(total)[1]
    scale = {"": 1.0, "k": 1e-3, "M": 1e-6, "G": 1e-9, "T": 1e-12}[prefix]
    end_s = 1.12 * (set_s - rise_s)
    start_s = float(found.forecast.yields.usable_start_s[index]) - rise_s
    until_s = float(found.forecast.yields.usable_end_s[index]) - rise_s
    axes.axvspan(start_s, until_s, color=NIGHT, lw=0)
    axes.text(start_s, 1.02, "link usable", transform=axes.get_xaxis_transform(), size=7.5)
    axes.axvline(set_s - rise_s, color=GREY, lw=0.9, ls=(0, (5, 2)))
    axes.text(set_s - rise_s, 1.02, "sets", transform=axes.get_xaxis_transform(), size=7.5,
              ha="center")  # fmt: skip
    during = found.during[part]
    lines = (
        ("gathered", VERMILION, found.filled_s[part] - rise_s, made, (0, (4, 1.5))),
        ("usable", BLUE, found.usable_s[part][during] - rise_s, made[during], "-"),
    )
    for name, colour, at_s, own, dashes in lines:
        reached = scale * np.cumsum(np.concatenate([[0.0], own, [0.0]]))
        times = np.concatenate([[0.0], at_s, [end_s]])
        axes.step(times, reached, where="post", color=colour, lw=1.6, ls=dashes)
        axes.annotate(
            f"{name}: {bits(float(own.sum()))}", (end_s, reached[-1]), (6, 0),
            textcoords="offset points", color=colour, va="bottom" if name != "usable" else "top",
            size=8, annotation_clip=False,
        )  # fmt: skip
    axes.set_xlim(0.0, end_s)
    axes.set_ylim(0.0, 1.06 * scale * total)
    axes.set_xlabel("time since the satellite rose [s]")
    axes.set_ylabel(f"key [{prefix}bit]")
    axes.grid(visible=True, axis="y")
