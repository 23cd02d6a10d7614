"""What a study can measure of a point: figures by name, and measures made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from satqkd.config.axis import unit_suffix
from satqkd.study.expression import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that is worked out of each point."""

    name: str
    """A word: what ``measure:`` and expressions call it."""
    unit: str
    text: str
    """What it is, in a line."""
    plan_only: bool = False
    """Whether only a plan has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An output of a study: an expression over variables, figures and measures before it."""

    name: str
    unit: str
    text: str
    """What pictures call it."""
    expression: Expression

    @property
    def column(self) -> str:
        """Name of its column, which ends in the unit."""
        return self.name + unit_suffix(self.unit)

    @property
    def label(self) -> str:
        """Text with the unit, for the axis of a picture."""
        return f"{self.text} [{self.unit}]" if self.unit else self.text


PERCENTS: Final[Mapping[str, float]] = {"p10": 10.0, "p50": 50.0, "p90": 90.0}
"""Percentiles over the realisations, by the end of a figure's name."""

DRAWN: Final = ("mean", *PERCENTS)
"""Ends of the names of figures over the realisations."""

OVER: Final[Mapping[str, str]] = {
    "mean": "mean over the realisations",
    "p10": "10th percentile over the realisations",
    "p50": "median over the realisations",
    "p90": "90th percentile over the realisations",
    "clear": "under a clear sky",
}
"""What is told of an amount that the weather changes."""

_AMOUNTS: Final[Mapping[str, str]] = {
    "key_day": "key a day, of all stations together",
    "worst_station_key_day": "key a day of the station that gets least",
    "worst_pair_key_day": "key a day of the pair among the demands that gets least",
}

_PLAIN: Final = (
    Figure(name="contacts", unit="", text="contacts of blocks with key; of a plan those scheduled"),
    Figure(name="contacts_seen", unit="", text="contacts in which anything is usable"),
    Figure(name="station_hours", unit="h", text="usable time of all stations' contacts; of a plan "
           "that scheduled"),
    Figure(name="satellites", unit="", text="satellites of the mission"),
    Figure(name="stations", unit="", text="stations of the mission"),
    Figure(name="days", unit="d", text="length of the window"),
    Figure(name="served_share_min", unit="", plan_only=True,
           text="smallest share that a demand gets of what it asks for"),
    Figure(name="latency", unit="h", plan_only=True,
           text="mean time that relayed key waits on board, from the first of its two keys"),
    Figure(name="longest_wait", unit="h", plan_only=True,
           text="longest time that a pair gets no key, of all pairs"),
)  # fmt: skip

FIGURES: Final[Mapping[str, Figure]] = {
    one.name: one
    for one in (
        *(
            Figure(name=f"{name}_{over}", unit="bit/d", text=f"{text}, {how}")
            for name, text in _AMOUNTS.items()
            for over, how in OVER.items()
        ),
        *_PLAIN,
    )
}
"""What is built in, by name; and one for each demand, see :func:`served_names`."""

SERVED: Final = "served_share"
"""Stands for a figure of each demand."""

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "secure_bits": ("bit", "key of a contact by itself under a clear sky, as one block"),
    "made_bits": ("bit", "key of a contact by itself under a clear sky, as it is distilled"),
    "low_bits": ("bit", "key of a contact by itself with every stated range at its worst end"),
    "high_bits": ("bit", "key of a contact by itself with every stated range at its best end"),
    "expected_bits": ("bit", "mean key of a contact by itself over the realisations"),
    "sifted_bits": ("bit", "sifted bits of a contact under a clear sky"),
    "usable_s": ("s", "usable time of a contact"),
    "duration_s": ("s", "length of a contact"),
    "max_elevation_deg": ("deg", "highest elevation of a contact at its first station"),
    "loss_min_db": ("dB", "smallest loss of a contact, of usable ones"),
    "loss_mean_db": ("dB", "loss of the mean transmittance of a contact, of usable ones"),
    "clear_probability": ("", "probability of a clear sky over a contact, where weather is given"),
}
"""Columns of the contacts that can be summed: unit and meaning; as in the tables of a forecast."""

SUMMED: Final = ("sum", "mean", "min", "max")


def summed_name(column: str, of: str) -> str:
    """Return the figure that is made of a column.

    Examples
    --------
    >>> summed_name("usable_s", "sum")
    'sum_of_usable_s'
    """
    return f"{of}_of_{column}"


def summed_figures() -> dict[str, Figure]:
    """Return the figures made of columns, by name."""
    return {
        summed_name(column, of): Figure(
            name=summed_name(column, of), unit=unit, text=f"{of} over contacts: {text}"
        )
        for column, (unit, text) in COLUMNS.items()
        for of in SUMMED
    }


def served_names(pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the figure of each demand, by the names of its stations.

    Examples
    --------
    >>> served_names((("Graz", "St. Pölten"),))
    ('served_share_Graz_St_P_lten',)
    """
    found: list[str] = []
    for pair in pairs:
        words = (re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") for name in pair)
        name = "_".join((SERVED, *words))
        found.append(name if name not in found else f"{name}_{len(found) + 1}")
    return tuple(found)
