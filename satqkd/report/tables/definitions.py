"""What the columns mean that more than one table has: each is described here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from satqkd.report.tables.column import Column, Source, Values
from satqkd.report.tables.definition import Definition
from satqkd.report.tables.sky_definitions import SKY

_CONTACTS: Final = {
    "pass_id": Definition(
        "", "Satellite, station and minute of culmination in UTC of the pass, unique; of a window "
        "of two stations the ids of the passes over both."),
    "contact_key": Definition(
        "", "Satellite, stations and number of the revolution: the same with newer elements; what "
        "`pinned`, `banned` and `rules` of a mission call the contact."),
    "satellite": Definition(
        "", "Name of the satellite; of two in sight of each other the first's; empty where a "
        "demand is served by none."),
    "norad_id": Definition("", "Catalogue number of the satellite; empty when unknown."),
    "cospar_id": Definition(
        "", "International designator, or what an ephemeris calls the object; empty when unknown."),
    "station": Definition("", "Name of the station."),
    "link": Definition("", "Name of the terrestrial link, or of two with a node between them."),
    "stations": Definition("", "Names of the stations that see it at once."),
    "station_a": Definition(
        "", "First station of the pair; of a pool or block of key of one station that one."),
    "station_b": Definition(
        "", "Second station of the pair; empty for a pool or block of key of one station."),
    "direction": Definition(
        "", "Which way the light goes: downlink, from the satellite to the stations; uplink, to "
        "it; of a link that stands still horizontal or fibre."),
    "kind": Definition(
        "", "In keys.csv `delivery` (key two stations share through a satellite that knows it), "
        "`joint` (key they make with a satellite that does not) or `pool` (key a satellite shares "
        "with one station); in lists of elements `elements` (an object with its element sets) or "
        "`ephemeris` (an OEM); of a published figure `prediction`, `fit`, `consistency` or "
        "`reproduction` of another program."),
    "rise_utc": Definition(
        "UTC", "When the satellite climbs above the station's lowest elevation (see "
        "clipped_start)."),
    "culmination_utc": Definition("UTC", "When the satellite stands highest."),
    "set_utc": Definition(
        "UTC", "When the satellite sinks below the station's lowest elevation (see clipped_end)."),
    "start_utc": Definition(
        "UTC", "When the row's window begins: the last of the stations begins to see the "
        "satellite, or the line of sight climbs above the grazing height (see clipped_start); of "
        "a block, or of counts, its first usable instant, of an ephemeris the first at which it "
        "may be used."),
    "end_utc": Definition(
        "UTC", "When the window ends: the first of the stations ceases to see the satellite, or "
        "the line of sight sinks below the grazing height (see clipped_end); of counts the last "
        "usable instant."),
    "duration_s": Definition(
        "s", "From rise to set of a pass, from start to end of a window, or the length of a "
        "block, in SI seconds.", 1),
    "clipped_start": Definition(
        "", "true when the pass or window had begun already where the search or the elements "
        "begin."),
    "clipped_end": Definition(
        "", "true when the pass or window still lasts where the search or the elements end."),
    "utc": Definition(
        "UTC", "Instant of the row: of a sample rise, every whole step, set, in a tracking file "
        "whole fractions of a second; of a recorded value the middle of its interval."),
    "usable_s": Definition(
        "s", "Time that may carry key: no limit of the mission, of a station or of its mount takes "
        "it, at any station of the row.", 1),
    "usable": Definition(
        "", "true where no limit takes the sample, or the pass gives a comparison of clocks."),
    "status": Definition(
        "", "Of a contact: scheduled, candidate (could be flown, is not) or rejected (can give no "
        "key). Of a point of a study: done, failed, or left: not worked out yet."),
    "planned_bits": Definition(
        "bit", "Key that a plan counts on under a clear sky: of a scheduled pass or window its "
        "share of its block, of another what it would add; empty in a forecast."),
    "limit": Definition(
        "", "What would have to change first for a contact that is not scheduled: the limit that "
        "hides it, named as in the lost_… columns of passes.csv (of several that hide it together "
        "the first without which something is usable), `link` where there is none, or of a plan "
        "`banned`, `late` (to be commanded), `clash` or `rule`; empty where nothing stands in its "
        "way."),
    "limit_value": Definition(
        "", "What that limit asks for, in limit_unit; empty where it is no number.", 3),
    "limit_unit": Definition(
        "", "Unit of limit_value and reached_value; empty where they are."),
    "reached_value": Definition(
        "", "What the contact comes to, in limit_unit: its best value, of several limits together "
        "that while none of the others takes it, of `keyhole` the fastest turn it asks for.", 3),
    "change_needed": Definition(
        "", "What would leave some of the contact usable, or schedule it where another is: the "
        "least change of the files; empty where none does it, where it is too late, where nothing "
        "stands in its way, "
        "and where it is not computed: where more than 2,000 contacts of a plan are hidden, "
        "and in the table of a forecast in Python."),
    "bits_at_stake": Definition(
        "bit", "Key if the first limit in its way were gone, the contact a block of its own under "
        "a clear sky: 0 where another limit hides it too or nothing comes of it; of a contact that "
        "a plan could schedule and does not its own key. Empty where scheduled, in a forecast "
        "without limits in the way, and where not computed, as `change_needed`."),
    "clashes_with": Definition(
        "", "Keys of the scheduled contacts that stand in its way, with semicolons between; empty "
        "for none, and in a forecast."),
    "pin": Definition("", "pinned or banned by the mission, or empty; empty in a forecast."),
    "scheduled_start_utc": Definition(
        "UTC", "First second that a plan uses: of a pass or window flown in part, of that part; "
        "empty where it is not scheduled."),
    "scheduled_end_utc": Definition(
        "UTC", "Last second that a plan uses, likewise."),
    "point": Definition(
        "", "Of a validation: case, run and figure. Of a study: the hash of what the point rests "
        "on."),
    "reason": Definition(
        "", "Why there is none of what the row is about: key, usable time, a place in the plan, "
        "a comparison of clocks, a result of a point that failed; of a pass merely found, whether "
        "the station is away or out of work; of one flown in part, what is served before and "
        "after; of a study's point that is done, over which stations nothing is usable; otherwise "
        "empty where there is."),
    "note": Definition(
        "", "What is particular about the row: why a demand gets nothing or nobody asks, why a "
        "window has no losses, why a constant was held or that it is at its limit."),
}  # fmt: skip
"""Who sees whom, when, under which sky, and what a plan makes of it."""

_LIGHT: Final = {
    "loss_min_db": Definition(
        "dB", "Smallest loss up to the detectors' input: of a pass at a usable instant, between "
        "satellites of the whole window; empty where there is no link.", 2),
    "loss_db": Definition(
        "dB", "Loss up to the detectors' input: from user to user, over both arms where there is a "
        "node, of one way between clocks, or what the row's term takes; empty where a rate of "
        "clicks is stated instead."),
    "loss_a_db": Definition(
        "dB", "Loss of the first link up to the detectors' input; of a flying one of the mean "
        "transmittance over the usable time."),
    "loss_b_db": Definition("dB", "The same of the second link."),
    "scintillation_index_a": Definition(
        "", "Variance of the first link's transmittance over its mean squared; of a flying one "
        "the mean over the usable time.", 5),
    "scintillation_index_b": Definition("", "The same of the second link.", 5),
    "background_hz": Definition(
        "Hz", "Stray clicks per second and detector, of the first link's detectors where the node "
        "sends; of a flying one the mean over the usable time."),
    "background_rate_hz": Definition(
        "Hz", "Expected clicks per second without any light sent: dark counts and stray light "
        "inside the gates, all detectors."),
    "signal_rate_hz": Definition(
        "Hz", "Expected clicks per second that the light sent adds to the background, all "
        "intensities, before sifting."),
    "term": Definition("", "What takes light away, in the order light meets it."),
    "unit": Definition(
        "", "Unit of the row's numbers, of those that name none of their own; empty for a pure "
        "number."),
    "quantity": Definition("", "`loss`, `clicks` or `qber`; of a score also `key` or `sifted`."),
    "clock": Definition(
        "", "Name of the clocks; of a curve over a contact in some orbit, the orbit."),
}  # fmt: skip
"""Where the light goes."""

_KEY: Final = {
    "cite": Definition("", "Who published it."),
    "protocol": Definition(
        "", "Preset or model that makes the key, over both links at once where they are two; of a "
        "best-of the one that leaves most, empty without key; of a published point the nearest."),
    "sifted_bits": Definition(
        "bit", "Expected bits that enter the key, before error correction, after sifting and, of "
        "two links, pairing."),
    "qber": Definition(
        "", "Expected error fraction of the sifted bits, of a sample's or link's clicks or of the "
        "clocks' time tags, background included; empty without any."),
    "block_number": Definition("", "Number of the distilled block in its contact, from 0."),
    "intensity": Definition("", "Mean photon number of the row's pulses."),
    "told_frames": Definition(
        "", "Frames that were not corrected and told in full; that is in the leak."),
    "rounds": Definition(
        "", "Requests answered while a block was distilled, at the row's stage or at all: each "
        "takes a round trip."),
    "phase_error": Definition(
        "", "Upper bound on the phase error fraction, of single photons where it is theirs; empty "
        "without sifted bits."),
    "secure_bits": Definition(
        "bit", "Secret key of the row with its protocol's bounds, from expected counts, under a "
        "clear sky: of the pass, window or block as one block, of all its blocks where the "
        "satellite's computer divides it, with the row's setting where settings are compared."),
    "secure_bits_low": Definition(
        "bit", "The same with every stated range, of every link, at its worst end; empty where "
        "none is stated."),
    "secure_bits_high": Definition(
        "bit", "The same with every stated range, of every link, at its best end; empty where "
        "none is stated."),
    "clear_probability": Definition(
        "", "Chance of a clear sky, over both stations where they are two; empty where no weather "
        "is given, that of the other where one of two gives none.", 3),
    "expected_secure_bits": Definition(
        "bit", "Mean key over weather, air and pointing of every link; a station whose weather is "
        "not given has a clear sky."),
    "secure_bits_p10": Definition(
        "bit", "Nine realisations in ten give more key than this, clouds included.", 0),
    "secure_bits_p50": Definition("bit", "Half of the realisations give more.", 0),
    "secure_bits_p90": Definition("bit", "One realisation in ten gives more.", 0),
    "crps_bits": Definition(
        "bit", "Continuous ranked probability score of the key that was flown against its forecast "
        "distribution, of several contacts their mean: 0 is perfect.", 1),
    "key_rate_hz": Definition(
        "Hz", "Secret bits per second that come out: fewer than are made where a link's "
        "post-processing is slower.", 3),
    "uses": Definition(
        "", "Pairs of pulses sent in the usable time or block; pairs of photons for bbm92."),
    "bits_per_use": Definition("bit", "Secret bits over uses: pulses, or pairs of them."),
    "plob_bits_per_use": Definition(
        "bit", "Most that any protocol without a node gives over the loss of both links together "
        "(PLOB), of mean transmittances up to the detectors' input.", 12),
    "over_plob": Definition(
        "", "Secret bits over what that bound allows: above 1 the bound is beaten."),
    "over_plob_channel": Definition(
        "", "The same against the bound of the channel alone: what the receivers' optics and "
        "fibres lose counts as theirs."),
    "blocks": Definition("", "Blocks the pass or window is divided into."),
    "secure_bits_one_block": Definition(
        "bit", "Key of the pass or window as one block, for comparison."),
    "downlink_kbit": Definition(
        "kbit", "Classical messages from the satellite to the station, of a window to both.", 1),
    "separate_bits": Definition(
        "bit", "Sum of the keys of its contacts, each a block of its own."),
    "amounts_met": Definition(
        "", "Amounts that are there in time, those of each night, day or week counted: in keys.csv "
        "of the pair, in what_if.csv of all pairs; empty where none is asked for."),
    "gain_bits": Definition(
        "bit", "Key of the row less the key it is compared with: of the passes or windows each a "
        "block, or with what the mission states."),
    "gain": Definition("", "The same over the key it is compared with.", 4),
    "signal": Definition(
        "", "Mean photon number of the signal, which makes key; without decoys, what the source "
        "is dimmed to.", 4),
    "decoy": Definition(
        "", "Mean photon number of the first, stronger decoy; where signals are two, of the "
        "second.", 4),
    "weakest": Definition("", "Mean photon number of the second, weaker decoy.", 4),
    "p_signal": Definition("", "How often the signal is sent.", 4),
    "p_decoy": Definition(
        "", "How often the first decoy, or the second signal, is sent.", 4),
    "p_weakest": Definition("", "How often the second decoy is sent.", 4),
}  # fmt: skip
"""Key, and what it comes from."""

_VALIDATION: Final = {
    "published": Definition("", "Published value."),
    "ours": Definition("", "Our value, to a hundredth of the claim; of a figure that several cases "
                       "hold our farthest prediction."),
    "ratio": Definition("", "Ours over published; of decibels the ratio they stand for."),
    "verdict": Definition("", "within, outside, or not reproduced: outside, as told beforehand."),
    "assumed_inputs": Definition("", "How many of the inputs are not printed."),
}  # fmt: skip

DEFINITIONS: Final = {**_CONTACTS, **SKY, **_LIGHT, **_KEY, **_VALIDATION}
"""By name."""


RENAMED: Final = {
    "why_not": "reason",
    "why_zero": "reason",
    "flicker_variance": "scintillation_index",
}
"""What columns, or parts of their names, are called by what version 0.1 called them."""


SENTENCES: Final = frozenset({"reason", "note", "change_needed"})
"""Columns of whole sentences, which a terminal prints below a table they do not fit into."""


def column(
    name: str,
    values: Callable[[Source], Values],
    *,
    digits: int | None = None,
    screen_digits: int | None = None,
) -> Column[Source]:
    """Return the column of a name that several tables have, filled by ``values``.

    Parameters
    ----------
    name
        One of :data:`DEFINITIONS`.
    values
        Takes the results and returns the whole column.
    digits
        Decimals in this table, where the definition leaves them open.
    screen_digits
        Decimals on a terminal, where fewer do than a file needs; None for the same.
    """
    unit, description, shared = DEFINITIONS[name]
    return Column(
        name,
        unit,
        description,
        values,
        digits=shared if digits is None else digits,
        screen_digits=screen_digits,
        below=name in SENTENCES,
    )
