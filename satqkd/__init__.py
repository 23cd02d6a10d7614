"""Mission planning and key-yield forecasting for satellite quantum key distribution.

    >>> import satqkd as sq
    >>> mission = sq.load_mission("mission.yaml")  # doctest: +SKIP
    >>> week = sq.forecast(mission)  # doctest: +SKIP
    >>> sq.to_frame(week)  # doctest: +SKIP

Every name is imported when it is first used: ``import satqkd`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satqkd.calibration.score import Score
    from satqkd.calibration.score_logs import score
    from satqkd.config.given import replace
    from satqkd.config.load import load_mission
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.key_blocks import KeyBlocks, key_blocks
    from satqkd.forecast.stream import find_contacts, forecast, stream
    from satqkd.mission.mission import Mission
    from satqkd.network.plan import Plan, plan
    from satqkd.passes.contacts import Contacts
    from satqkd.report.export.frames import to_frame, to_parquet
    from satqkd.study.engine import study
    from satqkd.study.read_study import load_study
    from satqkd.study.results import Results
    from satqkd.study.study import Study
    from satqkd.validation.run import run_cases as validate
    from satqkd.weather.clear_sky import Draws

__version__ = "0.1.0"
"""The one place of the version; the package's metadata are read from here."""

_WHERE = {
    "load_mission": "satqkd.config.load",
    "replace": "satqkd.config.given",
    "find_contacts": "satqkd.forecast.stream",
    "forecast": "satqkd.forecast",
    "stream": "satqkd.forecast.stream",
    "key_blocks": "satqkd.forecast.key_blocks",
    "plan": "satqkd.network.plan",
    "score": "satqkd.calibration.score_logs",
    "study": "satqkd.study",
    "load_study": "satqkd.study.read_study",
    "validate": "satqkd.validation.run:run_cases",
    "to_frame": "satqkd.report.export.frames",
    "to_parquet": "satqkd.report.export.frames",
    "Mission": "satqkd.mission.mission",
    "Contacts": "satqkd.passes.contacts",
    "Forecast": "satqkd.forecast.forecast",
    "KeyBlocks": "satqkd.forecast.key_blocks",
    "Plan": "satqkd.network.plan",
    "Score": "satqkd.calibration.score",
    "Draws": "satqkd.weather.clear_sky",
    "Results": "satqkd.study.results",
    "Study": "satqkd.study.study",
}
"""Where each public name lives."""

__all__ = [
    "Contacts",
    "Draws",
    "Forecast",
    "KeyBlocks",
    "Mission",
    "Plan",
    "Results",
    "Score",
    "Study",
    "__version__",
    "find_contacts",
    "forecast",
    "key_blocks",
    "load_mission",
    "load_study",
    "plan",
    "replace",
    "score",
    "stream",
    "study",
    "to_frame",
    "to_parquet",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'satqkd' has no attribute {name!r}")
    if name in {"forecast", "study"}:  # the package itself, which can be called
        return import_module(f"satqkd.{name}")
    module, _, other = _WHERE[name].partition(":")
    return getattr(import_module(module), other or name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
