"""What stands around the stays of a measurement: cases and contacts, key people, zones, and a journal of openings.

Every eighth person is in a key group. As in `stay_ground`, the database writes the rows out of numbers, and the same
numbers make the same rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shapely.geometry import box
from sqlalchemy import Connection, case, func, insert, null

from bench import case_ground
from bench.filling import filling, later, listed, put, series, table
from bench.stay_ground import NOW, PACK, TODAY, Made
from region.care import groups
from region.care.models import CareClass, CareTask, Membership
from region.people.events import PersonOpened
from region.spine.journal import Entry
from region.zones.models import Zone, ZoneGrade, ZoneInfection, ZonePlace, ZoneReview
from tests.world import World

KEY = 8
ZONES, LINES = 300, 500_000
PROPOSED: dict[str, Any] = {"state": "proposed", "since": NOW, "version": 1}


def fill(world: World, made: Made) -> None:
    """All of it; the stays stand already."""
    with world.as_system() as w:
        codes = [{"key": n, "code": code} for n, code in enumerate(groups.named(w, "group"))]
    with filling(world.office.engine) as connection:
        case_ground.fill(connection, made)
        _members(connection, made, codes)
        _tasks(connection, made)
        _zones(connection, made)
        _journal(connection, made)


def _members(connection: Connection, made: Made, codes: list[dict[str, Any]]) -> None:
    """Every eighth person in a key group; three of four of them classed."""
    n, group = series(made.persons // KEY), listed("code", codes)
    person = n.c.value * KEY - n.c.value % KEY
    put(
        connection,
        Membership,
        n.join(group, group.c.key == n.c.value % len(codes)),
        realm=0,
        person_id=person,
        place_id=made.home(person),
        site_id=made.clinic(person),
        group=group.c.code,
        since=TODAY - timedelta(days=60),
        source="list",
        evidence="list:1",
        tested_at=later(NOW, -24 * (n.c.value % 7)),
    )
    level = case((n.c.value % 20 == 0, "red"), (n.c.value % 4 == 0, "yellow"), else_="green")
    facts: dict[str, Any] = {"facts": {}, "rule": "bench", "pack_digest": "-", "decided_by": "bench"}
    where = {"person_id": person, "realm": 0, "place_id": made.home(person), "site_id": made.clinic(person)}
    put(
        connection,
        CareClass,
        n,
        n.c.value % 4 < 3,
        **where,
        level=level,
        decided_at=NOW - timedelta(days=9),
        **facts,
    )


def _tasks(connection: Connection, made: Made) -> None:
    """For each key person one follow-up of the days before, and one thing to do today."""
    n = series(made.persons // KEY)
    person = n.c.value * KEY - n.c.value % KEY
    level = case((n.c.value % 20 == 0, "red"), (n.c.value % 4 == 0, "yellow"), else_="green")
    same: dict[str, Any] = {
        "realm": 0,
        "person_id": person,
        "place_id": made.home(person),
        "site_id": made.clinic(person),
        "facts": {},
        "version": 1,
    }
    past, due = later(NOW, -24 * (1 + n.c.value % 6)), later(NOW, n.c.value % 12 - 3)
    follow = {"key": func.concat("follow:", person), "kind": "call", "ref": func.concat("class:", level)}
    done: dict[str, Any] = {"state": "done", "done_at": past, "done_by": "bench"}
    put(connection, CareTask, n, **same, **follow, **done, from_at=past, due_at=past, since=past)
    test = {
        "key": func.concat("test:", person),
        "kind": "sample_at_home",
        "ref": func.concat("group:", person),
    }
    late = case((due < NOW, due), else_=null())
    put(
        connection, CareTask, n, **same, **test, state="due", from_at=due, due_at=due, since=due, late_at=late
    )


def _zones(connection: Connection, made: Made) -> None:
    """One in three communities or so, each with two grades through time, its infections and its places."""
    zones, grades, places, infected, reviews = [], [], [], [], []
    for n in range(1, ZONES + 1):
        home = made.homes[n * 3 % len(made.homes)]
        lon, lat = 113 + n % 20 * 0.02, 29 + n // 20 * 0.02
        shape = box(lon, lat, lon + 0.01, lat + 0.01)
        grade = "high" if n % 3 else "medium"
        since = NOW - timedelta(days=n % 9 + 1)
        same = {"incident_id": made.incident, "place_id": home.id, "realm": 0, "geometry": shape}
        names = {"code": f"Z{n}", "name_zh": f"风险区{n}", "name_en": f"Zone {n}", "made_from": "drawn"}
        facts = {"grade": grade, "pack": PACK, "people": 900, "sites": 4, "last_infection_on": since.date()}
        state = {
            "state": "standing",
            "since": since,
            "declared_at": since,
            "version": 1,
            "crs_source": "WGS84",
        }
        zones.append({"id": n, **same, **names, **facts, **state})
        decided = {"decided_by": "bench", "decided_at": since, "reason": "", "pack_digest": "-", "realm": 0}
        grades.append(
            {"zone_id": n, "grade": grade, "geometry": shape, "effective_at": since, "until": None, **decided}
        )
        places.append({"zone_id": n, "place_id": home.id, "realm": 0, "share": 1.0, "people": 900})
        infected += [
            {"zone_id": n, "ref": f"case:{n + ZONES * m}", "day": since.date(), "known_at": since, "realm": 0}
            for m in range(15)
        ]
        if n % 10 == 0:
            facts = {"zone_id": n, "place_id": home.id, "realm": 0, "grade": "low", "effective_at": NOW}
            reviews.append({**facts, "facts": {}, "pack_digest": "-", "made_at": NOW, "note": "", **PROPOSED})
    rows = ((Zone, zones), (ZoneGrade, grades), (ZonePlace, places), (ZoneInfection, infected))
    for kind, these in (*rows, (ZoneReview, reviews)):
        connection.execute(insert(table(kind)), these)


def _journal(connection: Connection, made: Made) -> None:
    """Half a million lines of the weeks before, one of five an opening: what a look-up counts its own among."""
    numbers = series(LINES)
    n = numbers.c.value
    opened = n % 5 == 0
    at = later(NOW, -n, timedelta(seconds=10))
    put(
        connection,
        Entry,
        numbers,
        happened_at=at,
        recorded_at=at,
        place_id=made.home(n),
        incident_id=made.incident,
        realm=0,
        actor=func.concat("person-", n % 500),
        role="clinic",
        event=case((opened, PersonOpened.event_name()), else_="quarantine.ChecksKept"),
        version=1,
        subject=case((opened, "purpose:find_retest"), else_=func.concat("stay:", n)),
        data={"purpose": "find_retest", "persons": [1], "fields": ["name"]},
    )
