"""Which settings of four intensities the search for the best may try."""

from __future__ import annotations

from typing import Final

from satqkd.key.best_settings import Setting

_LEAST_APART: Final = 1.05
"""Numerical: least ratio of both decoys, whose bounds divide by their difference."""
_MOST_SENT: Final = 0.98
"""Numerical: largest share of pulses that are not empty."""


def allowed(setting: Setting) -> bool:
    """Return whether x, y, z, p_x, p_y, p_z leave decoys apart and some pulses empty.

    Examples
    --------
    >>> allowed((0.1, 0.3, 0.4, 0.3, 0.1, 0.5)), allowed((0.3, 0.3, 0.4, 0.3, 0.1, 0.5))
    (True, False)
    """
    x, y, _, *probabilities = setting
    return y >= _LEAST_APART * x and sum(probabilities) <= _MOST_SENT
