import pytest

from satqkd.config.load import load_mission
from satqkd.config.mistake import Mistake
from satqkd.config.preset import copy_preset, list_presets, show_preset
from satqkd.errors import OutputError


def test_list_names_kind_and_title():
    """Payloads, terminals and one mission, by name."""
    kinds = {preset.name: preset.kind for preset in list_presets()}

    assert kinds == {
        "chip-mdi-2020": "protocol",
        "combs-113km-2022": "clock",
        "cubesat-trade": "mission",
        "delingha-1.2m": "terminal",
        "europe-year": "mission",
        "fibre-115mb-2023": "mission",
        "free-space-mdi-2020": "protocol",
        "frequency-transfer-2021": "clock",
        "ground-links": "mission",
        "jinan-1": "payload",
        "jinan-1-constellation": "mission",
        "jinan-1-ten-cities": "mission",
        "jinan-1-portable": "terminal",
        "micius-2016-campaign": "mission",
        "micius-2017": "payload",
        "micius-2017-flown": "payload",
        "micius-entanglement-2020": "protocol",
        "micius-entanglement-campaign": "mission",
        "micius-portable-campaign": "mission",
        "microsatellite-daylight-week": "mission",
        "microsatellite-week": "mission",
        "nanshan-1.2m": "terminal",
        "portable-28cm": "terminal",
        "qstt-micius-2020": "clock",
        "single-photon-2024": "payload",
        "twenty-sites": "mission",
        "twin-field-2025": "protocol",
        "twin-field-node": "mission",
        "xinglong-1m": "terminal",
    }
    assert all(preset.title for preset in list_presets())


def test_show_gives_the_text_with_its_comments():
    """A mission shows its main file."""
    assert show_preset("micius-2017").startswith("kind: payload")
    assert "duration: 7 d" in show_preset("micius-2016-campaign")


def test_unknown_preset_gets_a_suggestion():
    """Also on the command line."""
    with pytest.raises(Mistake, match="write 'micius-2017'"):
        show_preset("mcius-2017")


def test_copied_campaign_is_a_mission(tmp_path):
    """In an empty folder, from the package alone."""
    copy_preset("micius-2016-campaign", tmp_path / "new")

    mission = load_mission(tmp_path / "new" / "mission.yaml", tmp_path / "new" / "stations.yaml")

    assert [s.site.name for s in mission.stations] == [
        "Xinglong",
        "Nanshan",
        "Delingha",
        "Lijiang",
        "Ngari",
        "Jinan",
    ]
    assert mission.duration_s == 7 * 86_400.0


def test_copy_of_a_payload_is_one_file(tmp_path):
    """A single YAML file."""
    assert copy_preset("micius-2017", tmp_path) == (tmp_path / "micius-2017.yaml",)
    assert (tmp_path / "micius-2017.yaml").read_text(encoding="utf-8") == show_preset("micius-2017")


def test_copy_overwrites_nothing(tmp_path):
    """One file in the way, and none is copied."""
    (tmp_path / "stations.yaml").write_text("mine", encoding="utf-8")

    with pytest.raises(OutputError, match=r"stations.yaml: there already"):
        copy_preset("micius-2016-campaign", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["stations.yaml"]
    assert (tmp_path / "stations.yaml").read_text(encoding="utf-8") == "mine"


def test_copy_into_a_file_is_refused(tmp_path):
    """A folder that is a file gives a sentence, not a traceback."""
    (tmp_path / "taken").write_text("", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        copy_preset("micius-2017", tmp_path / "taken")
