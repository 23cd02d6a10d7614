"""When the key of each window of two stations can be used, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.forecast.availability import Availability
from satqkd.mission.together import Together
from satqkd.report.tables.availability import AVAILABILITY_COLUMNS
from satqkd.report.tables.column import Column
from satqkd.report.tables.definitions import column
from satqkd.report.tables.together import alike, protocol_column

_SAME = {column.name: column for column in AVAILABILITY_COLUMNS}
_SCREEN = (
    "protocol", "end_utc", "secure_bits", "first_usable_utc", "all_usable_utc",
    "usable_during_window_bits", "all_usable_after_end_s", "blocks", "secure_bits_one_block",
    "downlink_kbit", "pass_id",
)  # fmt: skip


def joint_availability_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    return tuple(name for name in _SCREEN if name not in alike(pairs))


JOINT_AVAILABILITY_COLUMNS: tuple[Column[Availability], ...] = (
    _SAME["pass_id"],
    protocol_column(lambda found: (found.forecast, found.contacts)),
    column("end_utc", _SAME["set_utc"].values),
    _SAME["blocks"],
    _SAME["secure_bits"],
    _SAME["secure_bits_one_block"],
    Column("usable_during_window_bits", "bit", "Key that can be used before the window ends.",
           _SAME["usable_during_pass_bits"].values),
    _SAME["first_usable_utc"],
    _SAME["all_usable_utc"],
    Column("all_usable_after_end_s", "s", "How long after the end of the window; negative before.",
           _SAME["all_usable_after_set_s"].values, digits=1),
    _SAME["downlink_kbit"],
)  # fmt: skip
