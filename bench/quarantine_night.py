"""Time the night of 300,000 stays: `python -m bench.quarantine_night [--scale 0.02]`.

PostgreSQL with a million persons and six million checks. The errand of the schedule is owed once, as the sweep does it,
on the afternoon of a day on which no errand ran yet; then everything is run that it owes, and that its events owe in
turn: yesterday's tests that nobody took, the stages that are over, both half-days' dues, restrictions whose time is
over. Compared with reading as many stays by plain statements; only that ratio means something on another machine.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from sqlalchemy import func, select

from bench.quarantine_ground import Meter, Size, filled, memory, words
from bench.stay_ground import Made
from region.quarantine.area import AREA
from region.quarantine.models import CheckSum, ScheduledTest, Stay
from region.quarantine.states import STAY
from region.spine import worker
from region.spine.errands import Errand
from region.spine.schedule import owe_scheduled
from tests.world import World

LIMIT_S = 60.0


def run(world: World) -> tuple[int, float]:
    """Run what is due, one errand after another, until nothing is; how many, and the seconds of the longest."""
    ran, longest = 0, 0.0
    while due := worker.sweep_once(world.office):
        for queue in sorted(due):
            began = time.perf_counter()
            while done := worker.run_due(world.office, queue, 1):
                ran += done
                longest = max(longest, time.perf_counter() - began)
                began = time.perf_counter()
    return ran, longest


def counted(world: World) -> Counter[str]:
    """What a night changes, in numbers."""
    running = Stay.state.not_in(sorted(STAY.ends))
    with world.as_system() as w:
        figures = {
            "stays": select(func.count()).select_from(Stay).where(running),
            "ready": select(func.count()).select_from(Stay).where(running, Stay.met_at.is_not(None)),
            "missed": select(func.count()).select_from(ScheduledTest).where(ScheduledTest.state == "missed"),
            "dues": select(func.coalesce(func.sum(CheckSum.due), 0)),
            "failed": select(func.count()).select_from(Errand).where(Errand.last_error.is_not(None)),
        }
        return Counter({name: int(w.session.scalar(wanted) or 0) for name, wanted in figures.items()})


def read_all(world: World) -> float:
    """Seconds to read each running stay once: the least that any night can be."""
    began = time.perf_counter()
    with world.as_system() as w:
        for _ in w.session.execute(select(Stay.id, Stay.plan, Stay.stage).execution_options(yield_per=5000)):
            pass
    return time.perf_counter() - began


def measure(world: World, made: Made) -> float:
    """Print what the night did and what it took; its seconds."""
    meter, least = Meter.of(world), read_all(world)
    world.wait(days=1)
    before = counted(world)
    meter.start()
    began = time.perf_counter()
    owe_scheduled(world.office, AREA.schedule, {})
    errands, longest = run(world)
    took = time.perf_counter() - began
    app, database = meter.read()
    after = counted(world)
    print(
        f"of {before['stays']:,} stays {after['ready'] - before['ready']:,} found ready, "
        f"{before['stays'] - after['stays']:,} ended; {after['missed'] - before['missed']:,} tests missed, "
        f"{after['dues'] - before['dues']:,} checks due; {errands:,} errands, {after['failed']} failed"
    )
    print(
        f"night: {took:.1f} s ({app:.1f} s cpu app, {database:.1f} s cpu db), longest errand {longest:.1f} s"
    )
    world.wait(minutes=10)
    began = time.perf_counter()
    owe_scheduled(world.office, AREA.schedule, {})
    run(world)
    print(f"ten minutes later: {time.perf_counter() - began:.1f} s")
    print(
        f"night {took:.1f} s (limit {LIMIT_S:.0f}: {took / LIMIT_S:.2f} of it), "
        f"{took / least:.1f} times reading all stays; {memory()}"
    )
    return took


def main(argv: list[str] | None = None) -> int:
    """1 when the night misses its limit, or an errand failed."""
    said = words(__doc__, argv)
    with filled(Size(said.scale)) as (world, made):
        late = measure(world, made) > LIMIT_S
        return int(late or counted(world)["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
