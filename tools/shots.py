"""Pictures of the three screens in both languages, taken from the exercise region: `make shots` writes docs/shots."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from region.app import build_office, create_app
from region.dispatch.actions import answering, writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Draft, Saying, TaskReport
from region.exercise.load import DEMO_PASSWORD, load_exercise
from region.incidents.models import Incident
from region.places.events import SiteWentDark
from region.places.models import Place, Site
from region.settings import Settings
from region.spine import migrate, worker
from region.spine.actor import Actor, Grant, system_actor
from region.spine.clock import Clock, wall_clock
from region.spine.installation import SilentBell
from region.spine.work import Office
from tools.browser import find_browser

OUT = Path(__file__).resolve().parent.parent / "docs" / "shots"
REALM = 1


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, on a screen of which size."""

    name: str
    login: str
    path: str
    width: int
    height: int


SHOTS = (
    Shot("wall", "wall", "/board", 1920, 1080),
    Shot("wall-wide", "wall", "/board", 3840, 1080),
    Shot("desk", "duty", "/desk", 1440, 900),
    Shot("compose", "duty", "/desk/compose", 1440, 900),
    Shot("directive", "duty", "/desk/directives/1", 1440, 900),
    Shot("inbox", "hubin", "/inbox", 390, 844),
    Shot("inbox-pc", "hubin", "/inbox", 1366, 768),
    Shot("places", "admin", "/places", 1440, 900),
    Shot("accounts", "admin", "/accounts", 1440, 900),
    Shot("duty", "duty", "/duty", 1440, 900),
    Shot("journal", "auditor", "/audit", 1440, 900),
    Shot("sign-in", "", "/sign-in", 390, 844),
)


def at(office: Office, minutes: float) -> Office:
    """The same office, so many minutes ago."""
    return replace(office, clock=Clock(lambda: wall_clock() - timedelta(minutes=minutes), office.clock.zone))


def run_all(office: Office) -> None:
    """Do all that is owed."""
    while due := worker.sweep_once(office):
        for queue in due:
            worker.run_due(office, queue)


def stage(office: Office) -> None:
    """An order of twenty minutes ago that most have signed, some late, some in trouble; and one that has just begun."""
    with office.work(system_actor(REALM), reading=True) as w:
        district = w.session.scalars(select(Place).where(Place.code == "990106")).one()
        incident = w.session.scalars(select(Incident)).first()
    duty = Actor("account:2", (Grant("duty_officer", district.path),), realm=REALM)
    leader = Actor("account:3", (Grant("approver", district.path),), realm=REALM)
    moment = wall_clock().astimezone(office.clock.zone)
    seal = {
        "zone": {"zh": "湖滨小区", "en": "Hubin estate"},
        "start": moment.isoformat(),
        "deadline": (moment + timedelta(hours=6)).isoformat(),
        "contact": "8001",
    }
    count = {"as_of": moment.isoformat(), "deadline": (moment + timedelta(hours=4)).isoformat()}
    offices = {"types": ["subdistrict_office", "community_office"]}
    give(at(office, 21), duty, leader, draft("seal_zone", seal, incident, offices), district.id)
    answer(at(office, 14))
    run_all(at(office, 5))
    centres = {"types": ["community_health_centre", "community_health_station"]}
    give(at(office, 3), duty, leader, draft("stock_count", count, incident, centres), district.id)
    run_all(office)


def draft(template: str, given: dict[str, Any], incident: Incident | None, choice: dict[str, Any]) -> Draft:
    """A draft from a template."""
    assert incident is not None
    token = f"shots-{template.replace('_', '-')}"
    facts = {
        "form_token": token,
        "incident_id": incident.id,
        "template": template,
        "given": given,
        "choice": choice,
    }
    return Draft.model_validate(facts)


def give(office: Office, duty: Actor, leader: Actor, said: Draft, place: int) -> None:
    """Compose, approve where a second person is needed, issue, and let it be delivered."""
    with office.work(duty) as w:
        directive = writing.compose(w, said, place)
        writing.submit(w, directive)
    with office.work(leader) as w:
        directive = w.get(Directive, directive.id)
        if directive.state == "awaiting_approval":
            writing.approve(w, directive)
        writing.issue(w, directive)
    run_all(office)


def answer(office: Office) -> None:
    """97 of 104 sign; some begin, some report, one is in trouble, one is dark."""
    with office.work(system_actor(REALM), reading=True) as w:
        rows = [
            (r.id, w.get(Place, r.place_id))
            for r in w.session.scalars(select(Recipient).order_by(Recipient.id))
        ]
    for number, (recipient_id, place) in enumerate(rows):
        if number % 15 == 7:
            continue
        with office.work(Actor(f"site:{place.id}", (Grant("clinic", place.path),), realm=REALM)) as w:
            recipient = w.get(Recipient, recipient_id)
            answering.acknowledge(w, recipient)
            if number % 3 == 0:
                answering.begin(w, recipient)
            if number % 9 == 0:
                numbers = {"residents": 1200.0 + number, "posts": 2.0}
                answering.report(w, recipient, TaskReport(uid=f"shots-report-{number:03}", numbers=numbers))
            if number == 20:
                answering.raise_trouble(
                    w, recipient, Saying(uid="shots-trouble-1", text="卡口人手不足，缺 2 人")
                )
    with office.work(system_actor(REALM)) as w:
        dark = rows[7][1].id
        w.get(Site, dark).dark_since, w.get(Site, dark).dark_reason = w.now, "power"
        w.tell(SiteWentDark(site=dark, reason="power", place=dark))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The staged region on a free port; its address."""
    settings = Settings(data_dir=folder, demo=True, duty_phone="1000000-8001")
    office = build_office(settings, bell=SilentBell())
    migrate.upgrade(office.engine)
    load_exercise(office, print)
    stage(office)
    server = make_server("127.0.0.1", 0, create_app(settings, office), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def take(browser: Browser, base: str, shot: Shot, lang: str) -> None:
    """Sign in as the one who looks, and keep what the screen shows."""
    page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.goto(f"{base}/sign-in?lang={lang}")
    if shot.login:
        page.fill("#login", shot.login)
        page.fill("#password", DEMO_PASSWORD)
        if page.locator("#realm").count():
            page.select_option("#realm", str(REALM))
        page.click("button.button-first")
        page.goto(f"{base}{shot.path}")
    page.wait_for_timeout(2500)
    page.screenshot(path=str(OUT / f"{shot.name}-{lang}.png"))
    page.context.close() if shot.login else page.close()
    print(f"{shot.name}-{lang}.png")


def main(names: list[str]) -> None:
    """Take all pictures, or those named."""
    OUT.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-dev-shm-usage"]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as base, sync_playwright() as play:
        for shot in SHOTS:
            for lang in ("zh", "en"):
                if not names or shot.name in names:
                    browser = play.chromium.launch(executable_path=find_browser(), args=flags)
                    take(browser, base, shot, lang)
                    browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
