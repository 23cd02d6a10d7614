"""``satqkd distil`` of what both ends recorded."""

from __future__ import annotations

import hashlib
import json
import shutil

import numpy as np
import pytest

from satqkd import load_mission
from satqkd.clicks.light import ArmLight, Light
from satqkd.distil.expected import expected_of
from satqkd.distil.simulate import simulated
from satqkd.forecast.systems import PassSystems


@pytest.fixture
def recorded(campaign):
    """A minute over a loss of 30 dB, as a log; also how many clicks it holds."""
    mission = load_mission(campaign / "mission.yaml", campaign / "stations.yaml")
    system = PassSystems(mission=mission)(0, [0])
    arm = ArmLight(transmittance=np.array([1e-3]), variance=np.zeros(1), stray_hz=np.array([100.0]))
    light = Light(arms=(arm,), weight_s=np.array([60.0]), starts=np.array([0, 1]))
    made = simulated(expected_of(system, light), np.random.Generator(np.random.SFC64(4)))
    kind = np.zeros(made.bob.places.size, dtype=np.uint8)
    for number, own in enumerate(made.alice.intensity):
        kind[own.unpacked()] = number

    def bits(own):
        return own.unpacked().astype(np.uint8)

    np.savez(
        campaign / "log.npz",
        pulse=made.bob.places.numbers(),
        basis=bits(made.bob.key_basis),
        bit=bits(made.bob.bit),
        sent_pulse=made.alice.places.numbers(),
        sent_bit=bits(made.alice.bit),
        sent_basis=bits(made.alice.key_basis),
        sent_intensity=kind,
        pulses=np.int64(made.pulses),
        pulse_rate_hz=np.float64(system.source.pulse_rate_hz),
    )
    return campaign, made.bob.places.size


def as_parquet(archive, path):
    """Write the same clicks as a table."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    with np.load(archive) as log:
        held = dict(log)
    assert np.array_equal(held["pulse"], held.pop("sent_pulse"))
    metadata = {name: str(held.pop(name)) for name in ("pulses", "pulse_rate_hz")}
    pq.write_table(pa.table(held).replace_schema_metadata(metadata), path)


def told_of(folder, out):
    """Return which clicks distil.json says."""
    facts = json.loads((folder / out / "distil.json").read_text(encoding="utf-8"))
    return facts["clicks_sha256"]


WORDS = ("distil", "log.npz", "--satellite", "Micius", "--station", "Xinglong")


def test_a_log_becomes_key_that_the_ledger_holds_once(satqkd, recorded):
    """Of real randomness; a second key of the same clicks is refused."""
    folder, clicks = recorded
    booked = ("--ledger", "book", "--contact", "micius-xinglong-1907", "--json")
    done = satqkd(*WORDS, *booked, "--out", "made", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["simulated"] is False
    assert told["seed"] is None
    assert told["blocks"][0]["pulse_clicks"] == clicks
    bits = told["distilled_bits"]
    assert bits == told["blocks"][0]["proven_bits"] > 100_000
    key = (folder / "made" / "alice.key").read_text(encoding="ascii")
    assert key == (folder / "made" / "bob.key").read_text(encoding="ascii")
    assert not key.startswith("SIMULATED")
    held = satqkd("ledger", "export", "--ledger", "book", cwd=folder)
    entry, note = map(json.loads, held.stdout.splitlines())
    assert f'"bits": {bits}' in json.dumps(entry)
    assert "160 bit of authentication key spent on tags, 160 bit of new key" in json.dumps(note)
    assert f"clicks sha256 {told_of(folder, 'made')[:12]}: " in json.dumps(note)
    assert "micius-xinglong-1907-0" in held.stdout
    again = satqkd(*WORDS, *booked, "--out", "second", cwd=folder)
    assert again.returncode == 2
    assert "these clicks were distilled before (entry 2)" in again.stderr
    assert not (folder / "second").exists()
    assert again.stdout == ""


@pytest.mark.parametrize("kind", ["npz", "parquet"])
def test_clicks_are_known_whatever_they_are_called(satqkd, recorded, kind):
    """Neither another name, nor another kind of file, nor a contact makes them new ones."""
    folder, _ = recorded
    done = satqkd(*WORDS, "--ledger", "book", "--out", "made", cwd=folder)
    assert done.returncode == 0, done.stderr
    if kind == "npz":
        shutil.copy(folder / "log.npz", folder / "other.npz")
    else:
        as_parquet(folder / "log.npz", folder / "other.parquet")
    words = ("distil", f"other.{kind}", *WORDS[2:], "--contact", "micius-xinglong-1907")
    again = satqkd(*words, "--ledger", "book", "--out", "second", cwd=folder)
    assert again.returncode == 2
    assert "these clicks were distilled before" in again.stderr
    assert not (folder / "second").exists()
    assert (
        told_of(folder, "made")
        == hashlib.sha256(
            b"".join(
                np.load(folder / "log.npz")[own].astype("<i8").tobytes()
                for own in ("pulse", "basis")
            )
        ).hexdigest()
    )


def test_a_contact_is_key_once(satqkd, recorded):
    """Other clicks that are said to be of it are refused."""
    folder, _ = recorded
    booked = ("--ledger", "book", "--contact", "micius-xinglong-1907")
    done = satqkd(*WORDS, *booked, "--out", "made", cwd=folder)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "log.npz") as log:
        held = dict(log)
    for name in ("pulse", "basis", "bit"):
        held[name] = held[name][:-1]
    np.savez(folder / "less.npz", **held)
    again = satqkd("distil", "less.npz", *WORDS[2:], *booked, "--out", "second", cwd=folder)
    assert again.returncode == 2
    assert "block micius-xinglong-1907-0 was made already" in again.stderr


def test_clicks_that_left_no_key_are_not_tried_again(satqkd, recorded):
    """What was said of them is public: a second try would say more."""
    folder, _ = recorded
    with np.load(folder / "log.npz") as log:
        held = dict(log)
    held["bit"] = held["bit"] ^ (np.arange(held["bit"].size) % 7 == 0).astype(np.uint8)
    np.savez(folder / "log.npz", **held)
    done = satqkd(*WORDS, "--ledger", "book", "--out", "made", cwd=folder)
    assert done.returncode == 1, done.stderr
    (note,) = satqkd("ledger", "export", "--ledger", "book", cwd=folder).stdout.splitlines()
    assert "clicks sha256" in note
    again = satqkd(*WORDS, "--ledger", "book", "--out", "second", cwd=folder)
    assert again.returncode == 2
    assert "these clicks were distilled before" in again.stderr


def test_simulated_keys_never_become_stock(satqkd, recorded):
    """Neither of a log with a seed nor of a pass; the ledger is not even begun."""
    folder, _ = recorded
    done = satqkd(*WORDS, "--seed", "5", "--ledger", "book", "--out", "made", cwd=folder)
    assert done.returncode == 2
    assert "simulated keys are no stock" in done.stderr
    assert not (folder / "made").exists()
    window = ("--start", "2016-12-19T12:00:00Z", "--days", "0.5")
    done = satqkd("distil", "micius-xinglong", *window, "--ledger", "book", cwd=folder)
    assert done.returncode == 2
    assert "simulated keys are no stock" in done.stderr
    assert not (folder / "book").exists()


def test_key_that_nobody_would_hold_is_not_booked(satqkd, recorded):
    """Stock has to lie somewhere: key of a log is in the files of --out alone."""
    folder, _ = recorded
    done = satqkd(*WORDS, "--ledger", "book", cwd=folder)
    assert done.returncode == 2
    assert "the key of a log is nowhere but in its files" in done.stderr
    assert not (folder / "book").exists()


def test_a_seed_gives_the_same_bytes(satqkd, recorded):
    """And marks the key."""
    folder, _ = recorded
    for name in ("one", "two"):
        done = satqkd(*WORDS, "--seed", "5", "--out", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    one, two = (folder / name / "alice.key" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_text(encoding="ascii").startswith("SIMULATED KEY")
    facts = json.loads((folder / "one" / "distil.json").read_text(encoding="utf-8"))
    assert (facts["simulated"], facts["seed"]) == (True, 5)
    assert "recorded clicks, seed 5" in done.stdout


def test_records_of_two_passes_give_no_key_and_the_reason_on_any_terminal(satqkd, recorded):
    """Bits of one and pulses of another: exit code 1, and no key in the files."""
    folder, _ = recorded
    with np.load(folder / "log.npz") as log:
        np.savez(folder / "mixed.npz", **{**log, "bit": log["bit"][::-1]})
    done = satqkd("distil", "mixed.npz", *WORDS[2:], "--out", "made", cwd=folder)
    assert done.returncode == 1, done.stderr
    said = " ".join(done.stdout.split())
    assert "block 0 gives no key: " in said
    assert "of the corrected bits are wrong: more than 11.00%" in said
    assert "both ends hold" not in said
    for name in ("alice.key", "bob.key"):
        assert (folder / "made" / name).read_text("ascii") == "contact: mixed.npz\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("distil", "log.npz"), "--station: is missing"),
        ((*WORDS[:4], "--station", "Nowhere"), "the mission has no 'Nowhere'"),
        (("distil", "other.npz", *WORDS[2:]), "other.npz"),
        (("distil", "micius-xinglong", "--qber", "0.01"), "--qber is of a log"),
        ((*WORDS, "--pulses", "7"), "7 are stated beside it"),
        ((*WORDS, "--contact", "micius-xinglng-1907"), "no contact of this mission can be called"),
    ],
)
def test_what_does_not_fit_is_refused(satqkd, recorded, words, said):
    """With exit code 2."""
    folder, _ = recorded
    done = satqkd(*words, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
