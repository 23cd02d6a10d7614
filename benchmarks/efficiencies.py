"""Measure what every engine tells, by error fraction and length of the frame, and write it down.

    python benchmarks/efficiencies.py --write        # satqkd/.../measured_efficiencies.py
    python benchmarks/efficiencies.py --engines cascade --bits 1e6

Each figure is a mean over frames of memoryless errors, drawn from a public stream of integers: the
same on every machine, in C or in Python. --bits is how many bits each figure is measured on; tables
of engines that are not named stay. Those of Cascade are of 2^27 bits a figure, of LDPC of 1.6e7.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from satqkd.distil.reconcile.engines import engine, engine_names
from satqkd.distil.reconcile.measure import Measured, measure

QBERS = (0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06)
FRAME_BITS = (4096, 8192, 16384, 32768, 65536)
TARGET = Path(__file__).parents[1] / "satqkd/key/post_processing/measured_efficiencies.py"
HEAD = '''\
"""What the engines of ``distil`` tell, over Shannon's limit.

Written by ``benchmarks/efficiencies.py``, which measures it again; edit nothing here. A longer
block is cut into frames, so that the last row holds for it. Tags of verification are not in it.
"""

from typing import Final

from satqkd.key.post_processing.error_correction import EfficiencyTable

MEASURED_EFFICIENCIES: Final[dict[str, EfficiencyTable]] = {
'''


def line(measured: Measured) -> str:
    """A row for people."""
    return (
        f"{measured.frame_bits:6d} {measured.qber:7.2%}  {measured.efficiency:.4f} "
        f"+- {measured.standard_error:.4f}  {measured.rounds.mean():6.0f} "
        f"{measured.rounds.max():6d}  {measured.failed.sum()} failed, {measured.told.sum()} told, "
        f"of {measured.failed.size:,}"
    )


def table(name: str, bits: float) -> str:
    """Measure an engine; return its table as code."""
    rows, lost, frames = [], 0, 0
    for length in FRAME_BITS:
        row = []
        for qber in QBERS:
            measured = measure(
                engine(name), frame_bits=length, qber=qber, frames=max(1, round(bits / length))
            )
            print(f"{name:14s}", line(measured), flush=True)
            row.append(f"{max(measured.efficiency, 1.0):.4f}")
            lost += int(measured.failed.sum())
            frames += measured.failed.size
        rows.append(f"            ({', '.join(row)}),\n")
    return (
        f'    "{name}": EfficiencyTable(  # {lost} of {frames:,} frames failed\n'
        f"        qbers={QBERS},\n"
        f"        block_bits={tuple(float(each) for each in FRAME_BITS)},\n"
        f"        efficiencies=(\n{''.join(rows)}        ),\n    ),\n"
    )


def kept() -> dict[str, str]:
    """Tables that are there, as code, by the name of the engine."""
    if not TARGET.exists():
        return {}
    _, *rest = re.split(
        r'^    "([a-z-]+)": ', TARGET.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    names, codes = rest[::2], rest[1::2]
    return {
        name: f'    "{name}": {code.removesuffix("}" + chr(10))}'
        for name, code in zip(names, codes, strict=True)
    }


def main() -> None:
    """Measure, print, and write if told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", nargs="+", default=engine_names())
    parser.add_argument("--bits", type=float, default=2.0**27)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    print("engine         frame    QBER  f                    rounds   most")
    made = {name: table(name, options.bits) for name in options.engines}
    if options.write:
        every = kept() | made
        code = HEAD + "".join(every[name] for name in engine_names() if name in every) + "}\n"
        TARGET.write_text(code, encoding="utf-8")


if __name__ == "__main__":
    main()
