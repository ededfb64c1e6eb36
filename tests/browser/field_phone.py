"""A running round on a server on loopback, and samplers' telephones in front of it, for the tests of the field page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from werkzeug.serving import make_server

from region.app import create_app
from region.sampling.models import Tube, TubeMember
from tests.browser.inbox_device import Quiet
from tests.browsing import eventually
from tests.region.sampling.ground import Ground, resident, running_round
from tests.world import World

PIN = "280419"
EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "401 (UNAUTHORIZED)", "net::ERR_FAILED")


class Handset:
    """One telephone: its cookies, its database, its own clock (`fast` minutes ahead of ours), what it complained of."""

    def __init__(self, field: Field, lang: str, fast: int = 0) -> None:
        self.field = field
        self.context = field.chromium.new_context(viewport={"width": 390, "height": 844})
        self.context.clock.set_fixed_time(field.ground.world.clock.at + timedelta(minutes=fast))
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.context.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        self.context.on("weberror", lambda one: self.complaints.append(f"error: {one.error}"))
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.enter(lang)
        self.new_page()

    def new_page(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(20000)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def enter(self, lang: str = "en") -> None:
        ground, app = self.field.ground, self.field.app
        token = ground.world.signed_in("sampler", ground.clinic, f"sampler-{lang}", 0, lang)
        sealed = app.session_interface.get_signing_serializer(app).dumps({"sid": token})
        self.context.add_cookies([{"name": "region", "value": sealed, "url": self.field.origin}])

    def go(self) -> Handset:
        self.page.goto(f"{self.field.origin}/sampling/field")
        self.page.locator("[data-screen=pin]").wait_for(state="visible")
        return self

    def pin(self, digits: str = PIN) -> None:
        for digit in digits:
            self.page.locator(f"[data-pin='{digit}']").click()

    def begin(self) -> Handset:
        """Open the page for the first time, set the PIN, and wait until it may lose the network."""
        self.go()
        self.pin()
        self.page.get_by_text("once more").or_(self.page.get_by_text("再输入一次")).wait_for()
        self.pin()
        self.page.locator("html[data-shown=work][data-worker=ready][data-net=online]").wait_for()
        return self

    def scan(self, *texts: str) -> None:
        """What a hand scanner does: types into the field that has the focus, and ends with Enter."""
        for text in texts:
            self.page.locator("#field-input").fill(text)
            self.page.keyboard.press("Enter")

    def said(self, text: str) -> None:
        self.page.locator("#field-said").get_by_text(text).wait_for()

    def count(self) -> str:
        return (
            self.page.locator("#count-now").inner_text() + "/" + self.page.locator("#count-of").inner_text()
        )

    def counts(self, wanted: str) -> None:
        eventually(self.page, lambda: self.count() == wanted)

    def offline(self) -> None:
        self.context.set_offline(True)
        self.page.locator("html[data-net=offline]").wait_for()

    def online(self) -> None:
        self.context.set_offline(False)

    def reopen(self) -> None:
        """The tab is killed; a new one is opened."""
        self.page.close(run_before_unload=False)
        self.new_page()
        self.go()

    def all_sent(self) -> None:
        self.page.locator("html[data-waits='0'][data-net=online]").wait_for()

    def shot(self, name: str) -> None:
        self.page.screenshot(path=f"{self.field.shots}/{name}.png") if self.field.shots else None

    def bad(self) -> list[str]:
        """Complaints that nobody expected."""
        wrong = [one for one in self.complaints if one.startswith(("error", "warning"))]
        return [one for one in wrong if not any(text in one for text in EXPECTED)]


class Field:
    """The server of a region with a running round, and the telephones of its clinic."""

    shots = ""

    def __init__(self, world: World, chromium: Any, people: int = 200) -> None:
        self.ground: Ground = running_round(world, people)
        self.chromium = chromium
        self.app = create_app(world.settings, world.office)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.phones: list[Handset] = []

    def phone(self, lang: str = "en", fast: int = 0) -> Handset:
        self.phones.append(Handset(self, lang, fast))
        return self.phones[-1]

    def close(self) -> None:
        for phone in self.phones:
            phone.context.close()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def people(self, first: int, count: int) -> list[str]:
        return [resident(n) for n in range(first, first + count)]

    def tubes(self) -> Sequence[Tube]:
        with self.ground.world.as_system() as w:
            return list(w.session.scalars(select(Tube).order_by(Tube.id)))

    def counted(self) -> tuple[int, int]:
        """Members of all tubes, and persons that count."""
        with self.ground.world.as_system() as w:
            rows = w.session.scalar(select(func.count()).select_from(TubeMember))
            once = w.session.scalar(select(func.count()).where(TubeMember.counted))
        return rows or 0, once or 0
