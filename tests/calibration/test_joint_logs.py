"""Logs of contacts of two stations at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satqkd.calibration.log import parse_log
from satqkd.calibration.score_logs import score
from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import InputError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.network.booking import Recorded, booking
from satqkd.network.ledger import Ledger, Pair
from satqkd.weather.clear_sky import Draws

FOLDER = Path(__file__).parents[2] / "satqkd" / "presets" / "twin-field-node"
PAIR = "Xinglong + Jinan"
DRAWS = Draws(samples=20, seed=1)


@pytest.fixture(scope="module")
def mission():
    """Return a day of a node that two stations send to, by one of two protocols."""
    files = FOLDER / "mission.yaml", FOLDER / "stations.yaml"
    return load_mission(*files, duration_s=DAY_S)


@pytest.fixture(scope="module")
def contact(mission):
    """Return name, middle, key and sifted bits of the joint contact that makes most key."""
    chosen = Chosen(satellites=[0], stations=[], pairs=mission.together[:1])
    found = Forecast.join([one for one in stream(mission, chosen) if one.pair is not None])
    row = int(found.yields.made.bits.argmax())
    middle_s = 0.5 * (found.contacts.start_s[row] + found.contacts.end_s[row])
    return (
        found.contact_key[row],
        found.timebase.utc(float(middle_s)),
        int(found.yields.made.bits[row]),
        float(found.yields.keys.sifted_bits[row]),
    )


def flown(mission, text):
    return score(mission, parse_log(text, file="log.csv"), draws=DRAWS)


def log(contact, *, station=PAIR, more=None):
    key, utc, bits, sifted = contact
    named = key if more is None else more
    head = "utc,station,sifted_bits,key_bits,contact_key\n"
    return f"{head}{utc:%Y-%m-%dT%H:%M:%SZ},{station},{sifted:.0f},{bits},{named}\n"


@pytest.mark.parametrize("station", [PAIR, "jinan+xinglong"])
def test_it_is_held_against_the_forecast_of_both(mission, contact, station):
    """What the forecast says comes out without bias."""
    found = flown(mission, log(contact, station=station))
    (one,) = found.contacts
    assert (one.contact_key, one.where) == (contact[0], PAIR)
    assert one.difference("key") == pytest.approx(0.0, abs=1e-9)
    assert one.difference("sifted") == pytest.approx(0.0, abs=1e-3)
    assert found.stations[0].station == PAIR


def test_passes_stay_beside_them(mission, contact):
    """A log may hold both."""
    text = log(contact)
    alone = [*text.splitlines()[1].replace(PAIR, "Jinan").split(",")[:-1], ""]
    found = flown(mission, f"{text}{','.join(alone)}\n")
    assert sorted(one.where for one in found.contacts) == ["Jinan", PAIR]


def test_its_key_is_the_joint_key_of_the_pair(mission, contact, tmp_path):
    """Which the pair holds once it is shared."""
    key, utc, bits, sifted = contact
    recorded = Recorded(
        contact_key=key, satellite=mission.spacecraft[0].satellite.name, station="Xinglong",
        partner="Jinan", utc=utc, sifted_bits=sifted, key_bits=bits,
    )  # fmt: skip
    later = datetime(2100, 1, 1, tzinfo=UTC)
    with Ledger.open(tmp_path / "l.sqlite", author="test", now=later) as ledger:
        done = booking(mission, [recorded], (), book=ledger.book, now=later)
        ledger.append_all(done.events)
        held = ledger.stock(Pair(station_a="Xinglong", station_b="Jinan"))
        assert (held.bits, held.joint_bits) == (0, bits)
        assert ledger.state_of(key) == "flown"
        (epsilon,) = ledger.book.accounts.epsilon.values()
        assert 0.0 < epsilon < 1e-6


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace(PAIR, "Xinglong + Graz"), "the mission has no pair"),
        (
            lambda text: text.replace("sifted_bits,key_bits", "loss_db,key_bits"),
            "only totals of a contact are read",
        ),
        (lambda text: f"{text.rpartition(',')[0]},\n", "are a pair of 2 protocols"),
    ],
)
def test_what_is_wrong_is_told(mission, contact, change, told):
    """By line."""
    text = change(log((contact[0], contact[1], contact[2], 100.0)))
    with pytest.raises(InputError, match=told) as refused:
        flown(mission, text)
    assert "log.csv:2" in str(refused.value)


def test_another_name_than_its_own_is_refused(mission, contact):
    """The contact at that time is told."""
    with pytest.raises(InputError, match="is not the contact at"):
        flown(mission, log(contact, more="node-synthetic-xinglong-jinan-twin-field-uplinks-yaml-1"))
