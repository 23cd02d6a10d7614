"""The page that explains the columns, from the columns themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from satqkd.report.tables.attacks import ATTACK_COLUMNS
from satqkd.report.tables.availability import AVAILABILITIES, KEY_OVER_TIME_COLUMNS
from satqkd.report.tables.calibration import AGREEMENT_COLUMNS, CONSTANT_COLUMNS, FLOWN_COLUMNS
from satqkd.report.tables.choices import choice_columns
from satqkd.report.tables.clocks import CLOCK_COLUMNS
from satqkd.report.tables.column import Column
from satqkd.report.tables.compare import CHANGE_COLUMNS, DELIVERED_COLUMNS
from satqkd.report.tables.contacts import JOINT_CONTACT_COLUMNS
from satqkd.report.tables.counts import COUNT_COLUMNS
from satqkd.report.tables.deliveries import KEY_COLUMNS
from satqkd.report.tables.distilled import (
    COUNTED_COLUMNS,
    DISTILLED_COLUMNS,
    TIMED_COLUMNS,
    trial_columns,
)
from satqkd.report.tables.elements import ELEMENT_COLUMNS
from satqkd.report.tables.ground_links import GROUND_LINK_COLUMNS
from satqkd.report.tables.instability import INSTABILITY_COLUMNS
from satqkd.report.tables.joint import joint_columns
from satqkd.report.tables.key_blocks import BLOCKS
from satqkd.report.tables.ledger import ENTRY_COLUMNS, HELD_COLUMNS
from satqkd.report.tables.nights import NIGHT_COLUMNS
from satqkd.report.tables.not_varied import NOT_VARIED_COLUMNS
from satqkd.report.tables.passes import PLANNED_PASS_COLUMNS
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS
from satqkd.report.tables.planned_windows import PLANNED_WINDOW_COLUMNS
from satqkd.report.tables.rehearsal import REHEARSAL_COLUMNS
from satqkd.report.tables.score import SCORE_COLUMNS, SCORED_COLUMNS
from satqkd.report.tables.series import PLANNED_SERIES_COLUMNS
from satqkd.report.tables.sessions import SESSION_COLUMNS
from satqkd.report.tables.settings import SETTINGS
from satqkd.report.tables.sights import SIGHT_COLUMNS
from satqkd.report.tables.stock_ahead import AHEAD_COLUMNS
from satqkd.report.tables.study_views import EXAMPLE, STEP_COLUMNS, swing_columns
from satqkd.report.tables.terrestrial import LINK_COLUMNS, PAIR_COLUMNS
from satqkd.report.tables.timed_deliveries import TIMED_DELIVERY_COLUMNS
from satqkd.report.tables.together import TOGETHER_COLUMNS
from satqkd.report.tables.tonight import TONIGHT_COLUMNS
from satqkd.report.tables.tracked import TRACKED_COLUMNS
from satqkd.report.tables.tracking import TRACKING_COLUMNS
from satqkd.report.tables.validation import VALIDATION_COLUMNS
from satqkd.report.tables.what_if import WHAT_IF_COLUMNS

_HEAD = """\
# Columns

What each column of the result files means. The page is made from the tables of columns in
`satqkd/report/`; a test keeps the two equal. To make it anew:

    python -c "from satqkd.report.tables.columns_doc import columns_page as p; print(p(), end='')"

Instants are ISO 8601 in UTC with `Z`; angles are geometric, without refraction; an empty cell
(`null` in JSON) is a value that does not exist. Counts and keys are expected values.
"""

_KEYS = """\
Three kinds of rows share one header. A satellite keeps one pool of key with each station; a pair
of stations is served by announcing the XOR of as many bits from either pool. A `delivery` row
is a pair and what it gets of one satellite (one with 0 bits for a demand that nothing serves), a
`joint` row what a pair makes with a satellite that learns nothing of it; what a pair asks for and
gets of all together stands in its first row, and in `note` what stands in the way of an amount. A
`pool` row is one satellite and one station, where `spent_bits + spare_bits = pool_bits`.
"""

_PLANNED_WINDOWS = """\
The columns of `satqkd forecast --together` below, and those of the plan:
"""

_JOINT = """\
The last columns are there once for each station, with its name in place of `station`. A range is
from a station to the satellite; both ends of a link through the satellite are their sum. Losses
are those of each link's mean transmittance.
"""

_CONTACTS = """\
Those of passes have the columns of passes.csv that need no light, and `hidden`.
"""

_SWINGS = """\
Columns of amounts end in the unit of the measure; here those of a key a day.
"""

_SIGHTS = """\
Straight lines between two satellites at the same instant; light time and the bending of light in
the air are left out, stray light too: a receiver above the air has the stars behind the sender.
"""

_CONSTANTS = """\
In the second table `unit` is that of bias and scatter: dB for losses and for clicks over clicks,
else %.
"""

_SCORE = """\
`unit` is that of bias, bias_error and scatter: dB of flown over forecast for key, sifted bits and
clicks, dB for losses, else %. What stands right of `calibrate` is of the key alone.
"""

_FLOWN = """\
`unit` is that of `flown` and of the model, `residual_unit` that of residuals and sigma.
"""


def columns_table(columns: Sequence[Column[Any]]) -> str:
    """Return a Markdown table of names, units and meanings."""
    rows = [f"| `{c.name}` | {c.unit} | {c.description} |" for c in columns]
    return "\n".join(["| column | unit | meaning |", "|---|---|---|", *rows]) + "\n"


def columns_page() -> str:
    """Return the whole of ``docs/columns.md``."""
    return "\n".join(
        [
            _HEAD,
            "## passes.csv: one row a pass, in order of rise\n",
            columns_table(PLANNED_PASS_COLUMNS),
            "## series.csv: the samples of the scheduled passes\n",
            columns_table(PLANNED_SERIES_COLUMNS),
            "## keys.csv: keys delivered and keys left\n",
            _KEYS,
            columns_table(KEY_COLUMNS),
            "## blocks.csv: one row a key block of a plan\n",
            columns_table(PLANNED_BLOCK_COLUMNS),
            "## deliveries.csv: who gets how much key, and when\n",
            columns_table(TIMED_DELIVERY_COLUMNS),
            "## nights.csv: when it is dark over each station, and the Moon is up\n",
            columns_table(NIGHT_COLUMNS),
            "## links.csv: one row a terrestrial link of the mission\n",
            columns_table(GROUND_LINK_COLUMNS),
            "## track-….csv of satqkd export: one row an instant of a contact\n",
            columns_table(TRACKING_COLUMNS),
            "## what_if.csv of satqkd plan --what-if: one row a change\n",
            columns_table(WHAT_IF_COLUMNS),
            "## satqkd tonight: one row a scheduled contact of the night\n",
            columns_table(TONIGHT_COLUMNS),
            "## satqkd diff: one row a contact that either plan schedules, and one a pair\n",
            columns_table(CHANGE_COLUMNS),
            columns_table(DELIVERED_COLUMNS),
            "## satqkd rehearse: one row a policy\n",
            columns_table(REHEARSAL_COLUMNS),
            "## together.csv: one row a window of two stations\n",
            _PLANNED_WINDOWS,
            columns_table(PLANNED_WINDOW_COLUMNS[:1] + PLANNED_WINDOW_COLUMNS[-5:]),
            "## satqkd passes --together: one row a stretch in which all see a satellite\n",
            _JOINT,
            columns_table(joint_columns(("station",))),
            "## Contacts in Python: one row a stretch in which all see a satellite\n",
            _CONTACTS,
            columns_table(JOINT_CONTACT_COLUMNS),
            "## satqkd forecast --together: one row a window of two stations\n",
            columns_table(TOGETHER_COLUMNS),
            "## satqkd forecast --together --block: one row a block of windows\n",
            columns_table(BLOCKS.joint.columns),
            "## satqkd forecast --block: one row a block of passes\n",
            columns_table(BLOCKS.passes.columns),
            "## satqkd forecast --counts: one row a pass and intensity\n",
            columns_table(COUNT_COLUMNS),
            "## satqkd forecast --optimise: one row a pass\n",
            columns_table(SETTINGS.passes.columns),
            "## satqkd forecast --together --optimise: one row a window\n",
            columns_table(SETTINGS.joint.columns),
            "## satqkd forecast --availability: one row a pass\n",
            columns_table(AVAILABILITIES.passes.columns),
            "## satqkd forecast --together --availability: one row a window\n",
            columns_table(AVAILABILITIES.joint.columns),
            "## satqkd forecast of terrestrial links: one row a session\n",
            columns_table(SESSION_COLUMNS),
            "## satqkd forecast --block of terrestrial links: one row a block of sessions\n",
            columns_table(BLOCKS.links.columns),
            "## satqkd forecast --optimise of terrestrial links: one row a session\n",
            columns_table(SETTINGS.links.columns),
            "## satqkd forecast --availability of terrestrial links: one row a session\n",
            columns_table(AVAILABILITIES.links.columns),
            "## key_over_time.csv of satqkd link: one row a block\n",
            columns_table(KEY_OVER_TIME_COLUMNS),
            "## satqkd passes --between-satellites: one row a stretch of sight\n",
            _SIGHTS,
            columns_table(SIGHT_COLUMNS),
            "## satqkd link NAME --json: a horizontal or fibre link\n",
            columns_table(LINK_COLUMNS),
            "## satqkd link NAME --json: two links at once, a node between them\n",
            columns_table(PAIR_COLUMNS),
            "## satqkd clock: one row a pass and clock\n",
            columns_table(CLOCK_COLUMNS),
            "## satqkd clock NAME, instability.csv: one row an averaging time\n",
            columns_table(INSTABILITY_COLUMNS),
            "## satqkd clock --attack: one row an attack\n",
            columns_table(ATTACK_COLUMNS),
            "## satqkd distil: one row an engine\n",
            columns_table(trial_columns(0.0)),
            "## distilled.csv of satqkd distil: one row a block\n",
            columns_table(DISTILLED_COLUMNS),
            "## counted.csv of satqkd distil: one row a block, basis and intensity\n",
            columns_table(COUNTED_COLUMNS),
            "## said.csv of satqkd distil: one row a block and stage\n",
            columns_table(TIMED_COLUMNS),
            "## satqkd ledger show: one row a pair of stations, then one a pool\n",
            columns_table(HELD_COLUMNS),
            "## satqkd ledger show --entries: one row an entry\n",
            columns_table(ENTRY_COLUMNS),
            "## satqkd ledger ahead: one row a pair and instant\n",
            columns_table(AHEAD_COLUMNS),
            "## satqkd elements list: the objects there are elements of\n",
            columns_table(ELEMENT_COLUMNS),
            "## satqkd calibrate: the constants, and how forecast and flown agree\n",
            _CONSTANTS,
            columns_table(CONSTANT_COLUMNS),
            columns_table(AGREEMENT_COLUMNS),
            "## flown.csv: what was recorded beside the model\n",
            _FLOWN,
            columns_table(FLOWN_COLUMNS),
            "## satqkd score: one row a quantity, of all stations and of each\n",
            _SCORE,
            columns_table(SCORE_COLUMNS),
            "## satqkd score --csv, scored.csv: one row a contact\n",
            columns_table(SCORED_COLUMNS),
            "## satqkd study plot, tornado.csv: one row a variable\n",
            _SWINGS,
            columns_table(swing_columns(EXAMPLE)),
            "## satqkd study plot, front.csv: one row a point of the front\n",
            columns_table(STEP_COLUMNS),
            "## satqkd study sensitivity, not-varied.csv: one row a value\n",
            columns_table(NOT_VARIED_COLUMNS),
            "## satqkd study choose: one row a round\n",
            columns_table(choice_columns(EXAMPLE)),
            "## satqkd flown --json, tracked: one row a contact that a telescope measured\n",
            columns_table(TRACKED_COLUMNS),
            "## satqkd validate --json: one row a published figure\n",
            columns_table(VALIDATION_COLUMNS),
        ]
    )
