"""Time quarantine at full size: `python -m bench.quarantine [persons stays]` (PostgreSQL; 1,000,000 and 300,000).

Made by bulk: people, stays in thirty sites and at home, ten days of checks by half-day, their tests. Then the work-list
of the largest site is paged through, and a night is worked off: dues, missed tests, stages whose last day is over.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, Table, func, insert, literal, select

from bench.ground import peak_mib
from region.incidents.models import Incident
from region.people.models import Person
from region.quarantine.actions import nightly
from region.quarantine.halves import HalfDay
from region.quarantine.models import Check, ScheduledTest, Stay
from region.quarantine.queries import checklists
from region.quarantine.queries.checklists import PAGE
from region.quarantine.regimen import reckon
from region.spine import migrate
from region.spine.db import Base, connect
from tests import servers
from tests.region.quarantine.ground import ground
from tests.world import World

PERSONS, STAYS, CHECKS_EACH = 1_000_000, 300_000, 20
SITES, STARTS = 30, 7
PAGE_MS, NIGHT_S = 300, 60
TODAY = date(2022, 8, 12)


def series(n: int) -> Any:
    """The numbers from 1 to n, as rows of the database's own."""
    return func.generate_series(1, n).table_valued("value").render_derived()


def table(kind: type[Base]) -> Table:
    return Base.metadata.tables[kind.__tablename__]


def fill_people(connection: Connection, homes: list[int], persons: int) -> None:
    n = series(persons).c.value
    columns = {
        "id": n,
        "realm": literal(0),
        "uid": func.lpad(func.cast(n, table(Person).c.uid.type), 36, "0"),
        "place_id": homes[0] + n % literal(len(homes)),
        "kind": literal("resident"),
        "made_at": literal(datetime(2022, 8, 1, tzinfo=UTC), table(Person).c.made_at.type),
    }
    connection.execute(insert(table(Person)).from_select(list(columns), select(*columns.values())))


def stay_rows(world: World, sites: list[int], homes: list[int], incident: int, first: int, last: int) -> Any:
    schedule = world.office.rules.value("CN-COVID-9ED", "schedule.close_contact")
    plans = [reckon(schedule, TODAY - timedelta(days=7 + n)) for n in range(STARTS)]
    moment = datetime(2022, 8, 2, tzinfo=UTC)
    for n in range(first, last):
        plan = plans[n % STARTS]
        inside = n % STARTS <= 1
        yield {
            "id": n,
            "realm": 0,
            "incident_id": incident,
            "person_id": n,
            "ref": f"contact:{n}",
            "place_id": homes[n % len(homes)],
            "site_id": sites[n % SITES] if inside else None,
            "floor": n // SITES % 20 if inside else None,
            "category": "close_contact",
            "alone": True,
            "mode": plan.stages[not inside].mode,
            "stage": int(not inside),
            "plan": plan.as_doc(),
            "pack": "CN-COVID-9ED",
            "pack_digest": "-",
            "counts_from": plan.counts_from,
            "ends_on": plan.ends_on,
            "legal_ground": "incident_order",
            "evidence": f"contact:{n}",
            "expires_at": moment + timedelta(days=60),
            "care_needs": [],
            "determined_at": moment,
            "arrived_at": moment,
            "end_note": "",
            "since": moment,
            "version": 1,
            "state": "in_site" if inside else "at_home",
        }


def fill_stays(world: World, sites: list[int], homes: list[int], incident: int, stays: int) -> None:
    for first in range(1, stays + 1, 10_000):
        rows = list(stay_rows(world, sites, homes, incident, first, min(first + 10_000, stays + 1)))
        tests = [
            {
                "stay_id": row["id"],
                "due_on": date.fromisoformat(test["on"]),
                "realm": 0,
                "place_id": row["place_id"],
                "site_id": row["site_id"],
                "stage": number,
                "kind": "scheduled",
                "double": False,
                "state": "negative" if test["on"] < TODAY.isoformat() and row["id"] % 40 else "due",
            }
            for row in rows
            for number, stage in enumerate(row["plan"]["stages"])
            for test in stage["tests"]
        ]
        with world.office.engine.begin() as connection:
            connection.execute(insert(table(Stay)), rows)
            connection.execute(insert(table(ScheduledTest)), tests)


def fill_checks(connection: Connection, stays: int) -> None:
    """Ten days, morning and evening, for everybody; one in five hundred abnormal and acted on."""
    stay, kept = table(Stay), table(Check)
    at = datetime(2022, 8, 11, 1, tzinfo=UTC)
    for n in range(CHECKS_EACH):
        columns = {
            "stay_id": stay.c.id,
            "day": literal(TODAY - timedelta(days=1 + n // 2)),
            "half": literal("am" if n % 2 else "pm"),
            "realm": literal(0),
            "place_id": func.coalesce(stay.c.site_id, stay.c.place_id, type_=Integer),
            "at": literal(at - timedelta(days=n // 2), kept.c.at.type),
            "by": literal("site"),
            "actor": literal("bench"),
            "celsius": literal(36.6),
            "symptoms": literal([], kept.c.symptoms.type),
            "abnormal": stay.c.id % 500 == n,
            "handled_at": literal(at, kept.c.at.type),
        }
        connection.execute(insert(kept).from_select(list(columns), select(*columns.values())))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that it took, and what it gave."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def paged(world: World, site: int) -> list[float]:
    """Seconds of each page of a site's list, from the first to the last, as a reader asks for them."""
    half, took, after = HalfDay(TODAY, "am"), [], None
    while True:
        with world.as_system() as w:
            seconds, rows = timed(lambda after=after: checklists.listed(w, site, half, after=after))  # type: ignore[misc]
        took.append(seconds)
        if len(rows) <= PAGE or len(took) == 100:
            return took
        after = rows[PAGE - 1].key


def night(world: World) -> tuple[float, float]:
    """Seconds of a whole night, and of the longest work in it; afterwards nothing more is owed."""
    longest, began = 0.0, time.perf_counter()
    after: int | None = 0

    def work(act: Callable[[Any], Any]) -> None:
        nonlocal longest
        with world.as_system() as w:
            longest = max(longest, timed(lambda: act(w))[0])

    work(lambda w: nightly.miss_tests(w, TODAY))
    for half in ("am", "pm"):
        work(lambda w, half=half: nightly.make_dues(w, TODAY, half))  # type: ignore[misc]
    while after is not None:
        began_part = time.perf_counter()
        with world.as_system() as w:
            after = nightly.judge_part(w, TODAY, after)
        longest = max(longest, time.perf_counter() - began_part)
    return time.perf_counter() - began, longest


def main(persons: int, stays: int) -> int:
    """Print the figures; 1 where one misses its limit."""
    with tempfile.TemporaryDirectory() as folder, servers.running_postgres(Path(folder)) as url:
        database = servers.fresh_database(url)
        engine = connect(database)
        migrate.upgrade(engine)
        engine.dispose()
        world = World(database, Path(folder))
        world.clock.at = datetime(2022, 8, 12, 6, tzinfo=UTC)
        here = ground(world)
        homes = [place.id for place in world.areas(here.district, 100, "community")]
        sites = [place.id for place in world.sites([here.district] * SITES, "quarantine_site")]
        with world.as_system() as w:
            incident = w.session.scalars(select(Incident.id)).one()
        made = timed(lambda: fill(world, homes, sites, incident, persons, stays))[0]
        print(f"made {persons:,} people, {stays:,} stays, {stays * CHECKS_EACH:,} checks in {made:.0f} s")
        took = sorted(paged(world, sites[0]))
        p95 = took[int(len(took) * 0.95)] * 1000
        print(
            f"work-list: {len(took)} pages, median {statistics.median(took) * 1000:.0f} ms, p95 {p95:.0f} ms"
        )
        seconds, longest = night(world)
        print(
            f"night: {seconds:.1f} s, longest work {longest:.1f} s, peak memory {peak_mib(os.getpid()):.0f} MiB"
        )
        world.close()
    return int(p95 > PAGE_MS or seconds > NIGHT_S)


def fill(world: World, homes: list[int], sites: list[int], incident: int, persons: int, stays: int) -> None:
    with world.office.engine.begin() as connection:
        fill_people(connection, homes, persons)
    fill_stays(world, sites, homes, incident, stays)
    with world.office.engine.begin() as connection:
        fill_checks(connection, stays)
    with world.office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


if __name__ == "__main__":
    given = [int(one.replace(",", "")) for one in sys.argv[1:3]]
    sys.exit(main(*given) if len(given) == 2 else main(PERSONS, STAYS))
