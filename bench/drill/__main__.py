"""The fire drill: ``make drill``, or ``python -m bench.drill [--minutes 10] [--sites 600] [--database postgresql]``.

Orders of all kinds are issued, signed, reported, withdrawn and replaced in the real realm and in an exercise at
once, while workers are killed, Redis stops, freezes and is emptied, the database stands still, sites hang, fail,
refuse or have a wrong clock, and the gateways of messages and calls die or turn slow. Then the books are checked.
Ends with 1 when anything is lost or doubled.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import ground
from bench.drill import books, load
from bench.drill.by_api import sign_by_api
from bench.drill.disasters import Disasters
from bench.drill.ground import Drilled, build, database
from bench.failover import furnish, settings_of
from region.exercise.gateways.server import Elsewhere as Gateways
from region.exercise.gateways.server import running_elsewhere
from region.spine.bell import RedisBell
from region.supervisor import free_port
from tests.receivers import Elsewhere, listening_elsewhere


def main() -> int:
    """Drill, then check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sites", type=int, default=600)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--seed", type=int, default=20220801)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        listening_elsewhere("0.0.0.0") as receivers,
        running_elsewhere() as gateways,
        database(asked.database, Path(name)) as url,
    ):
        sides = build(url, Path(name), asked.sites, receivers.port, free_port(), asked.seed)
        furnish(sides[0].world, sides[0].city, asked.sites)
        drill = _drill(sides, gateways, asked.minutes * 60, asked.seed)
        wrong = [fault for side in sides for fault in books.check(side, drill)]
        wrong += [fault for side in sides for fault in books.effects(side, receivers.keys())]
        wrong += books.by_gateways(gateways.summary())
        wrong += [what for what in drill.answers if what.startswith("WRONG")]
        print(f"\nletters that reached a site: {_arrivals(receivers)}")
        print(f"people: {dict(drill.answers.most_common())}")
        sides[0].world.close()
    for fault in wrong[:20]:
        print(f"WRONG: {fault}")
    print(f"lost or doubled: {len(wrong)}")
    return 1 if wrong else 0


def _drill(sides: list[Drilled], gateways: Gateways, seconds: float, seed: int) -> load.Ledger:
    world = sides[0].world
    port = free_port()
    settings = {**settings_of(gateways), "REGION_PORT": str(port), "REGION_WEB_THREADS": "16"}
    with ground.crew(world, settings=settings) as crew:
        crew.start("web", "web")
        office = replace(world.office, bell=RedisBell(crew.valkey.url))
        at_work = load.begin(office, sides, seed, by_api=sign_by_api(port))
        disasters = Disasters(world, crew, gateways, seconds)
        disasters.play()
        at_work.end()
        settled = disasters.settle()
        print()
        for name, lasted in disasters.recoveries():
            print(f"{lasted:6.1f} s until nothing was overdue after: {name}")
        print(f"kills: {disasters.kills}; all settled {settled:.0f} s after the last click")
        print(f"ended by themselves: {crew.died() or 'nothing'}")
    return at_work.ledger


def _arrivals(receivers: Elsewhere) -> int:
    arrivals = receivers.summary()["arrivals"]
    assert isinstance(arrivals, dict)
    return sum(arrivals.values())


if __name__ == "__main__":
    sys.exit(main())
