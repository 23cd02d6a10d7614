"""Whether a node between two ends receives from both or sends to both."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from satqkd.clicks.two_arms import NodeDirection
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray


class Middle(Protocol):
    """What follows from where the detectors are."""

    direction: NodeDirection
    """Which way light goes where the node flies."""

    def stray_hz(
        self, first: FloatArray, second: FloatArray
    ) -> tuple[FloatArray, FloatArray | None]:
        """Stray photons at the detectors of the first end, or of the node, and of the second. [Hz]

        Parameters
        ----------
        first, second
            Stray photons that each arm brings. [Hz]

        Returns
        -------
        tuple
            Of the second None where both arms end at the same detectors.
        """
        ...

    def announced_bits(self, clicks: FloatArray, uses: FloatArray) -> FloatArray:
        """Return what the node tells the ends of its clicks in so many uses. [bit]"""
        ...


class ReceivingNode:
    """Both ends send, the node has the detectors."""

    direction: NodeDirection = "uplink"

    def stray_hz(
        self, first: FloatArray, second: FloatArray
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return that of both telescopes together. [Hz]"""
        return first + second, None

    def announced_bits(self, clicks: FloatArray, uses: FloatArray) -> FloatArray:
        """Return the place of each click among the uses, and which detectors clicked. [bit]"""
        share = np.clip(clicks / np.maximum(uses, 1.0), 1e-15, 0.5)
        return np.asarray(clicks * (binary_entropy(share) / share + 1.0))


class SendingNode:
    """The node sends, each end has detectors."""

    direction: NodeDirection = "downlink"

    def stray_hz(
        self, first: FloatArray, second: FloatArray
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return that of each end. [Hz]"""
        return first, second

    def announced_bits(self, clicks: FloatArray, uses: FloatArray) -> FloatArray:
        """Return 0: a node without detectors has nothing to announce. [bit]"""
        del uses
        return np.zeros_like(clicks)


RECEIVES: Final = ReceivingNode()
SENDS: Final = SendingNode()
