"""A region for measurements: ten thousand sites with webhooks, its servers and workers as real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from sqlalchemy import insert

from region.dispatch.models import Directive
from region.places.events import SitesLoaded
from region.places.models import Place, Site
from region.spine import migrate
from region.spine.bell import RedisBell
from region.spine.clock import Clock
from region.spine.db import connect
from region.supervisor import die_with_parent
from tests.region.dispatch.orders import KEY, issue
from tests.servers import Valkey
from tests.world import World

FIRST_ID = 1000


def region_of(folder: Path, urls: Sequence[str | None]) -> tuple[World, Place]:
    """A fresh SQLite region on the machine's clock, and its city with one site for each address; None: no webhook."""
    url = f"sqlite:///{folder / 'region.sqlite'}"
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    return region_on(url, folder, urls)


def region_on(database_url: str, folder: Path, urls: Sequence[str | None]) -> tuple[World, Place]:
    """The same in an empty, migrated database."""
    world = World(database_url, folder)
    world.clock.at = Clock().instant()
    city = world.area(level="city")
    seal = world.office.installation.seal
    with world.as_system() as w:
        ids = range(FIRST_ID, FIRST_ID + len(urls))
        places = [
            {
                "id": id,
                "parent_id": city.id,
                "path": f"{city.path}{id}/",
                "kind": "site",
                "code": f"9902{id:05}",
                "name_zh": f"地点{id}",
                "name_en": f"Place {id}",
                "facts": {},
            }
            for id in ids
        ]
        sites = [
            {
                "place_id": id,
                "type": "community_health_centre",
                "crs_source": "WGS84",
                "catchment": [],
                "webhook_url": address,
                "webhook_key": seal.close(KEY),
            }
            for id, address in zip(ids, urls, strict=True)
        ]
        w.session.execute(insert(Place), places)
        w.session.execute(insert(Site), sites)
        w.tell(SitesLoaded(load=0, digest="-", new=len(urls), changed=0, refused=0, place=city.id))
    return world, city


def click(world: World, city: Place, sites: int, redis_url: str, urgency: str = "urgent") -> Directive:
    """Issue one directive to all sites, as the desk does: the flow does the rest."""
    incident = world.incident(city)
    world.clock.at = Clock().instant()
    with world.as_system() as w:
        made = issue(w, incident, range(FIRST_ID, FIRST_ID + sites), urgency)
    RedisBell(redis_url).ring({"urgent"})
    return made


@dataclass
class Crew:
    """The processes of an installation; `peaks` is the most memory that each held, in MiB.

    `settings` are further variables of their environment.
    """

    world: World
    valkey: Valkey
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)

    def start(self, name: str, *words: str) -> None:
        """Start ``region WORDS`` under a name."""
        env = {
            **os.environ,
            **self.settings,
            "REGION_DATA_DIR": str(self.world.settings.data_dir),
            "REGION_DATABASE_URL": self.world.database_url,
            "REGION_REDIS_URL": self.valkey.url,
        }
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-c", "from region.cli import main; main()", *words],
                env=env,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def await_workers(self, number: int) -> None:
        """Return when so many workers have signed on; fail after two minutes."""
        for _ in range(1200):
            if self.valkey_client().scard("rq:workers") >= number:
                return
            time.sleep(0.1)
        raise SystemExit(f"workers did not start: {self.died()}")

    def valkey_client(self) -> Redis:
        """A connection of its own to Valkey."""
        return Redis.from_url(self.valkey.url)

    def kill(self, name: str) -> None:
        """As a power failure would: the process and what it forked, at once."""
        process = self.running.pop(name)
        for pid in (*family(process.pid), process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it ended by itself in between
        process.wait()

    def measure(self) -> None:
        """Look at the memory of all processes now."""
        for name, process in self.running.items():
            for pid in (process.pid, *family(process.pid)):
                part = name if pid == process.pid else f"{name}'s job"
                self.peaks[part] = max(self.peaks.get(part, 0.0), peak_mib(pid))

    def died(self) -> list[str]:
        """The names of processes that ended by themselves, with the ends of their logs."""
        return [
            f"{name} ended with {process.returncode}: {(self.logs / f'{name}.log').read_text()[-800:]}"
            for name, process in self.running.items()
            if process.poll() is not None
        ]

    def stop(self) -> None:
        """End all of it."""
        for name in list(self.running):
            self.kill(name)


@contextmanager
def crew(world: World, workers: int = 2, settings: Mapping[str, str] | None = None) -> Iterator[Crew]:
    """Valkey, workers and the sweep, running."""
    with ExitStack() as stack:
        valkey = Valkey(world.folder)
        valkey.start()
        stack.callback(valkey.stop)
        made = Crew(world, valkey, world.folder, settings=settings or {})
        stack.callback(made.stop)
        for number in range(workers):
            made.start(f"worker {number}", "worker")
        made.start("sweep", "sweep")
        made.await_workers(workers)
        yield made


def family(pid: int) -> list[int]:
    """The children of a process (Linux)."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def parent(pid: int) -> int:
    """The process that started this one (Linux)."""
    return int(_stat(pid)[1])


def spent_by(pid: int) -> float:
    """Seconds of processor time of a process and its children, those that ended included (Linux)."""
    own = sum(int(word) for word in _stat(pid)[11:15])
    alive = sum(int(word) for child in family(pid) for word in _stat(child)[11:15])
    return (own + alive) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The words of /proc/PID/stat from its state on; zeros when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 20


def peak_mib(pid: int) -> float:
    """The most memory that a process held so far, in MiB; 0 when it is gone (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def count(world: World, condition: str) -> int:
    """Deliveries that fulfil a condition, read past the areas so as not to disturb what is measured."""
    path = world.database_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute(f"select count(*) from deliveries where {condition}").fetchone()[0])
    finally:
        connection.close()
