"""Time the wall's data under a full control room: `python -m bench.board [seconds]`.

300 open event streams and 20 requests a second on gunicorn (gthread, 2 processes of 300 threads), SQLite, 1,200
areas, 500 sites, one order of 104 recipients of which one signs each second. What is printed is compared with
a bare static file from the same server in the same run: only that ratio means something on another machine.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from shapely.geometry import box
from sqlalchemy import select

from bench.ground import peak_mib
from region.app import build_office, create_app
from region.dispatch.actions import answering, writing
from region.dispatch.models import Recipient
from region.dispatch.schemas import Choice, Draft
from region.places.events import AreasLoaded, SitesLoaded
from region.places.models import Area, Place, Site
from region.settings import Settings
from region.spine import migrate, worker
from region.spine.actor import Actor, Grant, system_actor
from region.spine.bell import RedisBell
from region.spine.db import connect
from region.spine.work import Office, Work
from region.supervisor import free_port
from tests import servers
from tests.world import World

STREAMS, RATE, AREAS, SITES, RECIPIENTS = 300, 20, 1200, 500, 104
TOWNS = 12
DATA, STATIC = "/board/data", "/static/css/tokens.css"
TARGET_MS = 200


def app() -> Any:
    """What gunicorn serves: everybody is a wall display of the district."""
    settings = Settings.from_env()
    made = create_app(settings)
    viewer = Actor("wall", (Grant("wall_display", os.environ["BENCH_PATH"]),))
    made.extensions["region"] = dataclasses.replace(made.extensions["region"], identify=lambda *_: viewer)
    return made


def fill(world: World) -> tuple[Place, list[int]]:
    """The region: a district, towns, communities and sites; the sites' ids."""
    district = world.area(level="district", geometry=box(113, 29, 114.2, 30))
    with world.as_system() as w:
        communities = [_area(w, district, n) for n in range(AREAS - 1)]
        sites = [_site(w, communities[n], n).id for n in range(SITES)]
        w.tell(AreasLoaded(load=0, digest="-", new=AREAS, changed=0, refused=0, place=district.id))
        w.tell(SitesLoaded(load=0, digest="-", new=SITES, changed=0, refused=0, place=district.id))
    return district, sites


def _area(w: Work, district: Place, n: int) -> Place:
    x, y = 113 + n % 40 * 0.03, 29 + n // 40 * 0.03
    level = "subdistrict" if n < TOWNS else "community"
    place = _place(w, district, "area", f"A{n:05}")
    place.lon, place.lat = x + 0.015, y + 0.015
    w.session.add(Area(place_id=place.id, level=level, geometry=box(x, y, x + 0.03, y + 0.03)))
    return place


def _site(w: Work, area: Place, n: int) -> Place:
    place = _place(w, area, "site", f"S{n:05}")
    place.lon, place.lat = area.lon, area.lat
    kind = "community_health_centre" if n < RECIPIENTS else "school"
    w.session.add(Site(place_id=place.id, type=kind, crs_source="WGS84", catchment=[], connected_at=w.now))
    return place


def _place(w: Work, parent: Place, kind: str, code: str) -> Place:
    names = {"name_zh": f"地点{code}", "name_en": f"Place {code}"}
    place = w.add(Place(parent_id=parent.id, path=code, kind=kind, code=code, facts={}, **names))
    place.path = f"{parent.path}{place.id}/"
    return place


def issue(world: World, district: Place) -> int:
    """The order that is signed while we look."""
    incident = world.incident(district).id
    duty = Actor("duty", (Grant("duty_officer", district.path),))
    said = {
        "form_token": "bench-0001",
        "incident_id": incident,
        "kind": "directive",
        "urgency": "priority",
        "title_zh": "清点",
        "title_en": "Count",
        "body_zh": "清点。",
        "body_en": "Count.",
        "task_minutes": 240,
        "choice": Choice(types=("community_health_centre",), areas=(district.id,)),
    }
    with world.office.work(duty) as w:
        order = writing.compose(w, Draft.model_validate(said), district.id)
        writing.submit(w, order)
        writing.issue(w, order)
    while due := worker.sweep_once(world.office):
        for queue in sorted(due):
            worker.run_due(world.office, queue)
    return order.id


class Signer(threading.Thread):
    """One site signs each second; keeps when."""

    def __init__(self, office: Office, order: int) -> None:
        super().__init__(daemon=True)
        self.office, self.order, self.told, self.over = office, order, dict[int, float](), threading.Event()

    def run(self) -> None:
        with self.office.work(system_actor(), reading=True) as w:
            wanted = select(Recipient.id, Place.path, Place.id).join(Place, Place.id == Recipient.place_id)
            rows = w.session.execute(wanted.where(Recipient.directive_id == self.order)).all()
        for recipient, path, site in rows:
            if self.over.wait(1.0):
                return
            with self.office.work(Actor("clinic", (Grant("clinic", path),), site_id=site)) as w:
                answering.acknowledge(w, w.get(Recipient, recipient))
            self.told[site] = time.time()


async def up(session: aiohttp.ClientSession) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            async with session.get("/healthz"):
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server did not start")


async def stream(
    session: aiohttp.ClientSession, told: dict[int, float], waits: list[float], ready: Callable[[], None]
) -> None:
    """One screen: how long after the commit each signature reached it."""
    async with session.get("/board/live") as answer:
        ready()
        async for line in answer.content:
            if line.startswith(b"data: ") and b'"sites":{"' in line:
                now, shown = time.time(), json.loads(line[6:])
                if "tiles" in shown and "head" in shown:
                    continue  # the whole snapshot at the beginning
                waits += [now - told[int(site)] for site in shown["sites"] if int(site) in told]


async def ask(session: aiohttp.ClientSession, path: str, seconds: float) -> list[float]:
    """RATE requests a second at fixed moments, however long the answers take; milliseconds of each."""
    took: list[float] = []

    async def once() -> None:
        began = time.perf_counter()
        async with session.get(path) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        took.append(1000 * (time.perf_counter() - began))

    asked = []
    began = time.perf_counter()
    for n in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, began + n / RATE - time.perf_counter()))
        asked.append(asyncio.create_task(once()))
    await asyncio.gather(*asked)
    return took


def line(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"{name:<34} {len(times):>7} {statistics.median(times):>9.1f} {p95:>9.1f} {ordered[-1]:>9.1f}"


async def measure(url: str, signer: Signer, seconds: float) -> None:
    """Open the screens, then ask for the static file and for the data, and say how long each took."""
    opened, waits = 0, list[float]()

    def ready() -> None:
        nonlocal opened
        opened += 1

    plain = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        url, connector=plain, timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        await up(session)
        screens = [asyncio.create_task(stream(session, signer.told, waits, ready)) for _ in range(STREAMS)]
        while opened < STREAMS:
            await asyncio.sleep(0.1)
        signer.start()
        await asyncio.sleep(3)
        waits.clear()
        static = await ask(session, STATIC, seconds / 2)
        began = time.perf_counter()
        data = await ask(session, DATA, seconds)
        rate = len(data) / (time.perf_counter() - began)
        for screen in screens:
            screen.cancel()
        await asyncio.gather(*screens, return_exceptions=True)
    print(f"{'milliseconds':<34} {'n':>7} {'median':>9} {'p95':>9} {'max':>9}")
    print(line("static file", static))
    print(line("/board/data", data))
    print(line(f"signature to screen, {opened} streams", [1000 * wait for wait in waits]))
    p95 = [sorted(times)[int(0.95 * (len(times) - 1))] for times in (static, data)]
    print(
        f"{rate:.1f} requests/s; p95 {p95[1]:.0f} ms (target {TARGET_MS}); {p95[1] / p95[0]:.1f} times a static file"
    )


def web_peaks(pid: int) -> list[int]:
    """The most memory that the server and each of its workers held, in MiB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [round(peak_mib(one)) for one in (pid, *map(int, children))]


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as name, servers.running_valkey(Path(name)) as valkey:
        folder = Path(name) / "data"
        folder.mkdir()
        settings = Settings(data_dir=folder, redis_url=valkey.url)
        engine = connect(settings.database)
        migrate.upgrade(engine)
        engine.dispose()
        world = World(settings.database, Path(name))
        world.office = build_office(settings, bell=RedisBell(valkey.url))
        district, _sites = fill(world)
        signer = Signer(world.office, issue(world, district))
        port = free_port()
        env = {
            **os.environ,
            "REGION_DATA_DIR": str(folder),
            "REGION_REDIS_URL": valkey.url,
            "BENCH_PATH": district.path,
        }
        argv = f"-m gunicorn -k gthread -w 2 --threads 300 --graceful-timeout 3 -b 127.0.0.1:{port} bench.board:app()"
        server = subprocess.Popen([sys.executable, *argv.split()], env=env, stderr=subprocess.DEVNULL)
        try:
            asyncio.run(measure(f"http://127.0.0.1:{port}", signer, seconds))
        finally:
            signer.over.set()
            print(f"peak memory of the web's processes, MiB: {web_peaks(server.pid)}")
            server.terminate()
            server.wait(30)
            world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
