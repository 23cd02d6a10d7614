"""A distilled contact in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from satqkd.distil.recovered import Recovered
from satqkd.network.distilled_contact import DistilledContact, Foretold
from satqkd.report.counted import counted


def told(made: DistilledContact) -> Iterator[str]:
    """Say what was forecast, what the proof allows, and what both ends hold."""
    blocks = counted(len(made.blocks), "block")
    clicks = "recorded clicks" if made.foretold is None else "simulated clicks"
    origin = clicks if made.seed is None else f"{clicks}, seed {made.seed}"
    yield f"{made.label}: {blocks} distilled from {origin}, with {made.trial.engine.name}"
    if made.foretold is not None:
        yield from _foretold(made, made.foretold)
    proven = sum(
        int(block.proven.secure_bits[0]) for block in made.blocks if block.proven is not None
    )
    yield f"the proof allows {proven:,} bit for what was counted and announced"
    for block in made.blocks:
        if block.why_none is not None:
            yield f"block {block.terms.block} gives no key: {block.why_none}"
    if not made.bits:
        return
    yield f"both ends hold the same {made.bits:,} bit"
    if not any(block.authentication_bits for block in made.blocks):
        yield "no tag was made of what was said: the mission has authentication paid for elsewhere"
    if made.simulated:
        yield "these keys are simulated: whoever has the seed has them; they protect nothing"
    else:
        yield (
            "both ends' records lay in one place and both keys were made in one process: they are "
            "as secret as that place is"
        )


def _foretold(made: DistilledContact, foretold: Foretold) -> Iterator[str]:
    """Say what was forecast."""
    low, high = foretold.interval_bits
    divided = " of the blocks it is distilled in" if len(made.blocks) > 1 else ""
    yield (
        f"forecast{divided}: {foretold.stated_bits:,} bit with the error correction that the "
        f"mission states, {foretold.engine_bits:,} with this engine "
        f"({made.trial.efficiency:.3f} of Shannon's limit)"
    )
    if high:
        yield (
            f"95 of 100 such passes lie between {low:,} and {high:,} bit by the randomness of "
            "single clicks alone"
        )


def told_of_log(found: Recovered) -> Iterator[str]:
    """Say what became of the clicks of a log."""
    seen, lost = found.seen, found.seen.lost
    yield f"{seen.clicks:,} clicks were recorded, {seen.kept:,} are of one pulse each"
    reasons = {
        "where no clock could be followed": lost.without_clock,
        "outside the gates": lost.outside_gate,
        "of stretches whose count is not certain": lost.without_number,
        "compared in public to find the count": lost.told,
        "of pulses that the transmitter holds no record of": lost.without_record,
        "second clicks of a pulse": lost.doubled,
    }
    dropped = [f"{many:,} {why}" for why, many in reasons.items() if many]
    if dropped:
        yield f"left out: {', '.join(dropped)}"
    if seen.tossed:
        yield f"{seen.tossed:,} pulses clicked in different detectors: their bits are random"
    if seen.clock is not None:
        clock = seen.clock
        yield (
            f"clock: clicks lie {1e12 * clock.sigma_s:.0f} ps about their pulses "
            f"({1e12 * clock.sigma_expected_s:.0f} expected), {clock.in_gate:.1%} in gates"
        )
