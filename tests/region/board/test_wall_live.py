"""The wall's stream from a real server: what it is told, by the bell or without it, and when it ends."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.board import feed as feeding
from region.board.routes import wall
from region.spine.actor import Actor
from region.spine.bell import RedisBell
from tests.region.board.test_wall import Stage, staged
from tests.servers import Valkey
from tests.world import World


@dataclasses.dataclass
class Served:
    """A web server on loopback, and whoever is signed in."""

    stage: Stage
    port: int
    actor: Actor | None

    @contextmanager
    def stream(self, **headers: str) -> Iterator[Iterator[tuple[str, str, Any]]]:
        """The events (name, id, data) of /board/live."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/board/live?lang=en", headers=headers)
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.headers["X-Accel-Buffering"] == "no"
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            yield _events(answer)
        finally:
            connection.close()


def _events(answer: Any) -> Iterator[tuple[str, str, Any]]:
    told: dict[str, str] = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            told[name] = value
        elif "event" in told:
            yield told["event"], told.get("id", ""), json.loads(told["data"])
            told = {}


def after(events: Iterator[tuple[str, str, Any]], name: str) -> tuple[str, Any]:
    """The next event of a name: its id and data."""
    return next((id, data) for event, id, data in events if event == name)


@pytest.fixture
def served(sqlite_world: World, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(wall, "BEAT", 0.5)
    world = sqlite_world
    world.office = dataclasses.replace(world.office, bell=RedisBell(valkey.url))
    stage = staged(world)
    app = create_app(world.settings, world.office)
    found = Served(stage, 0, stage.viewer())
    app.extensions["region"] = dataclasses.replace(app.extensions["region"], identify=lambda *_: found.actor)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    feeding.feed_of(world.office).close()
    server.shutdown()
    thread.join(30)
    server.server_close()
    world.office.bell.redis.close()


def test_a_signature_reaches_the_screen_by_the_bell(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        feeding, "POLL", 15.0
    )  # without the bell it would come too late for the connection's limit
    monkeypatch.setattr(feeding, "OLDEST", 3600.0)
    stage = served.stage
    order = stage.issue("form-0001", (stage.town.id,))
    with served.stream() as events:
        _, shown = after(events, "snapshot")
        assert shown["directives"]["list"][0]["signed"] == "0"
        after(events, "beat")
        stage.sign(order, stage.clinics[0])
        id, patch = after(events, "patch")
        assert patch["directives"]["list"][0]["signed"] == "1"
        assert patch["sites"] == {str(stage.clinics[0].id): {"state": "signed"}}
        assert id == f"{patch['seq']}-{patch['version']}"


def test_without_the_bell_it_comes_by_looking(served: Served, valkey: Valkey) -> None:
    stage = served.stage
    order = stage.issue("form-0001", (stage.town.id,))
    with served.stream() as events:
        after(events, "snapshot")
        valkey.stop()
        try:
            stage.sign(order, stage.clinics[0])
            _, patch = after(events, "patch")
        finally:
            valkey.start()
        assert patch["sites"] == {str(stage.clinics[0].id): {"state": "signed"}}


def test_lateness_comes_by_the_clock_alone(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "OLDEST", 1.0)
    stage = served.stage
    stage.issue("form-0001", (stage.town.id,))
    with served.stream() as events:
        _, shown = after(events, "snapshot")
        assert not shown["head"]["burning"]
        stage.world.wait(minutes=61)
        _, patch = after(events, "patch")
        assert patch["head"]["burning"]
        assert {site["state"] for site in patch["sites"].values()} == {"late"}


def test_a_screen_that_missed_nothing_is_sent_nothing_twice(served: Served) -> None:
    served.stage.issue("form-0001", (served.stage.town.id,))
    with served.stream() as events:
        id, _ = after(events, "snapshot")
    with served.stream(**{"Last-Event-ID": id}) as events:
        assert next(events)[0] == "beat"
    with served.stream(**{"Last-Event-ID": "1-long-gone"}) as events:
        assert next(events)[0] == "snapshot"


def test_who_signs_out_sees_no_more(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "RECHECK", 0.1)
    with served.stream() as events:
        after(events, "snapshot")
        served.actor = None
        assert after(events, "end")[1] == {"reason": "signed-out"}
        assert list(events) == []
