"""`region detect`: a table in, a table out, and refusals that say where."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import mean, stdev

import pytest
from click.testing import CliRunner, Result

from region.cli import main


@pytest.fixture
def weeks(tmp_path: Path) -> Path:
    """Two series of sixty weeks, seven cases in each but thirty in the last of b; one week of a is missing."""
    rows = [
        f"{name},{t},{30 if (name, t) == ('b', 60) else 6 + t % 3}" for name in "ab" for t in range(1, 61)
    ]
    rows.remove("a,58,7")
    path = tmp_path / "series.csv"
    path.write_text("\n".join(["series,date,observed", *rows]) + "\n", encoding="utf-8")
    return path


def detect(source: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["detect", "--in", str(source), *words], env={"LC_ALL": "C.UTF-8"})


def test_a_table_of_signals(weeks: Path, tmp_path: Path) -> None:
    out = tmp_path / "signals.csv"
    asked = ("--method", "ears-c1", "--frequency", "52", "--from", "57", "--option", "alpha=0.01")
    told = detect(weeks, *asked, "--out", str(out))
    assert told.exit_code == 0, told.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["series"], row["date"]) for row in rows] == [
        (s, str(t)) for s in "ab" for t in range(57, 61)
    ]
    by = {(row["series"], row["date"]): row for row in rows}
    assert by["b", "60"]["alarm"] == "1" and by["a", "60"]["alarm"] == "0"
    assert by["a", "60"]["note"] == "gap-in-history"
    missing = by["a", "58"]
    assert missing["note"] == "missing" and not any(
        missing[name] for name in ("observed", "expected", "upperbound", "probability", "alarm")
    )
    past = [6 + t % 3 for t in range(53, 60)]
    assert float(by["b", "60"]["upperbound"]) == pytest.approx(mean(past) + 2.3263478740408408 * stdev(past))
    assert "8 points of 2 series, 7 answered, 1 alarms" in told.stderr


def test_without_out_the_table_goes_to_the_terminal(weeks: Path) -> None:
    told = detect(weeks, "--method", "fixed", "--frequency", "52", "--from", "60", "--option", "count=30")
    assert told.stdout.splitlines()[1:] == ["a,60,6,,29,,0,", "b,60,30,,29,,1,"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "ears-c4"), "method-unknown"),
        (("--method", "ears-c1", "--option", "alpha"), "option-form"),
        (("--method", "ears-c1", "--option", "gamma=1"), "option-unknown"),
        (("--method", "ears-c1", "--from", "2020-W01"), "span-date"),
    ],
)
def test_refusals_name_what_is_wrong(weeks: Path, words: tuple[str, ...], said: str) -> None:
    told = detect(weeks, "--frequency", "52", *words)
    assert told.exit_code == 2 and said in told.stderr


def test_a_wrong_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("series,date,observed\na,2024-W01,3\na,2024-W02,-3\n", encoding="utf-8")
    told = detect(path, "--method", "ears-c1")
    assert told.exit_code == 2 and "Line 3" in told.stderr and "line=3" in told.stderr
