"""What strangers try on a real server: requests that hardly move, and the same link many times at one moment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from region.dispatch.links import link_token
from region.supervisor import die_with_parent, free_port
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.region.dispatch.link_stage import Links, links  # noqa: F401 - fixtures
from tests.world import World

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def world(sqlite_world: World) -> World:
    """On SQLite alone: what is refused before a row is touched has no SQL of its own."""
    return sqlite_world


@pytest.fixture
def server(links: Links) -> Iterator[int]:  # noqa: F811
    """Gunicorn with little patience and few threads; its port."""
    world, port = links.world, free_port()
    settings = {"REGION_DATA_DIR": str(world.settings.data_dir), "REGION_DATABASE_URL": world.database_url}
    worker = "tests.region.dispatch.quick_worker.QuickWorker"
    argv = f"-m gunicorn wsgi:app -b 127.0.0.1:{port} -k {worker} -w 1 --threads 4 --no-control-socket"
    with (world.folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *argv.split(), "--pythonpath", str(ROOT), "--log-level", "warning"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    threading.Event().wait(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def long_lived(links: Links, n: int = 0) -> str:  # noqa: F811
    """A link that holds by the wall's clock, too, which a server of its own goes by."""
    return link_token(
        links.world.office.installation.seal, 0, links.uids[n], datetime(2099, 1, 1, tzinfo=UTC)
    )


def trickle(port: int, first: bytes, ended: list[bool]) -> None:
    """One byte every tenth of a second until the server has had enough; notes that it had."""
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(first)
        line.settimeout(0.1)
        for _ in range(1200):
            try:
                line.sendall(b"x")
                if line.recv(4096) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            return
    ended.append(True)


def sign_at_once(links: Links, server: int) -> list[int]:  # noqa: F811
    """Four connections post one link at the same moment; the statuses of the answers."""
    start, said = threading.Barrier(4), list[int]()

    def post() -> None:
        asked = Request(
            f"http://127.0.0.1:{server}/s/{long_lived(links)}", b"name=x", {"Accept": "application/json"}
        )
        start.wait()
        try:
            with urlopen(asked, timeout=60) as answered:
                said.append(answered.status)
        except HTTPError as error:
            said.append(error.code)

    hands = [threading.Thread(target=post) for _ in range(4)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(90)
    return sorted(said)


def test_a_trickle_ends_and_four_posts_at_once_sign_once(links: Links, server: int) -> None:  # noqa: F811
    head = f"POST /s/{long_lived(links)} HTTP/1.1\r\nHost: x\r\n".encode()
    body = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nname="
    chunked = (
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\nname="
    )
    ended: list[bool] = []
    firsts = [head + body, head + chunked, head + b"X-Slow: ", b"GET /healthz HTTP/1.1\r\nHost: "]
    slow = [threading.Thread(target=trickle, args=(server, first, ended)) for first in firsts]
    for one in slow:
        one.start()
    with urlopen(
        f"http://127.0.0.1:{server}/healthz", timeout=120
    ) as answered:  # all four threads were taken
        assert answered.status == 200
    for one in slow:
        one.join(150)
    assert len(ended) == 4 and links.signatures() == []
    assert sign_at_once(links, server) == [200, 409, 409, 409] and len(links.signatures()) == 1
