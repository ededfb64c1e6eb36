"""Real servers for the whole session, a clean world for each test, and no way out to the network."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from region.exercise.gateways.server import Gateways, running
from region.spine import migrate
from region.spine.clock import wall_clock
from region.spine.db import connect
from tests import browsing, economy, emptying, servers
from tests.world import World


@pytest.fixture(scope="session", autouse=True)
def _what_proves_nothing_is_spared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with economy.spared(tmp_path_factory.mktemp("templates")):
        yield


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches further than loopback fails."""
    reach = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] != "localhost":
            assert ipaddress.ip_address(address[0]).is_loopback, f"a test reached for {address}"
        reach(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Valkey]:
    """A Redis-compatible server for this session."""
    with servers.running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for this session; its administrator's URL."""
    with servers.running_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    engine = connect(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated database on the server, copied for each test."""
    url = servers.fresh_database(postgres)
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def reused(postgres: str, postgres_template: str) -> emptying.Reused:
    """The one migrated database on the server that tests have after each other: to copy one takes half a second."""
    return emptying.Reused(postgres, postgres_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        copy = tmp_path / "region.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    database = request.getfixturevalue("reused")
    yield database.lend()
    database.take_back()


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty region with a clock that the test moves."""
    made = World(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def sqlite_world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """The same on SQLite alone, for what has no SQL of its own (screens, browsers)."""
    copy = tmp_path / "region.sqlite"
    shutil.copy(sqlite_template, copy)
    made = World(f"sqlite:///{copy}", tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One Chromium for a module's tests: while it is open, no asyncio.run of another test would work here."""
    with browsing.running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def gateways_of_session() -> Iterator[Gateways]:
    """The stand-ins of all providers, on loopback."""
    with running() as made:
        yield made


@pytest.fixture
def gateways(gateways_of_session: Gateways) -> Gateways:
    """The stand-ins with good manners and nothing counted; `now` is the clock they judge signatures by."""
    gateways_of_session.book.forget()
    gateways_of_session.dingtalk.secrets.clear()
    gateways_of_session.pushes.browsers.clear()
    gateways_of_session.now = wall_clock
    return gateways_of_session
