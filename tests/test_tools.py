"""What make calls: the locks hold digests and no addresses, and the comparison with references is honest."""

import json
from pathlib import Path

import pytest

from tools import check_vectors

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def pins(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.split(" ")[0] for line in lines if line[:1].isalnum()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_a_digest_for_each_package_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    blocks = [block for block in text.replace(" \\\n", " ").splitlines() if block[:1].isalnum()]
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)


def test_what_is_tested_is_what_is_run() -> None:
    assert pins(ROOT / "requirements.lock") <= pins(ROOT / "requirements-dev.lock")


def test_the_installer_and_the_build_system_are_locked_too() -> None:
    names = {pin.split("==")[0] for pin in pins(ROOT / "requirements.lock")}
    assert {"uv", "setuptools"} <= names


def test_without_references_nothing_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_vectors.main(tmp_path / "absent") == 0
    assert "nothing was compared" in capsys.readouterr().out


def reference(folder: Path, upperbound: float) -> None:
    """One case of the reference: a short series, of which the last week is judged by EARS C1."""
    (folder / "series").mkdir(exist_ok=True)
    (folder / "earsC").mkdir(exist_ok=True)
    (folder / "unknown").mkdir(exist_ok=True)
    rows = "".join(f"{week},{week},{count}\n" for week, count in enumerate([1, 2, 3, 2, 1, 2, 3, 9], 1))
    (folder / "series" / "short.csv").write_text(f"t,epoch,a\n{rows}")
    (folder / "series" / "short.meta.json").write_text('{"freq": 52}')
    output = {"upperbound": [upperbound], "alarm": [1]}
    case = {"series": "short", "control": {"method": "C1", "range": [8, 8]}, "output": [output]}
    (folder / "earsC" / "case.json").write_text(json.dumps(case))


@pytest.fixture
def ears_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_vectors, "COMPARISONS", {"earsC": check_vectors.COMPARISONS["earsC"]})
    monkeypatch.setattr(check_vectors, "OTHERS", {})


@pytest.mark.usefixtures("ears_alone")
def test_agreement_is_counted_and_what_has_no_comparison_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    week = [1, 2, 3, 2, 1, 2, 3]
    mean = sum(week) / 7
    deviation = (sum((one - mean) ** 2 for one in week) / 6) ** 0.5
    reference(tmp_path, mean + 3.090232306167813 * deviation)
    assert check_vectors.main(tmp_path) == 0
    said = capsys.readouterr().out
    assert "1 equal   0 different" in said
    assert "not compared yet: unknown" in said


@pytest.mark.usefixtures("ears_alone")
def test_a_difference_is_shown_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference(tmp_path, 4.0)
    assert check_vectors.main(tmp_path) == 1
    assert "earsC/case: apart by" in capsys.readouterr().out


@pytest.mark.usefixtures("ears_alone")
def test_a_comparison_that_lost_its_references_fails(tmp_path: Path) -> None:
    assert check_vectors.main(tmp_path) == 1
