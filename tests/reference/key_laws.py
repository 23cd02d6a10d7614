"""Laws of every key estimator at random settings: never above its own asymptote or the capacity of
the link, never more for more loss, for more noise, per pulse for fewer pulses; the search for
settings never below the preset.

    python tests/reference/key_laws.py [NUMBER [SEED]]        # 100,000 settings; make laws

Prints for each estimator how many settings were drawn, how many made key, and what broke a law.
``tests/key/test_key_laws.py`` runs some hundreds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.four_intensity import BellStateNode, FourIntensityTransmitter
from satqkd.clicks.gains import click_and_error
from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.light import ArmLight, Light
from satqkd.clicks.mdi_clicks import single_photon_pair
from satqkd.clicks.pair_source import PairReceiver, PairSource
from satqkd.clicks.pass_clicks import PassClicks, pass_clicks
from satqkd.clicks.source import DecoySource
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.asymptotic.bounds import node_bound, plob_bound
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.infinite_decoy import PhotonYields
from satqkd.key.bb84.settings import Settings, counts_with
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.best_protocols import best_protocols
from satqkd.key.node.mdi_four_intensity import FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.result import TwoArmEstimator
from satqkd.key.statistics.concentration import INTERVALS
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.system import NodeSystem
from satqkd.units import FloatArray, share_of

LINKS_EACH = 100
"""Links tried with each drawn protocol over two arms."""
ROUNDING = 1e-9
"""Sums of sixteen digits, of up to some 1e6 times the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of the settings of one estimator."""

    name: str
    settings: int
    with_key: int
    broken: dict[str, int]
    """Settings that broke each law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Links with a source, one a setting; changed one at a time."""

    intensities: FloatArray
    probabilities: FloatArray
    p_key: FloatArray
    g2: FloatArray | None
    eta: FloatArray
    background: FloatArray
    error: FloatArray
    pulses: FloatArray

    def counts(self) -> Counts:
        """Return what clicks."""
        mu, p = self.intensities, self.probabilities
        eta, stray = self.eta[:, np.newaxis], self.background[:, np.newaxis]
        several = None if self.g2 is None else 0.5 * self.g2[:, np.newaxis] * mu**2
        if several is None:
            click, wrong = click_and_error(
                eta, intensity=mu, background_probability=stray,
                intrinsic_error=self.error[:, np.newaxis],
            )  # fmt: skip
        else:
            signal = eta * mu - several * eta**2
            click = stray + (1.0 - stray) * signal
            wrong = np.minimum(0.5 * stray + self.error[:, np.newaxis] * signal, 0.5 * click)
        sent = self.pulses[:, np.newaxis] * p
        key, check = (q[:, np.newaxis] ** 2 for q in (self.p_key, 1.0 - self.p_key))
        return Counts(
            intensities=mu,
            probabilities=p,
            pulses=self.pulses,
            key_clicks=key * sent * click,
            key_errors=key * sent * wrong,
            check_clicks=check * sent * click,
            check_errors=check * sent * wrong,
            key_pulses=self.p_key**2 * self.pulses,
            check_pulses=(1.0 - self.p_key) ** 2 * self.pulses,
            multi_photon=several,
        )

    def yields(self) -> PhotonYields:
        """Return how empty pulses and single photons fare."""
        single = self.background + (1.0 - self.background) * self.eta
        wrong = np.minimum(0.5 * self.background + self.error * self.eta, 0.5 * single)
        return PhotonYields(vacuum=self.background, single=single, single_error=wrong)

    def changed(self, law: str, rng: np.random.Generator) -> Drawn:
        """Return worse links, or longer blocks."""
        factor = 10.0 ** rng.uniform(0.0, 1.0, self.eta.size)
        if law == "loss":
            return replace(self, eta=self.eta / factor)
        if law == "background":
            return replace(self, background=np.minimum(self.background * factor + 1e-9, 0.5))
        if law == "error":
            return replace(self, error=np.minimum(self.error + 0.01 * factor, 0.5))
        return replace(self, pulses=self.pulses * factor)


def drawn(rng: np.random.Generator, number: int, intensities: int, *, dots: bool) -> Drawn:
    """Sources, links and blocks of all sizes, uniform in their logarithm."""

    def log(low: float, high: float, size: int = number) -> FloatArray:
        return 10.0 ** rng.uniform(low, high, size)

    signal = rng.uniform(0.2, 1.0, number) if intensities > 1 else log(-3.0, 0.0)
    weak = signal * rng.uniform(0.05, 0.9, number)
    weakest = rng.uniform(0.0, 0.9, number) * np.minimum(weak, signal - weak)
    weights = rng.uniform(0.05, 1.0, (number, intensities))
    return Drawn(
        intensities=np.stack([signal, weak, weakest], axis=1)[:, :intensities],
        probabilities=weights / weights.sum(axis=1, keepdims=True),
        p_key=rng.uniform(0.5, 0.97, number),
        g2=log(-4.0, -0.5) if dots else None,
        eta=log(-5.0, 0.0),
        background=np.where(rng.random(number) < 0.1, 0.0, log(-10.0, -4.0)),
        error=np.where(rng.random(number) < 0.1, 0.0, rng.uniform(0.0, 0.08, number)),
        pulses=log(5.0, 15.0),
    )


Bits = Callable[[DecoyBB84, Drawn], FloatArray]


def of_counts(protocol: DecoyBB84, links: Drawn) -> FloatArray:
    """Key from what clicks."""
    return protocol.secure_bits(links.counts()).astype(float)


def of_known_yields(protocol: DecoyBB84, links: Drawn) -> FloatArray:
    """Key with infinitely many decoys."""
    found = protocol.key_of_known_yields(links.counts(), links.yields())
    return found.secure_bits.astype(float)


def with_photon_numbers(protocol: DecoyBB84, links: Drawn) -> FloatArray:
    """Key were the photon number of every click known, and nothing had to be bounded."""
    counts, yields = links.counts(), links.yields()
    empty = (links.probabilities * np.exp(-links.intensities)).sum(axis=1)
    one = (links.probabilities * links.intensities * np.exp(-links.intensities)).sum(axis=1)
    total = np.zeros(links.eta.size)
    for each in (counts, counts.swapped())[: 1 + (protocol.key_bases == "both")]:
        assert each.key_pulses is not None
        clicks, errors = each.key_clicks.sum(axis=1), each.key_errors.sum(axis=1)
        private = each.key_pulses * empty * yields.vacuum
        private += (
            each.key_pulses
            * one
            * yields.single
            * (1.0 - binary_entropy(share_of(yields.single_error, yields.single)))
        )
        leak = protocol.ec_efficiency * clicks * binary_entropy(share_of(errors, clicks))
        total += np.maximum(private - leak, 0.0)
    return total


def with_tags(protocol: DecoyBB84, links: Drawn) -> FloatArray:
    """Key were as many pulses of several photons sent as expected, all of them read."""
    counts, total = links.counts(), np.zeros(links.eta.size)
    mu = links.intensities[:, 0]
    several = -np.expm1(-mu) - mu * np.exp(-mu) if links.g2 is None else 0.5 * links.g2 * mu**2
    for each in (counts, counts.swapped())[: 1 + (protocol.key_bases == "both")]:
        assert each.key_pulses is not None
        assert each.check_pulses is not None
        clicks, errors = each.key_clicks[:, 0], each.key_errors[:, 0]
        key = np.maximum(clicks - each.key_pulses * several, 0.0)
        check = np.maximum(each.check_clicks[:, 0] - each.check_pulses * several, 0.0)
        error = np.minimum(share_of(each.check_errors[:, 0], check, otherwise=0.5), 0.5)
        leak = protocol.ec_efficiency * clicks * binary_entropy(share_of(errors, clicks))
        total += np.maximum(key * (1.0 - binary_entropy(error)) - leak, 0.0)
    return total


def bb84(number: int, rng: np.random.Generator) -> Iterator[Tally]:
    """Every analysis of one arm with every bound."""
    kinds = (
        ("two decoys", 3, False, DecoyBB84, of_counts, with_photon_numbers),
        ("one decoy", 2, False, DecoyBB84, of_counts, with_photon_numbers),
        ("infinitely many decoys", 1, False, DecoyBB84, of_known_yields, with_photon_numbers),
        ("no decoys", 1, False, SinglePhotonBB84, of_counts, with_tags),
        ("single photons", 1, True, SinglePhotonBB84, of_counts, with_tags),
    )
    for name, intensities, dots, kind, bits_of, limit_of in kinds:
        for bound in INTERVALS if intensities > 1 else ("hoeffding",):
            for bases in ("one", "both"):
                protocol = kind(
                    bound=bound,
                    key_bases=bases,
                    epsilon_sec=10.0 ** rng.uniform(-12, -6),
                    ec_efficiency=rng.uniform(1.0, 1.5),
                )
                links = drawn(rng, number, intensities, dots=dots)
                title = f"{name}, {bound}, {bases}" if intensities > 1 else f"{name}, {bases}"
                yield _held(title, protocol, links, (bits_of, limit_of), rng)


def _held(
    name: str, protocol: DecoyBB84, links: Drawn, keys: tuple[Bits, Bits], rng: np.random.Generator
) -> Tally:
    bits_of, limit_of = keys
    bits, limit = bits_of(protocol, links), limit_of(protocol, links)
    capacity = links.pulses * plob_bound(links.eta)
    broken = {
        "asymptote": bits > limit * (1.0 + ROUNDING) + 1.0,
        "capacity": bits > capacity * (1.0 + ROUNDING),
    }
    for law in ("loss", "background", "error"):
        broken[law] = bits_of(protocol, links.changed(law, rng)) > bits * (1.0 + ROUNDING)
    longer = links.changed("pulses", rng)
    more = bits_of(protocol, longer)
    broken["pulses"] = more < _least(bits, longer.pulses / links.pulses)
    return _tally(name, bits, broken)


def _least(bits: FloatArray, times: FloatArray) -> FloatArray:
    """Key of so many times longer blocks, rounded down to whole bits once for each."""
    return np.where(bits > 0.0, bits * times * (1.0 - ROUNDING) - 1.0, 0.0)


def _tally(name: str, bits: FloatArray, broken: dict[str, FloatArray]) -> Tally:
    counted = {law: int(np.count_nonzero(where)) for law, where in broken.items()}
    return Tally(
        name=name, settings=bits.size, with_key=int(np.count_nonzero(bits)), broken=counted
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Links of two arms, one block each."""

    eta_a: FloatArray
    eta_b: FloatArray
    stray_hz: FloatArray
    seconds: FloatArray

    def made(self) -> TwoArms:
        """Return them as a protocol takes them."""
        return TwoArms(
            transmittance_a=self.eta_a,
            transmittance_b=self.eta_b,
            variance_a=np.zeros(self.eta_a.size),
            variance_b=np.zeros(self.eta_a.size),
            background_rate_hz=self.stray_hz,
            background_b_rate_hz=self.stray_hz,
            weight_s=self.seconds,
            starts=np.arange(self.eta_a.size + 1),
        )


def arms(rng: np.random.Generator, most_db: float) -> Arms:
    """Links up to a loss, nearly even."""
    first = rng.uniform(3.0, most_db, LINKS_EACH)
    second = np.maximum(first + rng.uniform(-2.0, 2.0, LINKS_EACH), 3.0)
    return Arms(
        eta_a=10.0 ** (-0.1 * first),
        eta_b=10.0 ** (-0.1 * second),
        stray_hz=10.0 ** rng.uniform(-1.0, 3.0, LINKS_EACH),
        seconds=10.0 ** rng.uniform(1.0, 6.0, LINKS_EACH),
    )


def entangled(rng: np.random.Generator) -> BBM92:
    """Some pairs and receivers."""
    return BBM92(
        source=PairSource(
            pair_rate_hz=10.0 ** rng.uniform(5.0, 8.0), intrinsic_error=rng.uniform(0.0, 0.06)
        ),
        receiver=PairReceiver(
            efficiency=rng.uniform(0.1, 1.0),
            dark_rate_hz=10.0 ** rng.uniform(0.0, 3.0),
            window_s=10.0 ** rng.uniform(-10.0, -8.5),
            p_first_basis=rng.uniform(0.3, 0.7),
        ),
        ec_efficiency=rng.uniform(1.0, 1.3),
        epsilon_sec=10.0 ** rng.uniform(-12.0, -6.0),
    )


def bell(rng: np.random.Generator) -> FourIntensityMDI:
    """Some transmitters, alike, and a node."""
    x = rng.uniform(0.02, 0.1)
    p_x, p_y, p_z = rng.dirichlet([2.0, 1.0, 3.0]) * rng.uniform(0.7, 0.97)
    return FourIntensityMDI(
        pulse_rate_hz=10.0 ** rng.uniform(8.0, 9.5),
        transmitter_a=FourIntensityTransmitter(
            intensity_x=x, intensity_y=x * rng.uniform(2.0, 6.0),
            intensity_z=rng.uniform(0.2, 0.7), p_x=p_x, p_y=p_y, p_z=p_z,
        ),
        node=BellStateNode(
            efficiency=rng.uniform(0.3, 1.0),
            dark_rate_hz=10.0 ** rng.uniform(0.0, 3.0),
            gate_s=4e-10,
            visibility=rng.uniform(0.42, 0.5),
            misalignment_x=rng.uniform(0.0, 0.02),
            misalignment_z=rng.uniform(0.0, 0.02),
        ),
        ec_efficiency=rng.uniform(1.0, 1.3),
        epsilon_sec=10.0 ** rng.uniform(-12.0, -6.0),
    )  # fmt: skip


def sending(rng: np.random.Generator) -> SendingOrNotSending:
    """Some transmitters, alike, and a node."""
    p = rng.dirichlet([1.0, 1.0, 1.0, 4.0])[:3]
    return SendingOrNotSending(
        pulse_rate_hz=10.0 ** rng.uniform(8.0, 9.5),
        intensities=(rng.uniform(0.02, 0.1), rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.6)),
        probabilities=(float(p[0]), float(p[1]), float(p[2])),
        slice_half_width_rad=rng.uniform(0.1, 0.4),
        node=InterferingNode(
            efficiency=rng.uniform(0.3, 1.0),
            dark_rate_hz=10.0 ** rng.uniform(0.0, 2.0),
            gate_s=4e-10,
            misalignment=rng.uniform(0.0, 0.06),
        ),
        ec_efficiency=rng.uniform(1.0, 1.3),
        epsilon_sec=10.0 ** rng.uniform(-12.0, -6.0),
    )


def endless_pairs(protocol: BBM92, links: Arms) -> FloatArray:
    """Key were the errors those that are seen."""
    return protocol.asymptotic_bits(protocol.counts(links.made()))


def endless_bell(protocol: FourIntensityMDI, links: Arms) -> FloatArray:
    """Key were single photons and their errors known."""
    counts, (sender, _), node = protocol.counts(links.made()), protocol.transmitters, protocol.node
    dark = -np.expm1(-(node.dark_rate_hz + links.stray_hz) * node.gate_s)
    clicks, error = single_photon_pair(
        node.efficiency * links.eta_a,
        node.efficiency * links.eta_b,
        dark_probability=dark,
        misalignment=node.misalignment_x,
        overlap=2.0 * node.visibility,
    )
    one = sender.p_z * sender.intensity_z * np.exp(-sender.intensity_z)
    pairs = counts.pulses * one**2 * clicks * (0.5 * node.bell_states)
    qber = share_of(counts.key_errors, counts.key)
    leak = protocol.ec_efficiency * counts.key * binary_entropy(qber)
    return np.maximum(pairs * (1.0 - binary_entropy(error)) - leak, 0.0)


def endless_sending(protocol: SendingOrNotSending, links: Arms) -> FloatArray:
    """Key without fluctuation or cost."""
    terms = protocol.terms(protocol.counts(links.made()), asymptotic=True)
    return np.maximum(terms.length_bits, 0.0)


TWO_ARMS = {
    "entangled pairs": (entangled, endless_pairs, 35.0, "source.intrinsic_error"),
    "Bell states": (bell, endless_bell, 25.0, "node.misalignment_x"),
    "sending or not": (sending, endless_sending, 40.0, "node.misalignment"),
}


def two_arms(number: int, rng: np.random.Generator) -> Iterator[Tally]:
    """Every protocol with a node in the middle."""
    for name, (make, limit_of, most_db, noise) in TWO_ARMS.items():
        bits, broken = [], {}
        for _ in range(-(-number // LINKS_EACH)):
            protocol, links = make(rng), arms(rng, most_db)
            own, laws = _laws_of(protocol, links, limit_of, noise, rng)
            bits.append(own)
            broken = {law: [*broken.get(law, []), where] for law, where in laws.items()}
        yield _tally(
            name, np.concatenate(bits), {law: np.concatenate(all_) for law, all_ in broken.items()}
        )


def _laws_of(
    protocol: TwoArmEstimator, links: Arms, limit_of: Callable, noise: str,
    rng: np.random.Generator,
) -> tuple[FloatArray, dict[str, FloatArray]]:  # fmt: skip
    def bits_of(some: Arms, by: TwoArmEstimator = protocol) -> FloatArray:
        return by.secure_bits(some.made()).astype(float)

    bits, factor = bits_of(links), 10.0 ** rng.uniform(0.0, 1.0, LINKS_EACH)
    whole = node_bound(links.eta_a, links.eta_b)
    if not isinstance(protocol, SendingOrNotSending):
        whole = plob_bound(links.eta_a * links.eta_b)
    fainter = replace(links, eta_a=links.eta_a / factor, eta_b=links.eta_b / factor)
    brighter = replace(links, stray_hz=links.stray_hz * factor)
    longer = replace(links, seconds=links.seconds * factor)
    part, field = noise.split(".")
    now = getattr(protocol, part)
    worse = replace(now, **{field: getattr(now, field) + 0.01})
    slack = bits * (1.0 + ROUNDING)
    return bits, {
        "asymptote": bits > limit_of(protocol, links) * (1.0 + ROUNDING) + 1.0,
        "capacity": bits > links.seconds * protocol.uses_hz * whole * (1.0 + ROUNDING),
        "loss": bits_of(fainter) > slack,
        "background": bits_of(brighter) > slack,
        "error": bits_of(links, replace(protocol, **{part: worse})) > slack,
        "pulses": bits_of(longer) < _least(bits, factor),
    }


def searches(number: int, rng: np.random.Generator) -> Iterator[Tally]:
    """Settings found against the preset, one link each."""
    links = drawn(rng, number, 3, dots=False)
    detector = Detector(efficiency=1.0, dark_rate_hz=50.0, gate_s=1e-9, detectors=4)
    source = DecoySource(
        pulse_rate_hz=1e9, intensities=(0.6, 0.15, 0.0), probabilities=(0.7, 0.2, 0.1),
        p_key_basis=0.6, intrinsic_error=0.01,
    )  # fmt: skip
    passes: PassClicks = pass_clicks(
        links.eta,
        background_rate_hz=np.zeros(number),
        source=source,
        detector=detector,
        weight_s=links.pulses / 1e9,
        starts=np.arange(number + 1),
        variance=np.zeros(number),
    )
    protocol = DecoyBB84(bound="chernoff")
    preset = Settings(
        intensities=np.tile(source.intensities, (number, 1)),
        probabilities=np.tile(source.probabilities, (number, 1)),
        p_key_basis=np.full(number, source.p_key_basis),
    )
    found = protocol.best_settings(
        passes, source=source, receiver_p_key_basis=0.5, group=np.arange(number)
    )
    stated, best = (
        protocol.secure_bits(counts_with(passes, each, receiver_p_key_basis=0.5)).astype(float)
        for each in (preset, found)
    )
    yield _tally("search, one arm", best, {"preset": best < stated * (1.0 - 1e-4) - 1.0})
    bits, broken = [], []
    for make, most_db in ((entangled, 25.0), (bell, 15.0), (sending, 30.0)):
        for _ in range(max(1, number // 500)):
            protocol, links = make(rng), arms(rng, most_db)
            own, found = _searched(protocol, links)
            bits.append(found)
            broken.append(found < own)
    yield _tally("search, two arms", np.array(bits), {"preset": np.array(broken)})


def _searched(protocol: TwoArmEstimator, links: Arms) -> tuple[float, float]:
    system = NodeSystem(protocol=protocol)
    one = Light(
        arms=tuple(
            ArmLight(transmittance=eta[:1], variance=np.zeros(1), stray_hz=links.stray_hz[:1])
            for eta in (links.eta_a, links.eta_b)
        ),
        weight_s=links.seconds[:1],
        starts=np.array([0, 1]),
    )
    (best,) = best_protocols(protocol, one, two_arms=system.two_arms, group=np.array([0]))
    own, found = (float(NodeSystem(protocol=each).secure_bits(one)[0]) for each in (protocol, best))
    return own, found


def tallies(number: int, seed: int) -> Iterator[Tally]:
    """Hold every estimator to its laws at about so many settings in all."""
    rng = np.random.default_rng(seed)
    yield from bb84(-(-number // 24), rng)
    yield from two_arms(-(-number // 9), rng)
    yield from searches(max(20, number // 100), rng)


def main() -> None:
    """Print a line an estimator; stop with 1 where a law is broken."""
    number, seed = (int(text) for text in (*sys.argv[1:3], *("100000", "1")[len(sys.argv) - 1 :]))
    settings = keyed = broken = 0
    for tally in tallies(number, seed):
        told = ", ".join(f"{law} {count}" for law, count in tally.broken.items() if count)
        numbers = f"{tally.settings:8,} {tally.with_key:8,}"
        print(f"{tally.name:34} {numbers}  {told or 'all hold'}", flush=True)
        settings, keyed = settings + tally.settings, keyed + tally.with_key
        broken += sum(tally.broken.values())
    print(f"{settings:,} settings, {keyed:,} with key, {broken} laws broken")
    raise SystemExit(broken > 0)


if __name__ == "__main__":
    main()
