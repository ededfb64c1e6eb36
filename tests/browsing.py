"""The Chromium that browser tests drive; the one place that decides what happens where there is none."""

from __future__ import annotations

import os

import pytest

from tools.browser import find_browser


def chromium_program() -> str:
    """Its path. Under CI a missing one fails; elsewhere the test is left out: some machines may install none."""
    found = find_browser()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium was found: `make test` installs one where it may")
    return found or pytest.skip("no Chromium on this machine, and none could be installed")
