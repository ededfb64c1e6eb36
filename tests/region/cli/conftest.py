"""Runs `region VERB` as a process of its own, with settings of its own and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
Call = Callable[..., "subprocess.CompletedProcess[str]"]


def region_argv(*words: str | Path) -> list[str]:
    """The command as the installed script runs it, from this tree."""
    return [sys.executable, "-c", "from region.cli import main; main()", *map(str, words)]


def region_env(**settings: object) -> dict[str, str]:
    """This environment without REGION_… and with these settings, in English."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("REGION_")}
    given = {f"REGION_{name.upper()}": str(value) for name, value in settings.items()}
    return {**env, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **given}


@pytest.fixture
def call() -> Call:
    """`call("db", "upgrade", data_dir=…)` runs a verb to its end."""

    def run(*words: str | Path, **settings: object) -> subprocess.CompletedProcess[str]:
        env = region_env(**settings)
        return subprocess.run(region_argv(*words), env=env, capture_output=True, text=True, timeout=120)

    return run
