"""Time the supplies of a whole region: `python -m bench.supplies [sites] [items] [movements] [sqlite|postgresql]`.

10,000 sites of 40 items with 12 million movements behind them, on SQLite and on PostgreSQL, in a process of its own
after the ledger is made: what the supplies wall asks, the night's reckoning of all shelves, a minute's reckoning of
20,000 that changed, and a file of 10,000 counts with its plan. The wall is compared with the same work that asks
for nothing but the number 1; only that ratio means something on another machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select, text, update

from bench.board import line
from bench.copying import Target
from bench.ground import peak_mib
from bench.supply_ground import Ground, fill, items_for, noon, tree
from region.places.models import Place
from region.resources.actions import loading, reckoning
from region.resources.load_plan import LoadOptions
from region.resources.models import AreaSupply, Movement, Shelf, Stock, StockDay
from region.resources.queries import overview
from region.spine import migrate
from region.spine.actor import Actor, Grant, system_actor
from region.spine.db import connect
from region.spine.work import Office
from tests import servers
from tests.world import World

SITES, ITEMS, MOVEMENTS = 10_000, 40, 12_000_000
WALL_MS, NIGHT_S, LOAD_S = 300, 60, 20
RUNS, ROWS, CHANGED = 50, 10_000, 20_000
TODAY = date(2022, 8, 1)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def agrees(office: Office, ground: Ground) -> bool:
    """Whether the ledger that was made is one: stocks and movements, shelves and stocks, days and issues add up."""
    by_stock = select(Movement.stock_id, func.sum(Movement.on_hand).label("sum")).group_by(Movement.stock_id)
    sums = by_stock.subquery()
    wrong = select(func.count()).select_from(Stock).outerjoin(sums, sums.c.stock_id == Stock.id)
    with office.work(system_actor(), reading=True) as w:
        off = w.session.scalars(wrong.where(Stock.on_hand != func.coalesce(sums.c.sum, 0))).one()
        on_hand = [
            w.session.scalars(select(func.sum(kind.on_hand))).one() for kind in (Stock, Shelf, Movement)
        ]
        issued = w.session.scalars(select(func.sum(Movement.on_hand)).where(Movement.kind == "issue")).one()
        used = w.session.scalars(select(func.sum(StockDay.used))).one()
        moved, shelves, days = (
            w.session.scalars(select(func.count()).select_from(kind)).one()
            for kind in (Movement, Shelf, StockDay)
        )
    print(f"{moved:,} movements, {shelves:,} shelves, {days:,} days of use; {off} stocks that do not agree")
    return not off and len({int(one) for one in on_hand}) == 1 and int(used) == -int(issued)


def night(office: Office) -> float:
    """Seconds of the errands of a night, one after the other."""
    with office.work(system_actor(), reading=True) as w:
        parts = reckoning.parts_of_night(w)

    def part(items: list[str]) -> None:
        with office.work(system_actor()) as w:
            reckoning.reckon_items(w, items)

    took = [timed(partial(part, items)) for items in parts]
    print(f"    {len(parts)} parts of a night, the longest {max(took):.1f} s")
    return sum(took)


def minute(office: Office, ground: Ground) -> float:
    """Seconds to reckon many shelves that changed, over all items."""
    with office.work(system_actor()) as w:
        places = (
            select(Place.id)
            .where(Place.kind == "site")
            .order_by(Place.id)
            .limit(CHANGED // len(ground.items))
        )
        w.session.execute(
            update(Shelf).where(Shelf.place_id.in_(places)).values(stale=True),
            execution_options={"synchronize_session": False},
        )

    def reckon() -> None:
        with office.work(system_actor()) as w:
            reckoning.reckon_stale(w, CHANGED)

    return timed(reckon)


def wall(office: Office, city: Place) -> tuple[list[float], list[float]]:
    """Milliseconds of what a supplies wall asks at once, and of a work that asks for nothing."""
    viewer = Actor("wall", (Grant("duty_officer", city.path),))

    def shown() -> None:
        with office.work(viewer, reading=True) as w:
            lines = overview.of_area(w, city.id)
            overview.of_parts(w, city.id, lines[0].item, "subdistrict")
            overview.of_parts(w, city.id, lines[0].item)
            overview.runs_out_first(w, city.id)

    def bare() -> None:
        with office.work(viewer, reading=True) as w:
            w.session.execute(text("SELECT 1"))

    return [[1000 * timed(work) for _ in range(RUNS)] for work in (shown, bare)]


def counts(office: Office, ground: Ground) -> bytes:
    """A file of counts of the sites in turn, each item a little less than the books say."""
    with office.work(system_actor(), reading=True) as w:
        wanted = select(Place.code, Shelf.item, Shelf.on_hand, Shelf.place_id).join(
            Place, Place.id == Shelf.place_id
        )
        wanted = (
            wanted.where(Shelf.item.in_(ground.items[:10])).order_by(Shelf.place_id, Shelf.item).limit(ROWS)
        )
        rows = [f"{code},{item},{max(0, left - 1)}" for code, item, left, _place in w.session.execute(wanted)]
    return "\n".join(["site code,item code,quantity", *rows]).encode()


def load(office: Office, ground: Ground) -> tuple[float, float, int]:
    """Seconds to plan a file and to apply it, and how many rows it has."""
    data, planned = counts(office, ground), list[int]()

    def plan() -> None:
        with office.work(system_actor()) as w:
            planned.append(loading.plan_load(w, data, "counts.csv", LoadOptions()).id)

    def apply() -> None:
        with office.work(system_actor()) as w:
            state = loading.apply_load(w, planned[0]).state
            assert state == "applied", state

    return timed(plan), timed(apply), data.count(b"\n")


def measure(url: str, folder: Path, ground: Ground) -> bool:
    """All figures of one database."""
    world = World(url, folder)
    city = _city(world)
    world.clock.at = datetime.fromtimestamp(noon(ground.today), UTC)
    good = agrees(world.office, ground)
    base = peak_mib(os.getpid())
    first = night(world.office)
    with world.as_system() as w:
        told = w.session.scalars(select(func.count()).where(AreaSupply.burn.is_not(None))).one()
    world.wait(days=1)
    second = night(world.office)
    print(f"night: {first:.1f} s the first, {second:.1f} s the next (limit {NIGHT_S}); {told} sums of areas")
    print(f"a minute with {CHANGED:,} shelves changed: {minute(world.office, ground):.1f} s")
    shown, bare = wall(world.office, city)
    print(f"{'milliseconds':<34} {'n':>7} {'median':>9} {'p95':>9} {'max':>9}")
    print(line("work with SELECT 1", bare))
    print(line("data of the supplies wall", shown))
    print(
        f"wall p95 {p95(shown):.0f} ms (limit {WALL_MS}: {p95(shown) / WALL_MS:.2f} of it), "
        f"{p95(shown) / p95(bare):.0f} times SELECT 1"
    )
    planning, applying, rows = load(world.office, ground)
    print(f"counts of {rows:,} rows: plan {planning:.1f} s, apply {applying:.1f} s (limit {LOAD_S} together)")
    print(f"peak memory {peak_mib(os.getpid()):.0f} MiB, {base:.0f} of it before the night")
    world.close()
    within = max(first, second) < NIGHT_S and planning + applying < LOAD_S and p95(shown) < WALL_MS
    return good and within


def _city(world: World) -> Place:
    with world.as_system() as w:
        return w.session.scalars(select(Place).where(Place.parent_id.is_(None))).one()


def make(url: str, folder: Path, ground: Ground) -> None:
    """An empty database, filled."""
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(url, folder)
    tree(world, ground)
    world.close()
    took = timed(lambda: fill(world, ground, Target(url)))
    print(f"(the ledger was made in {took:.0f} s)", flush=True)


def ground_of(numbers: list[int]) -> Ground:
    """So many sites, items and movements."""
    sites, items, movements = [*numbers, *(SITES, ITEMS, MOVEMENTS)[len(numbers) :]]
    with tempfile.TemporaryDirectory() as name:
        world = World(f"sqlite:///{name}/none.sqlite", Path(name))
        return Ground(sites, items_for(world, items), movements, TODAY)


def main(words: list[str]) -> int:
    ground = ground_of([int(word) for word in words if word.isdigit()])
    if words[:1] == ["--measure"]:
        return 0 if measure(words[1], Path(words[2]), ground) else 1
    bad, numbers = 0, [word for word in words if word.isdigit()]
    for name in [word for word in words if not word.isdigit()] or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"sqlite:///{folder}/region.sqlite"
            if name == "postgresql":
                url = servers.fresh_database(stack.enter_context(servers.running_postgres(folder)))
            print(f"\n{name}:", flush=True)
            make(url, folder, ground)
            argv = [sys.executable, "-m", "bench.supplies", "--measure", url, str(folder), *numbers]
            bad |= subprocess.run(argv, check=False).returncode
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
