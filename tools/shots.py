"""Pictures of the screens in both languages, taken from the exercise region: `make shots` writes docs/shots."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from region.app import build_office, create_app
from region.exercise.load import DEMO_PASSWORD, load_exercise
from region.settings import Settings
from region.spine import migrate
from region.spine.installation import SilentBell
from region.spine.work import Office
from tools.browser import find_browser
from tools.shots_people import rights
from tools.shots_roads import send_out
from tools.shots_sampling import prepare, sample
from tools.shots_stage import REALM, at, proof_page, run_all, stage

OUT = Path(__file__).resolve().parent.parent / "docs" / "shots"


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, on a screen of which size; the stage knows `{link}`, `{tube}`."""

    name: str
    login: str
    path: str
    width: int
    height: int
    before: Callable[[Page, Office], None] | None = None
    """What was done on the page by then."""


SHOTS = (
    Shot("wall", "wall", "/board", 1920, 1080),
    Shot("wall-wide", "wall", "/board", 3840, 1080),
    Shot("desk", "duty", "/desk", 1440, 900),
    Shot("compose", "duty", "/desk/compose", 1440, 900),
    Shot("wall-dispatch", "wall", "/board?scene=dispatch", 1920, 1080),
    Shot("wall-supplies", "wall", "/board?scene=supplies", 1920, 1080),
    Shot("supplies", "planner", "/supplies", 1440, 900),
    Shot("plan", "planner", "/supplies/plans/1", 1440, 900),
    Shot("forecast", "planner", "/supplies/forecast?item=n95", 1440, 900),
    Shot("capacity", "planner", "/capacity", 1440, 900),
    Shot("shelf", "store", "/shelf", 390, 844),
    Shot("rounds", "leader", "/sampling/rounds", 1440, 900),
    Shot("round", "duty", "/sampling/rounds/1", 1440, 900),
    Shot("round-board", "duty", "/sampling/rounds/1/board", 1440, 900),
    Shot("wall-sampling", "wall", "/board?scene=sampling", 1920, 1080),
    Shot("field", "sampler", "/sampling/field", 390, 844, before=sample),
    Shot("bench", "lab", "/sampling/bench", 1440, 900),
    Shot("results", "lab", "/sampling/results", 1440, 900),
    Shot("recall", "epi", "/sampling/recalls/1", 1440, 900),
    Shot("proposals", "epi", "/surveillance/proposals", 1440, 900),
    Shot("tube", "epi", "/sampling/tubes/{tube}", 1440, 900),
    Shot("zones", "epi", "/zones", 1440, 900),
    Shot("zone", "commander", "/zones/2", 1440, 900),
    Shot("cases", "epi", "/tracing", 1440, 900),
    Shot("funnel", "epi", "/tracing/funnel", 1440, 900),
    Shot("quarantine-site", "hotel", "/quarantine/sites/1", 1440, 900),
    Shot("stay", "hotel", "/quarantine/stays/1", 1440, 900),
    Shot("checks", "hotel", "/quarantine/checks", 1024, 768),
    Shot("transfers", "driver", "/quarantine/transfers", 390, 844),
    Shot("exports", "epi", "/people/exports", 1440, 900),
    Shot("export-approvals", "commander", "/people/exports/approve", 1440, 900),
    Shot("glass", "epi", "/people/glass", 1440, 900),
    Shot("glass-review", "privacy", "/people/glass/review", 1440, 900),
    Shot("destruction", "privacy", "/people/destructions/1", 1440, 900),
    Shot("grounds", "privacy", "/people/grounds", 1440, 900),
    Shot("mergings", "epi", "/people/mergings", 1440, 900),
    Shot("campaign", "duty", "/desk/directives/1/campaign", 1440, 900),
    Shot("directive", "duty", "/desk/directives/3", 1440, 900),
    Shot("roll-call", "duty", "/desk/roll-call", 1440, 900),
    Shot("handover", "leader", "/desk/handover", 1440, 900),
    Shot("channels", "duty", "/desk/channels", 1440, 900),
    Shot("link", "", "{link}", 390, 844),
    Shot("inbox", "hubin", "/inbox", 390, 844),
    Shot("inbox-pc", "hubin", "/inbox", 1366, 768),
    Shot("places", "admin", "/places", 1440, 900),
    Shot("accounts", "admin", "/accounts", 1440, 900),
    Shot("duty", "duty", "/duty", 1440, 900),
    Shot("journal", "auditor", "/audit", 1440, 900),
    Shot("proof", "", "proof", 0, 0),
    Shot("sign-in", "", "/sign-in", 390, 844),
)


CHANNELS = {"sms": {"url": "http://127.0.0.1:9/sms", "key": "not-a-key"}}
"""A channel that is switched on; nothing listens there, and no site of the region has an address on it."""


LATE_MINUTES = 1500
"""So long ago left what is late on the road."""


@dataclass(frozen=True)
class Served:
    """The staged region: its address, the addresses that hold a secret, and its office."""

    base: str
    secrets: dict[str, str]
    office: Office


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The staged region on a free port."""
    settings = Settings(data_dir=folder, demo=True, duty_phone="1000000-8001")
    office = build_office(settings, bell=SilentBell())
    migrate.upgrade(office.engine)
    load_exercise(office, print)
    secrets = stage(office)
    send_out(office, at(office, LATE_MINUTES))
    secrets["tube"] = prepare(office)
    rights(office)
    run_all(office)
    settings = replace(settings, channels=CHANNELS)
    office = build_office(settings, bell=SilentBell())
    server = make_server("127.0.0.1", 0, create_app(settings, office), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}", secrets, office)
    server.shutdown()


def take(browser: Browser, there: Served, shot: Shot, lang: str) -> None:
    """Sign in as the one who looks, and keep what the screen shows."""
    base, path = there.base, shot.path.format(**there.secrets)
    page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.goto(f"{base}/sign-in?lang={lang}")
    if shot.login:
        page.fill("#login", shot.login)
        page.fill("#password", DEMO_PASSWORD)
        if page.locator("#realm").count():
            page.select_option("#realm", str(REALM))
        page.click("button.button-first")
        page.goto(f"{base}{path}")
    elif path != shot.path:
        page.goto(f"{base}{path}?lang={lang}")
    if shot.before is not None:
        shot.before(page, there.office)
    page.wait_for_timeout(2500)
    page.screenshot(path=str(OUT / f"{shot.name}-{lang}.png"))
    page.context.close() if shot.login else page.close()
    print(f"{shot.name}-{lang}.png")


def main(names: list[str]) -> None:
    """Take all pictures, or those named."""
    OUT.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-dev-shm-usage"]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as there, sync_playwright() as play:
        for shot in SHOTS:
            for lang in ("zh", "en"):
                if names and shot.name not in names:
                    continue
                if shot.name == "proof":
                    (OUT / f"proof-{lang}.png").write_bytes(proof_page(there.office, lang))
                else:
                    browser = play.chromium.launch(executable_path=find_browser(), args=flags)
                    take(browser, there, shot, lang)
                    browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
