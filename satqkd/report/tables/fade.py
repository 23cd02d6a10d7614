"""How far the light of a budget falls below its mean."""

from __future__ import annotations

from satqkd.clicks.fading import fading_margin_db
from satqkd.link.budget import Budget
from satqkd.units import FloatArray, IntArray


def fade_margin_db(budget: Budget, samples: IntArray | slice) -> FloatArray:
    """How far below its mean the light of some samples falls for 1 % of the time. [dB]

    Log-normal scintillation times the power law of a jittering beam, not log-normal as a whole:
    a jittering beam's tail is the longer one. With a bias much larger than the jitter the margin
    is up to a sixth too small.
    """
    return fading_margin_db(
        budget.scintillation_variance[samples],
        pointing_exponent=budget.pointing_exponent[samples],
    )
