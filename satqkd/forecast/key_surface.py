"""Key of two links at once when either has more or less light than expected."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.result import TwoArmEstimator
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray, share_of

POINTS: Final = 5
"""Amounts of light of either link between the least and the most at which the key is worked
out."""
MERGED_S: Final = 5.0
"""Numerical: samples of a stretch within so long count as one where light varies. [s]"""


def keys_over_light(
    protocol: TwoArmEstimator, links: TwoArms, log_a: FloatArray, log_b: FloatArray
) -> FloatArray:
    """Return the key of every stretch in many histories. [bit]

    Parameters
    ----------
    protocol
        Makes the key of both links.
    links
        The links as expected.
    log_a, log_b
        Logarithm of either link's light over that, shape (histories, stretches).

    Returns
    -------
    FloatArray
        Whole bits, shape (histories, stretches). Worked out where the light of both links is one
        of :data:`POINTS` amounts from the least to the most of the histories of a stretch, and
        with monotone cubics between: exact for a single history, and where no link varies.

    Notes
    -----
    Where light varies, samples of :data:`MERGED_S` seconds count as one that has their mean and
    their mean square. A stretch without a key at the least and the most light of both links is
    not followed any further.
    """
    nodes_a, nodes_b = _nodes(log_a), _nodes(log_b)
    if len(nodes_a) > 1 or len(nodes_b) > 1:
        links = _merged(links)
    keys = np.zeros((len(nodes_a), len(nodes_b), len(links)))
    every = [(i, j) for i in range(len(nodes_a)) for j in range(len(nodes_b))]
    corners = [at for at in every if at[0] % (POINTS - 1) == 0 and at[1] % (POINTS - 1) == 0]
    alive = np.diff(links.starts) > 0
    for chosen in (corners, [at for at in every if at not in corners]):
        some = np.flatnonzero(alive)
        if some.size == 0:
            break
        own = _taken(links, some)
        for i, j in chosen:
            scaled = _scaled(own, nodes_a[i, some], nodes_b[j, some])
            keys[i, j, some] = protocol.secure_bits(scaled)
        alive = _any(keys)
    bits = np.zeros(log_a.shape)
    for stretch in np.flatnonzero(alive).tolist():
        at_a = _place(log_a[:, stretch], nodes_a[:, stretch])
        at_b = _place(log_b[:, stretch], nodes_b[:, stretch])
        bits[:, stretch] = _between(keys[:, :, stretch], at_a, at_b)
    return np.floor(np.maximum(bits, 0.0))


def _any(keys: FloatArray) -> BoolArray:
    """Stretches with a key at any amount of light."""
    return np.asarray((keys > 0.0).any(axis=(0, 1)))


def _nodes(logs: FloatArray) -> FloatArray:
    """Amounts of light from the least to the most of each stretch, as logarithms."""
    least, most = logs.min(axis=0), logs.max(axis=0)
    if (least == most).all():
        return np.asarray(least[np.newaxis])
    share = np.linspace(0.0, 1.0, POINTS)[:, np.newaxis]
    return np.asarray(least + share * (most - least))


def _place(logs: FloatArray, nodes: FloatArray) -> FloatArray:
    """Where among the nodes each history is: 0 at the first, 1 at the next."""
    span = nodes[-1] - nodes[0]
    if span == 0.0:
        return np.zeros_like(logs)
    return np.asarray((logs - nodes[0]) / span * (nodes.size - 1))


def _merged(links: TwoArms) -> TwoArms:
    """Put the samples of some seconds of a stretch together; their spread counts as flicker."""
    passed_s = np.concatenate([[0.0], np.cumsum(links.weight_s)])
    stretch = np.repeat(np.arange(len(links)), np.diff(links.starts))
    part = np.floor((passed_s[:-1] - passed_s[links.starts[:-1]][stretch]) / MERGED_S)
    first = (np.diff(part, prepend=-1.0) != 0.0) | (np.diff(stretch, prepend=-1) != 0)
    bounds = np.append(np.flatnonzero(first), stretch.size)
    weight_s = per_interval(links.weight_s, bounds)

    def mean(values: FloatArray) -> FloatArray:
        return share_of(per_interval(values * links.weight_s, bounds), weight_s)

    def spread(light: FloatArray, variance: FloatArray) -> FloatArray:
        square = mean(light**2 * (1.0 + variance))
        return np.asarray(np.maximum(share_of(square, mean(light) ** 2, otherwise=1.0) - 1.0, 0.0))

    other = links.background_b_rate_hz
    return TwoArms(
        transmittance_a=mean(links.transmittance_a),
        transmittance_b=mean(links.transmittance_b),
        variance_a=spread(links.transmittance_a, links.variance_a),
        variance_b=spread(links.transmittance_b, links.variance_b),
        background_rate_hz=mean(links.background_rate_hz),
        background_b_rate_hz=None if other is None else mean(other),
        weight_s=weight_s,
        starts=np.searchsorted(bounds, links.starts).astype(np.int64),
    )


def _taken(links: TwoArms, stretches: IntArray) -> TwoArms:
    """Return some of the stretches."""
    own = samples_of(links.starts, stretches)
    length = np.diff(links.starts)[stretches]
    other = links.background_b_rate_hz
    return TwoArms(
        transmittance_a=links.transmittance_a[own],
        transmittance_b=links.transmittance_b[own],
        variance_a=links.variance_a[own],
        variance_b=links.variance_b[own],
        background_rate_hz=links.background_rate_hz[own],
        background_b_rate_hz=None if other is None else other[own],
        weight_s=links.weight_s[own],
        starts=np.concatenate([[0], np.cumsum(length)]),
    )


def _scaled(links: TwoArms, log_a: FloatArray, log_b: FloatArray) -> TwoArms:
    """Return the links with more or less light; no more than all of it arrives."""
    length = np.diff(links.starts)
    return replace(
        links,
        transmittance_a=np.minimum(links.transmittance_a * np.repeat(np.exp(log_a), length), 1.0),
        transmittance_b=np.minimum(links.transmittance_b * np.repeat(np.exp(log_b), length), 1.0),
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
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- only histories pay

    order = PchipInterpolator(np.arange(len(values)), values, axis=0).c
    first = np.clip(at.astype(np.int64), 0, len(values) - 2)
    cubic, square, slope, start = order[:, first, column]
    x = at - first
    return np.asarray(((cubic * x + square) * x + slope) * x + start)
