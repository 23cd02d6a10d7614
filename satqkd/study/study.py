"""A study: a mission, what is varied of it, and what is measured."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.config.study_file import Sample
from satqkd.study.base import Base
from satqkd.study.measure import Measure
from satqkd.study.variable import Variable
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """What ``study.yaml`` asks for, with the mission that it varies."""

    name: str
    question: str
    """What it is to answer; empty where not given."""
    base: Base
    """The mission's files as they were read, and what is set at every point."""
    variables: tuple[Variable, ...]
    sample: Sample
    points: int | None
    """How many points of a sample; not applicable to a grid, so None."""
    seed: int
    measures: tuple[Measure, ...]
    """Outputs that tables have, in their order."""
    repeat: int
    """Times that each point is worked out."""
    realisations: int
    """Of weather and what is not known; 0 for clear skies."""
    plan: bool
    """Whether each point is planned."""
    blocks: tuple[str, ...] = ()
    """How contacts of the mission are gathered into key blocks, each way once, as written in
    ``blocks:``."""
    text: str
    """Text of the file, to be kept with the results; empty for a study made in code."""

    def draws(self, repeat: int) -> Draws | None:
        """Return how the weather of one repetition, counted from 1, is drawn; None for clear."""
        if not self.realisations:
            return None
        return Draws(samples=self.realisations, seed=self.seed + repeat - 1)
