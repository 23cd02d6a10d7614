"""Constants that a sky has are found again, with honest intervals."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.calibration.calibrate import calibrate
from satqkd.calibration.constants import corrected
from satqkd.calibration.fit import data_of, fit
from satqkd.calibration.flown import match
from satqkd.calibration.log import LogRow, read_log
from satqkd.calibration.predict import predict
from satqkd.errors import InputError, SatqkdWarning
from satqkd.forecast.stream import forecast
from satqkd.link.air.clear_air import ClearAir
from satqkd.link.beam.pointing import JitterPointing

ROOT = Path(__file__).parents[2]
FLOWN = ROOT / "data" / "flown" / "micius-2016-12-19.csv"
TRUTH = {
    "zenith_transmittance": 0.5,
    "pointing_loss_db": 2.5,
    "night_radiance_w_m2_sr_m": 60.0,
    "intrinsic_error": 0.012,
}


def found(result):
    """Fitted constants of the only pair by name; held ones left out."""
    (pair,) = result.pairs
    fitted = pair.fitted
    return {
        constant.name: fitted.values[constant.name]
        for constant, half in zip(fitted.constants, fitted.half_width, strict=True)
        if not np.isnan(half)
    }


class TestTruth:
    def test_exact_data_give_exact_constants(self, mission, recorded):
        """All kinds together; the tolerance is the optimiser's."""
        log = recorded(mission, TRUTH, kinds=("loss", "clicks", "qber"))

        assert found(calibrate(mission, log)) == pytest.approx(TRUTH, rel=1e-4)

    @pytest.mark.parametrize(
        ("kinds", "told"),
        [
            (("loss",), {"zenith_transmittance", "pointing_loss_db"}),
            (
                ("clicks",),
                {"zenith_transmittance", "pointing_loss_db", "night_radiance_w_m2_sr_m"},
            ),
            (("qber",), {"night_radiance_w_m2_sr_m", "intrinsic_error"}),
        ],
    )
    def test_each_kind_of_data_tells_its_own_constants(self, mission, recorded, kinds, told):
        """Loss tells losses, counts background as well, errors the rest."""
        assert set(found(calibrate(mission, recorded(mission, TRUTH, kinds=kinds)))) == told

    @settings(max_examples=15)
    @given(zenith=st.floats(0.2, 0.95), pointing=st.floats(0.1, 10.0))
    def test_whatever_the_sky_is_it_is_found(self, mission, recorded, zenith, pointing):
        """Over all that air and pointing can sensibly be."""
        truth = {"zenith_transmittance": zenith, "pointing_loss_db": pointing}

        values = found(calibrate(mission, recorded(mission, truth)))

        assert values == pytest.approx(truth, rel=1e-3, abs=1e-3)

    def test_jitter_and_haze_are_found_too(self, mission, recorded):
        """Models that have no plain loss."""
        (craft,) = mission.spacecraft
        tx = replace(craft.payload.transmitter, pointing=JitterPointing(jitter_rad=1e-6))
        payload = replace(
            craft.payload, transmitter=tx, atmosphere=ClearAir(aerosol_optical_depth=0.2)
        )
        other = replace(mission, spacecraft=(replace(craft, payload=payload),))
        truth = {"pointing_jitter_rad": 1.8e-6, "aerosol_optical_depth": 0.5}

        assert found(calibrate(other, recorded(other, truth))) == pytest.approx(truth, rel=1e-4)

    def test_a_sky_a_thousand_times_brighter_is_found(self, mission, recorded):
        """Dusk that nobody told of."""
        truth = {**TRUTH, "night_radiance_w_m2_sr_m": 15e3}
        log = recorded(mission, truth, kinds=("clicks", "qber"))

        assert found(calibrate(mission, log)) == pytest.approx(truth, rel=1e-3)

    def test_a_sky_without_light_goes_to_its_limit(self, mission, recorded):
        """And the interval says how much light there may be at most."""
        log = recorded(mission, {**TRUTH, "night_radiance_w_m2_sr_m": 0.0}, kinds=("clicks",))
        dark = replace(
            log,
            rows=tuple(replace(row, clicks=0.97 * row.clicks) for row in log.rows[:3])
            + log.rows[3:],
        )

        with pytest.warns(SatqkdWarning, match=r"night_radiance\S* .* fitted to 0, an end"):
            (pair,) = calibrate(mission, dark).pairs

        index = [one.name for one in pair.fitted.constants].index("night_radiance_w_m2_sr_m")
        low, high = pair.interval(index)
        assert pair.fitted.at_limit[index]
        assert pair.fitted.values["night_radiance_w_m2_sr_m"] == low == 0.0 < high

    def test_one_gross_slip_does_not_carry_the_fit_away(self, mission, recorded):
        """A row that is 20 dB off moves the loss by less than 0.5 dB."""
        log = recorded(mission, TRUTH, noise=0.2)
        spoilt = replace(log.rows[20], loss_db=log.rows[20].loss_db + 20.0)
        rows = (*log.rows[:20], spoilt, *log.rows[21:])

        line = rf"1 of {len(rows)} rows .* line {spoilt.line}[.]"
        with pytest.warns(SatqkdWarning, match=line):
            (pair,) = calibrate(mission, replace(log, rows=rows)).pairs

        exact = predict(pair.flown, corrected(pair.flown.ends, TRUTH)).loss_db
        assert np.abs(pair.after.loss_db - exact).max() < 0.5

    def test_a_calibration_that_is_there_is_not_heeded(self, mission, recorded):
        """Calibrating twice gives the same as once."""
        log = recorded(mission, TRUTH)
        once = calibrate(mission, log)

        twice = calibrate(replace(mission, calibration=once.overlay), log)

        assert twice.overlay == once.overlay


class TestIntervals:
    def test_nineteen_of_twenty_hold_the_truth(self, mission, instants):
        """Over 60 skies with half a decibel of noise: 51 to 60 of a constant at the least."""
        (pair,) = match(mission, instants()).pairs
        truth = {"zenith_transmittance": 0.5, "pointing_loss_db": 2.5}
        exact = predict(pair, corrected(pair.ends, truth)).loss_db
        chance = np.random.default_rng(11).normal(size=(60, exact.size))
        inside = 0
        for noise in chance:
            flown = (exact + 0.5 * noise).tolist()
            rows = tuple(
                replace(row, loss_db=loss) for row, loss in zip(pair.rows, flown, strict=True)
            )
            fitted = fit(replace(pair, rows=rows), data_of(rows))
            off = [
                abs(x - constant.coordinate(truth[constant.name])) <= half
                for constant, x, half in zip(
                    fitted.constants, fitted.coordinates, fitted.half_width, strict=True
                )
                if constant.name in truth
            ]
            inside += sum(off)

        assert 0.85 <= inside / 120 <= 1.0  # 95 % expected; three sigma of 120 is 6 %

    def test_ranges_are_narrower_than_single_intervals(self, mission, recorded):
        """Air and pointing at one end together are no more than the loss itself is unsure."""
        (pair,) = calibrate(mission, recorded(mission, TRUTH, noise=0.5)).pairs

        for index, constant in enumerate(pair.fitted.constants):
            if constant.name in {"zenith_transmittance", "pointing_loss_db"}:
                (low, high), (low_r, high_r) = pair.interval(index), pair.range(index)
                assert low < low_r < high_r < high

    def test_more_data_narrow_the_interval(self, mission, recorded, instants):
        """Four times as many rows, about half of the width."""
        few, many = (
            calibrate(
                mission,
                recorded(mission, TRUTH, noise=0.5, log=instants(360 // step, every_s=step)),
            ).pairs[0]
            for step in (12, 3)
        )

        assert 0.3 < many.fitted.half_width[0] / few.fitted.half_width[0] < 0.8

    def test_one_row_gives_the_sum_and_says_so(self, mission, recorded, instants):
        """No scatter to scale with: the interval rests on the assumed sigma."""
        (pair,) = calibrate(mission, recorded(mission, TRUTH, log=instants(1))).pairs

        assert np.isnan(pair.fitted.scatter)
        assert len(pair.fitted.held) == 2
        assert pair.after.loss_db == pytest.approx([pair.data[0].flown[0]], abs=1e-6)


class TestOverlay:
    def test_the_next_forecast_heeds_it(self, mission, recorded):
        """Loss of the calibrated mission is the loss of the sky; stated ranges give way."""
        log = recorded(mission, TRUTH, noise=0.1)
        result = calibrate(mission, log)
        calibrated = replace(result.flown.mission, calibration=result.overlay)
        stated = result.flown.mission
        sky = corrected(stated.ends(0, 0), TRUTH)

        before, after = (forecast(one, series=True) for one in (stated, calibrated))

        (pair,) = result.pairs
        exact = predict(pair.flown, sky).loss_db
        assert np.abs(pair.after.loss_db - exact).max() < 0.15
        assert (
            after.sampled.arms[0].budget.total_db > before.sampled.arms[0].budget.total_db + 1.0
        ).all()
        assert (after.yields.keys_low.secure_bits <= after.yields.keys.secure_bits).all()
        spread_before, spread_after = (
            float((one.yields.keys_high.secure_bits - one.yields.keys_low.secure_bits)[0] / 1e3)
            for one in (before, after)
        )
        assert spread_after < 0.5 * spread_before

    def test_only_its_own_pair_is_corrected(self, mission, recorded):
        """Another station sees the constants as stated."""
        ground = mission.stations[0]
        other = replace(ground, site=replace(ground.site, name="Other"))
        overlay = calibrate(mission, recorded(mission, TRUTH)).overlay
        both = replace(mission, stations=(ground, other), calibration=overlay)

        assert both.ends(0, 0) != mission.ends(0, 0)
        assert both.ends(0, 1) == mission.ends(0, 0)


class TestFlownCurve:
    def test_the_packaged_log_is_what_the_script_makes(self, monkeypatch):
        """In the root and in the packaged campaign."""
        monkeypatch.syspath_prepend(ROOT / "tests" / "reference")
        script = runpy.run_path(str(ROOT / "tests" / "reference" / "make_micius_log.py"))

        for folder in script["TARGETS"]:
            assert (folder / FLOWN.name).read_text(encoding="utf-8") == script["log"]()
            assert (folder / "README.md").read_bytes() == FLOWN.with_name("README.md").read_bytes()

    def test_ranges_of_the_log_are_those_of_the_curve(self, mission):
        """The note of each row is where SGP4 puts the satellite then, to 0.5 km."""
        (pair,) = match(mission, read_log(FLOWN)).pairs

        assert pair.range_m / 1e3 == pytest.approx(noted_km(), abs=0.5)

    @pytest.mark.parametrize("half", [0, 1])
    def test_half_of_the_points_foretell_the_other_half(self, mission, half):
        """Within 0.8 dB rms, from either half; case C-1 holds the totals."""
        log, noted = read_log(FLOWN), noted_km()
        place = {km: number for number, km in enumerate(sorted(set(noted)))}
        used, rest = (
            tuple(r for r, km in zip(log.rows, noted, strict=True) if place[km] % 2 == parity)
            for parity in (half, 1 - half)
        )
        overlay = calibrate(mission, replace(log, rows=used)).overlay
        calibrated = replace(mission, calibration=overlay)
        (pair,) = match(calibrated, replace(log, rows=rest)).pairs

        model = predict(pair, calibrated.ends(0, 0)).loss_db

        flown = np.array([row.loss_db for row in pair.rows])
        assert np.sqrt(np.mean((flown - model) ** 2)) < 0.8


def noted_km() -> list[float]:
    """Range that each row of the packaged log says it is at."""
    lines = FLOWN.read_text(encoding="utf-8").splitlines()[1:]
    return [float(line.split(",")[4].removesuffix(" km")) for line in lines]


class TestTotals:
    def test_nothing_is_fitted_to_totals(self, mission):
        """They are told, and the constants are those of the instants alone."""
        log = read_log(FLOWN)
        total = LogRow(line=99, utc=log.rows[3].utc, loss_db=55.0, key_bits=3e5)
        with pytest.warns(SatqkdWarning, match="1 of .* rows .* totals of contacts.*line 99"):
            mixed = calibrate(mission, replace(log, rows=(*log.rows, total)))
        assert found(mixed) == found(calibrate(mission, log))

    def test_totals_alone_are_refused(self, mission):
        """With where they belong."""
        log = read_log(FLOWN)
        total = LogRow(line=2, utc=log.rows[3].utc, key_bits=3e5)
        with pytest.raises(InputError, match="only totals") as raised:
            calibrate(mission, replace(log, rows=(total,)))
        assert "satqkd score" in raised.value.findings[0].fix
