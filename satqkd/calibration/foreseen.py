"""What a forecast says of each contact, realisation by realisation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from satqkd.calibration.score import Foreseen
from satqkd.forecast.ensemble import draw, realised_bits, station_numbers
from satqkd.forecast.forecast import Forecast
from satqkd.units import FloatArray
from satqkd.weather.clear_sky import Draws


def foreseen_of(
    forecast: Forecast, *, draws: Draws | None = None, clear: bool = False
) -> tuple[Foreseen, ...]:
    """Return what is forecast of each contact, to be held against what was flown.

    Parameters
    ----------
    forecast
        Passes or joint contacts.
    draws
        How often to draw the key; None leaves its distribution out.
    clear
        Whether the skies are drawn clear and the satellite found.

    Returns
    -------
    tuple of Foreseen
        In the order of the forecast. Realisations make one block of a contact, as percentiles in
        tables do.
    """
    members = None if draws is None else key_members(forecast, draws, clear=clear)
    yields = forecast.yields
    found = []
    for row in range(len(forecast)):
        loss_db = float(yields.light.loss_mean_db[0, row])
        bits = float(yields.made.bits[row])
        sifted, qber = float(yields.keys.sifted_bits[row]), float(yields.keys.qber[row])
        loss = loss_db if math.isfinite(loss_db) else None
        found.append(
            Foreseen(bits=bits, sifted_bits=sifted, qber=qber, loss_db=loss)
            if members is None
            else Foreseen.of_members(
                members[:, row], bits=bits, sifted_bits=sifted, qber=qber, loss_db=loss
            )
        )
    return tuple(found)


def key_members(forecast: Forecast, draws: Draws, *, clear: bool = False) -> FloatArray:
    """Key of every contact in every realisation, shape (realisations, contacts). [bit]

    Its percentiles are those of :class:`satqkd.forecast.ensemble.Outlook` with the same draws,
    unless the skies are drawn clear.
    """
    bits = np.zeros((draws.samples, len(forecast)))
    usable = np.flatnonzero(forecast.yields.usable_s > 0.0)
    if usable.size == 0:
        return bits
    numbers = station_numbers(forecast.mission, draws)
    for part in forecast.received(usable):
        nominal = part.losses()
        drawn = draw(forecast.mission, part, nominal, numbers)
        if clear:
            drawn = replace(drawn, seen=np.ones_like(drawn.seen))
        system = forecast.yields.systems[int(forecast.yields.system[part.contacts[0]])]
        bits[:, part.contacts] = realised_bits(system, part.light(nominal), drawn)
    return bits
