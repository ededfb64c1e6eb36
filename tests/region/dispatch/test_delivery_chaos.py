"""Real workers that are killed, and a Redis that forgets and goes away: every site gets its order, and gets it once."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench import ground
from region.dispatch.models import Delivery, Directive
from tests import receivers, servers
from tests.receivers import Receivers
from tests.region.dispatch.orders import deliveries, recipients
from tests.world import World

SITES = 120
LONGEST = 150.0


@pytest.fixture
def sites() -> Iterator[Receivers]:
    """Listening sites."""
    with receivers.listening() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty migrated database of its own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "region.sqlite")
        yield f"sqlite:///{tmp_path / 'region.sqlite'}"
        return
    admin = request.getfixturevalue("postgres")
    url = servers.fresh_database(admin, request.getfixturevalue("postgres_template"))
    yield url
    servers.drop_database(admin, url)


def manner(number: int) -> tuple[object, ...]:
    """One site in twenty fails or hangs at first; the others take their time."""
    if number % 40 == 0:
        return ("fail", 1, 503, number)
    if number % 40 == 20:
        return ("hang", 1, number)
    return ("slow", "300-900", number)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until it holds; fail when it does not in a while."""
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen that {what}"
        time.sleep(0.1)


def number_of(world: World, directive: Directive, state: str) -> int:
    with world.as_system() as w:
        wanted = select(func.count()).select_from(Delivery)
        mine = wanted.where(
            Delivery.directive_id == directive.id, Delivery.state == state, Delivery.channel == "webhook"
        )
        return w.session.scalar(mine) or 0


@pytest.mark.timeout(400)
def test_killed_workers_and_a_lost_redis_lose_nothing_and_double_nothing(
    database: str, tmp_path: Path, sites: Receivers
) -> None:
    world, city = ground.region_on(database, tmp_path, [sites.url(*manner(n)) for n in range(SITES)])
    with ground.crew(world) as crew:
        directive = ground.click(world, city, SITES, crew.valkey.url)
        until(lambda: len(sites.letters) > 20, "the first letters arrive")
        crew.kill("worker 0")
        crew.kill("worker 1")
        crew.valkey_client().flushall()
        crew.start("worker 2", "worker")
        crew.start("worker 3", "worker")
        seen = len(sites.letters)
        until(lambda: len(sites.letters) > seen + 20, "sending goes on")
        crew.kill("worker 2")
        crew.valkey.stop()
        time.sleep(2)
        crew.valkey.start()
        crew.start("worker 4", "worker")
        until(lambda: number_of(world, directive, "delivered") == SITES, "every site is reached")
        assert crew.died() == []
    assert {int(site): len(keys) for site, keys in sites.effects.items()} == dict.fromkeys(range(SITES), 1)
    assert {row.state for row in recipients(world, directive)} == {"delivered"}
    _journal_explains(world, directive, sites)
    world.close()


def _journal_explains(world: World, directive: Directive, sites: Receivers) -> None:
    """Whoever got more letters than one was told of as tried again, or as taken back from the dead."""
    told = Counter[int]()
    for name in ("DeliveriesRetried", "DeliveriesReclaimed"):
        for entry in world.journal(f"dispatch.{name}"):
            told.update(entry.data["deliveries"])
    made = [id for entry in world.journal("dispatch.DeliveriesMade") for id in entry.data["deliveries"]]
    rows = deliveries(world, directive, "webhook")
    assert sorted(made) == sorted(row.id for row in rows)
    by_key = Counter(letter.key for letter in sites.letters)
    for row in rows:
        assert by_key[row.uid] <= 1 + told[row.id]
