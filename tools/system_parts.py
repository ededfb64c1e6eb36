"""See to what the browser tests need of the system: a Chromium that starts, and a font with Chinese."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from browser import find_browser
from steps import ROOT, StepFailed, call, step

FONT_PACKAGE = "fonts-noto-cjk"


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font with Chinese characters."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def apt() -> list[str] | None:
    """The beginning of an apt-get call that asks nothing; None without apt or without the right to use it."""
    if not shutil.which("apt-get"):
        return None
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    if os.geteuid() == 0:
        return quiet
    may = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", *quiet] if may and may.returncode == 0 else None


def apt_install(packages: list[str]) -> None:
    """Install by apt what can be; the list of packages is fetched first, a new machine has none."""
    start = apt()
    if start is None or not packages:
        return
    with step(f"by apt: {' '.join(packages)}"):
        call([*start, "update"])
        call([*start, "install", "-y", "--no-install-recommends", *packages])


def is_ubuntu() -> bool:
    """Ubuntu's chromium package is a snap, which does not start where there is no snapd."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=ubuntu" in release.read_text(encoding="utf-8").split()


def attempt(what: str, install: Callable[[], None]) -> str | None:
    """Try one way to install; return why it did not work, so that the next is tried and nothing is hidden."""
    try:
        install()
    except StepFailed as reason:
        lines = str(reason).splitlines()
        telling = [line for line in lines if line.startswith(("E:", "Error", "error"))]
        return f"{what}: {(telling or lines)[0]}"
    return None


def install_with_playwright() -> None:
    with step("Playwright's own Chromium"):
        call([str(ROOT / ".venv" / "bin" / "playwright"), "install", "chromium"])


def see_to_parts() -> list[str]:
    """Install what is missing; return what did not work, in sentences."""
    troubles: list[str | None] = []
    wanted = [] if has_chinese_font() else [FONT_PACKAGE, "fontconfig"]
    if find_browser() is None and not is_ubuntu():
        wanted.append("chromium")
    if wanted:
        troubles.append(attempt("apt", lambda: apt_install(wanted)))
        find_browser.cache_clear()
    if find_browser() is None:
        troubles.append(attempt("playwright", install_with_playwright))
        find_browser.cache_clear()
    return [trouble for trouble in troubles if trouble]


def main() -> int:
    for trouble in see_to_parts():
        print(f"  {trouble}")
    if not has_chinese_font():
        print(f"  left out: a Chinese font; pictures of pages will show boxes (package {FONT_PACKAGE})")
    browser = find_browser()
    if browser is None:
        print(
            "  left out: the browser tests (marker `browser`): no Chromium or Chrome was found or installed"
        )
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"  browser for the tests: {browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
