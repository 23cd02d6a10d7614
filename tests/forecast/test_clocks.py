"""Clocks along real passes: signal from the link, geometry from the ephemeris."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.forecast import stream as stream_module
from satqkd.forecast.clocks import ClockPasses, clock_passes
from satqkd.forecast.stream import forecast
from satqkd.mission.clocks import ClockUse
from satqkd.report.tables.clocks import CLOCK_COLUMNS
from satqkd.report.tables.column import cells

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found():
    """A day of the campaign."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)
    return forecast(mission, series=True)


def use_of(name, **system):
    """The preset's clocks everywhere."""
    clock = preset_values(name).content.value
    clock = replace(clock, system=replace(clock.system, **system))
    return ClockUse(
        name=name, clock=clock, clock_name=name, spacecraft=(0,), stations=tuple(range(6))
    )


@pytest.fixture(scope="module")
def single(found):
    """Micius as flown, compared with its own key's photons."""
    return clock_passes(found, use_of("qstt-micius-2020"))


def test_time_tags_are_the_sifted_clicks_of_the_pass(found, single):
    """As many as enter the key's counts, in both bases; a second at a time is as near as 5e-5."""
    counts = found.yields.collected
    sifted = (counts.key_clicks + counts.check_clicks).sum(axis=1)
    errors = (counts.key_errors + counts.check_errors).sum(axis=1)
    some = sifted > 0.0

    assert some.any()
    assert single.result.events[some] == pytest.approx(sifted[some], rel=5e-5)
    assert single.result.qber[some] == pytest.approx(errors[some] / sifted[some], rel=5e-5)
    assert not single.result.events[~some].any()


def test_the_published_pass_compares_clocks_to_picoseconds(found, single):
    """Some kilohertz of time tags; noise below 1 ps, delays inside both ends count for more."""
    row = int(np.argmax(np.where(found.passes.station == 0, single.result.events, 0.0)))

    assert single.result.why_not[row] is None
    assert 5e3 < single.result.data_rate_hz[row] < 12e3  # 9 kHz are published
    assert single.result.statistical_s[row] < 1e-12
    assert single.result.offset_uncertainty_s[row] == pytest.approx(50e-12, rel=0.02)
    assert 50e-9 < single.result.largest_asymmetry_s[row] < 100e-9


def test_the_clock_in_low_orbit_is_slow(single):
    """By motion more than by height: −2.9e-10 in 500 km, Ashby's circular orbit."""
    gm, c, a = 3.986004418e14, SPEED_OF_LIGHT_M_S, 6_378_137.0 + 5e5
    circular = 6.969290134e-10 - 1.5 * gm / a / c**2

    assert single.relativity_rate == pytest.approx(circular, rel=0.03)  # height, flattening
    length_s = single.forecast.passes.set_s - single.forecast.passes.rise_s
    assert single.relativity_s == pytest.approx(single.relativity_rate * length_s)


def test_the_sagnac_part_is_some_nanoseconds(single):
    """Twice Ω times the area over c², 1000 km of longitude at most."""
    used = single.result.contact_s > 0.0

    assert np.all(single.largest_sagnac_s[used] > 0.0)
    assert np.all(single.largest_sagnac_s[used] < 20e-9)
    assert not single.largest_sagnac_s[~used].any()


def test_a_pass_in_daylight_says_so(single):
    """And has no number."""
    idle = [i for i, contact in enumerate(single.result.contact_s) if contact == 0.0]

    assert idle
    assert all("no usable contact" in single.result.why_not[i] for i in idle)
    assert np.isinf(single.result.offset_uncertainty_s[idle]).all()


def test_a_strict_limit_ends_every_comparison(found):
    """Below the error fraction of the link itself."""
    strict = clock_passes(found, use_of("qstt-micius-2020", abort_qber=0.005))
    told = [why for why, n in zip(strict.result.why_not, strict.result.events, strict=True) if n]

    assert told
    assert all(why.startswith("aborted: QBER") for why in told)


@pytest.mark.parametrize(
    ("name", "system", "why"),
    [
        ("combs-113km-2022", {}, "848.6 nm"),
        ("qstt-micius-2020", {"pulse_rate_hz": 50e6}, "100 MHz"),
    ],
)
def test_light_that_is_not_the_systems_is_refused(found, name, system, why):
    """Combs at another wavelength, time tags of other pulses."""
    other = clock_passes(found, use_of(name, **system))

    assert all(why in text for text in other.result.why_not)
    assert not other.result.events.any()
    assert np.isinf(other.result.precision_s).all()


def test_combs_with_the_links_wavelength_take_its_loss(found):
    """Their photons are those of the loss of the pass."""
    combs = clock_passes(found, use_of("combs-113km-2022", wavelength_m=848.6e-9))
    used = combs.result.contact_s > 0.0

    assert used.any()
    assert all(why is None for why in np.array(combs.result.why_not)[used])
    assert combs.result.data_rate_hz[used] == pytest.approx(2500.0)


def test_frequency_transfer_brings_its_own_telescopes(found):
    """Whatever the key's light is."""
    carried = clock_passes(found, use_of("frequency-transfer-2021"))
    used = carried.result.contact_s > 0.0

    assert all(why is None for why in np.array(carried.result.why_not)[used])


def test_clocks_nobody_sees_have_no_rows(found):
    """A station without passes is no error."""
    nobody = clock_passes(found, replace(use_of("qstt-micius-2020"), stations=()))

    assert len(nobody.result) == 0
    assert all(cells(column, nobody) == [] for column in CLOCK_COLUMNS)


@pytest.mark.parametrize(
    "name", ["qstt-micius-2020", "combs-113km-2022", "frequency-transfer-2021"]
)
def test_every_column_is_finite_or_empty(found, name):
    """No infinity reaches a report."""
    compared = clock_passes(found, use_of(name))
    rows = {column.name: cells(column, compared) for column in CLOCK_COLUMNS}

    assert {len(values) for values in rows.values()} == {len(found.passes)}
    for usable, reason, offset in zip(
        rows["usable"], rows["reason"], rows["offset_uncertainty_ps"], strict=True
    ):
        assert usable is (reason is None) is (offset is not None)


def test_a_mission_compared_in_chunks_is_the_same(found, monkeypatch):
    """In the same order, and without a series of any pass."""
    monkeypatch.setattr(stream_module, "SAMPLES_AT_ONCE", 1 << 10)
    use = use_of("qstt-micius-2020")
    chunks = list(stream_module.stream(found.mission, series=True))
    joined = ClockPasses.join([clock_passes(chunk, use) for chunk in chunks])
    whole = clock_passes(found, use)

    assert len(chunks) > 2
    assert joined.forecast.series is None
    assert joined.forecast.ids == whole.forecast.ids
    for column in CLOCK_COLUMNS:
        assert cells(column, joined) == cells(column, whole), column.name
