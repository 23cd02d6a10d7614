"""Pictures with one row a station: names on the left, what happened over time beside them."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from satqkd.mission.mission import Mission
from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.pictures.labels import (
    reason_label,
    satellites_text,
    station_label,
)
from satqkd.report.pictures.style import BLUE, GREY, WIDTH_PX, bits, text_width_px
from satqkd.report.wording import (
    nothing_scheduled,
)

RIGHT_PX = 25.0
"""Right of the plot. [px]"""
_LEAST_LEFT_PX, _MOST_LEFT_PX, _GAP_PX = 165.0, 330.0, 20.0


def station_names(mission: Mission) -> list[str]:
    """Names of all stations as far as the left of a picture has room for them."""
    room_px = _MOST_LEFT_PX - _GAP_PX
    return [
        station_label(mission, index, width_px=room_px) for index in range(len(mission.stations))
    ]


def left_px(names: Sequence[str]) -> float:
    """Room that the names take left of the plot. [px]"""
    widest = max((text_width_px(name, 8.5) for name in names), default=0.0)
    return max(widest + _GAP_PX, _LEAST_LEFT_PX)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Give each station a row of height 1, the first on top."""
    count = max(len(names), 1)
    axes.set_ylim(count, 0)
    axes.set_yticks([row + 0.5 for row in range(len(names))], names)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.hlines(range(1, count), *axes.get_xlim(), color=GREY, linewidth=0.4)


def scheduled_title(plan: Plan) -> str:
    """Say how much is scheduled and how much of that is delivered, or why nothing is."""
    if not plan.solution.chosen.any():
        return nothing_scheduled(plan, shown=reason_label)
    told = []
    if plan.passes.scheduled.any():
        key = int(plan.passes.planned_bits[plan.passes.scheduled].sum())
        delivered = sum(delivery.bits for delivery in plan.solution.deliveries)
        told.append(
            f"{int(plan.passes.scheduled.sum()):,} of {len(plan.passes.status):,} passes "
            "scheduled, "
            f"{bits(key)} of key, {bits(delivered)} delivered"
        )
    if plan.windows.scheduled.any():
        shared = int(plan.windows.planned_bits[plan.windows.scheduled].sum())
        told.append(
            f"{counted(int(plan.windows.scheduled.sum()), 'window')} of two stations scheduled, "
            f"{bits(shared)} of key"
        )
    return f"{satellites_text(plan.forecast.mission)}: {'; '.join(told)}"


def status_keys(plan: Plan) -> list[Patch | Line2D]:
    """Return what the legend says of scheduled passes and of those not chosen."""
    count = list(plan.passes.status).count
    return [
        Patch(facecolor=BLUE, edgecolor=BLUE, label=f"scheduled ({count('scheduled'):,})"),
        Patch(
            facecolor="white", edgecolor=BLUE,
            label=f"candidate ({count('candidate'):,})",
        ),
    ]  # fmt: skip


def window_keys(plan: Plan) -> list[Patch | Line2D]:
    """Return what the legend says of windows of two stations, if any is scheduled."""
    windows = int(plan.windows.scheduled.sum())
    if not windows:
        return []
    text = f"two stations at once, scheduled ({windows:,})"
    return [Patch(facecolor="white", edgecolor=BLUE, hatch="/////", label=text)]


def legend_row(
    figure: Figure, handles: Sequence[Patch | Line2D], *, left: float, top: float
) -> None:
    """Write a legend in one line from the given pixel on."""
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left / WIDTH_PX, 1 - top / (figure.get_figheight() * figure.dpi)),
        ncols=max(len(handles), 1),
        borderaxespad=0.0,
        borderpad=0.0,
        columnspacing=2.0,
        handlelength=1.4,
    )
