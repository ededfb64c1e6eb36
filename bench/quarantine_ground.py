"""A region full of people in care for measurements: where it is made, how large, and what its processes spend."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from bench import care_ground, check_ground, registry_ground, stay_ground
from bench.filling import settle, table
from bench.ground import parent, peak_mib, spent_by
from bench.stay_ground import NOW, PERSONS, STAYS, Made
from region.quarantine.models import Check
from region.spine import migrate
from region.spine.db import connect
from tests import servers
from tests.world import MovingClock, World


class RunningClock(MovingClock):
    """A clock that starts at a moment and goes on: errands that follow one another get keys of their own."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self._began = time.monotonic()

    def __call__(self) -> Any:
        return self.at + timedelta(seconds=time.monotonic() - self._began)


@dataclass(frozen=True)
class Size:
    """How many persons and stays: all of them times a scale."""

    scale: float = 1.0

    @property
    def persons(self) -> int:
        return int(PERSONS * self.scale)

    @property
    def stays(self) -> int:
        return int(STAYS * self.scale)


def words(about: str | None, argv: list[str] | None, **more: int) -> argparse.Namespace:
    """What was said on the command line: ``--scale``, and further numbers by name."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--scale", type=float, default=1.0)
    for name, usual in more.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    return parser.parse_args(argv)


@contextmanager
def filled(size: Size) -> Iterator[tuple[World, Made]]:
    """A new PostgreSQL with all of it, said in one line; gone at the end."""
    with tempfile.TemporaryDirectory() as name, servers.running_postgres(Path(name)) as admin:
        url, began = servers.fresh_database(admin), time.monotonic()
        engine = connect(url)
        migrate.upgrade(engine)
        engine.dispose()
        with closing(World(url, Path(name), clock=RunningClock())) as world:
            made = make(world, size)
            rows = f"{size.persons:,} persons, {size.stays:,} stays and {checks(world):,} checks"
            print(f"({rows} were made in {time.monotonic() - began:.0f} s)", flush=True)
            yield world, made


def make(world: World, size: Size) -> Made:
    """Fill an empty, migrated database."""
    made = stay_ground.tree(world, size.persons, size.stays)
    registry_ground.fill(world, made)
    stay_ground.fill(world, made)
    check_ground.fill(world)
    care_ground.fill(world, made)
    settle(world.office.engine)
    return made


def checks(world: World) -> int:
    """How many health checks there are."""
    with world.office.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table(Check))).scalar_one())


@dataclass
class Meter:
    """Processor time of the application (this process) and of the database's processes, in seconds since `start`."""

    server: int
    app: float = 0.0
    database: float = 0.0

    @classmethod
    def of(cls, world: World) -> Meter:
        """For the server that this world's database is in, on this machine (Linux)."""
        with world.office.engine.connect() as connection:
            return cls(parent(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()))

    def start(self) -> None:
        """Count from now on."""
        self.app, self.database = time.process_time(), spent_by(self.server)

    def read(self) -> tuple[float, float]:
        """What both spent since then."""
        return time.process_time() - self.app, spent_by(self.server) - self.database


def memory() -> str:
    """The most memory that this process held."""
    return f"peak memory of the application {peak_mib(os.getpid()):.0f} MiB"
