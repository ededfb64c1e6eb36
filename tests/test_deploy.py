"""The files for a machine of one's own keep up with the code: settings, keys, and the services' commands."""

import re
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path

import pytest

from region.settings import Settings

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def lines_of(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_is_a_unit_for_each_part_that_runs() -> None:
    commands = {line.split()[1] for unit in UNITS for line in lines_of(unit, "ExecStart")}
    assert commands == {"web", "worker", "sweep", "mllp"}


def test_the_example_settings_exist_and_parse() -> None:
    lines = (ROOT / "deploy" / "region.env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) <= {f"REGION_{field.name.upper()}" for field in fields(Settings)}
    assert Settings.from_env(given).database.startswith("postgresql+psycopg://")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_key_that_the_code_asks_for_is_given_to_each_service(unit: Path) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "region").rglob("*.py"))
    asked = set(re.findall(r"""\.secret\(["']([^"']+)["']\)""", code))
    given = {line.split(":")[0] for line in lines_of(unit, "LoadCredential")}
    assert asked <= given, f"name them in {unit.name}: {sorted(asked - given)}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_service_is_hardened_and_comes_back(unit: Path) -> None:
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(unit, encoding="utf-8")
    service = parsed["Service"]
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "Restart": "always"}
    assert wanted.items() <= dict(service).items()
    assert service["User"] == "region"
    assert parsed["Unit"]["StartLimitIntervalSec"] == "0"


def test_live_events_pass_the_proxy_unbuffered() -> None:
    text = (ROOT / "deploy" / "nginx-region.conf").read_text(encoding="utf-8")
    live = re.search(r"location ~ \(\^\|/\)\(events.*?\{(.*?)\}", text, re.DOTALL)
    assert live is not None
    assert "proxy_buffering off;" in live.group(1)
