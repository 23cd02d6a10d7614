"""``satqkd check`` shows names and does not obey them."""

from __future__ import annotations


def test_names_from_files_are_shown_harmless(satqkd, edited):
    """Direction marks, new lines and endless names become text."""
    name = "a\\u202eb\\nc" + "x" * 5000
    folder = edited("mission.yaml", "Micius over China, December 2016", "placeholder")
    text = (folder / "mission.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "placeholder" in line)
    text = text.replace(line, f'{line.partition(":")[0]}: "{name}"')
    (folder / "mission.yaml").write_text(text, encoding="utf-8")

    said = satqkd("check", cwd=folder).stdout

    assert r"a\u202eb\nc" in said
    assert "\u202e" not in said
    assert max(map(len, said.splitlines())) < 200


def test_hemispheres_are_letters_and_members_have_their_number(satqkd, edited):
    """No minus before N or E; a line of a design is not cut before the number of its member."""
    orbit = 'orbit: {model: walker, altitude: 600 km, pattern: "60:6/3/1"}'
    folder = edited("mission.yaml", "norad_id: 41731", orbit)
    stations = (folder / "stations.yaml").read_text(encoding="utf-8")
    stations = stations.replace("latitude: ", "latitude: -", 1).replace(
        "longitude: ", "longitude: -", 1
    )
    (folder / "stations.yaml").write_text(stations, encoding="utf-8")

    said = satqkd("check", cwd=folder).stdout

    assert "° S " in said
    assert "° W, " in said
    assert "-" not in next(line for line in said.splitlines() if "° S " in line).split(": ")[1]
    assert "no drag; satellite 6 of 6" in said
