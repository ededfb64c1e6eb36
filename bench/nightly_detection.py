"""Time one night of a region: 40 diseases in 350 districts, six years of days: `python -m bench.nightly_detection`.

PostgreSQL, as a region has it. The errand of the schedule is owed once and run, with all that it owes: reading,
judging, scanning, keeping. Seconds and peak memory, beside a plain read of as many rows by the driver.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from sqlalchemy import func, insert, select

from region.spine import migrate, worker
from region.spine.db import connect
from region.surveillance.models import DayCount, DetectionRun, Signal
from tests import servers
from tests.world import World

ITEMS, AREAS, YEARS = 40, 350, 6
LIMIT_S, LIMIT_GIB = 120.0, 2.0
AT_ONCE = 200_000


def fill(world: World, places: list[int], items: int) -> int:
    """Day counts drawn with means from one a fortnight to two a day; how many rows."""
    rng = np.random.default_rng(1)
    written = 0
    with world.as_system() as w:
        day = w.office.clock.day(w.now) - dt.timedelta(days=1)
        days = int(YEARS * 365.25)
        dates = [day - dt.timedelta(days=back) for back in range(days)]
        for item in range(items):
            drawn = rng.poisson(
                np.exp(rng.uniform(np.log(0.02), np.log(2.0), len(places)))[:, None], (len(places), days)
            )
            where, back = np.nonzero(drawn)
            base = {"realm": 0, "stream": "card", "item": f"disease_{item}", "told_at": w.now}
            rows = [
                base
                | {
                    "place_id": places[p],
                    "day": dates[d],
                    "count": int(drawn[p, d]),
                    "first": int(drawn[p, d]),
                }
                for p, d in zip(where.tolist(), back.tolist(), strict=True)
            ]
            for first in range(0, len(rows), AT_ONCE):
                w.session.execute(insert(DayCount.__table__), rows[first : first + AT_ONCE])
            written += len(rows)
    return written


def night(world: World) -> float:
    """Seconds of the whole night."""
    world.clock.at = world.clock.at.replace(hour=22)
    began = time.perf_counter()
    with world.as_system() as w:
        w.owe("surveillance.night", key="bench")
    while due := worker.sweep_once(world.office):
        for queue in sorted(due):
            worker.run_due(world.office, queue)
    return time.perf_counter() - began


def main() -> int:
    """Print the figures; 1 when a limit is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=AREAS)
    parser.add_argument("--items", type=int, default=ITEMS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, servers.running_postgres(Path(name)) as admin:
        url = servers.fresh_database(admin)
        engine = connect(url)
        migrate.upgrade(engine)
        engine.dispose()
        with closing(World(url, Path(name))) as world:
            return measured(world, given.areas, given.items)


def measured(world: World, areas: int, items: int) -> int:
    """One night, in figures; 1 when a limit is not met."""
    city = world.area(level="city")
    places = [one.id for one in world.areas(city, areas, "district")]
    world.clock.at = world.clock.at.replace(hour=22)
    rows = fill(world, places, items)
    print(f"{items} diseases x {areas} districts, {rows:,} day counts")
    seconds = night(world)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with world.as_system() as w:
        run = w.session.scalars(select(DetectionRun)).one()
        wanted = select(Signal.rule, func.count()).where(Signal.alert_id.is_not(None)).group_by(Signal.rule)
        paged = w.session.execute(wanted).all()
        began = time.perf_counter()
        read = sum(1 for _ in w.session.execute(select(DayCount.place_id, DayCount.day, DayCount.count)))
        plain = time.perf_counter() - began
    print(
        f"{run.judged:,} judgements, {run.answered:,} answered: {run.signals:,} signals, nothing being unusual"
    )
    print(f"{run.alerts} alerts, joined by " + (", ".join(f"{rule} {n}" for rule, n in paged) or "nothing"))
    print(f"night {seconds:.1f} s (limit {LIMIT_S:.0f}), peak {peak:.2f} GiB (limit {LIMIT_GIB:.0f})")
    print(f"ratio to a plain read of {read:,} rows ({plain:.1f} s): {seconds / plain:.1f}")
    return int(seconds > LIMIT_S or peak > LIMIT_GIB)


if __name__ == "__main__":
    sys.exit(main())
