"""Ranges that a mission states, and the shares of variance that they make."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError
from satqkd.forecast.key_blocks import key_blocks
from satqkd.forecast.stream import forecast
from satqkd.study.base import Base
from satqkd.study.engine import study
from satqkd.study.indices import sobol_indices, sobol_shares
from satqkd.study.ranges import ranges_of
from satqkd.study.section import Points, one_at_a_time, reference, tornado
from satqkd.study.sensitivity import indices_of, kept_ranges, sensitivity_of

pytest.importorskip("SALib")


@pytest.fixture(scope="module")
def cubesat(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cubesat")
    copy_preset("cubesat-trade", folder)
    return folder


def known_of(folder):
    return ranges_of(Base(mission=folder / "mission.yaml", stations=folder / "stations.yaml"))


def test_every_range_is_found_with_its_places_units_and_source(cubesat):
    found = {one.name: one for one in known_of(cubesat).ranges}

    assert list(found) == [
        "pointing_jitter", "atmosphere_visibility", "night_radiance", "clear_sky",
    ]  # fmt: skip
    jitter = found["pointing_jitter"]
    assert jitter.paths == ("satellites[0].payload.transmitter.pointing.jitter",)
    assert jitter.numbers == (3.0, 5.0, 10.0)
    assert jitter.unit == "urad"
    assert "works well" in jitter.source
    assert found["atmosphere_visibility"].source == "no source given"


def test_a_climate_is_shifted_by_its_spread_within_0_and_1(cubesat):
    shift = known_of(cubesat).ranges[-1]

    assert shift.numbers == (-10.0, 0.0, 10.0)
    assert shift.written(-10.0) == "[0.2, 0.3, 0.4, 0.3]"
    assert shift.written(-35.0) == "[0, 0.05, 0.15, 0.05]"


def test_a_preset_that_four_satellites_carry_has_its_range_once(tmp_path):
    copy_preset("jinan-1-constellation", tmp_path)
    found = known_of(tmp_path).ranges

    assert [one.name for one in found] == ["pointing_loss", "zenith_transmittance"]
    assert len(found[0].paths) == 4
    assert found[0].source == "as printed for Micius"


def test_what_is_assumed_without_a_range_is_named(cubesat):
    left = {one.where: one.value for one in known_of(cubesat).left}

    assert left["cubesat-payload.yaml: transmitter.aperture"] == "80 mm"
    assert "cubesat-payload.yaml: transmitter.pointing.jitter" not in left
    assert not any(where.endswith("_range") for where in left)


def test_points_are_one_at_a_time_then_those_of_sobol(cubesat):
    found = sensitivity_of(cubesat / "mission.yaml", cubesat / "stations.yaml", sobol=4)

    assert len(found.points) == 1 + 2 * 4 + 4 * (4 + 2)
    stated = [level.number for level in found.points[0].levels]
    for point in found.points[1:9]:
        moved = [level.number for level in point.levels]
        assert sum(a != b for a, b in zip(stated, moved, strict=True)) == 1
    for point in found.points[9:]:
        for level, one in zip(point.levels, found.known.ranges, strict=True):
            assert one.numbers[0] <= level.number <= one.numbers[2]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"measure": "key_day_men"}, "did you mean|write"),
        ({"measure": "latency"}, "is nothing that is measured of a forecast"),
        ({"sobol": 12}, "no power of two"),
    ],
)
def test_what_cannot_be_walked_is_refused(cubesat, more, words):
    with pytest.raises(SatqkdError, match=words):
        sensitivity_of(cubesat / "mission.yaml", cubesat / "stations.yaml", **more)


def test_a_mission_without_ranges_is_refused(small):
    text = (small / "stations.yaml").read_text()
    climate = "  climate: {clear_fraction: [60 %], persistence: 12 h, source: invented}\n"
    assert climate in text
    (small / "stations.yaml").write_text(text.replace(climate, ""))
    text = (small / "mission.yaml").read_text()
    (small / "mission.yaml").write_text(text.replace("payload: jinan-1", "payload: bare.yaml"))
    (small / "bare.yaml").write_text(BARE)

    with pytest.raises(SatqkdError, match="states no range"):
        sensitivity_of(small / "mission.yaml", small / "stations.yaml")


BARE = """\
transmitter:
  aperture: 200 mm
  wavelength: 850 nm
  beam: {model: flat-top, divergence: 10 urad}
  pointing: {model: stated, loss: 1.5 dB}
source:
  pulse_rate: 625 MHz
  intensities: [0.8, 0.1, 0]
  probabilities: [0.5, 0.25, 0.25]
  p_key_basis: 0.5
  intrinsic_error: 0.5 %
slew: 60 s
atmosphere: {zenith_transmittance: 0.655}
"""


def test_the_ends_of_the_tornado_are_those_of_a_mission_with_these_values(cubesat, tmp_path):
    """The engine's bars against missions that say so themselves, without a study."""
    found = sensitivity_of(
        cubesat / "mission.yaml", cubesat / "stations.yaml", measure="key_day_clear",
        realisations=0,
    )  # fmt: skip
    results = study(found.study, to=tmp_path / "out", workers=0, points=found.points)

    assert one_at_a_time(results)
    bars = tornado(Points.of(results), "key_day_clear", reference(results))
    by_name = {one.variable: one for one in bars.bars}
    base = Base(mission=cubesat / "mission.yaml", stations=cubesat / "stations.yaml")
    mission = base.at().replace("satellites[0].payload.transmitter.pointing.jitter", "3 urad")
    weeks = key_blocks(forecast(mission), "week").keys.secure_bits
    assert by_name["pointing_jitter"].at_low * 14.0 == pytest.approx(weeks.sum())
    assert by_name["pointing_jitter"].at_high < bars.nominal < by_name["pointing_jitter"].at_low
    assert by_name["clear_sky"].swing == 0.0, "a clear sky knows no climate"
    assert bars.bars[0].variable == "pointing_jitter"
    assert kept_ranges(results).sources["night_radiance"] == "a dark site, and a city near by"
    assert indices_of(results, "key_day_clear") is None, "there are no points for them"


def test_sobol_indices_are_those_of_ishigami_and_homma():
    """sin x + 7 sin² y + 0.1 z⁴ sin x over −π…π: indices in closed form (T. Ishigami, T. Homma,
    ISUMA 1990)."""
    a, b = 7.0, 0.1
    shares = sobol_shares(["x", "y", "z"], 1024, seed=1)
    x, y, z = (np.pi * (2.0 * shares - 1.0)).T
    values = np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x)
    found = sobol_indices(["x", "y", "z"], values, measure="f", seed=1)

    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50) / variance
    np.testing.assert_allclose(found.first, first, atol=0.03)
    np.testing.assert_allclose(found.total, first + np.array([both, 0.0, both]), atol=0.03)
    assert np.all(np.abs(found.first - first) <= 2.0 * found.first_half + 0.01)
    again = sobol_indices(["x", "y", "z"], values, measure="f", seed=1)
    np.testing.assert_array_equal(again.total_half, found.total_half)


def test_what_never_changes_has_no_shares():
    assert sobol_indices(["x"], np.ones(12), measure="f", seed=1) is None
    assert sobol_indices(["x"], np.array([1.0, np.nan, 2.0]), measure="f", seed=1) is None
