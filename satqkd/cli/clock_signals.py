"""Which clocks ``satqkd clock`` attacks or draws, and over what link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from satqkd.cli.shown import progress_bar, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.clocks import ClockPasses
    from satqkd.mission.clocks import Clock, ClockUse
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress
    from satqkd.study.clock_signal import PassSignal
    from satqkd.timing.stated_signal import StatedSignal


@dataclass(frozen=True, slots=True, kw_only=True)
class StillClocks:
    """Clocks with a signal that stands still, and where it comes from."""

    clocks: Mapping[str, Clock]
    """By their name for people."""
    notes: Sequence[str]
    """Whose clocks and which link, a line each."""


def own_clocks(value: Mission, uses: Sequence[ClockUse], *, example: str) -> StillClocks:
    """Clocks of a mission: over the link they state, or else over the mean of their best pass.

    Parameters
    ----------
    value
        The mission.
    uses
        Its clocks.
    example
        Command that works without the mission, for the message.

    Raises
    ------
    SatqkdError
        If none of them has a signal.
    """
    from satqkd.report.export.printable import visible

    clocks: dict[str, Clock] = {}
    notes: list[str] = []
    signals = iter(_signals(value, [use for use in uses if use.clock.stated is None]))
    for own, use in zip(_distinct([use.name for use in uses]), uses, strict=True):
        name = visible(own)
        if use.clock.stated is not None:
            clocks[own] = use.clock
            notes.append(f"{name}: clocks of the mission, over the link that their 'stated:' gives")
            continue
        compared, best = next(signals)
        if best is None:
            notes.append(f"{name}: no pass gives a signal: {_why(compared)}")
            continue
        clocks[own] = best.on(use.clock)
        notes.append(
            f"{name}: clocks of the mission, over the mean link of {_pass(compared, best)}"
        )
    if not clocks:
        raise SatqkdError(
            "\n".join(notes) + "\n  fix: add 'stated:' with length, contact and sifted_rate or "
            f"loss to these clocks, plan other days, or name a packaged preset: '{example}'"
        )
    return StillClocks(clocks=clocks, notes=notes)


def _distinct(names: Sequence[str]) -> list[str]:
    """Number names that several pairs of clocks share."""
    return [
        f"{name} ({names[: place + 1].count(name)})" if names.count(name) > 1 else name
        for place, name in enumerate(names)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """Clocks along the passes of a mission."""

    compared: Sequence[ClockPasses]
    """One for each pair of clocks."""
    seen: bool
    """Whether the mission has any pass, with these clocks or without."""


def along(value: Mission, uses: Sequence[ClockUse], *, progress: Progress) -> Along:
    """Compare clocks along a mission's passes, whose series are kept a chunk at a time."""
    from satqkd.forecast.clocks import ClockPasses, clock_passes
    from satqkd.forecast.stream import Chosen, stream

    parts: list[list[ClockPasses]] = [[] for _ in uses]
    seen = False
    every = replace(Chosen.all_of(value), pairs=())
    for chunk in stream(value, every, series=True, distil=False, progress=progress):
        seen |= len(chunk) > 0
        for own, use in zip(parts, uses, strict=True):
            own.append(clock_passes(chunk, use))
    return Along(compared=[ClockPasses.join(own) for own in parts], seen=seen)


def _signals(
    value: Mission, uses: Sequence[ClockUse]
) -> list[tuple[ClockPasses, PassSignal | None]]:
    """Compare clocks along the mission's passes; nothing is searched for none."""
    from satqkd.study.clock_signal import best_pass_signal

    if not uses:
        return []
    with warnings_told(), progress_bar("searching") as progress:
        every = along(value, uses, progress=progress)
    return [(compared, best_pass_signal(compared)) for compared in every.compared]


def _why(compared: ClockPasses) -> str:
    """Count the passes by why they compare nothing."""
    from satqkd.report.tables.clocks import counted_reasons

    return "; ".join(counted_reasons(compared.result.why_not)) or "there is none"


def _pass(compared: ClockPasses, best: PassSignal) -> str:
    """Name the pass and say what arrives on it."""
    return f"pass {compared.forecast.ids[best.index]}, the best: {_signal(best.signal)}"


def _signal(signal: StatedSignal) -> str:
    light = (
        f"{signal.loss_db or 0.0:.1f} dB"
        if signal.sifted_rate_hz is None
        else f"{signal.sifted_rate_hz:,.0f} time tags/s, error fraction {signal.qber:.2%}"
    )
    return f"{1e-3 * signal.length_m:,.0f} km, {signal.contact_s:,.0f} s, {light}"
