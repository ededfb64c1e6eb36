"""One plain line a step, with the seconds it took, and the step's whole output only when it fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StepFailed(Exception):
    """A step did not work; the text says what to do about it."""


@contextmanager
def step(words: str) -> Iterator[None]:
    """Show `words` at once, and the seconds when the step is over."""
    print(f"  {words} ...", end=" ", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def call(command: list[str], env: dict[str, str] | None = None) -> str:
    """Run a command from the project's root; return its output, or raise StepFailed with it."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailed(f"{' '.join(command[:4])} ended with {done.returncode}:\n{done.stdout.strip()}")
    return done.stdout


def stop_with(reason: object) -> int:
    """Say on standard error why the preparation stops, for `sys.exit`."""
    print(f"\n{reason}", file=sys.stderr, flush=True)
    return 1
