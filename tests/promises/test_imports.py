"""The import contracts hold: what may know what is decided once, in setup.cfg, and not anew in each file.

A region is kept for years by people who come and go. As long as areas do not know one another, one can be
read, changed or left out alone; as long as the pure parts meet no server, they can be tested without one.
A new folder is refused until it is given a place in the order, which is when somebody has to think about it.
"""

from __future__ import annotations

import subprocess
from configparser import ConfigParser
from pathlib import Path

from tests.promises.code import BIN, ROOT


def contracts() -> ConfigParser:
    parsed = ConfigParser()
    parsed.read(ROOT / "setup.cfg", encoding="utf-8")
    return parsed


def test_the_contracts_hold() -> None:
    run = subprocess.run(
        [BIN / "lint-imports", "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_area_stands_in_the_contract_of_areas() -> None:
    named = contracts()["importlinter:contract:inside"]["containers"].split()
    there = {f"region.{path.parent.name}" for path in (ROOT / "region").glob("*/area.py")} - {"region.spine"}
    assert set(named) == there


def test_a_contract_can_fail(tmp_path: Path) -> None:
    """A settings file that import-linter does not read would pass for ever."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    turned = text.replace("    cli\n    supervisor\n    app\n", "    app\n    supervisor\n    cli\n")
    assert turned != text
    (tmp_path / "turned.cfg").write_text(turned, encoding="utf-8")
    words = [BIN / "lint-imports", "--no-logo", "--no-cache", "--config", tmp_path / "turned.cfg"]
    assert subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode == 1
