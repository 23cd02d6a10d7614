"""The least-squares fit of a pair's constants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from satqkd.calibration.constants import LOSS, Constant, Kind, constants_of, corrected
from satqkd.calibration.flown import FlownPair
from satqkd.calibration.log import LogRow
from satqkd.calibration.predict import Prediction, predict
from satqkd.calibration.telling import Held, tell_apart, weak_pairs
from satqkd.units import BoolArray, FloatArray, IntArray

KINDS: Final[tuple[Kind, ...]] = ("loss", "clicks", "qber")

LOSS_SIGMA_DB = 0.75
"""1 σ of a loss for which none is given, assumed: the twelve points flown by Micius on 2016-12-19
lie 0.78 dB about two constants. Counts carry it beside their own noise. [dB]"""

QBER_SIGMA = 0.002
"""1 σ of an error fraction for which none is given, besides a tenth of it and counting noise;
assumed."""

OUTLIER = 3.0
"""Residuals beyond so many σ count linearly, not in squares [1]_.

.. [1] P. J. Huber, *Ann. Math. Stat.* 35, 73 (1964).
"""

CONFIDENCE = 0.95
"""Of the intervals stated for the fitted constants; a convention."""
DECIBEL = 10.0 / np.log(10.0)
"""One neper of power, a factor e. [dB]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Data:
    """What was recorded of one kind."""

    kind: Kind
    rows: IntArray
    """Indices of the rows that hold it."""
    flown: FloatArray
    """[dB], clicks or a fraction."""
    sigma: FloatArray
    """1 σ; of clicks in decibels of their number. [dB] or a fraction"""

    def residuals(self, model: Prediction) -> FloatArray:
        """Flown minus model, over σ; of clicks the decibels between them."""
        return self.differences(model) / self.sigma

    def differences(self, model: Prediction) -> FloatArray:
        """Flown minus model. [dB], for clicks of their ratio, or a fraction."""
        expected = self.of(model)
        if self.kind == "clicks":
            return np.asarray(DECIBEL * np.log((self.flown + 0.5) / (expected + 0.5)))
        return self.flown - expected

    def of(self, model: Prediction) -> FloatArray:
        """What the model says of the same rows."""
        values = {"loss": model.loss_db, "clicks": model.clicks, "qber": model.qber}
        return values[self.kind][self.rows]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """The constants of a pair after the fit."""

    constants: tuple[Constant, ...]
    coordinates: FloatArray
    """Of each constant; the stated one where it was held."""
    half_width: FloatArray
    """Of the 95 % interval, in the coordinate; NaN where a constant was held."""
    at_limit: BoolArray
    """Constants that went as far as they may."""
    held: tuple[Held, ...]
    weak: tuple[tuple[int, int, float], ...]
    """Constants separated only weakly, with their correlation."""
    narrowing: float
    """What the intervals of the loss constants are multiplied with so that all of them at one end
    together shift the loss by its own 95 % interval, and not by more."""
    scatter: float
    """Of the residuals about the fit, in their σ; NaN without a degree of freedom."""

    @property
    def values(self) -> dict[str, float]:
        """Every constant by name."""
        pairs = zip(self.constants, self.coordinates.tolist(), strict=True)
        return {constant.name: constant.value(x) for constant, x in pairs}


def data_of(rows: Sequence[LogRow]) -> tuple[Data, ...]:
    """Sort what rows hold by its kind."""
    return tuple(data for kind in KINDS if (data := _data(kind, rows)).rows.size)


def fit(pair: FlownPair, data: Sequence[Data]) -> Fitted:
    """Fit the constants that the data determine.

    Parameters
    ----------
    pair
        The rows and the ends as stated.
    data
        What the rows hold.
    """
    ends = pair.ends
    constants = constants_of(ends, {one.kind for one in data})
    stated = np.array([constant.start for constant in constants])

    def residuals(coordinates: FloatArray) -> FloatArray:
        found = zip(constants, coordinates.tolist(), strict=True)
        values = {one.name: one.value(x) for one, x in found}
        model = predict(pair, corrected(ends, values))
        return np.concatenate([one.residuals(model) for one in data])

    free, held = tell_apart(_jacobian(residuals, stated, constants), constants)
    unfitted = Fitted(
        constants=constants,
        coordinates=stated,
        half_width=np.full(stated.size, np.nan),
        at_limit=np.zeros(stated.size, dtype=np.bool_),
        held=tuple(held),
        weak=(),
        narrowing=1.0,
        scatter=np.nan,
    )
    if not free:
        return unfitted
    loss_rows = np.concatenate([np.full(one.rows.size, one.kind in LOSS) for one in data])
    return _judged(unfitted, free, _optimum(residuals, unfitted, free), loss_rows)


def _optimum(
    residuals: Callable[[FloatArray], FloatArray], unfitted: Fitted, free: list[int]
) -> Any:
    """Walk the free constants to the least sum of squares; the answer is scipy's."""
    from scipy.optimize import least_squares  # noqa: PLC0415 -- dear to import, rarely needed

    constants = unfitted.constants

    def freed(some: FloatArray) -> FloatArray:
        moved = unfitted.coordinates.copy()
        moved[free] = some
        return residuals(moved)

    return least_squares(
        freed,
        _inside(unfitted.coordinates, constants)[free],
        bounds=([constants[i].low for i in free], [constants[i].high for i in free]),
        jac="3-point",
        x_scale=[constants[i].width for i in free],
        loss="huber",
        f_scale=OUTLIER,
        xtol=1e-10,
        ftol=1e-10,
        gtol=1e-10,
    )


def _judged(unfitted: Fitted, free: list[int], found: Any, loss_rows: BoolArray) -> Fitted:
    """Add confidence intervals to what the optimiser has found."""
    constants = [unfitted.constants[index] for index in free]
    jacobian: FloatArray = found.jac
    freedom = jacobian.shape[0] - len(free)
    scatter = float(np.sqrt(2.0 * found.cost / freedom)) if freedom > 0 else np.nan
    stretch = _quantile(freedom) * (scatter if freedom > 0 else 1.0)
    at_limit = np.array(
        [
            min(x - one.low, one.high - x) < 1e-3 * one.width
            for one, x in zip(constants, found.x.tolist(), strict=True)
        ]
    )
    inner = np.flatnonzero(~at_limit)
    covariance = np.asarray(
        np.linalg.pinv(jacobian[:, inner].T @ jacobian[:, inner]), dtype=np.float64
    )
    half = stretch / np.linalg.norm(jacobian, axis=0)
    half[inner] = stretch * np.sqrt(np.diag(covariance))
    own = np.flatnonzero([constants[index].by == LOSS for index in inner.tolist()])
    coordinates = unfitted.coordinates.copy()
    half_width, limits = unfitted.half_width.copy(), unfitted.at_limit.copy()
    low, high = (np.array([getattr(one, end) for one in constants]) for end in ("low", "high"))
    edge = np.where(found.x - low < high - found.x, low, high)
    coordinates[free] = np.where(at_limit, edge, found.x)
    half_width[free], limits[free] = half, at_limit
    return replace(
        unfitted,
        coordinates=coordinates,
        half_width=half_width,
        at_limit=limits,
        weak=tuple(
            (free[int(inner[i])], free[int(inner[j])], r) for i, j, r in weak_pairs(covariance)
        ),
        narrowing=_narrowing(jacobian[loss_rows][:, inner[own]], covariance[own][:, own]),
        scatter=scatter,
    )


def _quantile(freedom: int) -> float:
    """Half of the 95 % interval over its σ, by Student's t; by Gauss without a scatter."""
    from scipy.stats import t  # noqa: PLC0415 -- dear to import, rarely needed

    return float(t.ppf(0.5 + 0.5 * CONFIDENCE, freedom if freedom > 0 else np.inf))


def _narrowing(jacobian: FloatArray, covariance: FloatArray) -> float:
    """Largest interval of the loss over what the single intervals would add up to."""
    if jacobian.size == 0 or jacobian.shape[1] < 2:
        return 1.0
    together = np.sqrt(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian))
    added = np.abs(jacobian) @ np.sqrt(np.diag(covariance))
    return float(np.max(np.divide(together, added, out=np.zeros_like(added), where=added > 0.0)))


def _inside(coordinates: FloatArray, constants: Sequence[Constant]) -> FloatArray:
    """Move what lies on a limit a little way in, where the optimiser can turn round."""
    room = np.array([1e-3 * one.width for one in constants])
    low, high = (np.array([getattr(one, end) for one in constants]) for end in ("low", "high"))
    return np.clip(coordinates, low + room, high - room)


def _jacobian(
    residuals: Callable[[FloatArray], FloatArray],
    coordinates: FloatArray,
    constants: Sequence[Constant],
) -> FloatArray:
    """Differences about the stated values, over a tenth of each width."""
    middle = _inside(coordinates, constants)
    columns = []
    for index, constant in enumerate(constants):
        ends = []
        for sign in (1.0, -1.0):
            moved = middle.copy()
            moved[index] = np.clip(
                moved[index] + sign * 0.1 * constant.width, constant.low, constant.high
            )
            ends.append((residuals(moved), float(moved[index])))
        (after, high), (before, low) = ends
        columns.append((after - before) / (high - low))
    return np.stack(columns, axis=1)


def _data(kind: Kind, rows: Sequence[LogRow]) -> Data:
    taken = list(_entries(kind, rows))
    return Data(
        kind=kind,
        rows=np.array([index for index, _, _ in taken], dtype=np.int64),
        flown=np.array([flown for _, flown, _ in taken], dtype=np.float64),
        sigma=np.array([sigma for _, _, sigma in taken], dtype=np.float64),
    )


def _entries(kind: Kind, rows: Sequence[LogRow]) -> Iterator[tuple[int, float, float]]:
    """Yield row, value and σ."""
    for index, row in enumerate(rows):
        if kind == "loss" and row.loss_db is not None:
            yield index, row.loss_db, row.loss_sigma_db or LOSS_SIGMA_DB
        elif kind == "clicks" and row.clicks is not None:
            noise = DECIBEL / np.sqrt(row.clicks + 0.5)
            given = row.clicks_sigma and DECIBEL * row.clicks_sigma / (row.clicks + 0.5)
            yield index, row.clicks, float(given or np.hypot(noise, LOSS_SIGMA_DB))
        elif kind == "qber" and row.qber is not None:
            yield index, row.qber, row.qber_sigma or _qber_sigma(row, row.qber)


def _qber_sigma(row: LogRow, qber: float) -> float:
    counting = qber * (1.0 - qber) / row.clicks if row.clicks else 0.0
    return float(np.sqrt(QBER_SIGMA**2 + (0.1 * qber) ** 2 + counting))
