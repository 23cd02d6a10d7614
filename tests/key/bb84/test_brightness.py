from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.detector import Detector
from satqkd.clicks.pass_clicks import pass_clicks
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.key.bb84.brightness import LEAST_SHARE, best_dimmed
from satqkd.key.bb84.settings import Settings, counts_with
from satqkd.key.bb84.single_photon import SinglePhotonBB84

DOT = SinglePhotonSource(
    pulse_rate_hz=76.13e6, brightness=0.71, g2=0.0055, p_key_basis=0.5, intrinsic_error=0.025
)
LASER = DecoySource(
    pulse_rate_hz=76.13e6,
    intensities=(0.71,),
    probabilities=(1.0,),
    p_key_basis=0.5,
    intrinsic_error=0.025,
)


def passes_of(best_db, *, source=DOT, seconds=300.0):
    best = np.atleast_1d(np.asarray(best_db, dtype=float))
    loss_db = best[:, np.newaxis] + 10 * np.linspace(-1, 1, 50) ** 2
    return pass_clicks(
        10 ** (-0.1 * loss_db).ravel(),
        background_rate_hz=20.0,
        source=source,
        detector=Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9),
        weight_s=np.full(50 * best.size, seconds / 50),
        starts=50 * np.arange(best.size + 1),
    )


def dimmed(passes, protocol, *, source=DOT, **more):
    return best_dimmed(
        passes,
        protocol=protocol,
        brightness=source.intensities[0],
        g2=getattr(source, "g2", None),
        receiver_p_key_basis=0.5,
        **more,
    )


def bits_with(passes, protocol, brightness, p_key_basis, *, g2=DOT.g2):
    """Key of every pass at some brightnesses and biases, shape (settings, passes)."""
    mu, p = np.repeat(brightness, len(passes)), np.repeat(p_key_basis, len(passes))
    settings = Settings(
        intensities=mu[:, np.newaxis], probabilities=np.ones((mu.size, 1)), p_key_basis=p
    )
    many = passes.take(np.tile(np.arange(len(passes)), np.size(brightness)))
    counts = counts_with(many, settings, receiver_p_key_basis=0.5, g2=g2)
    return protocol.secure_bits(counts).reshape(-1, len(passes))


@pytest.mark.parametrize("bases", ["one", "both"])
@pytest.mark.parametrize("source", [DOT, LASER])
def test_finds_what_a_scan_finds(bases, source):
    """To 1e-4 of the key of 400 brightnesses times 60 biases, and from 5 dB to no key at all."""
    passes = passes_of([5.0, 15.0, 22.0, 30.0, 60.0], source=source)
    protocol = SinglePhotonBB84(key_bases=bases, bound="exact-chernoff")
    mu, p = np.meshgrid(0.71 * np.geomspace(1e-4, 1.0, 400), np.linspace(0.05, 0.98, 60))
    scan = bits_with(passes, protocol, mu.ravel(), p.ravel(), g2=getattr(source, "g2", None))

    found = dimmed(passes, protocol, source=source)

    assert (found.secure_bits >= (1 - 1e-4) * scan.max(axis=0) - 1).all()
    assert found.secure_bits[0] > 1e4
    assert found.secure_bits[-1] == 0


def test_no_pass_makes_less_than_with_all_the_light():
    """Where pairs do not matter the whole brightness is kept."""
    passes, protocol = passes_of(np.linspace(0.0, 45.0, 91)), SinglePhotonBB84(key_bases="both")
    stated = bits_with(passes, protocol, [0.71], [0.5])[0]

    found = dimmed(passes, protocol)

    assert (found.secure_bits >= stated * (1 - 1e-6) - 1).all()
    assert found.settings.intensities[0] == 0.71
    assert (found.settings.intensities <= 0.71).all()
    assert (found.settings.intensities >= 0.71 * LEAST_SHARE * (1 - 1e-12)).all()
    assert (found.secure_bits > 0).sum() > (stated > 0).sum() + 10


def test_what_is_told_is_what_the_settings_make():
    """Flown so, the passes leave the bits that were found."""
    passes, protocol = passes_of([10.0, 25.0, 30.0]), SinglePhotonBB84()
    found = dimmed(passes, protocol)
    counts = counts_with(passes, found.settings, receiver_p_key_basis=0.5, g2=DOT.g2)

    assert protocol.secure_bits(counts).tolist() == found.secure_bits.tolist()


def test_a_group_shares_one_setting():
    """Its sum lies between that of any of its own best settings and that of all of them."""
    passes, protocol = passes_of([20.0, 24.0, 28.0]), SinglePhotonBB84(key_bases="both")
    own = dimmed(passes, protocol)
    shared = dimmed(passes, protocol, group=np.zeros(3, dtype=np.int64))
    mu, p = own.settings.intensities[:, 0], own.settings.p_key_basis

    assert shared.settings.intensities.shape == (1, 1)
    total = shared.secure_bits.sum()
    assert bits_with(passes, protocol, mu, p).sum(axis=1).max() <= total * (1 + 1e-4) + 3
    assert total <= own.secure_bits.sum() + 3


def test_longer_passes_may_be_brighter_or_dimmer_but_never_make_less():
    """And no passes need no setting."""
    protocol = SinglePhotonBB84(key_bases="both")
    bits = [
        int(dimmed(passes_of([27.0], seconds=s), protocol).secure_bits[0])
        for s in (60.0, 120.0, 300.0, 900.0)
    ]
    assert bits == sorted(bits)
    none = dimmed(passes_of([20.0]).take(np.zeros(0, dtype=np.int64)), protocol)
    assert none.secure_bits.size == 0


def test_a_purer_source_needs_less_dimming():
    """Without pairs all the light is used."""
    protocol, loss_db = SinglePhotonBB84(key_bases="both"), [24.0]
    mu = []
    for g2 in (0.02, 0.0055, 1e-6):
        source = replace(DOT, g2=g2)
        found = dimmed(passes_of(loss_db, source=source), protocol, source=source)
        mu.append(float(found.settings.intensities[0, 0]))

    assert mu == sorted(mu)
    assert mu[0] < 0.5 * mu[1]
    assert mu[2] == 0.71
