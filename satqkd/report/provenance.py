"""Where every number of a plan came from."""

from __future__ import annotations

import dataclasses
import math
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import numpy as np

import satqkd
from satqkd.elements.satellite import catalogue_number
from satqkd.forecast.forecast import Forecast
from satqkd.key.result import KeyEstimator
from satqkd.mission.mission import GroundStation, Mission, Spacecraft
from satqkd.network.plan import Plan
from satqkd.report.fair_sum import fairness_facts
from satqkd.report.plan_folder import PLANNED
from satqkd.report.security import security_facts
from satqkd.report.settings_sum import settings_facts
from satqkd.report.unseen import never_seen
from satqkd.report.weather_sum import weather_facts

LIBRARIES = (
    "astropy-iers-data",
    "highspy",
    "jplephem",
    "matplotlib",
    "numpy",
    "pyerfa",
    "scipy",
    "sgp4",
    "skyfield",
    "skyfield-data",
)
"""Packages whose version can change a digit of a result."""

GEOMETRY = {
    "propagation": "SGP4 (sgp4 package)",
    "frame": "TEME to ITRF by GMST 1982 with UT1 and polar motion",
    "ephemeris": "JPL DE421 (skyfield-data)",
    "angles": "geometric, without refraction, but for columns called apparent",
    "refraction": "A tan z + B tan3 z (ERFA refco) in the standard atmosphere (ISO 2533)",
    "shadow": "conical umbra and penumbra of WGS84, no atmosphere",
    "ellipsoid": "WGS84",
}
"""How positions and angles come about."""

_MEANING = (
    "counts and keys are expected values",
    "secure_bits is the key under a clear sky, with the light of Moon, twilight and satellite",
    "the key of a pass is the key of its expected counts taken as one block",
    "planned_bits is what the plan counts on: the blocks that are distilled, see 'planned'",
    "low and high keys take every stated range at its worst and best end at once",
    "the mean loss of a pass is that of the mean transmittance",
    "k blocks together are secret and correct up to k times the epsilon of one block",
)


def provenance(plan: Plan, *, warnings: Iterable[str] = ()) -> dict[str, Any]:
    """Collect everything that shaped a plan, as plain values ready for JSON.

    What :func:`forecast_provenance` says, with the decisions of the plan.

    The same inputs and versions give the same answer: it holds no clock time, no host and no
    user.

    Parameters
    ----------
    plan
        The plan.
    warnings
        What satqkd warned about while making it.
    """
    return {
        **forecast_provenance(plan.forecast, warnings=warnings),
        "planned": PLANNED[plan.value],
        "weather": weather_facts(plan),
        **fairness_facts(plan),
        **settings_facts(plan),
        "never_seen": dict(zip(("stations", "satellites"), never_seen(plan.forecast), strict=True)),
        "epsilon": _epsilon(plan),
        "passes": dict(sorted(Counter(plan.passes.status).items())),
        "windows_of_two_stations": dict(sorted(Counter(plan.windows.status).items())),
        "solver": _solver(plan),
    }


def forecast_provenance(forecast: Forecast, *, warnings: Iterable[str] = ()) -> dict[str, Any]:
    """Collect everything that shaped a forecast, as plain values ready for JSON."""
    mission = forecast.mission
    return {
        "satqkd": satqkd.__version__,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "mission": mission.name,
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in mission.inputs],
        **_passed_over(mission),
        **_set_values(mission),
        "window": _window(forecast),
        "element_sets": _element_sets(forecast),
        "time": dict(forecast.timebase.provenance),
        "geometry": dict(GEOMETRY),
        "models": _models(mission),
        "calibration": describe(mission.calibration),
        "assumptions": [
            {"where": a.where, "value": a.value, "why": a.why} for a in mission.assumptions
        ],
        "meaning": list(_MEANING),
        "security": security_facts(mission),
        "stopped": list(forecast.stopped),
        "warnings": sorted(set(warnings)),
    }


def describe(value: Any) -> Any:
    """Return a configuration value as plain data, models with their name under ``model``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: describe(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"model": type(value).__name__, **fields}
    if isinstance(value, np.ndarray | np.generic):
        return describe(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): describe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [describe(item) for item in value]
    return _plain(value)


def _plain(value: object) -> str | float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, datetime):
        return _utc_text(value)
    return value if isinstance(value, str | int | float | None) else type(value).__name__


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _passed_over(mission: Mission) -> dict[str, list[dict[str, str]]]:
    """Files of the folder of elements that were not read; nothing where there are none."""
    files = [{"path": one.path, "why": one.why} for one in mission.passed_over]
    return {"passed_over": files} if files else {}


def _set_values(mission: Mission) -> dict[str, dict[str, str]]:
    """Values that count in place of what the inputs say; nothing where there are none."""
    values = {one.path: one.value for one in mission.set_values}
    return {"set": values} if values else {}


def _window(forecast: Forecast) -> dict[str, Any]:
    mission = forecast.mission
    ends_s = np.array([0.0, mission.duration_s])
    start_utc, end_utc = forecast.timebase.iso(ends_s, digits=6)
    return {
        "start_utc": start_utc,
        "end_utc": end_utc,
        "duration_s": mission.duration_s,
        "step_s": mission.step_s,
    }


def _element_sets(forecast: Forecast) -> list[dict[str, Any]]:
    """Element sets that passes rest on, with how far from their epoch they were used."""
    passes = forecast.passes
    used = sorted(set(zip(passes.satellite.tolist(), passes.element_set.tolist(), strict=True)))
    rows = []
    for satellite, number in used:
        elements = forecast.mission.spacecraft[satellite].satellite.sources[number]
        with_it = (passes.satellite == satellite) & (passes.element_set == number)
        age_h = passes.element_age_s[with_it] / 3600.0
        rows.append(
            {
                "satellite": forecast.mission.spacecraft[satellite].satellite.name,
                "norad_id": catalogue_number(elements.norad_id),
                "cospar_id": elements.cospar_id,
                "epoch_utc": _utc_text(elements.epoch),
                "source": elements.source,
                "motion": elements.motion,
                "passes": int(with_it.sum()),
                "age_h_min": round(float(age_h.min()), 3),
                "age_h_max": round(float(age_h.max()), 3),
            }
        )
    return rows


def _models(mission: Mission) -> dict[str, Any]:
    return {
        "airmass": "Kasten and Young 1989",
        "moonlight": "Krisciunas and Schaefer 1991, in V, scaled to the signal's wavelength",
        "twilight": "Patat et al. 2006, joined to a clear sky's single scattering by day",
        "turbulence": "Hufnagel-Valley profile, Andrews and Phillips 2005",
        "key": {"name": mission.protocol_name, **describe(mission.protocol)},
        "limits": describe(mission.limits),
        "spare_weight": mission.spare_weight,
        "satellites": [_spacecraft(craft) for craft in mission.spacecraft],
        "stations": [_station(ground) for ground in mission.stations],
    }


def _spacecraft(craft: Spacecraft) -> dict[str, Any]:
    return {
        "name": craft.satellite.name,
        "norad_id": catalogue_number(craft.satellite.norad_id),
        "payload": craft.payload_name,
        "freeze_s": craft.freeze_s,
        **describe(craft.payload),
    }


def _station(ground: GroundStation) -> dict[str, Any]:
    return {"name": ground.site.name, **describe(ground)}


def _epsilon(plan: Plan) -> dict[str, Any]:
    """Security parameters of one block, of passes and of windows, and of all together."""
    per_block = _epsilons_of_choices(plan.forecast.mission.protocol)
    blocks, joint = _distilled(plan)
    total = Counter({name: blocks * value for name, value in per_block.items()})
    windows = []
    for found, number in zip(plan.joint, joint, strict=True):
        if found.pair is None or not number:
            continue
        per_window = _epsilons(found.pair.protocol)
        windows.append(
            {"protocol": found.pair.protocol_name, "per_window": per_window, "windows": number}
        )
        total.update({name: number * value for name, value in per_window.items()})
    return {
        "per_block": per_block,
        "scheduled_blocks": blocks,
        "scheduled_windows": windows,
        "all_scheduled": dict(total),
    }


def _distilled(plan: Plan) -> tuple[int, list[int]]:
    """Blocks that are distilled: of passes, and of the joint contacts of each pair."""
    made, of_passes = plan.passes.made.blocks, 0
    ends = np.cumsum([len(plan.forecast), *(len(one) for one in plan.joint)])
    of_joint = [0] * len(plan.joint)
    for block in plan.blocks.planned.tolist():
        own = plan.blocks.members[block]
        row = int(plan.candidate_rows[own[0]]) if own.size else -1
        if row < 0:  # of contacts flown before alone
            of_passes += 1
        elif row >= ends[0]:
            of_joint[int(np.searchsorted(ends, row, side="right")) - 1] += 1
        else:
            of_passes += int(made[row]) if plan.blocks.gathers[block] == "pass" else 1
    return of_passes, of_joint


def _epsilons_of_choices(protocol: KeyEstimator) -> dict[str, float]:
    """Failure probabilities of one key: the largest of each among the protocols it may be."""
    worst = _epsilons(protocol)
    for one in protocol.choices():
        for name, value in ({} if one is protocol else _epsilons_of_choices(one)).items():
            worst[name] = max(value, worst.get(name, 0.0))
    return worst


def _epsilons(protocol: object) -> dict[str, float]:
    """Failure probabilities that a protocol states for one key."""
    told = describe(protocol)
    return {
        name: value
        for name, value in (told.items() if isinstance(told, dict) else ())
        if name.startswith("epsilon") and isinstance(value, float)
    }


def _solver(plan: Plan) -> dict[str, Any]:
    solution, here = plan.solution, plan.problem.occupies
    contacts = int(np.unique(plan.candidate_rows[here]).size)
    return {
        "status": solution.status,
        "objective_bits": solution.objective,
        "bound_bits": None if plan.fair is not None else describe(solution.bound),
        "gap": None if plan.fair is not None else describe(solution.gap),
        "bound_sampled": solution.sampled,
        "contacts": contacts,
        "parts_of_contacts": int(here.sum()) - contacts,
        "chosen": int((solution.chosen & here).sum()),
    }
