"""A region's server on loopback and the devices of a clinic in front of it, for the browser tests of the inbox."""

from __future__ import annotations

import threading
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from region.app import create_app
from region.dispatch.models import Directive
from tests.region.dispatch.inbox_stage import Stage
from tests.world import World


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: what matters is what the browser saw."""


class Phone:
    """One device: its cookies, its storage, what it asked for and what it complained of."""

    def __init__(self, chromium: Any, site: Clinic, **size: int) -> None:
        self.site = site
        self.context = chromium.new_context(viewport={"width": 390, "height": 844, **size})
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.set_default_timeout(20000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def enter(self, login: str = "", role: str = "clinic", place: Any = None, realm: int = 0) -> Phone:
        token = self.site.stage.world.signed_in(role, place or self.site.stage.clinic, login, realm, "en")
        sealed = self.site.app.session_interface.get_signing_serializer(self.site.app).dumps({"sid": token})
        self.context.add_cookies([{"name": "region", "value": sealed, "url": self.site.origin}])
        return self

    def open(self) -> Phone:
        self.page.goto(f"{self.site.origin}/inbox")
        self.page.wait_for_selector("body[data-net=online][data-worker=ready]")
        return self

    def offline(self) -> None:
        self.context.set_offline(True)
        self.page.wait_for_selector("body[data-net=offline]")

    def online(self) -> None:
        self.context.set_offline(False)
        self.page.wait_for_selector("body[data-net=online]")

    def card(self, directive: Directive) -> Any:
        return self.page.locator(f"[data-recipient='{self.site.stage.part(directive).id}']")

    def sign(self, directive: Directive) -> None:
        card = self.card(directive)
        card.get_by_role("button", name="Sign", exact=True).click()
        card.get_by_role("button", name="Confirm signature").click()

    def trouble(self, directive: Directive, text: str) -> None:
        card = self.card(directive)
        card.get_by_role("button", name="In trouble").click()
        card.get_by_label("What is in the way").fill(text)
        card.get_by_role("button", name="Send to the desk").click()


class Clinic:
    """The server of a region on loopback, and the devices in front of it."""

    def __init__(self, world: World, chromium: Any) -> None:
        self.stage, self.chromium = Stage(world), chromium
        self.app = create_app(world.settings, world.office)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.phones: list[Phone] = []

    def phone(self, **size: int) -> Phone:
        self.phones.append(Phone(self.chromium, self, **size))
        return self.phones[-1]

    def close(self) -> None:
        for phone in self.phones:
            phone.context.close()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def rows(self, kind: type[Any]) -> list[Any]:
        with self.stage.world.as_system() as w:
            return w.session.query(kind).all()
