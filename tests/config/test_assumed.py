"""What the files call assumed is listed; what they call so must be there."""

from pathlib import Path

from satqkd.config.load import load_mission

ROOT = Path(__file__).parents[2]


def listed(mission):
    return {item.where: (item.value, item.why) for item in mission.assumptions}


def test_values_called_assumed_are_listed_as_written(work):
    """In the mission and in a station, with their reasons."""
    work.replace(
        "spare_weight: 0.01\n",
        "spare_weight: 0.01\nassumed: {spare_weight: a taste, 'demands[0].weight': a wish}\n",
    )
    work.replace("  height: 893 m\n", "  height: 893 m\n  assumed: {height: from a map}\n")

    found = listed(work.load())

    assert found["mission.yaml: spare_weight"] == ("0.01", "a taste")
    assert found["mission.yaml: demands[0].weight"] == ("2", "a wish")
    assert found["stations.yaml: stations[0] (Xinglong).height"] == ("893 m", "from a map")


def test_a_path_to_nothing_is_a_mistake(work):
    """A misspelt path would hide an assumption; both files at once."""
    work.replace("spare_weight: 0.01\n", "spare_weight: 0.01\nassumed: {limits.max_rnge: why}\n")
    work.replace("  height: 893 m\n", "  height: 893 m\n  assumed: {hieght: from a map}\n")

    mission, station = work.findings()

    assert (mission.message, mission.fix) == (
        "names no value that is written here",
        "write 'limits.max_range'",
    )
    assert (mission.file, mission.line) == work.line_of("max_rnge")
    assert (station.where, station.fix) == (
        "stations[0] (Xinglong).assumed.hieght",
        "write 'height'",
    )


def test_a_misspelt_key_is_told_once(work):
    """A path to what the key was meant to be is right, and stays right when it is mended."""
    work.replace("  sky: {night_radiance: 1.5e-5", "  sky: {night_radiace: 1.5e-5")
    work.replace(
        "  height: 2080 m\n", "  height: 2080 m\n  assumed: {sky.night_radiance: a guess}\n"
    )

    finding = work.finding()

    assert finding.where == "stations[1] (Nanshan).sky.night_radiace"
    assert finding.fix == "write 'night_radiance'"


def test_below_a_misspelt_key_paths_are_those_of_the_mended_file(work):
    """Key and path are both mended in one go, and no fix repeats the misspelt key."""
    work.replace("limits: {max_sun", "limtis: {max_sun")
    work.replace(
        "spare_weight: 0.01\n",
        "spare_weight: 0.01\n"
        "assumed: {limits.max_range: right, limits.max_rnge: a, limtis.max_sun_elevation: b}\n",
    )

    key, misspelt, by_the_key = work.findings()

    assert (key.where, key.fix) == ("limtis", "write 'limits'")
    assert (misspelt.message, misspelt.fix) == (
        "names no value that is written here",
        "write 'limits.max_range'",
    )
    assert by_the_key.fix == "write 'limits.max_sun_elevation'"


def test_a_key_that_nobody_knows_is_no_suggestion(work):
    """Nothing is proposed that stands under a key that has to go."""
    work.replace(
        "limits: {max_sun_elevation", "limits: {wavelength_of_light: 1 nm, max_sun_elevation"
    )
    work.replace(
        "spare_weight: 0.01\n",
        "spare_weight: 0.01\nassumed: {limits.wavelength_light: why}\n",
    )

    assumed = [finding for finding in work.findings() if "assumed" in finding.where]

    assert [finding.message for finding in assumed] == ["names no value that is written here"]
    assert "wavelength_of_light" not in assumed[0].fix


def test_a_misspelt_key_beside_the_right_one(work):
    """Two spellings of one key: the right one is what the path names."""
    work.replace(
        "spare_weight: 0.01\n",
        "spare_wieght: 0.2\nspare_weight: 0.01\nassumed: {spare_weight: why}\n",
    )

    assert work.finding().where == "spare_wieght"


def test_a_path_below_a_name_is_to_be_removed(work):
    """A terminal that is named holds its own assumptions."""
    work.replace("  height: 893 m\n", "  height: 893 m\n  assumed: {terminal.setup: a guess}\n")

    assert work.finding().fix == (
        "remove it: 'terminal' is 'xinglong-1m', below which nothing is written"
    )


def test_a_value_without_a_reason_is_told_where_it_stands(work):
    """Not at the first of its neighbours."""
    work.replace(
        "spare_weight: 0.01\n",
        "spare_weight: 0.01\nassumed:\n  demands: a wish\n  spare_weight:\n",
    )

    finding = work.finding()

    assert (finding.where, finding.message) == ("assumed.spare_weight", "has no value")
    assert (finding.file, finding.line) == work.line_of("^  spare_weight:$")


def test_borrowed_air_is_an_assumption(work):
    """A station without an atmosphere takes the payload's; one with its own does not."""
    found = listed(work.load())

    value, why = found["stations.yaml: stations[0] (Xinglong).atmosphere"]
    assert value == "zenith_transmittance: 0.65"
    assert "the payload's" in why
    assert "stations.yaml: stations[1] (Nanshan).atmosphere" not in found


def test_the_campaign_lists_what_its_comments_call_assumed():
    """Limits, protocol, demands, and what is recalled of the stations."""
    found = listed(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))

    assert {
        "mission.yaml: limits.max_sun_elevation",
        "mission.yaml: protocol.ec_efficiency",
        "mission.yaml: protocol.epsilon_cor",
        "mission.yaml: demands",
        "mission.yaml: spare_weight",
        "stations.yaml: stations[0] (Xinglong).sky.night_radiance",
        "stations.yaml: stations[3] (Lijiang).height",
        "stations.yaml: stations[4] (Ngari).terminal",
        "stations.yaml: stations[5] (Jinan).latitude",
    } <= set(found)
