"""``satqkd diff`` on two plans of the shipped mission, held against their own files."""

from __future__ import annotations

import csv
import json


def plan(satqkd, folder, out):
    words = ("plan", "--days", "4", "--out", out, "--pictures", "none", "--series", "none")
    done = satqkd(*words, "--samples", "0", cwd=folder)
    assert done.returncode == 0, done.stderr


def scheduled(folder):
    with (folder / "passes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["contact_key"]: int(row["planned_bits"]) for row in rows if row["status"] == "scheduled"
    }


def test_an_outage_drops_its_contacts_and_says_why(satqkd, campaign, edited):
    """What is dropped is what the outage takes; the bits are those of both tables."""
    plan(satqkd, campaign, "a")
    out = "{from: 2016-12-22T00:00:00Z, to: 2016-12-24T00:00:00Z, why: dome sticks}"
    edited("stations.yaml", "- name: Lijiang\n", f"- name: Lijiang\n  outages: [{out}]\n")
    plan(satqkd, campaign, "b")

    found = json.loads(satqkd("diff", "a", "b", "--json", cwd=campaign).stdout)
    before, after = scheduled(campaign / "a"), scheduled(campaign / "b")
    told = {one["contact_key"]: one for one in found["changes"]}

    assert told.keys() == before.keys() | after.keys()
    for key, one in told.items():
        assert one["bits_before"] == before.get(key, 0)
        assert one["bits_after"] == after.get(key, 0)
        assert (one["becomes"] == "dropped") == (key not in after)
        assert (one["becomes"] == "added") == (key not in before)
    lost = [one for one in told.values() if "outage: dome sticks" in one["cause"]]
    assert lost
    assert all(one["stations"] == "Lijiang" and one["becomes"] == "dropped" for one in lost)

    text = satqkd("diff", "a", "b", cwd=campaign)
    assert "outage: dome sticks" in text.stdout
    same = satqkd("diff", "a", "a", cwd=campaign)
    assert f"contacts: {len(before)} kept" in same.stdout
    assert same.returncode == 0
