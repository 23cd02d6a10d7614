"""A distilled contact in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from satqkd.network.distilled_contact import DistilledContact
from satqkd.report.counted import counted


def told(made: DistilledContact) -> Iterator[str]:
    """Say what was forecast, what the proof allows, and what both ends hold."""
    blocks = counted(len(made.blocks), "block")
    origin = f"simulated clicks, seed {made.seed}" if made.simulated else "recorded clicks"
    yield f"{made.label}: {blocks} distilled from {origin}, with {made.trial.engine.name}"
    if made.foretold is not None:
        low, high = made.foretold.interval_bits
        yield (
            f"forecast: {made.foretold.stated_bits:,} bit with the error correction that the "
            f"mission states, {made.foretold.engine_bits:,} with this engine "
            f"({made.trial.efficiency:.3f} of Shannon's limit); 95 of 100 such passes lie between "
            f"{low:,} and {high:,} by the chance of single clicks alone"
        )
    proven = sum(
        int(block.proven.secure_bits[0]) for block in made.blocks if block.proven is not None
    )
    yield f"the proof allows {proven:,} bit for what was counted and told"
    yield f"both ends hold the same {made.bits:,} bit"
    if made.simulated:
        yield "these keys are simulated: whoever has the seed has them; they protect nothing"
