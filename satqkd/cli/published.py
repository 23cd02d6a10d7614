"""What is in print of the links of packaged missions, beside ours in ``satqkd link``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission


def printed_bits(mission: Mission) -> dict[str, float]:
    """Bits per use in print of what the packaged mission of ground links holds, or a copy of it."""
    from satqkd.config.preset import list_presets
    from satqkd.study.published_rates import PUBLISHED_RATES

    titles = {preset.name: preset.title for preset in list_presets()}
    if mission.name != titles["ground-links"]:
        return {}
    rates = {rate.label: rate.bits_per_use for rate in PUBLISHED_RATES}
    return {
        "Quantum dot": rates["quantum dot, free space"],
        "Twin-field": rates["twin-field, free space"],
    }


def published_hz(mission: Mission) -> dict[str, str]:
    """Key rates in print of the links of a packaged mission, or of a copy that kept its name."""
    from satqkd.config.preset import list_presets
    from satqkd.validation.checks.sources import KeyOfFixedLink
    from satqkd.validation.read import read_cases

    titles = {preset.name: preset.title for preset in list_presets()}
    return {
        run.check.link: f"{float(point.published):,.10g}"
        for case in read_cases()
        for run in case.runs
        if isinstance(run.check, KeyOfFixedLink) and titles[run.check.mission] == mission.name
        for point in run.points
    }
