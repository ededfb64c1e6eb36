"""Runs `region VERB` with settings of its own and no others: to its end here, or as a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from region.cli import main

ROOT = Path(__file__).parents[3]
Call = Callable[..., "Told"]


def region_argv(*words: str | Path) -> list[str]:
    """The command as the installed script runs it, from this tree."""
    return [sys.executable, "-c", "from region.cli import main; main()", *map(str, words)]


def region_env(**settings: object) -> dict[str, str]:
    """This environment without REGION_… and with these settings, in English."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("REGION_")}
    given = {f"REGION_{name.upper()}": str(value) for name, value in settings.items()}
    return {**env, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **given}


@dataclass(frozen=True)
class Told:
    """How a verb ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call() -> Call:
    """`call("db", "upgrade", data_dir=…)` runs a verb to its end, in this process: to start another takes seconds."""

    def run(*words: str | Path, **settings: object) -> Told:
        env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("REGION_")}
        env |= region_env(**settings)
        told = CliRunner().invoke(main, [*map(str, words)], env=env)
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    return run
