"""Secret bits per pulse of every protocol against loss, with the bounds none may pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.key.asymptotic.bounds import node_bound, plob_bound, tgw_bound
from satqkd.processes import in_order
from satqkd.study import asymptotic_rates, block_rates
from satqkd.study.rate_conditions import RateConditions
from satqkd.units import FloatArray, transmittance

Rate = Callable[[FloatArray, RateConditions], FloatArray]
"""From the transmittance between both users to secret bits per use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateProtocol:
    """A protocol as a curve."""

    name: str
    """As the command line calls it."""
    title: str
    """As a legend calls it."""
    use: str
    """What a use is."""
    node: bool
    """Whether a node stands in the middle and both arms lose half of the decibels."""
    repeats: bool
    """Whether the node's interference beats what holds without a repeater."""
    asymptotic: Rate
    """Rate of infinitely many pulses."""
    block: Rate | None
    """Rate of finite blocks; None where there is no analysis."""


_KNOWN: Final = (
    RateProtocol(
        name="bb84-no-decoy",
        title="BB84, no decoy",
        use="pulse",
        node=False,
        repeats=False,
        asymptotic=partial(asymptotic_rates.decoy_bb84, decoys="none"),
        block=block_rates.bb84_without_decoys,
    ),
    RateProtocol(
        name="bb84-one-decoy",
        title="BB84, one decoy",
        use="pulse",
        node=False,
        repeats=False,
        asymptotic=partial(asymptotic_rates.decoy_bb84, decoys="one"),
        block=partial(block_rates.decoy_bb84, decoys=1),
    ),
    RateProtocol(
        name="bb84-two-decoys",
        title="BB84, two decoys",
        use="pulse",
        node=False,
        repeats=False,
        asymptotic=partial(asymptotic_rates.decoy_bb84, decoys="two"),
        block=partial(block_rates.decoy_bb84, decoys=2),
    ),
    RateProtocol(
        name="bb84-infinite-decoys",
        title="BB84, infinitely many decoys",
        use="pulse",
        node=False,
        repeats=False,
        asymptotic=partial(asymptotic_rates.decoy_bb84, decoys="infinite"),
        block=block_rates.bb84_with_all_decoys,
    ),
    RateProtocol(
        name="single-photon",
        title="BB84, single-photon source",
        use="pulse",
        node=False,
        repeats=False,
        asymptotic=asymptotic_rates.single_photon,
        block=block_rates.single_photon,
    ),
    RateProtocol(
        name="bbm92",
        title="BBM92, source in the middle",
        use="pump pulse",
        node=True,
        repeats=False,
        asymptotic=asymptotic_rates.bbm92,
        block=block_rates.bbm92,
    ),
    RateProtocol(
        name="mdi",
        title="MDI, node in the middle",
        use="pair of pulses",
        node=True,
        repeats=False,
        asymptotic=asymptotic_rates.mdi,
        block=block_rates.mdi,
    ),
    RateProtocol(
        name="twin-field-sns",
        title="twin-field, sending or not",
        use="pair of pulses",
        node=True,
        repeats=True,
        asymptotic=asymptotic_rates.sending_or_not_sending,
        block=block_rates.sending_or_not_sending,
    ),
    RateProtocol(
        name="twin-field-cal",
        title="twin-field, Curty-Azuma-Lo",
        use="pair of pulses",
        node=True,
        repeats=True,
        asymptotic=asymptotic_rates.curty_azuma_lo,
        block=None,
    ),
)
PROTOCOLS: Final[Mapping[str, RateProtocol]] = {one.name: one for one in _KNOWN}
"""Every protocol by its name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateCurves:
    """Rates and bounds along the same losses: arrays of shape (n,)."""

    conditions: RateConditions
    loss_db: FloatArray
    """From user to user up to the detectors' input, of both arms where there is a node. [dB]"""
    plob: FloatArray
    """What no channel without a repeater beats; infinite without loss. [bit]"""
    tgw: FloatArray
    """An earlier and looser bound. [bit]"""
    node: FloatArray
    """What no channel with one node in the middle beats. [bit]"""
    rates: Mapping[str, FloatArray]
    """Secret bits per use by protocol. [bit]"""

    def reach_db(self, name: str) -> float | None:
        """Largest loss at which there is key; None without any. [dB]"""
        keyed = np.flatnonzero(self.rates[name] > 0.0)
        return float(self.loss_db[keyed[-1]]) if keyed.size else None

    def beats_plob_db(self, name: str) -> float | None:
        """Smallest loss at which the rate is above the repeaterless bound; None for nowhere. [dB]

        Between two of the losses it is where straight lines of the rate's and the bound's
        logarithms meet.
        """
        rate, bound = self.rates[name], self.plob
        above = np.flatnonzero(rate > bound)
        if not above.size:
            return None
        last, first = int(above[0]) - 1, int(above[0])
        if last < 0 or rate[last] <= 0.0 or not np.isfinite(bound[last]):
            return float(self.loss_db[first])
        below, beyond = (float(np.log(rate[at] / bound[at])) for at in (last, first))
        share = below / (below - beyond)
        return float(self.loss_db[last] + share * (self.loss_db[first] - self.loss_db[last]))


def rate_curves(
    loss_db: FloatArray,
    *,
    names: Sequence[str] = (),
    conditions: RateConditions,
    jobs: int = 1,
) -> RateCurves:
    """Secret bits per use of protocols at given losses.

    Parameters
    ----------
    loss_db
        Between the two users up to the detectors' input, not below 0. [dB]
    names
        Which of :data:`PROTOCOLS`; empty for all that fit ``conditions``.
    conditions
        What they have in common.
    jobs
        Processes that share the protocols.

    Raises
    ------
    SatqkdError
        For a finite block of a protocol without a finite analysis.
    """
    wanted = [PROTOCOLS[name] for name in names] or list(PROTOCOLS.values())
    finite = conditions.block_pulses is not None
    if finite:
        lacking = [one.name for one in wanted if one.block is None]
        if names and lacking:
            raise SatqkdError(
                f"{', '.join(lacking)}: satqkd has no analysis of finite blocks of it\n"
                "  fix: leave out --block, or the protocol"
            )
    eta = transmittance(loss_db)
    models = {one.name: one.block if finite else one.asymptotic for one in wanted}
    some = {name: model for name, model in models.items() if model is not None}
    found = in_order(lambda name: [some[name](eta, conditions)], list(some), jobs=jobs)
    rates = dict(zip(some, found, strict=True))
    return RateCurves(
        conditions=conditions,
        loss_db=loss_db,
        plob=plob_bound(eta),
        tgw=tgw_bound(eta),
        node=node_bound(np.sqrt(eta), np.sqrt(eta)),
        rates=rates,
    )
