"""A plan in a few lines."""

from __future__ import annotations

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.mission.bus import WH_J
from satqkd.network.plan import Plan
from satqkd.network.why_not import POOR
from satqkd.report.counted import counted
from satqkd.report.fair_sum import fairness
from satqkd.report.known_sky_sum import how_good_on_average
from satqkd.report.made_sum import delivered, lost, made, made_of_windows, stock
from satqkd.report.security import security_line
from satqkd.report.settings_sum import settings
from satqkd.report.unseen import never_seen
from satqkd.report.weather_sum import weather
from satqkd.report.wording import nothing_scheduled, reasons_text, window_text


def plan_summary(plan: Plan) -> list[str]:
    """Say what is delivered, what is flown and made, how good that is, and what was left out."""
    status = plan.passes.status
    if plan.empty:
        return [
            nothing_scheduled(plan),
            *(_joint(plan) if len(plan.windows) else ()),
            *(_never_seen(plan) if status else ()),
        ]
    rejected = [r for r, s in zip(plan.passes.reason, status, strict=True) if s == "rejected"]
    lines = [
        *delivered(plan),
        *stock(plan),
        *fairness(plan),
        (
            f"{int(plan.passes.scheduled.sum())} of {len(status)} passes scheduled "
            f"{window_text(plan.forecast.mission)}"
        ),
        *([made(plan)] if plan.passes.scheduled.any() or _taken(plan) else []),
        *_divided(plan),
        *_opening(plan),
        *_joint(plan),
        *_in_part(plan),
        *_energy(plan),
        *lost(plan),
        *weather(plan),
        *_how_good(plan),
        *settings(plan),
    ]
    if rejected:
        lines.append(f"{len(rejected)} rejected: {reasons_text(rejected)}")
    lines += [*_never_seen(plan), *_blocks(plan), *_staleness(plan)]
    if not plan.forecast.yields.ranged.any():
        lines.append(
            "no low and high: no range is stated (pointing.loss_range, "
            "atmosphere.zenith_transmittance_range)"
        )
    return lines if plan.empty else [*lines, security_line(plan.forecast.mission)]


def _in_part(plan: Plan) -> list[str]:
    """Say how many contacts are flown in part, and where none could be."""
    parts = int(plan.passes.in_part.sum() + plan.windows.in_part.sum())
    lines = []
    poor = sum(POOR in reason for reason in (*plan.passes.reason, *plan.windows.reason))
    if parts > poor:
        lines.append(
            f"{counted(parts - poor, 'contact')} flown in part, beside others at the same time"
        )
    if poor:
        lines.append(
            f"{counted(poor, 'contact')} flown in part, without ends that would bring their blocks "
            "no more key"
        )
    if plan.clashes_left:
        lines.append(
            f"at {counted(plan.clashes_left, 'clash', many='clashes')} contacts are tried whole "
            "alone, not in part: there are too many"
        )
    return lines


def _energy(plan: Plan) -> list[str]:
    """Say how far the battery of each satellite with a bus is drained, and what contacts spend."""
    lines = []
    for one in plan.energy:
        kept = "limit" if one.lowest >= one.limit - 1e-9 else "which is below its limit of"
        lines.append(
            f"battery of {one.satellite}: down to {100.0 * one.lowest:.0f} % in revolution "
            f"{one.revolution}, {kept} {100.0 * one.limit:.0f} %; there contacts have used "
            f"{one.used_j / WH_J:.3g} of the {one.available_j / WH_J:.3g} Wh that they may since "
            "it was last full"
        )
    return lines


def _taken(plan: Plan) -> int:
    """How many contacts flown before the window are distilled with those scheduled."""
    return sum(own.size for own in plan.blocks.taken)


def _opening(plan: Plan) -> list[str]:
    """Say what becomes of contacts flown before the window."""
    count, taken = len(plan.opening), _taken(plan)
    if not count:
        return []
    blocks = sum(1 for own in plan.blocks.taken if own.size)
    told = f"counts of {counted(count, 'contact')} flown before the window: "
    if not taken:
        return [f"{told}none is distilled, no demand is better served by it"]
    left = "" if taken == count else f", {count - taken} left out"
    return [f"{told}{taken} distilled in {counted(blocks, 'block')}{left}"]


def _divided(plan: Plan) -> list[str]:
    """Say whose blocks are divided so that others have their key in time, which costs key."""
    blocks, names = plan.blocks, [ground.site.name for ground in plan.mission.stations]
    own = [number for number, pairs in enumerate(blocks.divided_for) if pairs]
    if not own:
        return []
    pairs = sorted({tuple(sorted(pair)) for number in own for pair in blocks.divided_for[number]})
    ends = {int(one) for one in (*blocks.station[own], *blocks.partner[own]) if one >= 0}
    whose = ", ".join(" and ".join(names[one] for one in pair) for pair in pairs)
    told = f"blocks of {', '.join(names[one] for one in sorted(ends))} are divided at the deadlines"
    return [f"{told} of {whose}: each is key in time or not as a whole"]


def _joint(plan: Plan) -> list[str]:
    """Say how much key pairs make with a satellite that learns nothing of it."""
    windows = plan.windows
    if not len(windows):
        return []
    flown = plan.windows.scheduled
    bits, gathered = made_of_windows(plan)
    pairs = {
        tuple(sorted(ends))
        for ends in zip(
            windows.station[flown].tolist(), windows.partner[flown].tolist(), strict=True
        )
    }
    lines = [
        (
            f"{int(flown.sum())} of {len(windows)} windows of two stations scheduled: {bits:,} "
            f"secret bits between {counted(len(pairs), 'pair')}, unknown to the satellite"
            + (f", {gathered}" if gathered else "")
        )
    ]
    lines += _pooled(plan)
    for status, what in (("candidate", "given up"), ("rejected", "rejected")):
        why = [
            reason if usable or reason.startswith("banned") else "never usable at both"
            for one, reason, usable in zip(
                windows.status, windows.reason, windows.usable.tolist(), strict=True
            )
            if one == status
        ]
        if why:
            lines.append(f"{counted(len(why), 'window')} {what}: {reasons_text(why)}")
    return lines


def _pooled(plan: Plan) -> list[str]:
    """Name pairs that get key of all their windows as one block alone: no plan can count on it."""
    lines = []
    for found in plan.joint:
        mission, satellites, pair = found.mission, found.contacts.satellite, found.pair
        for satellite, pooled in pooled_by_satellite(found).items():
            own, one = satellites == satellite, int(pooled.secure_bits[0])
            if pair is not None and one > 0 and not found.yields.keys.secure_bits[own].any():
                ends = " and ".join(
                    mission.stations[station].site.name for station in pair.stations
                )
                lines.append(
                    f"{pair.protocol_name}, {mission.spacecraft[satellite].satellite.name}, "
                    f"{ends}: {one:,} bit as one block of all their windows, none of a window alone"
                )
    return lines


def _never_seen(plan: Plan) -> list[str]:
    """Name the stations that no satellite, and the satellites that no station, ever sees."""
    stations, satellites = never_seen(plan.forecast)
    lines = []
    if stations:
        lines.append(f"no satellite clears the horizon of {', '.join(stations)} in this window")
    if satellites:
        lines.append(f"{', '.join(satellites)}: never in sight of a station in this window")
    return lines


def _blocks(plan: Plan) -> list[str]:
    """Say what distilling in blocks costs."""
    mission, forecast = plan.forecast.mission, plan.forecast
    divided = [
        (how := mission.distilled(craft)) is not None and how.divides
        for craft in range(len(mission.spacecraft))
    ]
    flown = plan.passes.scheduled & np.array(divided, dtype=np.bool_)[forecast.passes.satellite]
    if not flown.any():
        return []
    ways = dict.fromkeys(
        how.in_words
        for index in np.unique(forecast.passes.satellite[flown]).tolist()
        if (how := mission.distilled(index)) is not None
    )
    told = f"keys are distilled {' or '.join(ways)}"
    if (flown & plan.passes.in_part).any():
        return [told]
    one = int(forecast.yields.keys.secure_bits[flown].sum())
    return [f"{told}; one block a pass would give {one:,} under a clear sky"]


def _how_good(plan: Plan) -> list[str]:
    """Say how the search ended, how much better another plan could be, and what that rests on."""
    solution = plan.solution
    ended = (
        "stopped by Ctrl-C: the best plan so far"
        if solution.status == "stopped"
        else (solution.status)
    )
    if plan.fair is not None:
        searched = "fair as far as was searched" if ended == "fair" else ended
        return [f"schedule {searched}: how fair one could be is not known, so no gap is given"]
    known = None if plan.judged is None else plan.judged.known
    if known is not None:
        gap = how_good_on_average(known)
    else:
        sky = "" if plan.judged is None else " under a clear sky"
        gap = f"{_gap_text(solution.gap)}{sky}"
    lines = [f"schedule {ended}, {gap}"]
    if solution.sampled if known is None else known.sampled:
        lines.append(
            "the bound rests on a sample: some block is too large for the keys of all its subsets "
            "to be looked up"
        )
    return lines


def _gap_text(gap: float) -> str:
    """Say how far from the best a schedule may be; below a millionth of a percent is rounding."""
    percent = 100.0 * gap
    return "gap below 1e-6 %" if 0.0 < percent < 1e-6 else f"gap {percent:.3g} %"


def _staleness(plan: Plan) -> list[str]:
    """Say how many scheduled passes rest on elements older than the limit."""
    forecast = plan.forecast
    limit_s = forecast.mission.limits.max_element_age_s
    flown = plan.passes.scheduled
    stale = int((flown & (np.abs(forecast.passes.element_age_s) > limit_s)).sum())
    if stale == 0:
        return []
    scheduled = int(flown.sum())
    return [
        (
            f"{stale} of {scheduled} scheduled passes rest on elements more than "
            f"{limit_s / DAY_S:g} days from them: their times are not to be trusted"
        )
    ]
