"""Time the board of a round of ten million people: `python -m bench.round_board [sqlite|postgresql]`.

30,000 grids, 24 hours of each, 4,000 sites, 100 laboratories, on SQLite and on PostgreSQL: what wall and desk read for
a city, a district and a sub-district, and the minute's adding up. Compared with the same work that asks for nothing but
the number 1; only that ratio means something on another machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from bench.board import line
from bench.copying import Target
from bench.round_ground import Made, counts, grids, stations, tree
from bench.supplies import p95, timed
from region.board.queries.round_page import through_hours
from region.board.queries.rounds import current_round, standing
from region.places.models import Place
from region.sampling.actions import summing
from region.sampling.models import Round
from region.spine import migrate
from region.spine.actor import Actor, Grant
from region.spine.db import connect
from region.spine.work import Work
from tests import servers
from tests.world import World

CITY_MS = 500
RUNS = 30


def made_in(url: str, folder: Path) -> tuple[World, Made]:
    """The round in an empty database."""
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(url, folder)
    made, communities = tree(world)
    grids(world, communities)
    with world.as_system() as w:
        starts = w.get(Round, made.round).starts_at
    counts(Target(url), made.round, starts)
    stations(world, made, communities)
    return world, made


def shown(w: Work) -> None:
    """All that a board reads, with the rows of its slider."""
    row = current_round(w)
    assert row is not None
    found = standing(w, row)
    assert found.whole.due and found.parts
    through_hours(w, "zh", found, (0.5, 0.8, 1.0))


def bare(w: Work) -> None:
    w.session.execute(text("SELECT 1"))


def times(world: World, place: Place, work: Callable[[Work], None]) -> list[float]:
    """Milliseconds of each run in a work of its own, the first one left out."""
    viewer = Actor("wall", (Grant("wall_display", place.path),))

    def once() -> None:
        with world.office.work(viewer, reading=True) as w:
            work(w)

    return [1000 * timed(once) for _ in range(RUNS + 1)][1:]


def measure(url: str, folder: Path) -> bool:
    """All figures of one database."""
    world, made = made_in(url, folder)

    def adding_up() -> None:
        with world.as_system() as w:
            summing.sum_round(w, made.round)

    print(
        f"adding up all areas, once a minute: {timed(adding_up):.1f} s the first, {timed(adding_up):.1f} s the next"
    )
    print(f"{'milliseconds':<34} {'n':>7} {'median':>9} {'p95':>9} {'max':>9}")
    least = times(world, made.city, bare)
    print(line("work with SELECT 1", least))
    found = {name: times(world, getattr(made, name), shown) for name in ("city", "district", "town")}
    for name, took in found.items():
        print(line(f"board of a {name}", took))
    city = p95(found["city"])
    print(
        f"city p95 {city:.0f} ms (limit {CITY_MS}: {city / CITY_MS:.2f} of it), {city / p95(least):.0f} times SELECT 1"
    )
    world.close()
    return city < CITY_MS and p95(found["district"]) < CITY_MS


def main(names: list[str]) -> int:
    """On each database named, or on both."""
    good = True
    for name in names or ["sqlite", "postgresql"]:
        print(f"-- {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            url = f"sqlite:///{folder}/region.sqlite"
            if name == "postgresql":
                url = servers.fresh_database(stack.enter_context(servers.running_postgres(Path(folder))))
            good &= measure(url, Path(folder))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
