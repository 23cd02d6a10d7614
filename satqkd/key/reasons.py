"""Why a block has no key, in the words that all protocols share."""

from __future__ import annotations


def correction_costs_more(leak_bits: float, private_bits: float) -> str:
    """Say that error correction takes all that is private."""
    return (
        f"error correction would cost {leak_bits:.0f} bits, "
        f"more than the {private_bits:.0f} that are private"
    )


def too_small(left_bits: float, cost_bits: float) -> str:
    """Say that what is left after error correction does not pay for the block's failures."""
    return (
        f"block too small: {left_bits:.0f} private bits do not pay the "
        f"{cost_bits:.0f}-bit finite-key cost"
    )
