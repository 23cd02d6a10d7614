"""A satellite as sunlight finds it."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import require_fraction, require_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A matt sphere."""

    area_m2: float = 1.0
    """Cross-section that sunlight falls on; assumed. [m²]"""
    albedo: float = 0.3
    """Share of that light it scatters; assumed."""

    def __post_init__(self) -> None:
        require_positive("area_m2", self.area_m2)
        require_fraction("albedo", self.albedo)
