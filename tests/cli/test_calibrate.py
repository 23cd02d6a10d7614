"""``satqkd calibrate`` from the log to the next forecast."""

from __future__ import annotations

import csv
import io
import json

import pytest

LOG = "data/flown/micius-2016-12-19.csv"


@pytest.fixture
def folder(edited):
    """The campaign with the payload as printed."""
    return edited("mission.yaml", "payload: micius-2017-flown", "payload: micius-2017")


class TestCalibrate:
    def test_the_result_is_heeded_by_the_next_forecast(self, satqkd, folder):
        """Written, named in the mission, told by check and plan; the key changes."""
        before = satqkd("forecast", "--days", "1", "--csv", "--samples", "0", cwd=folder)
        done = satqkd("calibrate", LOG, "--out", "calibration", cwd=folder)

        assert done.returncode == 0, done.stderr
        assert "zenith transmittance" in done.stdout
        assert "receiver efficiency cannot be told from pointing loss" in done.stdout
        assert "add 'calibration: calibration/calibration.yaml' to mission.yaml" in done.stderr
        mission = folder / "mission.yaml"
        text = mission.read_text(encoding="utf-8")
        mission.write_text(text + "\ncalibration: calibration/calibration.yaml\n", encoding="utf-8")
        after = satqkd("forecast", "--days", "1", "--csv", "--samples", "0", cwd=folder)
        assert after.returncode == 0, after.stderr
        first, second = (
            {
                row["pass_id"]: int(row["secure_bits"])
                for row in csv.DictReader(io.StringIO(text.stdout))
            }
            for text in (before, after)
        )
        changed = {name for name in first if first[name] != second[name]}
        assert changed == {name for name in first if "xinglong" in name and first[name]}
        planned = satqkd("plan", "--days", "1", "--out", "plan", "--pictures", "none", cwd=folder)
        assert planned.returncode == 0, planned.stderr
        told = json.loads((folder / "plan" / "plan.json").read_text(encoding="utf-8"))
        assert told["calibration"]["log"] == "micius-2016-12-19.csv"
        assert any(one["path"].endswith("calibration.yaml") for one in told["inputs"])

    def test_the_folder_holds_overlay_table_and_picture(self, satqkd, folder):
        """One row a recorded value; residuals are flown minus model; the same bytes every time."""
        for name in ("calibration", "again"):
            satqkd("calibrate", LOG, "--out", name, cwd=folder)

        out = folder / "calibration"
        text = (out / "flown.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {path.name for path in out.iterdir()} == {
            "calibration.yaml", "flown.csv", "calibration.png", "plan.json",
        }  # fmt: skip
        assert len(rows) == 23
        for row in rows:
            off = float(row["flown"]) - float(row["model_after"])
            assert float(row["residual_after"]) == pytest.approx(off, abs=2e-4)
        for name in ("flown.csv", "calibration.png"):
            assert (out / name).read_bytes() == (folder / "again" / name).read_bytes()

    def test_json_holds_constants_and_agreement(self, satqkd, folder):
        """Numbers, not text."""
        done = satqkd("calibrate", LOG, "--json", cwd=folder)
        told = json.loads(done.stdout)

        assert done.returncode == 0
        (agreed,) = told["agreement"]
        assert agreed["rows"] == 23
        assert abs(agreed["bias_after"]) < 0.01 < abs(agreed["bias_before"])
        by_name = {row["constant"]: row for row in told["constants"]}
        pointing = by_name["pointing loss"]
        assert pointing["interval_low"] < pointing["after"] < pointing["interval_high"]
        assert by_name["receiver efficiency"]["interval_low"] is None


class TestExitCodes:
    def test_a_log_of_another_time_says_no(self, satqkd, folder):
        """No row within a pass: nothing could be fitted, exit code 1."""
        (folder / "log.csv").write_text(
            "utc,station,loss_db\n2016-12-19T12:00:00Z,Xinglong,30\n", encoding="utf-8"
        )
        done = satqkd("calibrate", "log.csv", "--out", "calibration", cwd=folder)

        assert done.returncode == 1
        assert "outside every pass" in done.stderr
        assert "nothing could be fitted" in done.stderr
        assert not (folder / "calibration").exists()

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("utc,loss_db\n2016-12-19T16:52:14Z,30\n", "log.csv:2: station: names no station"),
            ("utc,station,loss_db\nsoon,Xinglong,30\n", "log.csv:2: utc: 'soon'"),
            ("", "log.csv:1"),
        ],
    )
    def test_a_wrong_log_is_exit_code_2(self, satqkd, folder, text, told):
        """With file and line."""
        (folder / "log.csv").write_text(text, encoding="utf-8")
        done = satqkd("calibrate", "log.csv", cwd=folder)

        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_log_that_is_not_there_is_exit_code_2(self, satqkd, folder):
        """One sentence."""
        done = satqkd("calibrate", "none.csv", cwd=folder)

        assert done.returncode == 2
        assert "none.csv:1" in done.stderr
