"""``satqkd plan --pictures``: whether the plan is drawn as well."""

import json

PICTURES = {"timeline.png", "sky.png", "loss.png", "key.png", "blocks.png", "pairs.png"}
SHORT = ("plan", "--days", "1", "--samples", "0")


def files(folder):
    return {path.name for path in folder.iterdir()}


def told(folder):
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))["files"]


def test_none_leaves_out_the_pictures_and_nothing_else(satqkd, campaign):
    """The tables are those of a plan that is drawn, and plan.json names what is there."""
    drawn = satqkd(*SHORT, "--out", "drawn", cwd=campaign)
    bare = satqkd(*SHORT, "--out", "bare", "--pictures", "none", cwd=campaign)

    assert (drawn.returncode, bare.returncode) == (0, 0)
    assert bare.stdout == drawn.stdout
    assert files(campaign / "drawn") - files(campaign / "bare") == PICTURES
    assert set(told(campaign / "bare")) == files(campaign / "bare") - {"plan.json"}
    for name, hashed in told(campaign / "bare").items():
        assert told(campaign / "drawn")[name] == hashed


def test_none_takes_the_place_of_a_plan_with_pictures(satqkd, campaign):
    """An old picture beside a new plan would show what is not planned."""
    satqkd(*SHORT, cwd=campaign)
    done = satqkd(*SHORT, "--pictures", "none", cwd=campaign)

    assert done.returncode == 0, done.stderr
    assert not files(campaign / "plan") & PICTURES


def test_an_unknown_form_is_refused_with_those_that_are_known(satqkd, campaign):
    """Before anything is written."""
    done = satqkd("plan", "--pictures", "svg", cwd=campaign)

    assert done.returncode == 2
    assert done.stderr == "--pictures: 'svg' is not known\n  fix: write png or none\n"
    assert not (campaign / "plan").exists()
