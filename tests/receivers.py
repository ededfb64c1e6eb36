"""Sites that listen for orders: real HTTP servers on loopback, with manners good and bad, that remember every letter.

The path says how a site behaves: ``/ok/7``, ``/slow/50-400/7`` (answers after so many milliseconds),
``/fail/2/503/7`` (the first two times 503), ``/hang/1/7`` (takes the first letter in and never answers),
``/deaf/1/7`` (hangs without taking it in), ``/refuse/410/7``, ``/forward/7`` (redirects to ``/ok/7``). The last
part is the site. A letter takes effect once for each idempotency key, as a good receiver has it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.request import urlopen

from aiohttp import web

FOR_EVER = 3600.0


@dataclass(frozen=True)
class Letter:
    """One request as it came in."""

    site: str
    key: str
    at: float
    headers: dict[str, str]
    body: bytes


@dataclass
class Receivers:
    """A server for any number of sites. `effects` counts, for each site, the keys that took effect."""

    keep: bool = True
    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    arrivals: Counter[str] = field(default_factory=Counter)
    effects: dict[str, set[str]] = field(default_factory=dict)
    realms: dict[str, str] = field(default_factory=dict)
    first_at: float | None = None

    def url(self, *manner: object, host: str = "127.0.0.1") -> str:
        """The address of a site: ``url("fail", 2, 503, 7)``."""
        return f"http://{host}:{self.port}/" + "/".join(map(str, manner))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        manner, *rest = request.path.strip("/").split("/")
        site, body = rest[-1], await request.read()
        key = request.headers.get("Idempotency-Key", "")
        now = time.time()
        self.first_at = self.first_at or now
        self.arrivals[site] += 1
        if self.keep:
            self.letters.append(Letter(site, key, now, dict(request.headers), body))
        self.realms[key] = request.headers.get("Region-Realm", "")
        return await self._behave(manner, rest, site, key)

    async def _behave(self, manner: str, rest: list[str], site: str, key: str) -> web.StreamResponse:
        if manner == "slow":
            low, high = map(float, rest[0].split("-"))
            await asyncio.sleep(random.uniform(low, high) / 1000)
        elif manner == "fail" and self.arrivals[site] <= int(rest[0]):
            return web.Response(status=int(rest[1]))
        elif manner == "deaf" and self.arrivals[site] <= int(rest[0]):
            await asyncio.sleep(FOR_EVER)
        elif manner == "refuse":
            return web.Response(status=int(rest[0]))
        elif manner == "forward":
            return web.Response(status=302, headers={"Location": f"/ok/{site}"})
        self.effects.setdefault(site, set()).add(key)
        if manner == "hang" and self.arrivals[site] <= int(rest[0]):
            await asyncio.sleep(FOR_EVER)
        return web.Response(text="ok")

    async def _tell(self, request: web.Request) -> web.Response:
        return web.json_response(self.summary())

    async def _tell_keys(self, request: web.Request) -> web.Response:
        obeyed = [key for keys in self.effects.values() for key in keys]
        return web.json_response({key: self.realms[key] for key in obeyed})

    async def _forget(self, request: web.Request) -> web.Response:
        self.arrivals.clear(), self.effects.clear(), self.letters.clear()
        self.first_at = None
        return web.Response()

    def summary(self) -> dict[str, object]:
        """Counts by site, as another process asks for them at ``/-/summary``."""
        effects = {site: len(keys) for site, keys in self.effects.items()}
        return {"arrivals": dict(self.arrivals), "effects": effects, "first_at": self.first_at}

    async def serve(self, sock: socket.socket) -> web.AppRunner:
        """Begin to listen on a bound socket."""
        self.port = sock.getsockname()[1]
        app = web.Application()
        app.router.add_get("/-/summary", self._tell)
        app.router.add_get("/-/keys", self._tell_keys)
        app.router.add_post("/-/forget", self._forget)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, sock, backlog=4096).start()
        return runner


def _bound(host: str = "127.0.0.1") -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, 0))
    return sock


@contextmanager
def listening() -> Iterator[Receivers]:
    """Receivers in a thread of this process."""
    receivers, loop = Receivers(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(receivers.serve(_bound()), loop).result(10)
    try:
        yield receivers
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@dataclass
class Elsewhere:
    """Receivers in a process of their own, for measurements."""

    process: subprocess.Popen[str]
    port: int

    def summary(self) -> dict[str, object]:
        """What they have seen: arrivals and effects by site, and when the first letter came."""
        with urlopen(f"http://127.0.0.1:{self.port}/-/summary") as answer:
            return json.load(answer)

    def keys(self) -> dict[str, str]:
        """The idempotency keys that took effect, each with the realm that it came from."""
        with urlopen(f"http://127.0.0.1:{self.port}/-/keys") as answer:
            return json.load(answer)

    def forget(self) -> None:
        """Begin anew."""
        with urlopen(f"http://127.0.0.1:{self.port}/-/forget", data=b""):
            return


@contextmanager
def listening_elsewhere(host: str = "127.0.0.1") -> Iterator[Elsewhere]:
    """Receivers in another process."""
    argv = [sys.executable, "-m", "tests.receivers", "--host", host]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Elsewhere(process, int(process.stdout.readline()))
        finally:
            process.kill()


async def _for_ever(host: str) -> None:
    receivers = Receivers(keep=False)
    await receivers.serve(_bound(host))
    print(receivers.port, flush=True)
    await asyncio.sleep(FOR_EVER)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    # Every address of 127.0.0.0/8 is this machine: each site of a measurement has one of its own.
    parser.add_argument("--host", default="127.0.0.1")
    asyncio.run(_for_ever(parser.parse_args().host))
