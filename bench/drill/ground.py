"""Where the drill takes place: four districts of sites with good and bad systems, a real realm and an exercise."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from bench import ground
from region.places.events import SitesLoaded
from region.places.models import Place, Site
from region.spine import migrate
from region.spine.clock import Clock, Realm
from region.spine.db import connect
from tests import servers
from tests.region.dispatch.orders import KEY
from tests.world import World

REAL, EXERCISE = 0, 7
DISTRICTS = 4
FIRST_ID = 1000


@dataclass(frozen=True)
class Drilled:
    """One realm's side of the drill: its world, its city and districts, its incident and the sites of each district."""

    world: World
    city: Place
    districts: Sequence[Place]
    incident: int
    sites: dict[int, list[int]]


def manner(number: int, rng: random.Random) -> str:
    """How a site's system behaves: 80 % answer, the others fail, hang, are deaf, refuse, or are not there."""
    bad = ("fail/2/503", "fail/1/429", "hang/1", "deaf/1", "refuse/410", "slow/3000-6000")
    word = bad[number % len(bad)] if rng.random() < 0.2 else "slow/20-200"
    return f"{word}/{number}"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty, migrated database of this kind, served for as long as the drill lasts."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'region.sqlite'}"
        _migrate(url)
        yield url
        return
    with servers.running_postgres(folder) as admin:
        url = servers.fresh_database(admin)
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()


def build(url: str, folder: Path, sites: int, port: int, dead_port: int, seed: int) -> list[Drilled]:
    """The same places in both realms; one site in fifty has an address where nobody listens, one in ten has none."""
    rng = random.Random(seed)
    world = World(url, folder)
    world.clock.at = Clock().instant()
    city = world.area(level="city")
    districts = [world.area(city, level="district") for _ in range(DISTRICTS)]
    for district in districts:
        world.site(district, "commission")
    by_district: dict[int, list[int]] = {district.id: [] for district in districts}
    with world.as_system() as w:
        places, rows = [], []
        for n in range(sites):
            home, id = districts[n % DISTRICTS], FIRST_ID + n
            by_district[home.id].append(id)
            places.append(_place(home, id))
            url_of = _address(n, port, dead_port, rng)
            rows.append(_site(id, w.now, url_of, world.office.installation.seal.close(KEY)))
        w.session.execute(insert(Place), places)
        w.session.execute(insert(Site), rows)
        w.session.add(Realm(id=EXERCISE, name_zh="演练", name_en="Drill", rate=1.0))
        w.tell(SitesLoaded(load=0, digest="-", new=sites, changed=0, refused=0, place=city.id))
    exercise = World(url, folder, realm=EXERCISE)
    for one in (world, exercise):
        one.office = replace(one.office, clock=Clock())  # the test's own clock stands still
    return [Drilled(one, city, districts, one.incident(city).id, by_district) for one in (world, exercise)]


def _place(home: Place, id: int) -> dict[str, object]:
    names = {"code": f"9903{id:05}", "name_zh": f"地点{id}", "name_en": f"Place {id}"}
    return {"id": id, "parent_id": home.id, "path": f"{home.path}{id}/", "kind": "site", "facts": {}, **names}


def _site(id: int, now: datetime, url: str | None, closed_key: str) -> dict[str, object]:
    kind = {"type": "community_health_centre", "crs_source": "WGS84", "catchment": []}
    return {"place_id": id, "connected_at": now, "webhook_url": url, "webhook_key": closed_key, **kind}


def _address(n: int, port: int, dead_port: int, rng: random.Random) -> str | None:
    if n % 10 == 9:
        return None
    host = f"127.2.{n // 250}.{n % 250 + 1}"
    return f"http://{host}:{dead_port if n % 50 == 7 else port}/{manner(n, rng)}"


def postgres_pids() -> list[int]:
    """The processes of the database server that this drill started (Linux)."""
    found, todo = [], [os.getpid()]
    while todo:
        for child in ground.family(todo.pop()):
            name = Path(f"/proc/{child}/comm")
            if name.exists() and name.read_text().strip().startswith("postgres"):
                found.append(child)
            todo.append(child)
    return found
