"""Make satquma_counts.json: what SatQuMA counts on its default pass.

    python tests/reference/make_satquma_counts.py FS_loss_XI0.csv

The loss column is that of https://github.com/cnqo-qcomms/SatQuMA, v2.0.0, commit f2b9229 (MIT
licence), file FS_loss_XI0.csv, and is not kept here. The formulas follow J. S. Sidhu et al., *npj
Quantum Inf.* 8, 18 (2022), and that code: after-pulses included, and the errors of a second
shared among the intensities by their clicks.
"""

from __future__ import annotations

import csv
import json
import sys
from math import exp, fsum
from pathlib import Path

PULSES_PER_SECOND = 1e8
HALF_WINDOW_S = 210.0
P_KEY_BASIS = 0.7611
INTENSITIES = (0.7921, 0.1707, 0.0)
PROBABILITIES = (0.7501, 0.1749, 1.0 - 0.7501 - 0.1749)
AFTER_PULSE = 1e-3
SETTINGS = (  # stray clicks a gate and detector, intrinsic error, excess loss [dB], key of SatQuMA
    (1e-8, 0.001, 0.0, 4_652_997.7),
    (1e-8, 0.001, 1.0, 3_682_006.1),
    (1e-7, 0.001, 0.0, 4_609_964.5),
    (1e-8, 0.05, 0.0, 0.0),
)
"""Settings of its example `input-noopt-readloss`; keys from a run of that program."""


def read_efficiencies(path: Path) -> list[float]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [float(row[2]) for row in rows if abs(float(row[0])) <= HALF_WINDOW_S]


def second(efficiency: float, stray: float, intrinsic: float) -> tuple[list[float], list[float]]:
    """Clicks and errors of each intensity, per pulse sent, before sifting."""
    empty = [exp(-mu * efficiency) for mu in INTENSITIES]
    click = [(1 + AFTER_PULSE) * (1 - (1 - 2 * stray) * e) for e in empty]
    wrong = [
        stray + 0.5 * AFTER_PULSE * c + intrinsic * (1 - e)
        for c, e in zip(click, empty, strict=True)
    ]
    clicks = [p * c for p, c in zip(PROBABILITIES, click, strict=True)]
    error_share = fsum(p * w for p, w in zip(PROBABILITIES, wrong, strict=True)) / fsum(clicks)
    return clicks, [c * error_share for c in clicks]


def make_row(
    efficiencies: list[float], stray: float, intrinsic: float, loss_db: float, key: float
) -> dict[str, object]:
    seconds = [second(x * 10 ** (-loss_db / 10), stray, intrinsic) for x in efficiencies]
    sent_key = PULSES_PER_SECOND * P_KEY_BASIS**2
    sent_check = PULSES_PER_SECOND * (1 - P_KEY_BASIS) ** 2
    clicks = [fsum(s[0][k] for s in seconds) for k in range(3)]
    errors = [fsum(s[1][k] for s in seconds) for k in range(3)]
    return {
        "stray_click_probability": stray,
        "intrinsic_error": intrinsic,
        "excess_loss_db": loss_db,
        "satquma_key_bits": key,
        "pulses": PULSES_PER_SECOND * len(efficiencies),
        "key_clicks": [sent_key * n for n in clicks],
        "key_errors": [sent_key * n for n in errors],
        "check_clicks": [sent_check * n for n in clicks],
        "check_errors": [sent_check * n for n in errors],
    }


def main() -> None:
    efficiencies = read_efficiencies(Path(sys.argv[1]))
    table = {
        "source": "github.com/cnqo-qcomms/SatQuMA v2.0.0, commit f2b9229, MIT licence",
        "intensities": INTENSITIES,
        "probabilities": PROBABILITIES,
        "rows": [make_row(efficiencies, *setting) for setting in SETTINGS],
    }
    text = json.dumps(table, indent=1) + "\n"
    Path(__file__).with_name("satquma_counts.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
