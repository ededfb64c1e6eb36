"""A wall in a real Chromium: it turns colour after a signature, raises the alarm, and says when it is cut off."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.board import feed as feeding
from region.board.routes import wall
from tests.browsing import eventually
from tests.region.board.test_wall import Stage, staged
from tests.world import World

pytestmark = pytest.mark.browser

SIZES = """() => [...document.querySelectorAll('body *')].filter((e) => e.offsetWidth
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
    && !['SCRIPT', 'STYLE'].includes(e.tagName))
    .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.className, e.textContent.slice(0, 30)])"""
CUT_OFF = """() => [...document.querySelectorAll('section, header')].filter((e) => e.offsetWidth
    && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)).map((e) => e.className)"""


class Line:
    """The wire between a screen and its server, which can be cut and mended; the port stays."""

    def __init__(self, port: int) -> None:
        self.target, self.sockets = port, list[socket.socket]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.whole, self.over = self.listener.getsockname()[1], True, False
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()

    def accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            if self.over:
                near.close()
                return
            if not self.whole:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut: that is what it is for
            while part := source.recv(65536):
                sink.sendall(part)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.whole = False
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.over = True
        self.cut()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        self.listener.close()
        for one in self.sockets:
            one.close()


class Site:
    """A server, and the line to it."""

    def __init__(self, app: Any) -> None:
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.line = Line(self.server.server_port)
        self.url = f"http://127.0.0.1:{self.line.port}/board?lang=en"

    def close(self) -> None:
        self.line.close()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def stage(sqlite_world: World) -> Stage:
    return staged(sqlite_world)


@pytest.fixture
def site(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(wall, "BEAT", 1.0)
    monkeypatch.setattr(feeding, "OLDEST", 2.0)
    app = create_app(stage.world.settings, stage.world.office)
    viewer = stage.viewer()
    app.extensions["region"] = dataclasses.replace(app.extensions["region"], identify=lambda *_: viewer)
    made = Site(app)
    yield made
    feeding.feed_of(stage.world.office).close()
    made.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of the wall's size that fails the test on any error or any request to another host."""
    wrong: list[str] = []
    opened = chromium.new_page(viewport={"width": 1920, "height": 1080})
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda asked: wrong.append(asked.url) if "//127.0.0.1" not in asked.url else None)
    opened.wrong = wrong
    yield opened
    opened.close()


def await_count(page: Any, state: str, number: str) -> None:
    """Return when the wall counts so many sites in a state."""
    told = f"document.querySelector('[data-count-state={state}]')?.textContent"
    eventually(page, lambda: page.evaluate(told) == number)


def own(wrong: list[str]) -> list[str]:
    """What went wrong, without data: addresses."""
    return [text for text in wrong if not text.startswith(("data:", "blob:"))]


def test_a_signature_turns_the_mark_and_the_bar(stage: Stage, site: Site, page: Any) -> None:
    order = stage.issue("form-0001", (stage.town.id,))
    page.goto(site.url)
    await_count(page, "owed", "8")
    stage.sign(order, stage.clinics[0])
    await_count(page, "signed", "1")
    assert page.locator("#wall-directives [data-text=signed]").text_content() == "1"
    assert page.locator("#wall-alarm").is_hidden()
    assert own(page.wrong) == []


def test_what_becomes_late_raises_the_alarm_once(stage: Stage, site: Site, page: Any) -> None:
    stage.issue("form-0001", (stage.town.id,))
    page.goto(site.url)
    await_count(page, "owed", "8")
    stage.world.wait(minutes=61)
    page.wait_for_selector("#wall-alarm:not([hidden])")
    assert "8 sites in Nanping have not signed order 001" in page.locator("#wall-alarm").text_content()
    assert page.locator("#wall-tiles .is-bad").count() >= 1
    await_count(page, "late", "8")
    assert own(page.wrong) == []


def test_a_dead_server_leaves_the_last_data_and_says_how_old(stage: Stage, site: Site, page: Any) -> None:
    stage.issue("form-0001", (stage.town.id,))
    page.clock.install()
    page.goto(site.url)
    page.clock.resume()
    await_count(page, "owed", "8")
    assert page.locator("body.is-cut").count() == 0
    site.line.cut()
    page.clock.fast_forward(16_000)
    page.wait_for_selector("body.is-cut")
    assert page.locator("#wall-age").text_content().startswith("No connection since ")
    assert "stale" in page.locator("#wall-tiles").get_attribute("class")
    assert page.locator("#wall-directives > li").count() == 1
    site.line.whole = True
    page.clock.fast_forward(60_000)
    page.wait_for_selector("body:not(.is-cut)")
    assert page.locator("#wall-age").text_content().startswith("as of ")


@pytest.mark.parametrize(("lang", "width"), [("zh", 1920), ("en", 1920), ("zh", 3840), ("en", 3840)])
def test_it_is_legible_at_eight_metres_and_nothing_is_cut(
    stage: Stage, site: Site, page: Any, lang: str, width: int
) -> None:
    stage.issue("form-0001", (stage.town.id,))
    stage.world.wait(minutes=61)
    page.set_viewport_size({"width": width, "height": 1080})
    page.goto(site.url.replace("lang=en", f"lang={lang}"))
    await_count(page, "late", "8")
    sizes = page.evaluate(SIZES)
    assert [one for one in sizes if one[0] < 30] == []
    values = page.evaluate(
        "() => [...document.querySelectorAll('.big-value')].filter((e) => e.offsetWidth)"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert len(values) == 3
    assert min(values) >= 96
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate(CUT_OFF) == []
    assert own(page.wrong) == []


def test_the_scenes_turn_by_themselves_and_by_key(stage: Stage, site: Site, page: Any) -> None:
    page.clock.install()
    page.goto(site.url)
    page.clock.fast_forward(31_000)
    assert page.get_attribute("#wall", "data-scene") == "overview", "no order is running: nothing to ask"
    order = stage.issue("form-0001", (stage.town.id,))
    page.reload()
    page.clock.resume()
    await_count(page, "owed", "8")
    assert page.locator("#wall-tiles").is_visible() and page.locator("#wall-waiting").is_hidden()
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#wall[data-scene=dispatch]")
    assert page.locator("#wall-figures article").count() == 3
    assert page.locator("#wall-tiles").is_hidden() and page.locator(".folium-map").is_visible()
    assert page.locator("#wall-waiting [data-text=text]").text_content() == "8 unsigned"
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#wall[data-scene=overview]")
    page.keyboard.press("2")
    assert page.locator("#wall-waiting").is_visible()
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    page.get_by_text("All have signed.").wait_for()
    page.keyboard.press("1")
    assert page.locator("#wall-hands").count() == 1 and page.locator("#wall-figures").is_hidden()
    assert own(page.wrong) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_dispatch_scene_is_held_by_its_address_and_legible(
    stage: Stage, site: Site, page: Any, lang: str
) -> None:
    for number in range(3):
        stage.issue(f"form-000{number}", (stage.town.id, stage.other.id))
    stage.world.wait(minutes=72)
    stage.world.run()
    page.clock.install()
    page.goto(site.url.replace("lang=en", f"scene=dispatch&lang={lang}"))
    page.clock.resume()
    page.wait_for_selector("#wall-waiting li")
    page.clock.fast_forward(65_000)
    assert page.get_attribute("#wall", "data-scene") == "dispatch"
    small = [size for size in page.evaluate(SIZES) if size[0] < 29.9]
    assert small == []
    assert page.evaluate(CUT_OFF) == []
    below = "() => [...document.querySelectorAll('.scene-side > *')].at(-1).getBoundingClientRect().bottom"
    side = "() => document.querySelector('.scene-side').getBoundingClientRect().bottom"
    assert page.evaluate(below) <= page.evaluate(side)
