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
