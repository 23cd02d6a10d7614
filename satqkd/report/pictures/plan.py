"""The pictures of a plan's folder."""

from __future__ import annotations

from satqkd.network.plan import Plan
from satqkd.report.pictures.blocks import blocks
from satqkd.report.pictures.key import key
from satqkd.report.pictures.loss import loss
from satqkd.report.pictures.pairs import pairs
from satqkd.report.pictures.sky import sky
from satqkd.report.pictures.style import house_style, png
from satqkd.report.pictures.timeline import timeline


def plan_pictures(plan: Plan) -> dict[str, bytes]:
    """Draw a plan: each picture as PNG, by the name of its file."""
    forecast = plan.forecast
    night = {station: list(dark) for station, dark in enumerate(forecast.nights)}
    with house_style():
        return {
            "timeline.png": png(timeline(plan, night=night)),
            "sky.png": png(sky(plan)),
            "loss.png": png(loss(forecast, plan=plan)),
            "key.png": png(key(plan)),
            "blocks.png": png(blocks(plan)),
            "pairs.png": png(pairs(plan)),
        }
