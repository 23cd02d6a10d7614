"""Shares of a measure's variance that ranges make: Sobol indices with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.units import FloatArray

LEVEL: Final = 0.95
RESAMPLES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Indices:
    """Sobol indices, one a variable."""

    measure: str
    names: tuple[str, ...]
    first: FloatArray
    """Share that each makes alone."""
    first_half: FloatArray
    """Half of its interval."""
    total: FloatArray
    """Share with all that it makes together with others."""
    total_half: FloatArray
    """Half of its interval."""
    points: int
    """Points they rest on."""
    level: float = LEVEL
    """Confidence of the intervals."""
    resamples: int = RESAMPLES
    """Bootstraps behind them."""


def require_salib() -> None:
    """Raise :class:`SatqkdError` where the library of Sobol indices is not installed."""
    if find_spec("SALib") is None:
        raise SatqkdError(
            "Sobol indices need SALib, not installed\n  fix: pip install 'satqkd[study]'"
        )


def sobol_shares(names: Sequence[str], base: int, seed: int) -> FloatArray:
    """Return points of the unit cube for first and total indices [1]_, base × (variables + 2) rows.

    Parameters
    ----------
    names
        Of the variables.
    base
        Length of the underlying Sobol sequence; a power of two.
    seed
        Of its scrambling: the same gives the same.

    Raises
    ------
    SatqkdError
        If ``base`` is no power of two, or SALib is missing.

    References
    ----------
    .. [1] A. Saltelli et al., Variance based sensitivity analysis of model output, Comput. Phys.
       Commun. 181, 259 (2010), as SALib has it.
    """
    require_salib()
    if base < 2 or base & (base - 1):
        raise SatqkdError(
            f"{base} is no power of two, which Sobol's sequence needs\n  fix: write such as 64"
        )
    from SALib.sample import sobol  # noqa: PLC0415 -- an extra

    found = sobol.sample(_problem(names), base, calc_second_order=False, seed=seed)
    return np.asarray(found, dtype=np.float64)


def sobol_indices(
    names: Sequence[str], values: FloatArray, *, measure: str, seed: int
) -> Indices | None:
    """Return the indices of a measure at the points of :func:`sobol_shares`.

    None where the measure is the same at all of them, or is missing at one.

    Parameters
    ----------
    names
        Of the variables.
    values
        The measure, in the order of the points.
    measure
        Its name.
    seed
        Of the bootstraps.
    """
    if not np.isfinite(values).all() or np.ptp(values) <= 0.0:
        return None
    require_salib()
    from SALib.analyze import sobol  # noqa: PLC0415 -- an extra

    found: Any = sobol.analyze(
        _problem(names), values, calc_second_order=False, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=seed + 1,
    )  # fmt: skip
    return Indices(
        measure=measure,
        names=tuple(names),
        first=np.asarray(found["S1"], dtype=np.float64),
        first_half=np.asarray(found["S1_conf"], dtype=np.float64),
        total=np.asarray(found["ST"], dtype=np.float64),
        total_half=np.asarray(found["ST_conf"], dtype=np.float64),
        points=values.size,
    )


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
