"""How good a clock comparison each pass gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from satqkd.timing.series import TimingSeries
from satqkd.units import FloatArray, IntArray

AVERAGING_S: Final = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Averaging times that results are given for. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimingResult:
    """The clock comparison of each pass: arrays of shape (passes,) unless said otherwise.

    Where there is none, uncertainties are infinite and ``why_not`` says why.
    """

    offset_uncertainty_s: FloatArray
    """1 σ of the mean offset over the pass, systematic terms included. [s]"""
    statistical_s: FloatArray
    """1 σ of it from noise alone. [s]"""
    systematic_s: Mapping[str, FloatArray]
    """1 σ of each term that averaging does not lower, by what it comes from. [s]"""
    frequency_uncertainty: FloatArray
    """1 σ of the fractional frequency difference over the pass, from noise alone."""
    averaging_s: FloatArray
    """Averaging times, shape (m,). [s]"""
    precision_s: FloatArray
    """Time deviation after each of them at the pass's mean signal, noise of the clocks included;
    infinite where the contact is shorter; shape (passes, m). [s]"""
    data_rate_hz: FloatArray
    """Time tags or updates per second of contact. [Hz]"""
    events: FloatArray
    """Time tags or updates in all."""
    contact_s: FloatArray
    """How long the link is used. [s]"""
    qber: FloatArray
    """Error fraction of the time tags' polarisation; 0 where it is not measured."""
    largest_asymmetry_s: FloatArray
    """Largest difference of the ways up and down that was corrected for. [s]"""
    why_not: tuple[str | None, ...]
    """For each pass without a comparison, the reason; None where there is one."""
    method: str = ""
    """Which system it is, for people."""

    def __len__(self) -> int:
        return int(self.offset_uncertainty_s.size)

    def take(self, index: IntArray) -> TimingResult:
        """Return some of the passes, in that order."""
        columns: dict[str, Any] = {name: getattr(self, name)[index] for name in _per_pass()}
        return replace(
            self,
            **columns,
            systematic_s={name: values[index] for name, values in self.systematic_s.items()},
            why_not=tuple(self.why_not[row] for row in index.tolist()),
        )

    @staticmethod
    def join(parts: Sequence[TimingResult]) -> TimingResult:
        """Put passes compared by one system below each other; at least one part is needed."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _per_pass()
        }
        return replace(
            parts[0],
            **columns,
            systematic_s={
                name: np.concatenate([part.systematic_s[name] for part in parts])
                for name in parts[0].systematic_s
            },
            why_not=tuple(why for part in parts for why in part.why_not),
        )

    @staticmethod
    def of(
        series: TimingSeries,
        *,
        unit_variance_s2: FloatArray,
        rate_hz: FloatArray,
        qber: FloatArray,
        why_not: Sequence[str | None],
        systematic_s: Mapping[str, FloatArray],
        wander_s: Callable[[npt.ArrayLike], FloatArray],
        floor_s: Callable[[npt.ArrayLike], FloatArray],
        averaging_s: npt.ArrayLike,
        method: str,
    ) -> TimingResult:
        r"""Add a series up to what each pass gives.

        .. math:: \sigma_\theta^{-2} = \sum_i \frac{w_i}{V_i}, \qquad
                  \sigma_y^{-2} = \sum_i \frac{w_i}{V_i} (t_i - \bar t)^2

        Derived here: the least-squares fit of a straight line with weights :math:`w_i / V_i`.

        Parameters
        ----------
        series
            Geometry; samples of weight :math:`w_i` = 0 are not used.
        unit_variance_s2
            Variance of the offset after averaging for one second :math:`V_i`; infinite where
            nothing arrives, shape (n,). [s²]
        rate_hz
            Time tags or updates per second, shape (n,). [Hz]
        qber, why_not, systematic_s
            Of the result, shape (passes,).
        wander_s, floor_s
            Time deviation of the clocks and of the link against averaging time; only the second
            is an error of the offset. [s]
        averaging_s
            Averaging times, shape (m,). [s]
        method
            For people.
        """
        contact_s = series.per_pass(series.weight_s)
        events = series.per_pass(rate_hz * series.weight_s)
        fine = np.array([why is None for why in why_not], dtype=np.bool_)
        information = series.weight_s / unit_variance_s2
        total = np.where(fine, series.per_pass(information), 0.0)
        statistical_s = np.hypot(_root_of_inverse(total), floor_s(np.maximum(contact_s, 1e-9)))
        statistical_s = np.where(fine, statistical_s, np.inf)
        tau_s = np.atleast_1d(np.asarray(averaging_s, dtype=np.float64))
        noise_s = _root_of_inverse(_over(total, contact_s)[:, None] * tau_s)
        beyond_s = np.hypot(wander_s(tau_s), floor_s(tau_s))
        reached = fine[:, None] & (tau_s <= contact_s[:, None])
        squares = [np.square(term) for term in systematic_s.values()]
        return TimingResult(
            offset_uncertainty_s=np.sqrt(statistical_s**2 + np.sum(squares, axis=0)),
            statistical_s=statistical_s,
            systematic_s=systematic_s,
            frequency_uncertainty=np.where(fine, _of_slope(series, information), np.inf),
            averaging_s=tau_s,
            precision_s=np.where(reached, np.hypot(noise_s, beyond_s), np.inf),
            data_rate_hz=_over(events, contact_s),
            events=events,
            contact_s=contact_s,
            qber=qber,
            largest_asymmetry_s=series.largest(np.abs(series.asymmetry_s)),
            why_not=tuple(why_not),
            method=method,
        )


def _per_pass() -> list[str]:
    """Names of the arrays whose first axis is the passes."""
    others = {"systematic_s", "averaging_s", "why_not", "method"}
    return [field.name for field in fields(TimingResult) if field.name not in others]


def _root_of_inverse(information: FloatArray) -> FloatArray:
    inverse = np.full_like(information, np.inf)
    np.divide(1.0, information, out=inverse, where=information > 0.0)
    return np.asarray(np.sqrt(inverse))


def _over(values: FloatArray, length: FloatArray) -> FloatArray:
    return np.asarray(np.divide(values, length, out=np.zeros_like(values), where=length > 0.0))


def _of_slope(series: TimingSeries, information: FloatArray) -> FloatArray:
    """1 σ of the slope of a line through each pass's offsets."""
    mean_s = _over(series.per_pass(information * series.time_s), series.per_pass(information))
    return _root_of_inverse(
        series.per_pass(information * (series.time_s - mean_s[series.owner]) ** 2)
    )
