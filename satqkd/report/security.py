"""Under which assumptions a printed key is secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from satqkd.mission.mission import Mission


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityAssumption:
    """Something that has to be so for a key to be secret."""

    name: str
    """For programs."""
    assumed: str
    """What has to be so."""
    pays: str
    """Who sees to it, and what it costs whom."""
    taken: str
    """Where satqkd takes it, and what follows where it is not so."""


ASSUMPTIONS: Final = (
    SecurityAssumption(
        name="random_phases",
        assumed="the phase of each laser pulse is random and known to nobody outside",
        pays="who builds the transmitter",
        taken="photon numbers are Poissonian (clicks, decoy bounds); not checked",
    ),
    SecurityAssumption(
        name="intensities",
        assumed="mean photon numbers are the stated ones, and do not depend on earlier pulses",
        pays="who calibrates the source; key, with intensity_uncertainty",
        taken="intensity_uncertainty of the source of BB84, 0 by default; nodes between two links "
        "take intensities as exact",
    ),
    SecurityAssumption(
        name="states",
        assumed="pulses of different bits and bases differ in nothing else: time, colour, place",
        pays="who builds the transmitter",
        taken="only intrinsic_error; no key is taken off for side channels of the source",
    ),
    SecurityAssumption(
        name="no_light_let_in",
        assumed="no light sent into the transmitter comes out with its settings (Trojan horse)",
        pays="who builds the transmitter: isolators, filters, monitors",
        taken="nothing is taken off",
    ),
    SecurityAssumption(
        name="equal_detectors",
        assumed="detectors of a basis are equally efficient for whatever light arrives",
        pays="who builds the receiver; key, with detector_mismatch",
        taken="detector_mismatch of the detector of BB84, 0 by default; of entangled pairs they "
        "are "
        "taken as equal",
    ),
    SecurityAssumption(
        name="detectors_not_driven",
        assumed="bright light cannot make detectors click at will",
        pays="who builds the receiver; nobody where a node in the middle receives",
        taken="nothing is taken off",
    ),
    SecurityAssumption(
        name="double_clicks",
        assumed="two detectors of a basis that click at once are given a random bit, not left out",
        pays="errors: half of these bits are wrong",
        taken="clicks of stray light and darks are half wrong; whoever discards them voids the "
        "bound",
    ),
    SecurityAssumption(
        name="basis_choice",
        assumed="which basis a photon is analysed in is out of reach: of colour, angle and time",
        pays="who builds the receiver: filters before the splitter",
        taken="p_key_basis is one number; sampling without replacement rests on it",
    ),
    SecurityAssumption(
        name="random_numbers",
        assumed="bits, bases and intensities are chosen by random numbers that nobody else knows",
        pays="who builds both ends",
        taken="not checked",
    ),
    SecurityAssumption(
        name="expected_counts",
        assumed="the key is computed again from the counts as they were seen",
        pays="whoever distils",
        taken="every count of a forecast is an expected one: its key is what such a block "
        "makes, not "
        "a promise for one that came out worse",
    ),
    SecurityAssumption(
        name="block_length",
        assumed="what makes a block is decided without a look at its errors",
        pays="nobody, or key that is given up",
        taken="blocks are chosen from forecasts, or close at a number of sifted bits; leaving "
        "passes "
        "out because of what was counted in them is not covered",
    ),
    SecurityAssumption(
        name="authentication",
        assumed="what is said is authenticated, with key that was there before",
        pays="each block that makes key: two tags, 160 bit",
        taken="authentication of the protocol; {messages: 0} where it is paid for elsewhere. "
        "Blocks "
        "that make no key, and the first key, are not charged",
    ),
    SecurityAssumption(
        name="error_correction",
        assumed="bits announced are as many as stated, and a block that stays wrong is thrown away",
        pays="key: ec_efficiency, or error_correction; an aborted block is lost whole",
        taken="f n h(Q) of each block; no block of a forecast aborts. Lengths do not depend on it",
    ),
    SecurityAssumption(
        name="receiver_speaks",
        assumed="what the receiver announces to correct errors is worth nothing to others: it "
        "announces nothing, or where errors are and no more",
        pays="nobody with a one-way code; else the key of empty pulses, or more",
        taken="bits of the transmitter alone are taken off, in forecasts and by distil; empty "
        "pulses count as private",
    ),
    SecurityAssumption(
        name="ends",
        assumed="both ends, and a satellite that relays, keep key to themselves",
        pays="the operator",
        taken="a satellite of prepared states knows every key it makes; of two links at once the "
        "node learns none",
    ),
    SecurityAssumption(
        name="composition",
        assumed="secrecy is a distance from an ideal key: that of k blocks together is k times "
        "as far",
        pays="each block: its epsilon_sec",
        taken="epsilon of plan.json, epsilon_composed of blocks; epsilon_counting says how "
        "failures "
        "add up in a block",
    ),
)
"""In the order of docs/security.md, which has the same table."""


def security_facts(mission: Mission) -> dict[str, Any]:
    """Collect the assumptions, and what a mission states of them, ready for JSON."""
    return {
        "stated": _stated(mission),
        "assumptions": [asdict(one) for one in ASSUMPTIONS],
    }


def security_line(mission: Mission) -> str:
    """Say in a line what secrecy rests on."""
    stated = _stated(mission)
    unsure, unlike = stated["intensity_uncertainty"], stated["detector_mismatch"]
    exact = f"intensities within {unsure:.2g} of those stated" if unsure else "exact intensities"
    alike = f"detectors alike but for {unlike:.2g}" if unlike else "detectors that are alike"
    return (
        f"secret as far as its assumptions hold: random phases, {exact}, {alike}, no light let in "
        "(docs/security.md has all)"
    )


def _stated(mission: Mission) -> dict[str, float]:
    """Return the largest of what any source, any detector states."""
    sources, detectors = [], []
    for end in _ends(mission):
        sources += [] if end.source is None else [float(end.source.intensity_uncertainty)]
        detectors += [] if end.detector is None else [float(end.detector.detector_mismatch)]
    return {
        "intensity_uncertainty": max(sources, default=0.0),
        "detector_mismatch": max(detectors, default=0.0),
    }


def _ends(mission: Mission) -> Iterator[Any]:
    yield from (craft.payload for craft in mission.spacecraft)
    yield from (ground.terminal for ground in mission.stations)
