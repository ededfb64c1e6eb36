"""`region scan`: tables in, clusters out, and refusals that say where."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from region.cli import main


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """Nine villages in a row, one case each every other day of March; twelve more in the last two days of the fifth."""
    lines = [f"v{at},2024-03-{day:02},1" for at in range(9) for day in range(1, 21, 2)]
    lines += ["v4,2024-03-19,6", "v4,2024-03-20,6"]
    (tmp_path / "cases.csv").write_text("\n".join(["area,date,cases", *lines]) + "\n", encoding="utf-8")
    spots = [f"v{at},31.{at},121.5" for at in range(9)]
    (tmp_path / "places.csv").write_text(
        "\n".join(["area,latitude,longitude", *spots]) + "\n", encoding="utf-8"
    )
    people = [f"v{at},1000" for at in range(9)]
    (tmp_path / "people.csv").write_text("\n".join(["area,population", *people]) + "\n", encoding="utf-8")
    return tmp_path


def scan(ground: Path, *words: str, cases: str = "cases.csv") -> Result:
    given = ["scan", "--cases", str(ground / cases), "--coordinates", str(ground / "places.csv"), *words]
    return CliRunner().invoke(main, given, env={"LC_ALL": "C.UTF-8"})


@pytest.mark.parametrize("model", ["poisson", "permutation"])
def test_the_village_with_more_than_chance_explains(ground: Path, model: str) -> None:
    words = ("--model", model, "--population", str(ground / "people.csv"), "--replicates", "199")
    told = scan(ground, *words)
    assert told.exit_code == 0, told.output
    first = next(csv.DictReader(told.stdout.splitlines()))
    assert first["members"] == "v4" and first["from"] == "2024-03-19" and first["to"] == "2024-03-20"
    assert first["observed"] == "13" and float(first["p"]) == pytest.approx(0.005)
    assert float(first["expected"]) < 5 and float(first["relative_risk"]) > 2


def test_the_order_of_the_cases_changes_nothing(ground: Path) -> None:
    lines = (ground / "cases.csv").read_text("utf-8").splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    (ground / "turned.csv").write_text(turned, encoding="utf-8")
    words = ("--model", "permutation", "--replicates", "0")
    assert scan(ground, *words).stdout == scan(ground, *words, cases="turned.csv").stdout


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("v9,2024-03-02,1", "v9"),
        ("v1,02.03.2024,1", "02.03.2024"),
        ("v1,2024-03-02,-1", "-1"),
        ("v1,2024-03-02", "v1"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(ground: Path, line: str, says: str) -> None:
    with (ground / "cases.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    told = scan(ground, "--model", "permutation")
    assert told.exit_code != 0 and says in told.output and "cases.csv" in told.output and "94" in told.output
