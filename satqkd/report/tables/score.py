"""Tables of a score: by station and quantity, and contact by contact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from satqkd.calibration.score import BEYOND, Bias, FlownContact, GroupScore, Quantity, Score
from satqkd.report.counted import counted
from satqkd.report.tables.column import Cell, Column, each
from satqkd.report.tables.definitions import column

HONEST: str = "an honest forecast holds 80 %, more where its P10 is 0"
"""What the share from P10 to P90 is to be compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One quantity of one station, or of all."""

    group: GroupScore
    quantity: Quantity
    bias: Bias


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """One contact."""

    contact: FlownContact
    running: Bias | None
    leading: Quantity
    """What the running bias is of."""


def score_rows(score: Score) -> list[ScoreRow]:
    """List what was recorded: first of all stations, then of each."""
    groups = (score.whole, *(score.stations if len(score.stations) > 1 else ()))
    return [
        ScoreRow(group=group, quantity=quantity, bias=bias)
        for group in groups
        for quantity, bias in group.biases.items()
    ]


def contact_rows(score: Score) -> list[ContactRow]:
    """List the contacts in the order of time."""
    pairs = zip(score.contacts, score.running, strict=True)
    leading = score.leading or "key"
    return [ContactRow(contact=one, running=bias, leading=leading) for one, bias in pairs]


def unit_of(quantity: Quantity) -> str:
    """Unit of a bias."""
    return "%" if quantity == "qber" else "dB"


def factor_of(quantity: Quantity) -> float:
    """What turns a difference into that unit."""
    return 100.0 if quantity == "qber" else 1.0


def headline_of(score: Score) -> str:
    """Say in one sentence what was flown and how it differs from the forecast.

    Key is compared over contacts of which both are known.
    """
    known = [one for one in score.contacts if one.key_bits is not None and one.foreseen is not None]
    flown = counted(len(score.contacts), "contact")
    if not known:
        return f"{flown} flown; no key in the logs"
    made = sum(one.key_bits or 0.0 for one in known)
    forecast = sum(one.foreseen.bits for one in known if one.foreseen is not None)
    gave = sum(bool(one.key_bits) for one in known)
    head = f"{gave} of {counted(len(known), 'contact')} gave key, {made:,.0f} bit"
    if forecast <= 0.0:
        return f"{head}; none was forecast"
    off = 100.0 * (made / forecast - 1.0)
    side = "over" if off >= 0.0 else "under"
    return f"{head}: {abs(off):.0f} % {side} the {forecast:,.0f} bit of a clear sky's forecast"


def remarks(score: Score) -> list[str]:
    """Say in sentences what the score comes to, and what it rests on."""
    groups = (score.whole, *score.stations) if len(score.stations) > 1 else (score.whole,)
    return [text for group in groups for text in _said(group)]


def _said(group: GroupScore) -> Iterator[str]:
    where = group.station or "all stations"
    for quantity in group.calibrate:
        bias = told(quantity, group.biases[quantity])
        yield f"{where}: calibrate: {bias}, beyond {BEYOND:g} sigma"
    if group.station is not None:
        return
    coverage = group.coverage
    if coverage is not None:
        low, high = coverage.interval
        yield (
            f"{where}: {coverage.inside} of {coverage.count} keys from P10 to P90 "
            f"({100.0 * coverage.share:.0f} %, 95 % interval {100.0 * low:.0f} to "
            f"{100.0 * high:.0f} %); {HONEST}"
        )
        yield (
            f"{where}: CRPS {coverage.crps_bits:,.0f} bit; the forecast under a clear sky alone "
            f"{coverage.point_bits:,.0f} bit"
        )
    if group.keyless:
        yield (
            f"{where}: {counted(group.keyless, 'contact')} without key or without forecast key: "
            "in the share and in CRPS, not in decibels"
        )


def told(quantity: Quantity, bias: Bias) -> str:
    """Say a bias with its error."""
    unit, factor = unit_of(quantity), factor_of(quantity)
    error = "" if bias.error is None else f" ± {factor * bias.error:.2f}"
    contacts = counted(bias.count, "contact")
    return f"{quantity} {factor * bias.mean:+.2f}{error} {unit} over {contacts}"


def _bias(get: Callable[[Bias], float | None]) -> Callable[[Sequence[ScoreRow]], list[Cell]]:
    def value(row: ScoreRow) -> Cell:
        found = get(row.bias)
        return None if found is None else factor_of(row.quantity) * found

    return each(value)


def _covered(get: Callable[[GroupScore], Cell]) -> Callable[[Sequence[ScoreRow]], list[Cell]]:
    """Fill a column that speaks of the key alone."""
    return each(
        lambda row: (
            get(row.group) if row.quantity == "key" and row.group.coverage is not None else None
        )
    )


def _end(which: int) -> Callable[[GroupScore], Cell]:
    return lambda group: None if group.coverage is None else group.coverage.interval[which]


def _of_coverage(name: str) -> Callable[[GroupScore], Cell]:
    return lambda group: getattr(group.coverage, name)


SCORE_COLUMNS: tuple[Column[Sequence[ScoreRow]], ...] = (
    column("station", each(lambda row: row.group.station or "all stations")),
    column("quantity", each(lambda row: row.quantity)),
    Column("contacts_flown", "", "Contacts that have both flown value and forecast.",
           each(lambda row: row.bias.count)),
    column("unit", each(lambda row: unit_of(row.quantity))),
    Column("bias", "", "Mean of flown minus forecast, each contact counting once.",
           _bias(lambda bias: bias.mean), digits=3),
    Column("bias_error", "", "Standard error of the bias, contacts taken as independent; empty of "
           "a single one.", _bias(lambda bias: bias.error), digits=3),
    Column("scatter", "", "Standard deviation of flown minus forecast about the bias; empty of a "
           "single contact.", _bias(lambda bias: bias.scatter), digits=3),
    Column("calibrate", "", "true when the bias exceeds two standard errors over five contacts or "
           "more.", each(lambda row: row.bias.calibrate)),
    Column("drawn", "", "Contacts whose key is held against its distribution, those without key "
           "included.", _covered(_of_coverage("count"))),
    Column("inside", "", "Of them those from P10 to P90.", _covered(_of_coverage("inside"))),
    Column("inside_share", "", "The same as a share; an honest forecast holds 0.8, more where its "
           "P10 is 0.", _covered(_of_coverage("share")), digits=3),
    Column("inside_share_low", "", "Low end of its 95 % interval, of Clopper and Pearson.",
           _covered(_end(0)), digits=3),
    Column("inside_share_high", "", "High end of the same.",
           _covered(_end(1)), digits=3),
    column("crps_bits", _covered(_of_coverage("crps_bits"))),
    Column("point_crps_bits", "bit", "What the key under a clear sky alone scores: the mean "
           "distance from it.", _covered(_of_coverage("point_bits")), digits=1),
)  # fmt: skip
"""Biases, one station and quantity a row."""


def _contact(get: Callable[[FlownContact], Cell]) -> Callable[[Sequence[ContactRow]], list[Cell]]:
    return each(lambda row: get(row.contact))


def _foreseen(name: str) -> Callable[[Sequence[ContactRow]], list[Cell]]:
    return _contact(lambda one: None if one.foreseen is None else getattr(one.foreseen, name))


def _difference(quantity: Quantity) -> Callable[[Sequence[ContactRow]], list[Cell]]:
    return _contact(lambda one: one.difference(quantity))


def _running(get: Callable[[Bias], float | None]) -> Callable[[Sequence[ContactRow]], list[Cell]]:
    def value(row: ContactRow) -> Cell:
        found = None if row.running is None else get(row.running)
        return None if found is None else factor_of(row.leading) * found

    return each(value)


SCORED_COLUMNS: tuple[Column[Sequence[ContactRow]], ...] = (
    column("contact_key", _contact(lambda one: one.contact_key)),
    column("pass_id", _contact(lambda one: one.pass_id)),
    column("satellite", _contact(lambda one: one.satellite)),
    column("station", _contact(lambda one: one.where)),
    column("culmination_utc", _contact(
        lambda one: one.utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")),
    Column("key_bits", "bit", "Key really made of the contact; empty where the log does not say.",
           _contact(lambda one: one.key_bits), digits=0),
    column("secure_bits", _foreseen("bits"), digits=0),
    Column("p10_bits", "bit", "10th percentile of the key that was forecast; with --clear under a "
           "clear sky.", _foreseen("p10_bits"), digits=0),
    Column("p50_bits", "bit", "Median of the same.", _foreseen("p50_bits"), digits=0),
    Column("p90_bits", "bit", "90th percentile of the same.", _foreseen("p90_bits"), digits=0),
    Column("inside_p10_p90", "", "true where the key lies from P10 to P90.",
           _contact(lambda one: one.inside)),
    column("crps_bits", _contact(lambda one: one.crps_bits)),
    Column("key_difference_db", "dB", "Key flown over forecast; empty where one of them is 0.",
           _difference("key"), digits=3),
    Column("flown_sifted_bits", "bit", "Sifted bits of the contact; empty where the log does not "
           "say.", _contact(lambda one: one.sifted_bits), digits=0),
    Column("sifted_difference_db", "dB", "Sifted bits flown over forecast.",
           _difference("sifted"), digits=3),
    Column("clicks_difference_db", "dB", "Clicks of the log's instants over those forecast of "
           "them, mean.", _difference("clicks"), digits=3),
    Column("loss_excess_db", "dB", "Loss flown minus forecast, mean over the contact.",
           _difference("loss"), digits=3),
    Column("qber_difference", "", "Error fraction flown minus forecast, mean over the contact.",
           _contact(lambda one: one.qber), digits=6),
    Column("running_bias", "", "Bias after this contact, of the first of key, sifted bits, clicks, "
           "loss and error that was recorded; dB, of error %.",
           _running(lambda bias: bias.mean), digits=3),
    Column("running_bias_error", "", "Its standard error; empty after a single contact.",
           _running(lambda bias: bias.error), digits=3),
)  # fmt: skip
"""Flown contacts beside their forecast, one a row."""

SHOWN = (
    "culmination_utc", "station", "satellite", "key_bits", "secure_bits", "key_difference_db",
    "inside_p10_p90", "p10_bits", "p90_bits", "loss_excess_db", "qber_difference",
    "sifted_difference_db", "clicks_difference_db", "contact_key",
)  # fmt: skip
"""Columns for a terminal, the most important first."""
