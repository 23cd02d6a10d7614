"""When the key of each window of two stations can be used, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from satqkd.forecast.availability import Availability
from satqkd.mission.together import Together
from satqkd.report.tables.availability import AVAILABILITY_COLUMNS
from satqkd.report.tables.column import Column
from satqkd.report.tables.together import alike, pair_of

_SAME = {column.name: column for column in AVAILABILITY_COLUMNS}
_SCREEN = (
    "pass_id", "protocol", "secure_bits", "usable_during_window_bits", "first_usable_utc",
    "all_usable_utc", "all_usable_after_end_s", "blocks", "secure_bits_one_block", "end_utc",
    "downlink_kbit",
)  # fmt: skip


def joint_availability_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    return tuple(name for name in _SCREEN if name not in alike(pairs))


JOINT_AVAILABILITY_COLUMNS: tuple[Column[Availability], ...] = (
    Column("pass_id", "", "Ids of the passes over both stations.", _SAME["pass_id"].values),
    Column("protocol", "", "Preset or model of the key over both links at once.",
           lambda f: [pair_of(f.forecast).protocol_name] * f.contacts.size),
    Column("end_utc", "UTC", "When the window ends.", _SAME["set_utc"].values),
    Column("blocks", "", "Blocks the window is divided into.", lambda f: np.diff(f.starts)),
    _SAME["secure_bits"],
    Column("secure_bits_one_block", "bit", "Key of the window as one block, for comparison.",
           _SAME["secure_bits_one_block"].values),
    Column("usable_during_window_bits", "bit", "Key that can be used before the window ends.",
           _SAME["usable_during_pass_bits"].values),
    _SAME["first_usable_utc"],
    _SAME["all_usable_utc"],
    Column("all_usable_after_end_s", "s", "How long after the end of the window; negative before.",
           _SAME["all_usable_after_set_s"].values, digits=1),
    Column("downlink_kbit", "kbit", "What the satellite announces to both stations.",
           _SAME["downlink_kbit"].values, digits=1),
)  # fmt: skip
