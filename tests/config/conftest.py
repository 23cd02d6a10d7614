import re

import pytest

from satqkd.config.load import load_mission
from satqkd.errors import InputError

TLE = """\
MICIUS
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""

MISSION = """\
name: A week
start: 2016-12-19T00:00:00Z
duration: 7 d
step: 1 s
elements: micius.tle
satellites:
  - name: Micius
    norad_id: 41731
    payload:
      transmitter:
        aperture: 30 cm
        wavelength: 848.6 nm
        efficiency: 100 %
        beam: {model: flat-top, divergence: 10 urad}
        pointing: {model: stated, loss: 1.5 dB, loss_range: [0 dB, 3 dB]}
      source:
        pulse_rate: 100 MHz
        intensities: [0.8, 0.1, 0]
        probabilities: [0.5, 0.25, 0.25]
        p_key_basis: 0.5
        intrinsic_error: 1 %
      slew: 60 s
      atmosphere: {zenith_transmittance: 0.65, zenith_transmittance_range: [0.5, 0.8]}
limits: {max_sun_elevation: -12 deg, max_range: 1200 km}
protocol: {model: decoy-bb84, epsilon_sec: 1e-9, epsilon_cor: 1e-15, ec_efficiency: 1.16}
demands:
  - {between: [Xinglong, Nanshan], weight: 2}
spare_weight: 0.01
"""

STATIONS = """\
- name: Xinglong
  latitude: 40.39586667 deg
  longitude: 117.5774583 deg
  height: 893 m
  timezone: Asia/Shanghai
  terminal: xinglong-1m
- name: Nanshan
  latitude: 43.47546111 deg
  longitude: 87.17668611 deg
  height: 2080 m
  min_elevation: 12 deg
  terminal:
    receiver: {aperture: 1.2 m, efficiency: 16 %, field_of_view: 80 urad, bandwidth: 10 nm}
    detector: {efficiency: 50 %, dark_rate: 25 Hz, gate: 2 ns}
    setup: 10 min
  atmosphere: {zenith_transmittance: 0.7}
  sky: {night_radiance: 1.5e-5 W m-2 sr-1 um-1}
"""


class Workspace:
    """A folder with a sound mission, in which a test spoils one thing."""

    def __init__(self, folder):
        self.mission = folder / "mission.yaml"
        self.stations = folder / "stations.yaml"
        self.elements = folder / "micius.tle"
        self.mission.write_text(MISSION, encoding="utf-8")
        self.stations.write_text(STATIONS, encoding="utf-8")
        self.elements.write_text(TLE, encoding="utf-8")

    def replace(self, old, new):
        """Replace a text that is there exactly once in the two files."""
        for path in (self.mission, self.stations):
            text = path.read_text(encoding="utf-8")
            if old in text:
                assert text.count(old) == 1, old
                path.write_text(text.replace(old, new), encoding="utf-8")
                return self
        raise AssertionError(old)

    def load(self, **window):
        return load_mission(self.mission, self.stations, **window)

    def findings(self):
        with pytest.raises(InputError) as caught:
            self.load()
        return caught.value.findings

    def finding(self):
        """Return the one finding; it stands in the line and column of a real file."""
        findings = self.findings()
        assert len(findings) == 1, findings
        return findings[0]

    def line_of(self, text):
        """Return the file name and line in which a text stands."""
        for path in (self.mission, self.stations):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(text, line):
                    return str(path), number
        raise AssertionError(text)


@pytest.fixture
def work(tmp_path):
    return Workspace(tmp_path)
