"""Key over two arms at once when either has more or less light than expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.light import ArmLight, Light
from satqkd.units import BoolArray, FloatArray, IntArray, share_of

POINTS: Final = 5
"""Amounts of light of either link between the least and the most at which the key is worked
out."""
MERGED_S: Final = 5.0
"""Numerical: samples of a stretch within so long count as one where light varies. [s]"""


def keys_over_light(
    secure_bits: Callable[[Light], IntArray], light: Light, log_a: FloatArray, log_b: FloatArray
) -> FloatArray:
    """Return the key of every interval in many realisations. [bit]

    Parameters
    ----------
    secure_bits
        Makes the key of both arms.
    light
        Both arms as expected.
    log_a, log_b
        Logarithm of either arm's light over that, shape (realisations, intervals).

    Returns
    -------
    FloatArray
        Whole bits, shape (realisations, intervals). Worked out where the light of both arms is
        one of :data:`POINTS` amounts from the least to the most of the realisations of an
        interval, and with monotone cubics between: exact for a single realisation, and where no
        arm varies.

    Notes
    -----
    Where light varies, samples of :data:`MERGED_S` seconds count as one that has their mean and
    their mean square. An interval without a key at the least and the most light of both arms is
    not followed any further.
    """
    nodes_a, nodes_b = _nodes(log_a), _nodes(log_b)
    if len(nodes_a) > 1 or len(nodes_b) > 1:
        light = merged(light, MERGED_S)
    keys = np.zeros((len(nodes_a), len(nodes_b), len(light)))
    every = [(i, j) for i in range(len(nodes_a)) for j in range(len(nodes_b))]
    corners = [at for at in every if at[0] % (POINTS - 1) == 0 and at[1] % (POINTS - 1) == 0]
    alive = np.diff(light.starts) > 0
    for chosen in (corners, [at for at in every if at not in corners]):
        some = np.flatnonzero(alive)
        if some.size == 0:
            break
        own = light.take(some)
        length = np.diff(own.starts)
        for i, j in chosen:
            factors = (np.exp(nodes_a[i, some]), np.exp(nodes_b[j, some]))
            scaled = own.scaled(*(np.repeat(factor, length) for factor in factors))
            keys[i, j, some] = secure_bits(scaled)
        alive = _any(keys)
    bits = np.zeros(log_a.shape)
    for interval in np.flatnonzero(alive).tolist():
        at_a = _place(log_a[:, interval], nodes_a[:, interval])
        at_b = _place(log_b[:, interval], nodes_b[:, interval])
        bits[:, interval] = _between(keys[:, :, interval], at_a, at_b)
    return np.floor(np.maximum(bits, 0.0))


def _any(keys: FloatArray) -> BoolArray:
    """Intervals with a key at any amount of light."""
    return np.asarray((keys > 0.0).any(axis=(0, 1)))


def _nodes(logs: FloatArray) -> FloatArray:
    """Amounts of light from the least to the most of each interval, as logarithms."""
    least, most = logs.min(axis=0), logs.max(axis=0)
    if (least == most).all():
        return np.asarray(least[np.newaxis])
    share = np.linspace(0.0, 1.0, POINTS)[:, np.newaxis]
    return np.asarray(least + share * (most - least))


def _place(logs: FloatArray, nodes: FloatArray) -> FloatArray:
    """Where among the nodes each realisation is: 0 at the first, 1 at the next."""
    span = nodes[-1] - nodes[0]
    if span == 0.0:
        return np.zeros_like(logs)
    return np.asarray((logs - nodes[0]) / span * (nodes.size - 1))


def merged(light: Light, seconds: float) -> Light:
    """Put the samples of some seconds of an interval together; their spread counts as variance."""
    passed_s = np.concatenate([[0.0], np.cumsum(light.weight_s)])
    interval = np.repeat(np.arange(len(light)), np.diff(light.starts))
    part = np.floor((passed_s[:-1] - passed_s[light.starts[:-1]][interval]) / seconds)
    first = (np.diff(part, prepend=-1.0) != 0.0) | (np.diff(interval, prepend=-1) != 0)
    bounds = np.append(np.flatnonzero(first), interval.size)
    weight_s = per_interval(light.weight_s, bounds)

    def mean(values: FloatArray) -> FloatArray:
        return share_of(per_interval(values * light.weight_s, bounds), weight_s)

    def merged(arm: ArmLight) -> ArmLight:
        middle = mean(arm.transmittance)
        square = mean(arm.transmittance**2 * (1.0 + arm.variance))
        spread = share_of(square, mean(arm.transmittance) ** 2, otherwise=1.0) - 1.0
        return ArmLight(
            transmittance=middle,
            variance=np.asarray(np.maximum(spread, 0.0)),
            stray_hz=mean(arm.stray_hz),
        )

    return Light(
        arms=tuple(merged(arm) for arm in light.arms),
        weight_s=weight_s,
        starts=np.searchsorted(bounds, light.starts).astype(np.int64),
    )


def _between(values: FloatArray, at_a: FloatArray, at_b: FloatArray) -> FloatArray:
    """Interpolate a table, shape (a, b), where its nodes are 0, 1, 2, … on either axis."""
    if values.shape[0] == 1:
        along_b = np.broadcast_to(values[0], (at_a.size, values.shape[1]))
    else:
        along_b = _cubics(values, at_a, np.arange(values.shape[1])[:, np.newaxis]).T
    if values.shape[1] == 1:
        return np.asarray(along_b[:, 0])
    return _cubics(along_b.T, at_b, np.arange(at_b.size))


def _cubics(values: FloatArray, at: FloatArray, column: IntArray) -> FloatArray:
    """Evaluate monotone cubics through each column of values, each at its own places."""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- only realisations pay

    order = PchipInterpolator(np.arange(len(values)), values, axis=0).c
    first = np.clip(at.astype(np.int64), 0, len(values) - 2)
    cubic, square, slope, start = order[:, first, column]
    x = at - first
    return np.asarray(((cubic * x + square) * x + slope) * x + start)
