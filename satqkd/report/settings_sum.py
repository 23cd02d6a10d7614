"""What is sent set otherwise: what it would bring, or what a plan rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from satqkd.clicks.source import SettableSource
from satqkd.network.plan import Plan

WORTH_SAYING: Final = 0.01
"""Numerical: share of the key of its blocks below which a plan does not mention settings."""


def settings(plan: Plan) -> list[str]:
    """Say what other settings would bring where it is more; what is sent where they are planned."""
    found = plan.settings
    if plan.optimised:
        return [
            (
                f"settings of {one.name}: {setting_words(one.best)} "
                f"(stated: {setting_words(one.stated)})"
                if one.best != one.stated
                else f"settings of {one.name} as stated: nothing better was found"
            )
            for one in found
        ]
    before = sum(one.stated_bits for one in found)
    after = sum(one.best_bits for one in found)
    if after <= before * (1.0 + WORTH_SAYING):
        return []
    more = f"{100.0 * (after / before - 1.0):.0f} % more" if before else f"{after:,} bits of"
    whose = found[0].name if len(found) == 1 else "all sources"
    return [
        f"other settings of {whose} would make about {more} key of these blocks: plan --optimise"
    ]


def settings_facts(plan: Plan) -> dict[str, Any]:
    """Collect what sources are set to, ready for JSON; empty where that is what is stated."""
    if not plan.optimised:
        return {}
    return {
        "settings": [
            {"name": one.name, "stated": _values(one.stated), "planned": _values(one.best)}
            for one in plan.settings
        ]
    }


def _values(source: SettableSource) -> dict[str, Any]:
    return {
        "intensities": list(source.intensities),
        "probabilities": list(source.probabilities),
        "p_key_basis": source.p_key_basis,
    }


def setting_words(source: SettableSource) -> str:
    """Say what a source is set to."""
    return planned_words(_values(source))


def planned_words(values: Mapping[str, Any]) -> str:
    """Say the same of what ``plan.json`` holds of it."""
    levels = ", ".join(f"{value:.3g}" for value in values["intensities"])
    shares = ", ".join(f"{100.0 * value:.1f}" for value in values["probabilities"])
    basis = 100.0 * values["p_key_basis"]
    return f"{levels} photons in {shares} % of pulses, {basis:.1f} % key basis"
