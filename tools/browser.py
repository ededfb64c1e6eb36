"""Find the Chromium or Chrome for the browser tests; both the preparation and the tests ask here."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def starts(program: str) -> bool:
    """Whether a browser tells its version: Ubuntu's `chromium-browser` may be an empty shell of a snap."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "Chrom" in done.stdout


def playwrights_own() -> list[str]:
    """Where Playwright keeps the browsers that it installed itself, the newest first."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folder = Path(named) if named else Path.home() / ".cache" / "ms-playwright"
    return [str(path) for path in sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]


@functools.cache
def find_browser() -> str | None:
    """The path of a browser that starts: one of the system, else Playwright's; None if there is none."""
    found = [path for path in map(shutil.which, NAMES) if path]
    return next((path for path in found + playwrights_own() if starts(path)), None)
