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


@pytest.fixture
def references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for algorithm, value in (("sum", 3), ("sum_wrong", 4), ("unknown", 5), ("series", 6)):
        (tmp_path / algorithm).mkdir()
        (tmp_path / algorithm / "case.json").write_text(json.dumps(value))

    def is_three(file: Path) -> list[str]:
        value = json.loads(file.read_text())
        return [] if value == 3 else [f"{value} instead of 3"]

    monkeypatch.setattr(check_vectors, "COMPARERS", {"sum": is_three, "sum_wrong": is_three})
    return tmp_path


def test_a_difference_is_shown_and_fails(references: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_vectors.main(references) == 1
    said = capsys.readouterr().out
    assert "case.json: 4 instead of 3" in said
    assert said.endswith("check-vectors: 1 equal, 1 different, 1 not compared\n")


def test_what_has_no_comparison_is_named_and_does_not_fail(
    references: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (references / "sum_wrong" / "case.json").write_text("3")
    assert check_vectors.main(references) == 0
    said = capsys.readouterr().out
    assert "unknown" in said
    assert said.endswith("check-vectors: 2 equal, 0 different, 1 not compared\n")


def test_a_comparison_that_lost_its_references_fails(references: Path) -> None:
    (references / "sum_wrong" / "case.json").unlink()
    assert check_vectors.main(references) == 1
