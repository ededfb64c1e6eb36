"""`region rt` and `region nowcast`: tables in, tables out, and refusals that say where."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from region.cli import main


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"LC_ALL": "C.UTF-8"})


@pytest.fixture
def days(tmp_path: Path) -> Path:
    rows = [f"{name},2024-03-{day:02},{5 + day}" for name in ("north", "south") for day in range(1, 21)]
    path = tmp_path / "days.csv"
    path.write_text("\n".join(["series,date,observed", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_table_of_reproduction_numbers(days: Path, tmp_path: Path) -> None:
    out = tmp_path / "rt.csv"
    told = call("rt", "--in", str(days), "--mean-si", "4", "--sd-si", "2", "--out", str(out))
    assert told.exit_code == 0, told.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 13 and rows[0]["from"] == "2024-03-02" and rows[0]["to"] == "2024-03-08"
    last = rows[-1]
    assert float(last["q0.025"]) < float(last["mean"]) < float(last["q0.975"]) and float(last["mean"]) > 1
    assert int(float(last["cases"])) == sum(range(19, 26))


def test_a_serial_interval_of_ones_own(days: Path, tmp_path: Path) -> None:
    serial = tmp_path / "serial.csv"
    serial.write_text("days,weight\n1,0.6\n2,0.4\n", encoding="utf-8")
    told = call("rt", "--in", str(days), "--serial", str(serial))
    assert told.exit_code == 0 and told.output.startswith("series,from,to,cases,mean,sd,q0.025")
    serial.write_text("days,weight\n1,0.6\n1,0.4\n", encoding="utf-8")
    refused = call("rt", "--in", str(days), "--serial", str(serial))
    assert refused.exit_code != 0 and "serial.csv" in refused.output and "3" in refused.output


def test_one_serial_interval_must_be_given(days: Path) -> None:
    assert call("rt", "--in", str(days), "--mean-si", "4").exit_code != 0


def test_a_table_of_completed_days(tmp_path: Path) -> None:
    rows = [f"2024-03-{day:02},2024-03-{day + late:02},4" for day in range(1, 20) for late in range(4)]
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(["onset,report,cases", *rows]) + "\n", encoding="utf-8")
    told = call("nowcast", "--in", str(path), "--now", "2024-03-15", "--longest", "5")
    assert told.exit_code == 0, told.output
    found = list(csv.DictReader(told.output.splitlines()))
    assert len(found) == 15 and found[-1]["date"] == "2024-03-15" and found[-1]["seen"] == "4"
    assert float(found[-1]["q0.025"]) <= 16 <= float(found[-1]["q0.975"])
    assert float(found[0]["mean"]) == 16


def test_a_report_before_its_onset_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("onset,report\n2024-03-01,2024-03-02\n2024-03-05,2024-03-04\n", encoding="utf-8")
    told = call("nowcast", "--in", str(path))
    assert told.exit_code != 0 and "cases.csv" in told.output and "3" in told.output
