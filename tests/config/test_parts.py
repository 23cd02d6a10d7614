"""Payloads and terminals in files of one's own, and how they go together with the other end."""

import hashlib

import pytest

from satqkd.config.preset import copy_preset


def copied(work, name, old):
    """Let the mission name a copy of a preset in place of what it has."""
    folder = work.mission.parent / "mine"
    (path,) = copy_preset(name, folder)
    work.replace(old, f"terminal: mine/{path.name}")
    return path


class TestOwnFile:
    def test_a_copied_preset_is_a_terminal(self, work):
        """`preset copy`, change a value, name the path: that is all."""
        path = copied(work, "xinglong-1m", "terminal: xinglong-1m")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("aperture: 1.0 m", "aperture: 80 cm"), encoding="utf-8")

        mission = work.load()

        assert mission.stations[0].terminal.receiver.aperture_m == 0.8
        assert mission.stations[0].terminal_name == "mine/xinglong-1m.yaml"
        assert {item.path: item.sha256 for item in mission.inputs}[str(path)] == hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        wheres = [item.where for item in mission.assumptions]
        assert "mine/xinglong-1m.yaml: receiver.bandwidth" in wheres

    def test_a_copied_preset_is_a_payload(self, work):
        """Payloads are named the same way."""
        copy_preset("micius-2017", work.mission.parent)
        text = work.mission.read_text(encoding="utf-8")
        head, tail = text.split("    payload:\n")[0], text.split("limits:")[1]
        work.mission.write_text(
            f"{head}    payload: micius-2017.yaml\nlimits:{tail}", encoding="utf-8"
        )

        assert work.load().spacecraft[0].payload.transmitter.aperture_m == 0.3

    def test_a_file_that_is_not_there(self, work):
        """The finding stands where it is named."""
        work.replace("terminal: xinglong-1m", "terminal: mine.yaml")

        finding = work.finding()

        assert finding.message.endswith("mine.yaml does not exist")
        assert (finding.file, finding.line) == work.line_of("mine.yaml")

    def test_a_file_of_the_other_kind(self, work):
        """A payload does not stand on the ground."""
        copied(work, "micius-2017", "terminal: xinglong-1m")

        assert "is a payload, not a terminal" in work.finding().message

    @pytest.mark.parametrize(
        ("old", "new", "where"),
        [
            ("gate: 2 ns", "gate: 2", "terminal.detector.gate"),
            ('  setup: "', '  setpu: "', "assumed.setpu"),
            ("  setup: 10", "  setpu: 10", "terminal.setpu"),
        ],
    )
    def test_its_mistakes_have_their_place(self, work, old, new, where):
        """The same checks as a packaged preset's, in the file's own lines, once."""
        path = copied(work, "xinglong-1m", "terminal: xinglong-1m")
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

        finding = work.finding()

        assert (finding.file, finding.where) == (str(path), where)


class TestFit:
    def test_more_than_one_pulse_in_a_gate(self, work):
        """10 GHz into gates of 2 ns counts every pulse twenty times."""
        work.replace("pulse_rate: 100 MHz", "pulse_rate: 10 GHz")

        named, written = work.findings()

        assert "holds 20 pulses of the 10000 MHz" in named.message
        assert "mission.yaml:17" in named.message
        assert "0.1 ns" in named.fix
        assert (named.file, named.line) == work.line_of("terminal: xinglong-1m")
        assert (written.file, written.line) == work.line_of("gate: 2 ns")

    def test_one_pulse_in_a_gate(self, work):
        """A gate as long as the pulses are apart is the longest."""
        work.replace("pulse_rate: 100 MHz", "pulse_rate: 500 MHz")

        assert work.load().spacecraft[0].payload.source.pulse_rate_hz == 5e8


class TestAllChecksSpeak:
    def test_checks_do_not_wait_for_other_keys(self, work):
        """Order, sum, limit and obscuration are told beside a unit typo in the same object."""
        work.replace("pulse_rate: 100 MHz", "pulse_rate: 100")
        work.replace("intensities: [0.8, 0.1, 0]", "intensities: [0.8, 0.9, 0]")
        work.replace("probabilities: [0.5, 0.25, 0.25]", "probabilities: [0.5, 0.3, 0.25]")
        work.replace("ec_efficiency: 1.16", "ec_efficiency: 0.9")
        work.replace("epsilon_cor: 1e-15", "epsilon_cor: 0")
        work.replace("aperture: 1.2 m, efficiency", "obscuration: 1, aperture: 1.2, efficiency")
        work.replace("divergence: 10 urad", "divergence: 0.1 urad")

        source = "satellites[0].payload.source"
        receiver = "stations[1] (Nanshan).terminal.receiver"
        assert sorted(finding.where for finding in work.findings()) == [
            "protocol.ec_efficiency",
            "protocol.epsilon_cor",
            f"{source}.intensities",
            f"{source}.probabilities",
            f"{source}.pulse_rate",
            "satellites[0].payload.transmitter.beam.divergence",
            f"{receiver}.aperture",
            f"{receiver}.obscuration",
        ]

    def test_a_check_waits_for_its_own_keys(self, work):
        """No word on the number of probabilities while the intensities cannot be read."""
        work.replace("intensities: [0.8, 0.1, 0]", "intensities: [0.8, x]")

        assert work.finding().where == "satellites[0].payload.source.intensities[1]"

    def test_a_beam_below_the_diffraction_limit(self, work):
        """0.1 urad from 300 mm at 848.6 nm; the limit, 2.83 urad, is said."""
        work.replace("divergence: 10 urad", "divergence: 0.1 urad")

        finding = work.finding()

        assert finding.where == "satellites[0].payload.transmitter.beam.divergence"
        assert "2.83 urad" in finding.message
        assert (finding.file, finding.line) == work.line_of("divergence: 0.1")
