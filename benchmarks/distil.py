"""Distillation: how much key a second two cores make of clicks, with both ends on them.

Clicks are simulated before the clock runs. Then, in as many processes as there are cores, blocks go
through all stages at both ends: sifting (places, bases, intensities), estimation with decoy
bounds, Cascade, verification, hashing, authentication of all that was said. Nothing crosses a wire;
messages are recorded. A block without key counts as time without key. Whatever runs beside this
script takes from it: look at the load that is printed.

With --fibre the clicks are those of the packaged fibre system over 10 km (case K-8), whose 115.8
Mbit/s of key (W. Li et al., Nat. Photonics 17, 416 (2023)) needed "a fast post-processing
algorithm": its stages on this machine, beside that rate. Assumed, as in the preset: intensities,
bases, errors, dead time; here besides: blocks of the lengths asked for.

    python benchmarks/distil.py [--seconds 5] [--processes 2] [--bits 20 23] [--fibre]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import satqkd
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.light import ArmLight, Light
from satqkd.clicks.source import DecoySource
from satqkd.distil.authenticate import Authenticator
from satqkd.distil.authentication_key import AuthenticationKey
from satqkd.distil.block import Terms
from satqkd.distil.chain import Ends, distilled
from satqkd.distil.expected import expected_of
from satqkd.distil.native import path_taken
from satqkd.distil.randomness import simulated_randomness
from satqkd.distil.reconcile.engines import engine
from satqkd.distil.simulate import Simulated, simulated
from satqkd.forecast.terrestrial import terrestrial_links
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.system import PreparedSystem

PROTOCOL = DecoyBB84(key_bases="both")
"""Both bases make key, so that few clicks are sifted away."""


def system(qber: float) -> PreparedSystem:
    """A link that loses little, with settings that leave most key of a block of 1 Mbit."""
    return PreparedSystem(
        source=DecoySource(
            pulse_rate_hz=2.5e9,
            intensities=(0.31, 0.1, 0.0),
            probabilities=(0.35, 0.35, 0.3),
            p_key_basis=0.65,
            intrinsic_error=qber,
        ),
        detector=Detector(
            efficiency=0.6,
            dark_rate_hz=100.0,
            gate_s=4e-10,
            detectors=4,
            p_key_basis=0.65,
        ),
        protocol=PROTOCOL,
    )


def through_3_db(seconds: float) -> Light:
    """Light of so many seconds."""
    arm = ArmLight(transmittance=np.array([0.5]), variance=np.zeros(1), stray_hz=np.zeros(1))
    return Light(arms=(arm,), weight_s=np.array([seconds]), starts=np.array([0, 1]))


def fibre() -> tuple[PreparedSystem, Callable[[float], Light]]:
    """The packaged system over 10 km, and its light."""
    folder = Path(satqkd.__file__).parent / "presets" / "fibre-115mb-2023"
    mission = satqkd.load_mission(folder / "mission.yaml", folder / "stations.yaml")
    link = terrestrial_links(mission)[0]
    part = link.part(link.contacts(mission.duration_s))
    light = part.light(part.losses()).take(np.array([0]))

    def lasting(seconds: float) -> Light:
        return light.weighted(np.array([seconds / float(light.seconds[0])]))

    return link.system, lasting


def block(
    own: PreparedSystem, light: Callable[[float], Light], *, bits: int, seed: int
) -> tuple[Simulated, Counts]:
    """Clicks of a block of so many sifted bits, and what was to be expected."""
    second = own.collect(light(1.0))
    each_s = float(second.key_clicks.sum())
    if own.protocol.both_bases:
        each_s += float(second.check_clicks.sum())
    lasting = light(bits / each_s)
    nature = np.random.Generator(np.random.SFC64(seed))
    return simulated(expected_of(own, lasting), nature), own.collect(lasting)


def ends(clicks: Simulated) -> Ends:
    """Both ends with key enough to authenticate many blocks."""
    alice, bob = (
        Authenticator.of(AuthenticationKey(content=bytearray(range(256)) * 400)) for _ in range(2)
    )
    return Ends(
        alice=clicks.alice, bob=clicks.bob, alice_authenticator=alice, bob_authenticator=bob
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one process made."""

    blocks: int
    without_key: int
    sifted: int
    key: int
    cpu_s: float
    stages: dict[str, float]
    """CPU and wall time of all blocks, by stage; a process has one thread. [s]"""


def work(
    own: PreparedSystem, clicks: Simulated, expected: Counts, *, number: int, seconds: float
) -> Done:
    """Distil the same clicks, each time as another block, for some seconds."""
    two, randomness = ends(clicks), simulated_randomness(number)
    terms = Terms(
        block=0,
        protocol=own.protocol,
        expected=expected,
        engine=engine("cascade"),
        qber=float(expected.key_errors.sum() / expected.key_clicks.sum()),
    )
    distilled(two, terms, randomness)  # what is loaded and checked once a process
    until, cpu_s = time.perf_counter() + seconds, time.process_time()
    blocks = without = sifted = key = 0
    stages: dict[str, float] = {}
    while blocks == 0 or time.perf_counter() < until:
        found = distilled(two, replace(terms, block=blocks + 1), randomness)
        blocks += 1
        without += found.keys is None
        sifted += found.sifted_bits
        key += found.bits
        for stage, taken in found.seconds.items():
            stages[stage] = stages.get(stage, 0.0) + taken
    return Done(
        blocks=blocks,
        without_key=without,
        sifted=sifted,
        key=key,
        cpu_s=time.process_time() - cpu_s,
        stages=stages,
    )


def run(
    own: PreparedSystem,
    light: Callable[[float], Light],
    *,
    bits: int,
    seconds: float,
    processes: int,
) -> None:
    """Distil in some processes at once and print what came of it."""
    ready = [block(own, light, bits=bits, seed=number) for number in range(processes)]
    expected = ready[0][1]
    qber = float(expected.key_errors.sum() / expected.key_clicks.sum())
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        tasks = [
            pool.submit(work, own, *pair, number=number, seconds=seconds)
            for number, pair in enumerate(ready)
        ]
        made = [task.result() for task in tasks]
    sifted, key = sum(one.sifted for one in made), sum(one.key for one in made)
    rate = sum(one.sifted / sum(one.stages.values()) for one in made)
    stages = {
        stage: 1e9 * sum(one.stages.get(stage, 0.0) for one in made) / sifted
        for stage in made[0].stages
    }
    without = f"{sum(one.without_key for one in made)}/{sum(one.blocks for one in made)}"
    print(
        f"{qber:6.2%}  2^{bits.bit_length() - 1}  {rate / 1e6:8.1f} "
        f"{rate * key / sifted / 1e6:8.1f} {key / sifted:7.3f} "
        f"{1e9 * sum(one.cpu_s for one in made) / sifted:7.1f} {without:>8s}  "
        + " ".join(f"{name} {value:.1f}" for name, value in stages.items())
    )


def main() -> None:
    """Print a row a QBER and block length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--bits", type=int, nargs="*", default=[20, 23, 26])
    parser.add_argument("--fibre", action="store_true")
    parser.add_argument("--qber", type=float, nargs="*", default=[0.01, 0.015, 0.02])
    asked = parser.parse_args()
    print(
        f"path: {path_taken()}, {asked.processes} processes, load {os.getloadavg()[0]:.1f}\n"
        "  QBER  block  sifted Mb/s  key Mb/s  share  CPU ns  no key  wall, ns a sifted bit"
    )
    given = {"seconds": asked.seconds, "processes": asked.processes}
    for power in asked.bits:
        if asked.fibre:
            run(*fibre(), bits=1 << power, **given)
            continue
        for qber in asked.qber:
            run(system(qber), through_3_db, bits=1 << power, **given)


if __name__ == "__main__":
    main()
