"""Time a thousand sites that sign by link within a minute: `python -m bench.links [sites] [seconds]`.

Real HTTP to the web server as `region run` starts it (2 processes), SQLite, one order, a wall with its stream open.
Each site opens its page and posts its signature, at fixed moments, however long the answers take. What is printed is
compared with a bare static file from the same server in the same run: only that ratio means something elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bench.board import issue, line, stream, up
from region.app import build_office
from region.cli.serve import web_argv
from region.dispatch.links import link_token
from region.dispatch.models import Delivery
from region.places.models import Place
from region.settings import Settings
from region.spine import migrate
from region.spine.bell import RedisBell
from region.spine.db import connect
from region.supervisor import die_with_parent, free_port
from tests import servers
from tests.world import World

SITES, SECONDS = 1000, 60.0
TARGET_MS, TARGET_WALL_MS = 300, 2000
STATIC = "/static/css/tokens.css"
ENDS = datetime(2099, 1, 1, tzinfo=UTC)


def fill(world: World, sites: int) -> Place:
    """A district with one town of so many clinics; the district."""
    district = world.area(level="district")
    town = world.area(district, level="subdistrict")
    for _ in range(sites):
        world.clinic(town, connected_at=world.clock.at)
    return district


def tokens(world: World, order: int) -> list[tuple[int, str]]:
    """Each site with its link."""
    with world.as_system() as w:
        rows = w.session.execute(
            select(Delivery.place_id, Delivery.uid).where(Delivery.directive_id == order)
        ).all()
    return [(place, link_token(world.office.installation.seal, 0, uid, ENDS)) for place, uid in rows]


async def sign(
    session: aiohttp.ClientSession,
    site: int,
    token: str,
    took: dict[str, list[float]],
    told: dict[int, float],
) -> None:
    """One telephone: opens the page, and signs."""
    began = time.perf_counter()
    async with session.get(f"/s/{token}") as page:
        await page.read()
        assert page.status == 200, page.status
    opened = time.perf_counter()
    async with session.post(f"/s/{token}", data={"name": "nurse"}, allow_redirects=False) as answer:
        await answer.read()
        assert answer.status == 303, answer.status
    told[site] = time.time()
    took["GET"].append(1000 * (opened - began))
    took["POST"].append(1000 * (time.perf_counter() - opened))


async def bare(session: aiohttp.ClientSession, took: list[float]) -> None:
    """One static file."""
    began = time.perf_counter()
    async with session.get(STATIC) as answer:
        await answer.read()
    took.append(1000 * (time.perf_counter() - began))


async def measure(url: str, found: list[tuple[int, str]], seconds: float) -> bool:
    """Open the wall, ask for the static file at the same rate for a while, let all sign, and say how long it took."""
    told, waits, static = dict[int, float](), list[float](), list[float]()
    took: dict[str, list[float]] = {"GET": [], "POST": []}
    seen, pause = asyncio.Event(), seconds / len(found)
    limits = {"connector": aiohttp.TCPConnector(limit=0), "timeout": aiohttp.ClientTimeout(total=None)}
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.DummyCookieJar(), **limits) as session:
        await up(session)
        wall = asyncio.create_task(stream(session, told, waits, seen.set))
        await seen.wait()
        await _paced([bare(session, static) for _ in found[: max(50, len(found) // 5)]], pause)
        began = time.perf_counter()
        await _paced([sign(session, site, token, took, told) for site, token in found], pause)
        whole = time.perf_counter() - began
        await asyncio.sleep(3)
        wall.cancel()
        await asyncio.gather(wall, return_exceptions=True)
    return _tell(static, took, [1000 * wait for wait in waits], whole, len(found))


async def _paced(doings: list[object], pause: float) -> None:
    began, tasks = time.perf_counter(), []
    for n, doing in enumerate(doings):
        await asyncio.sleep(max(0.0, began + n * pause - time.perf_counter()))
        tasks.append(asyncio.create_task(doing))  # type: ignore[arg-type]
    await asyncio.gather(*tasks)


def _tell(
    static: list[float], took: dict[str, list[float]], waits: list[float], whole: float, sites: int
) -> bool:
    print(f"{'milliseconds':<34} {'n':>7} {'median':>9} {'p95':>9} {'max':>9}")
    print(line("static file", static))
    print(line("page of a link (GET)", took["GET"]))
    print(line("signature (POST)", took["POST"]))
    print(line("signature to wall", waits or [float("inf")]))
    p95 = {name: sorted(times)[int(0.95 * (len(times) - 1))] for name, times in {**took, "": static}.items()}
    print(
        f"{sites} signed in {whole:.1f} s; POST p95 {p95['POST']:.0f} ms (target {TARGET_MS}), "
        f"{p95['POST'] / p95['']:.1f} times a static file; {len(waits)} of {sites} seen by the wall, the slowest "
        f"after {max(waits, default=0):.0f} ms (target {TARGET_WALL_MS})"
    )
    return max(p95["GET"], p95["POST"]) < TARGET_MS and max(waits, default=TARGET_WALL_MS) < TARGET_WALL_MS


def main() -> int:
    sites = int(sys.argv[1]) if len(sys.argv) > 1 else SITES
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    with tempfile.TemporaryDirectory() as name, servers.running_valkey(Path(name)) as valkey:
        settings = Settings(data_dir=Path(name) / "data", redis_url=valkey.url, port=free_port())
        settings.data_dir.mkdir()
        engine = connect(settings.database)
        migrate.upgrade(engine)
        engine.dispose()
        world = World(settings.database, Path(name))
        world.clock.at = datetime.now(UTC)
        world.office = build_office(replace(settings, redis_url=""), clock=world.office.clock)
        world.office = replace(world.office, bell=RedisBell(valkey.url))
        district = fill(world, sites)
        found = tokens(world, issue(world, district))
        env = {
            **os.environ,
            "REGION_DATA_DIR": str(settings.data_dir),
            "REGION_REDIS_URL": valkey.url,
            "BENCH_PATH": district.path,
        }
        argv = [part.replace("wsgi:app", "bench.board:app()") for part in web_argv(settings)]
        server = subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        try:
            good = asyncio.run(measure(f"http://127.0.0.1:{settings.port}", found, seconds))
        finally:
            server.terminate()
            server.wait(30)
            world.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
