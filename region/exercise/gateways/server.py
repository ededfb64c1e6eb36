"""All stand-ins on one port, and the mailbox on another: started in a thread of this process, or in one of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from region.exercise.gateways.mailbox import Mailbox
from region.exercise.gateways.manners import ANYBODY, Book
from region.exercise.gateways.phones import Phones
from region.exercise.gateways.pushes import Pushes
from region.exercise.gateways.robots import Dingtalk, Wecom
from region.spine.clock import wall_clock

DEMO_KEY = "gateways-of-the-exercise"
"""The key that the providers of messages and calls share with the region; nothing real is signed with it."""
LOOPBACK = "127.0.0.1"


@dataclass
class Gateways:
    """The stand-ins. `now` is the clock by which they judge signatures; `mail_tls` offers STARTTLS."""

    now: Callable[[], datetime] = wall_clock
    key: str = field(default=DEMO_KEY, repr=False)
    book: Book = field(default_factory=Book)
    mail_tls: ssl.SSLContext | None = None
    port: int = 0
    mail_port: int = 0

    def __post_init__(self) -> None:
        self.pushes = Pushes(self.book, lambda: self.now(), lambda: self.origin)
        self.dingtalk = Dingtalk(self.book, lambda: self.now())

    @property
    def origin(self) -> str:
        """The address of all but the mailbox."""
        return f"http://{LOOPBACK}:{self.port}"

    def robot(self, channel: str, name: str) -> str:
        """The address of a group robot, ``wecom`` or ``dingtalk``, as an administrator would type it."""
        path = {"wecom": "/cgi-bin/webhook/send?key=", "dingtalk": "/robot/send?access_token="}[channel]
        return f"{self.origin}{path}{name}"

    def fields(self) -> dict[str, dict[str, str]]:
        """Settings of the channels that make a region on this machine use these stand-ins."""
        return {
            "sms": {"url": f"{self.origin}/sms", "key": self.key},
            "voice": {"url": f"{self.origin}/voice", "key": self.key},
            "email": {
                "host": LOOPBACK,
                "port": str(self.mail_port),
                "security": "none",
                "sender": "region@exercise.invalid",
            },
            "wecom": {"allowed": self.origin},
            "dingtalk": {"allowed": self.origin},
            "push": {"subject": "mailto:region@exercise.invalid", "allowed": self.origin},
        }

    async def serve(self, sock: socket.socket, mail: socket.socket | None) -> Callable[[], Any]:
        """Begin to listen on bound sockets; gives what ends it. Without `mail` there is no mailbox."""
        self.port = sock.getsockname()[1]
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, sock, backlog=4096).start()
        posts: asyncio.Server | None = None
        if mail is not None:
            self.mail_port = mail.getsockname()[1]
            box = Mailbox(self.book)
            posts = await asyncio.get_running_loop().create_server(
                lambda: box.protocol(tls_context=self.mail_tls), sock=mail
            )

        async def end() -> None:
            if posts is not None:
                posts.close()
            await runner.cleanup()

        return end

    def _app(self) -> web.Application:
        app = web.Application()
        for channel in ("sms", "voice"):
            phones = Phones(channel, self.book, lambda: self.key, lambda: self.now())
            app.router.add_post(f"/{channel}", phones.take)
        app.router.add_post("/cgi-bin/webhook/send", Wecom(self.book).take)
        app.router.add_post("/robot/send", self.dingtalk.take)
        app.router.add_post("/push/{name}", self.pushes.take)
        app.router.add_get("/-/summary", self._tell)
        app.router.add_post("/-/forget", self._forget)
        app.router.add_post("/-/manner", self._behave)
        app.router.add_post("/-/subscribe/{name}", self._subscribe)
        return app

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(self.book.summary())

    async def _forget(self, _request: web.Request) -> web.Response:
        self.book.forget()
        return web.json_response({})

    async def _behave(self, request: web.Request) -> web.Response:
        said = await request.json()
        try:
            self.book.behave(said.pop("channel"), said.pop("to", ANYBODY), **said)
        except (KeyError, ValueError) as error:
            return web.json_response({"wrong": str(error)}, status=422)
        return web.json_response({})

    async def _subscribe(self, request: web.Request) -> web.Response:
        return web.json_response(self.pushes.subscribe(request.match_info["name"]))


def bound(port: int = 0) -> socket.socket:
    """A socket of this machine alone; port 0 takes a free one."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((LOOPBACK, port))
    return sock


@contextmanager
def running(gateways: Gateways | None = None, *, mail: bool = True) -> Iterator[Gateways]:
    """The stand-ins in a thread of this process."""
    made, loop = gateways or Gateways(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="gateways")
    thread.start()
    started = made.serve(bound(), bound() if mail else None)
    end = asyncio.run_coroutine_threadsafe(started, loop).result(10)
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(_end(end), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(end: Callable[[], Any]) -> None:
    await end()
    mine = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not mine]
    for task in left:  # those who were told to keep silent
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@dataclass
class Elsewhere:
    """The stand-ins in a process of their own, commanded over HTTP."""

    process: subprocess.Popen[str]
    port: int
    mail_port: int

    def gateways(self) -> Gateways:
        """Their addresses and settings; the counts are over there."""
        return Gateways(port=self.port, mail_port=self.mail_port)

    def summary(self) -> dict[str, Any]:
        """What they have seen: arrivals and effects by channel and key, and refused calls."""
        return self._call("summary", None)

    def behave(self, channel: str, to: str = ANYBODY, **facts: Any) -> None:
        """As Book.behave."""
        self._call("manner", {"channel": channel, "to": to, **facts})

    def subscribe(self, name: str) -> dict[str, Any]:
        """A new push subscription."""
        return self._call(f"subscribe/{name}", {})

    def forget(self) -> None:
        """Begin anew."""
        self._call("forget", {})

    def _call(self, path: str, said: Any) -> dict[str, Any]:
        body = None if said is None else json.dumps(said).encode()
        url = f"http://{LOOPBACK}:{self.port}/-/{path}"
        with urllib.request.urlopen(urllib.request.Request(url, body)) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def running_elsewhere() -> Iterator[Elsewhere]:
    """The stand-ins in another process, which is ended with the block."""
    argv = [sys.executable, "-m", "region.exercise.gateways", "--port", "0", "--mail-port", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ports = json.loads(process.stdout.readline())
            yield Elsewhere(process, ports["port"], ports["mail_port"])
        finally:
            process.terminate()
