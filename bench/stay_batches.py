"""Time a change of 5,000 stays and its undo: `python -m bench.stay_batches [--scale 0.02] [--stays 5000]`.

PostgreSQL with a million persons, 300,000 stays and six million checks. An officer of the city changes people of all
communities at once by each verb of the work-list, and undoes it; all that the change owes is in its one transaction.
Compared with one plain statement that counts up the version of as many stays; only that ratio means something on
another machine.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from bench.filling import table
from bench.quarantine_ground import Meter, Size, filled, memory, words
from bench.stay_ground import TODAY, Made
from region.quarantine.actions import batching
from region.quarantine.actions.batching import Wanted
from region.quarantine.models import Stay, StayBatch
from region.quarantine.queries.worklist import COMING
from region.quarantine.regimen import CENTRAL
from region.quarantine.states import STAY
from region.spine.actor import Actor, Grant
from region.spine.work import Work
from tests.world import World

LIMIT_S = 5.0
STAYS = 5000
RUNNING = (Stay.state.not_in(sorted(STAY.ends)),)
TO_COME = (Stay.state.in_(COMING), Stay.mode == CENTRAL)


def verbs(made: Made) -> dict[str, tuple[Wanted, Sequence[ColumnElement[bool]]]]:
    """What is done to how many at once, and to whom it applies."""
    until = TODAY + timedelta(days=20)
    return {
        "extend": (Wanted("extend", reason="late_symptoms", until=until), RUNNING),
        "cancel": (Wanted("cancel", reason="not_exposed"), RUNNING),
        "home": (Wanted("home"), TO_COME),
        "site": (Wanted("site", site=made.sites[-1].id), TO_COME),
    }


def officer(made: Made) -> Actor:
    """Who may do all of it, in the whole city."""
    return Actor("officer", tuple(Grant(role, made.city.path) for role in ("epidemiologist", "system")))


def timed(meter: Meter, world: World, by: Actor, act: Callable[[Work], Any]) -> tuple[float, Any, str]:
    """Seconds of one work with its commit, what it gave, and a line of what it took."""
    meter.start()
    began = time.perf_counter()
    with world.office.work(by) as w:
        found = act(w)
    took = time.perf_counter() - began
    app, database = meter.read()
    return took, found, f"{took:>8.2f} {app:>8.2f} {database:>8.2f}"


def chosen(w: Work, terms: Sequence[ColumnElement[bool]], most: int) -> list[int]:
    """Stays of all communities alike."""
    wanted = select(Stay.id).where(*terms).order_by(Stay.id % 997, Stay.id)
    return list(w.session.scalars(wanted.limit(most)))


def plain(w: Work, ids: Sequence[int]) -> None:
    """The least that a change of as many stays can be; nothing of it is kept."""
    count_up = update(table(Stay)).where(Stay.id.in_(ids)).values(version=Stay.version)
    w.session.connection().execute(count_up)


def measure(world: World, made: Made, stays: int) -> float:
    """Print the table; the longest of all changes and undoings, in seconds."""
    meter, by, longest = Meter.of(world), officer(made), 0.0
    with world.office.work(by, reading=True) as w:
        ids = chosen(w, RUNNING, stays)
    print(f"{'seconds':<34} {'stays':>7} {'wall':>8} {'app cpu':>8} {'db cpu':>8}")
    least, _none, line = timed(meter, world, by, lambda w: plain(w, ids))
    print(f"{'a plain statement':<34} {len(ids):>7} {line}")
    for verb, (wanted, terms) in verbs(made).items():
        with world.office.work(by, reading=True) as w:
            these = chosen(w, terms, stays)
        token = f"bench-{verb}"
        took, batch, line = timed(meter, world, by, lambda w: batching.change(w, these, wanted, token=token))  # noqa: B023
        print(f"{verb:<34} {batch.stays:>7} {line}", flush=True)
        back, _all, line = timed(meter, world, by, lambda w: batching.undo(w, w.get(StayBatch, batch.id)))  # noqa: B023
        print(f"{'  undone':<34} {batch.stays:>7} {line}", flush=True)
        longest = max(longest, took, back)
    print(
        f"longest {longest:.2f} s (limit {LIMIT_S:.0f}: {longest / LIMIT_S:.2f} of it), "
        f"{longest / least:.0f} times the plain statement; {memory()}"
    )
    return longest


def main(argv: list[str] | None = None) -> int:
    """1 when one of them misses the limit."""
    said = words(__doc__, argv, stays=STAYS)
    with filled(Size(said.scale)) as (world, made):
        return int(measure(world, made, said.stays) > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
