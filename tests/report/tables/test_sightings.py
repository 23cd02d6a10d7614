"""Passes in pieces are the passes of the whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.load import load_mission
from satqkd.forecast import stream
from satqkd.forecast.stream import Chosen, forecast
from satqkd.passes import chunks as blocks
from satqkd.passes.chunks import parts
from satqkd.report.export.csv import to_csv
from satqkd.report.export.json import records
from satqkd.report.tables import sightings
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.sightings import SIGHTING_COLUMNS, pass_reports, sighting_reports

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """Five satellites over the campaign's stations and a twin of one that shares its ids.

    Two of the satellites share a name.
    """
    folder = tmp_path_factory.mktemp("five")
    text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
    walker = 'orbit: {model: walker, altitude: 600 km, pattern: "60:5/5/1"}'
    (folder / "mission.yaml").write_text(
        text.replace("norad_id: 41731", walker).replace("elements: data/tle", ""), encoding="utf-8"
    )
    five = load_mission(folder / "mission.yaml", ROOT / "stations.yaml", duration_s=0.2 * 86_400.0)
    twin = replace(
        five.spacecraft[3],
        satellite=replace(five.spacecraft[3].satellite, name=five.spacecraft[1].satellite.name),
    )
    ngari = five.stations[4]
    return replace(
        five,
        spacecraft=(*five.spacecraft[:3], twin, five.spacecraft[4]),
        stations=(*five.stations, replace(ngari, site=replace(ngari.site, name="NGARI."))),
    )


@pytest.fixture(scope="module")
def whole(mission):
    """Rows of the forecast of everything at once, by id."""
    report = pass_report(forecast(mission))
    return {row["pass_id"]: row for row in records(PASS_COLUMNS, report)}


@pytest.fixture(autouse=True)
def in_pieces(monkeypatch):
    """Two satellites and one or two passes at a time."""
    monkeypatch.setattr(blocks, "SATELLITE_DAYS_AT_ONCE", 0.4)
    monkeypatch.setattr(stream, "SAMPLES_AT_ONCE", 400)
    monkeypatch.setattr(sightings, "ROWS_AT_ONCE", 5)


def everything(mission) -> Chosen:
    return Chosen(satellites=range(len(mission.spacecraft)), stations=range(len(mission.stations)))


def as_it_is(report):
    return report


class TestPassReports:
    def test_the_same_rows_as_the_forecast_of_the_whole(self, mission, whole):
        """Every cell of every row, whatever the piece it came in."""
        pieces = list(pass_reports(mission, everything(mission), finish=as_it_is))

        rows = [row for piece in pieces for row in records(PASS_COLUMNS, piece)]
        assert len(pieces) > 5
        for piece in pieces:
            samples = piece.forecast.with_series(every=True).sampled.tracks.time_s.size
            assert samples <= 400 * stream.WITHOUT_SERIES or len(piece.forecast) == 1
        assert {row["pass_id"]: row for row in rows} == whole
        assert any(key.endswith("-2") for key in whole)
        assert len(rows) == len(whole)

    def test_rows_go_by_satellite_then_rise(self, mission):
        """Also across the borders of the pieces."""
        keys = [
            (int(report.forecast.passes.satellite[i]), float(report.forecast.passes.rise_s[i]))
            for report in pass_reports(mission, everything(mission), finish=as_it_is)
            for i in report.order
        ]

        assert keys == sorted(keys)

    def test_geometry_needs_no_forecast(self, mission, whole):
        """Its columns ask for nothing a sighting lacks, and hold the same."""
        rows = [
            row
            for piece in sighting_reports(mission, everything(mission))
            for row in records(SIGHTING_COLUMNS, piece)
        ]

        names = [column.name for column in SIGHTING_COLUMNS]
        assert {row["pass_id"]: row for row in rows} == {
            key: {name: row[name] for name in names} for key, row in whole.items()
        }

    def test_chosen_rows_keep_their_ids(self, mission, whole):
        """One of the namesakes over two stations: rows as in the whole."""
        chosen = Chosen(satellites=[3], stations=[0, 4])

        rows = [
            row
            for piece in pass_reports(mission, chosen, finish=as_it_is)
            for row in records(PASS_COLUMNS, piece)
        ]

        number = mission.spacecraft[3].satellite.norad_id
        names = [mission.stations[i].site.name for i in chosen.stations]
        assert rows
        assert sorted(row["pass_id"] for row in rows) == sorted(
            key
            for key, row in whole.items()
            if row["norad_id"] == number and row["station"] in names
        )

    def test_progress_goes_up_to_all(self, mission):
        """Never back, and to the end."""
        told = []

        def progress(done, total):
            told.append((done, total))

        for report in pass_reports(
            mission, everything(mission), finish=as_it_is, progress=progress
        ):
            to_csv(PASS_COLUMNS, report)

        assert told == sorted(told)
        assert told[-1] == (5, 5)


class TestParts:
    @given(
        cost=st.lists(st.integers(1, 50), max_size=60),
        most=st.integers(1, 100),
        data=st.data(),
    )
    def test_every_row_once_in_order_and_within_the_cost(self, cost, most, data):
        """A part is over the limit only if it is one row; no two parts would fit into one."""
        order = np.array(data.draw(st.permutations(range(len(cost)))), dtype=np.int64)
        prices = np.array(cost, dtype=np.int64)

        found = list(parts(order, prices, most=most))

        place = np.argsort(order)
        laid = [np.sort(place[part]) for part in found]
        assert np.concatenate([np.zeros(0), *laid]).tolist() == list(range(len(cost)))
        assert all(prices[part].sum() <= most or part.size == 1 for part in found)
        assert all((np.diff(part) > 0).all() for part in found)
        for part, following in pairwise(laid):
            assert prices[order[part]].sum() + prices[order[following[0]]] > most
