"""Biases, coverage and running score of contacts made up."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.calibration.score import FlownContact, Foreseen, bias, running, score_of

BEGIN = datetime(2026, 3, 1, 20, tzinfo=UTC)


def contact(number, key, *, forecast=1000.0, station="Graz", members=None, **measured):
    known = {"bits": forecast, "sifted_bits": 10.0 * forecast, "qber": 0.01, "loss_db": 30.0}
    seen = Foreseen(**known) if members is None else Foreseen.of_members(members, **known)
    return FlownContact(
        contact_key=f"sat-{station.lower()}-{number}",
        pass_id=f"sat-{number}",
        satellite="Sat",
        station=station,
        utc=BEGIN + timedelta(days=number),
        key_bits=key,
        foreseen=seen,
        **measured,
    )


class TestBias:
    def test_mean_scatter_and_standard_error(self):
        """By hand: 1, 2, 3 dB have mean 2, standard deviation 1, error 1/sqrt(3)."""
        found = bias([1.0, 2.0, 3.0])
        assert (found.mean, found.scatter) == (2.0, 1.0)
        assert found.error == pytest.approx(1.0 / math.sqrt(3.0))

    def test_a_single_contact_has_no_error(self):
        """And proposes nothing."""
        found = bias([-3.0])
        assert found.scatter is None
        assert found.error is None
        assert not found.calibrate

    @pytest.mark.parametrize(
        ("values", "proposed"),
        [
            ([1.0, 1.2, 0.8, 1.1], False),  # clear, but of four
            ([1.0, 1.2, 0.8, 1.1, 0.9], True),
            ([-1.0, -1.2, -0.8, -1.1, -0.9], True),
            ([1.0, -1.2, 0.8, -1.1, 0.9], False),
        ],
    )
    def test_a_calibration_is_proposed_beyond_two_sigma_of_five(self, values, proposed):
        """To either side."""
        assert bias(values).calibrate is proposed

    def test_the_running_bias_grows_contact_by_contact(self):
        """Each is the bias of those so far."""
        found = running([1.0, 3.0, 2.0])
        assert [one.mean for one in found] == [1.0, 2.0, 2.0]
        assert [one.count for one in found] == [1, 2, 3]


class TestScore:
    def test_decibels_are_of_flown_over_forecast(self):
        """Half the key is -3.01 dB, twice the sifted bits 3.01 dB."""
        found = score_of([contact(1, 500.0, sifted_bits=20_000.0)])
        assert found.whole.biases["key"].mean == pytest.approx(-3.0103, abs=1e-4)
        assert found.whole.biases["sifted"].mean == pytest.approx(3.0103, abs=1e-4)

    def test_contacts_without_key_have_no_decibels_but_count_in_the_share(self):
        """A cloud took the second; its P10 is 0, so that it lies inside."""
        cloudy = np.concatenate([np.zeros(40), np.full(60, 1000.0)])
        found = score_of([contact(1, 900.0), contact(2, 0.0, members=cloudy)])
        assert found.whole.biases["key"].count == 1
        assert found.whole.keyless == 1
        assert found.whole.coverage is not None
        assert (found.whole.coverage.count, found.whole.coverage.inside) == (1, 1)

    def test_stations_are_scored_apart_and_together(self):
        """Biases of opposite sign cancel over all."""
        keys = [("Graz", 500.0), ("Wien", 2000.0)] * 3
        found = score_of(
            [contact(i, key, station=name) for i, (name, key) in enumerate(keys)][::-1]
        )
        assert [one.station for one in found.stations] == ["Graz", "Wien"]
        assert [one.biases["key"].mean for one in found.stations] == pytest.approx(
            [-3.0103, 3.0103], abs=1e-4
        )
        assert found.whole.biases["key"].mean == pytest.approx(0.0, abs=1e-12)
        assert [one.pass_id for one in found.contacts] == [f"sat-{i}" for i in range(6)]

    def test_the_running_bias_waits_for_the_first_with_a_value(self):
        """And keeps its value past contacts without key."""
        contacts = [contact(1, 0.0), contact(2, 500.0), contact(3, 0.0), contact(4, 1000.0)]
        found = score_of(contacts)
        assert found.leading == "key"
        means = [None if one is None else one.mean for one in found.running]
        assert means[0] is None
        assert means[1:] == pytest.approx([-3.0103, -3.0103, -1.50515], abs=1e-4)

    def test_without_key_the_next_quantity_leads(self):
        """Losses alone, as logs of instants have them."""
        found = score_of([contact(1, None, loss_db=0.5), contact(2, None, loss_db=0.7)])
        assert found.leading == "loss"
        assert found.whole.coverage is None

    def test_an_honest_ensemble_holds_four_keys_of_five(self):
        """Keys drawn from the distribution itself; no bias is proposed, CRPS beats the point."""
        rng = np.random.default_rng(5)
        members = 1000.0 * np.exp(rng.normal(0.0, 0.4, size=(400, 2_000)))
        keys = 1000.0 * np.exp(rng.normal(0.0, 0.4, size=400))
        contacts = [contact(i, float(keys[i]), members=members[i]) for i in range(400)]
        found = score_of(contacts).whole
        assert found.coverage is not None
        assert 0.74 < found.coverage.share < 0.86
        low, high = found.coverage.interval
        assert low < 0.8 < high
        assert found.coverage.crps_bits < 0.8 * found.coverage.point_bits
        assert not found.calibrate

    def test_the_point_is_the_forecast_under_a_clear_sky(self):
        """700 and 1,100 bit against 1,000: 300 and 100 off, whatever the median says."""
        members = np.full(9, 400.0)
        found = score_of(
            [contact(i, key, members=members) for i, key in enumerate((700.0, 1100.0))]
        )
        assert found.whole.coverage is not None
        assert found.whole.coverage.point_bits == pytest.approx(200.0)
        assert found.whole.coverage.crps_bits == pytest.approx(500.0)

    def test_a_biased_one_is_told(self):
        """Keys 1 dB short of what was forecast, 0.3 dB about it."""
        rng = np.random.default_rng(6)
        keys = 1000.0 * 10.0 ** (0.1 * rng.normal(-1.0, 0.3, size=8))
        found = score_of([contact(i, float(key)) for i, key in enumerate(keys)]).whole
        assert found.calibrate == ("key",)


def test_three_quantiles_score_where_no_member_was_kept():
    """The approximation, by hand: 2 (0.3 0.1 400 + 0.4 0.5 100 + 0.3 0.1 300)."""
    seen = Foreseen(
        bits=1000.0, sifted_bits=1e4, qber=0.01, loss_db=None,
        p10_bits=600.0, p50_bits=900.0, p90_bits=1300.0,
    )  # fmt: skip
    assert seen.crps(1000.0) == pytest.approx(2.0 * (12.0 + 20.0 + 9.0))
    assert Foreseen(bits=1.0, sifted_bits=1.0, qber=0.0, loss_db=None).crps(1.0) is None
