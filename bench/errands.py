"""Errands a second through the spine, against the same writes done bare: what the promise costs."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

from region.app import build_office
from region.settings import Settings
from region.spine import migrate, worker
from region.spine.actor import system_actor
from region.spine.flow import Runner
from region.spine.installation import SilentBell
from region.spine.work import Work

COUNT = 2000


def nothing(w: Work) -> None:
    """The errand itself does nothing: what is timed is claiming, leasing, opening a work, and ending."""


def through_the_spine(folder: Path) -> float:
    """Owe and run COUNT errands in one process on SQLite; seconds."""
    office = build_office(Settings(data_dir=folder), bell=SilentBell())
    migrate.upgrade(office.engine)
    office.flows.runners["bench.nothing"] = Runner("bench.nothing", nothing)
    with office.work(system_actor()) as w:
        for number in range(COUNT):
            w.owe("bench.nothing", key=f"bench:{number}")
    start = time.perf_counter()
    while worker.run_due(office, "normal"):
        pass
    return time.perf_counter() - start


def bare(folder: Path) -> float:
    """COUNT times the least that could record the same: one transaction with one update; seconds."""
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE errands (id INTEGER PRIMARY KEY, state TEXT, lease TEXT)")
    database.executemany("INSERT INTO errands VALUES (?, 'due', NULL)", [(n,) for n in range(COUNT)])
    start = time.perf_counter()
    for number in range(COUNT):
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE errands SET state = 'done' WHERE id = ? AND state = 'due'", (number,))
        database.execute("COMMIT")
    return time.perf_counter() - start


def main() -> None:
    """Print errands a second, and the ratio to the bare writes of the same run."""
    with tempfile.TemporaryDirectory() as name:
        spine, floor = through_the_spine(Path(name)), bare(Path(name))
    print(
        f"errands: {COUNT / spine:,.0f}/s in one process; bare transactions {COUNT / floor:,.0f}/s", end="; "
    )
    print(f"ratio {floor / spine:.3f}")


if __name__ == "__main__":
    main()
