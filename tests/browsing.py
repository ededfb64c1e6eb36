"""The Chromium that browser tests drive; the one place that decides what happens where there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tools.browser import find_browser

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def chromium_program() -> str:
    """Its path. Under CI a missing one fails; elsewhere the test is left out: some machines may install none."""
    found = find_browser()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium was found: `make test` installs one where it may")
    return found or pytest.skip("no Chromium on this machine, and none could be installed")


@contextmanager
def running_chromium() -> Iterator[Any]:
    """A Chromium; whoever opens a context or a page in it closes that."""
    program, playwright = chromium_program(), pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def eventually(page: Any, true: Callable[[], Any]) -> None:
    """Look until it is so; the browser goes on meanwhile.

    For what a page itself is to say, `true` calls ``page.evaluate``: Playwright's ``wait_for_function`` evaluates its
    text inside the page from the second look on, which the pages' content policy forbids.
    """
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never became so")
